"""What cannot go on in the rounds that run: named with the way to mend it, and gone when it is mended."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models.accounts import Account, AccountState
from models.base import writing
from models.roles import RoleBinding
from models.work import WorkItem
from tests.services.plots import Plot
from tests.services.test_reminders import formal
from tests.web.front import faults_of, sign_in
from tests.web.town import give_passwords
from workflow.domain.actor import Actor
from workflow.services import dead_ends


def taken_by(plot: Plot, who: str) -> None:
    """The open work of the round lies with this person, who is then sent away."""
    with writing() as session:
        number = plot.people[who].account_id
        session.execute(update(WorkItem).where(WorkItem.role_key == "intake").values(holder_id=number))
        session.execute(update(Account).where(Account.id == number).values(state=AccountState.DISABLED))


def roles(found: dead_ends.DeadEnds) -> set[str]:
    return {each.path[1] for each in found.rounds[0].problems if each.code == "O02"}


def look(actor: Actor, now: datetime) -> dead_ends.DeadEnds:
    return dead_ends.found(actor, now)


def test_people_who_left_are_dead_ends_until_somebody_takes_over(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    with app.app_context():
        plot = Plot(now)
        formal(plot, 2)
        manager = plot.people["manager"]
        before = look(manager, now)
        assert ("hr_officer" in roles(before), before.rounds[0].left) == (False, ())
        taken_by(plot, "clerk")
        with writing() as session:
            session.execute(update(RoleBinding).where(RoleBinding.role_key == "hr_officer").values(ends_at=now))
        after = look(manager, now)
        assert "hr_officer" in roles(after)
        assert [(each.left.count, each.acts_as.zh if each.acts_as else "") for each in after.rounds[0].left] == [
            (2, "受理员")
        ]
        assert after.count == before.count + 2
        give_passwords()
    sign_in(client, "manager")
    page = client.get("/manage/dead-ends").text
    assert faults_of(page) == []
    assert ("他的账号停用了" in page, "去绑定这个角色" in page) == (True, True)


def test_who_runs_no_round_sees_none_of_it(app: Flask, now: datetime) -> None:
    with app.app_context():
        plot = Plot(now)
        formal(plot)
        assert dead_ends.found(plot.people["clerk"], now).rounds == ()
