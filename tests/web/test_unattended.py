"""Cases that go where nobody can act: said at the opening, on the round, and to whoever names such an organization."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models.base import writing
from models.roles import RoleBinding
from tests.applying import filled, intake, started
from tests.services.houses import account, officers, ref_of
from tests.services.plots import Plot
from tests.services.staffed import admit, house, staff
from tests.stories import Story
from tests.web.front import SIDES, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.services import administration, organizations, rounds, unattended
from workflow.services.organizations import Details


def end_bindings(plot: Plot, now: datetime) -> None:
    """The employer's only person leaves."""
    with writing() as session:
        session.execute(update(RoleBinding).where(RoleBinding.organization_id == plot.employer_id).values(ends_at=now))


def test_an_opening_names_the_organizations_in_which_nobody_acts(app: Flask, now: datetime) -> None:
    made = house(now)
    lonely = organizations.register(made.office.accounts, now, Details("无人看管制衣厂", "employer"))
    staff(made, now)
    admit(made, now)
    found = unattended.of_round(made.office.programs, now, made.round_ref)
    assert ([each.name for each in found.first], found.nameable) == (["无人看管制衣厂"], 1)
    assert found.nominators == found.waiting == ()
    browser = app.test_client()
    sign_in(browser, "pro")
    page = browser.get(f"/manage/rounds/{made.round_ref}/open").text
    assert "无人看管制衣厂" in page
    assert "给它绑定单位管理员" in page
    administration.appoint(made.office.accounts, now, lonely, ref_of(account(now, "late")))
    assert unattended.of_round(made.office.programs, now, made.round_ref).nameable == 0
    rounds.open_round(made.office.programs, now, made.round_ref)  # it warns; it does not forbid


def test_a_round_shows_what_waits_where_nobody_acts(app: Flask, now: datetime) -> None:
    plot = Plot(now)
    case, _ = plot.plant(2)
    office = officers(now)
    round_ref = plot.round_ref
    assert unattended.of_round(office.programs, now, round_ref).waiting == ()
    end_bindings(plot, now)
    (waiting,) = unattended.of_round(office.programs, now, round_ref).waiting
    assert (waiting.name, waiting.role_key, waiting.waiting) == ("蓝埠家纺集团", "employer_admin", 2)
    give_passwords()
    browser = app.test_client()
    sign_in(browser, "manager")
    for side in SIDES:
        speak(browser, side)
        for path in ("/manage/rounds", f"/manage/rounds/{round_ref}"):
            answer = browser.get(path)
            assert faults_of(answer.text) == [], path
            assert f"/manage/rounds/{round_ref}/applications?state=unattended" in answer.text, path
    stuck = browser.get(f"/manage/rounds/{round_ref}/applications?state=unattended").text
    assert "FE26-1" in stuck
    assert "FE26-2" in stuck
    back = account(now, "back")
    administration.appoint(office.accounts, now, plot.employer_ref, ref_of(back))
    assert unattended.of_round(office.programs, now, round_ref).waiting == ()
    assert "FE26-1" not in browser.get(f"/manage/rounds/{round_ref}/applications?state=unattended").text
    assert case


@pytest.mark.parametrize("page", ["form/person", "check"])
def test_who_names_such_an_employer_is_told(
    app: Flask, client: FlaskClient, now: datetime, tmp_path: Path, page: str
) -> None:
    here = intake(now, tmp_path / "files")
    person = account(now, "ye", name="叶梓桐")
    draft = started(here, person, now)
    filled(draft, person, now)
    sign_in(client, "ye")
    assert "还没有人能在这里办" in client.get(f"/apply/{draft}/{page}").text
    office = officers(now)
    with app.app_context():
        for unit in (here.employer_ref, here.trainer_ref):
            administration.appoint(office.accounts, now, unit, ref_of(person))
    assert "还没有人能在这里办" not in client.get(f"/apply/{draft}/{page}").text


# -- the other way round: somebody has answered, and nothing is left ---------------------------------------------------
@pytest.mark.parametrize("language", SIDES)
def test_an_employer_who_has_answered_reads_what_is_next(
    app: Flask, now: datetime, tmp_path: Path, language: str
) -> None:
    story = Story(now, tmp_path)
    story.at_formal()
    browser = app.test_client()
    sign_in(browser, "employer")
    speak(browser, language)
    page = browser.get("/review").text
    assert faults_of(page) == []
    assert "叶梓桐" in page
    assert ("下一步：" if language != "en" else "Next: ") in page
    assert 'href="/nominate"' in page
