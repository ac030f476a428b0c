"""The planner on real cases: told once, to whom it concerns, about the last day as it stands."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.roles import Substitution
from models.rounds import Round
from models.work import NEVER, WorkItem
from tests.services.issued import Grounds
from tests.services.plots import Plot
from tests.services.posts import at, messages
from workflow.domain.calendar import end_of
from workflow.domain.errors import NotFound
from workflow.services import actions, health, reminders, reminders_expiring

FLAG = {"verdicts": {"portfolio": {"verdict": "flag", "comment": "打不开，请重传"}}}
NUDGES = {"due_soon", "due_today", "overdue", "escalated"}


def told() -> Counter[tuple[str, str]]:
    """(kind, login) of every nudge."""
    with reading() as session:
        logins = {row.id: row.login or "" for row in session.scalars(select(Account))}
    return Counter(
        (one.kind, logins[one.recipient_id]) for one in messages() if one.kind in NUDGES and one.recipient_id
    )


def formal(plot: Plot, count: int = 1) -> list[str]:
    refs = plot.plant(count)
    for ref in refs:
        plot.endorse(ref)
    return refs


def test_an_office_hears_before_on_the_day_and_after(database: str, now: datetime) -> None:
    plot = Plot(now)
    formal(plot)  # due on Friday the 27th at 17:30
    assert reminders.plan(now) == 0
    assert reminders.plan(at(25, 8, 59)) == 0
    assert reminders.plan(at(25)) == 2  # two hold the role
    assert told() == {("due_soon", "clerk"): 1, ("due_soon", "clerk_2"): 1}
    assert reminders.plan(at(25)) == reminders.plan(at(26)) == 0
    reminders.plan(at(27))
    assert told()["due_today", "clerk"] == 1
    assert reminders.plan(at(30)) == 4  # with those who run the program
    assert {who for kind, who in told() if kind == "overdue"} == {"clerk", "clerk_2", "manager", "manager_2"}


def test_after_three_days_of_standing_still_each_hears_once(database: str, now: datetime) -> None:
    plot = Plot(now)
    formal(plot)
    reminders.plan(at(30))
    assert set(told().values()) == {1}
    assert {kind for kind, _ in told()} == {"overdue"}


def test_what_was_done_or_stands_still_is_not_looked_at(database: str, now: datetime) -> None:
    plot = Plot(now)
    done, held = formal(plot, 2)
    item, seen = plot.item(done)
    actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    actions.perform(held, "hold", plot.people["manager"], now, inputs={"basis": "纪检函"})
    reminders.plan(at(25))
    assert {kind for kind, who in told() if who.startswith("clerk")} == set()
    with reading() as session:
        standing = session.scalars(select(WorkItem).where(WorkItem.due_at == NEVER, WorkItem.state == "open")).all()
        assert {one.remind_at for one in standing} == {NEVER}


def test_an_applicant_hears_of_a_correction_and_urgently_on_its_last_day(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = formal(plot)
    item, seen = plot.item(ref)
    actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    for day in (24, 26, 27):
        reminders.plan(at(day))
    mine = [one for one in messages() if one.recipient_id == plot.owners[ref].account_id and one.kind in NUDGES]
    assert [(one.kind, one.urgent) for one in mine] == [("due_soon", False), ("due_soon", False), ("due_today", True)]


def test_another_last_day_is_told_anew(database: str, now: datetime) -> None:
    plot = Plot(now)
    (ref,) = formal(plot)
    reminders.plan(at(25))
    until = {"until": date(2026, 12, 4), "basis": "材料多"}
    actions.perform(ref, "extend", plot.people["manager"], at(25, 10), inputs=until)
    assert reminders.plan(at(27)) == 0
    reminders.plan(at(30) + timedelta(days=2))
    assert told()["due_soon", "clerk"] == 2


def test_whoever_stands_in_hears_too_and_who_is_too_near_does_not(database: str, now: datetime) -> None:
    plot = Plot(now)
    formal(plot)
    clerk, hr = plot.people["clerk"], plot.people["hr"]
    with writing() as session:
        session.add(
            Substitution(
                ref="s1", absent_id=clerk.account_id, substitute_id=hr.account_id, starts_at=now,
                ends_at=at(30), basis="休假",
            )
        )  # fmt: skip
    reminders.plan(at(25))
    assert {who for _, who in told()} == {"clerk", "clerk_2", "hr"}


def test_drafts_hear_before_the_doors_close(database: str, now: datetime) -> None:
    plot = Plot(now)  # closes on the 30th
    with writing() as session:
        row, _ = plot._draft(session, "self")
        number = row.id
    plot.plant()
    assert reminders.plan(at(25)) >= 1
    (draft,) = messages("draft_due")
    assert draft.application_id == number
    reminders.plan(at(25))
    assert len(messages("draft_due")) == 1
    with writing() as session:
        session.execute(update(Round).values(closes_at=at(30, 9) + timedelta(days=10), remind_at=None))
    reminders.plan(at(26))
    assert len(messages("draft_due")) == 1


def ends(ref: str, on: date) -> None:
    with writing() as session:
        case = select(ApplicationRow.id).where(ApplicationRow.ref == ref)
        session.execute(update(RecognitionRow).where(RecognitionRow.application_id.in_(case)).values(valid_until=on))


def test_a_certificate_says_when_it_ends_once_and_not_beside_a_renewal(
    database: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = Grounds(now)
    ends(plot.recognized(), date(2026, 12, 20))
    assert reminders_expiring.plan(now) == 0, "it is asked to renew, and reminded of that"
    monkeypatch.setattr(reminders_expiring, "RENEWAL", "none of this program")
    later = now + timedelta(days=23)  # nobody looked for three weeks: the word of a week before
    assert [reminders_expiring.plan(at) for at in (later, later)] == [1, 0]
    (one,) = messages("expiring")
    assert one.about_at == end_of(date(2026, 12, 20))


def test_an_item_that_cannot_be_looked_at_does_not_stop_the_others(database: str, now: datetime) -> None:
    plot = Plot(now)
    bad, _good = formal(plot, 2)
    item, _ = plot.item(bad)
    with writing() as session:  # a last day beyond what a calendar can hold
        session.execute(update(WorkItem).where(WorkItem.ref == item).values(due_at=datetime.min.replace(tzinfo=UTC)))
    reminders.plan(at(25))
    assert told()["due_soon", "clerk"] == 1
    seen = health.health(plot.people["manager"], now)
    assert [(one.trouble, one.to) for one in seen.failed] == [("OverflowError", None)]
    assert health.health(plot.people["clerk"], now).failed == ()

    with writing() as session:
        session.execute(update(WorkItem).where(WorkItem.ref == item).values(due_at=at(27, 17, 30)))
    health.retry(plot.people["manager"], seen.failed[0].ref, at(25))
    assert reminders.plan(at(25)) == 2
    assert health.health(plot.people["manager"], now).failed == ()
    with pytest.raises(NotFound):
        health.retry(plot.people["manager"], seen.failed[0].ref, at(25))
