"""What a draft would do, and what it does once published: to made-up people, and to the cases that run."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading
from models.people import Person
from tests.domain.programs import text
from tests.journeys.driver import Browser
from tests.services.houses import PASSWORD, account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import ALL, BY_ITSELF, OLD, definition_for, next_version, says
from tests.web.town import give_passwords
from workflow.domain.actor import Actor, Office
from workflow.domain.program.editing import Put
from workflow.services.studio import drafts, editing, trying


@pytest.fixture
def builder(database: str, now: datetime) -> Actor:
    return account(now, "builder", name="江述", office=Office.PROGRAMS)


@pytest.fixture
def plot(database: str, now: datetime) -> Plot:
    return Plot(now)


@pytest.fixture
def desk(app: Flask, plot: Plot, builder: Actor) -> Browser:
    give_passwords()
    browser = Browser(app, "builder")
    browser.send(browser.open("/login").form("/login"), {"login": "builder", "password": PASSWORD})
    return browser


def test_a_new_version_reaches_running_cases_by_itself_then_by_choice_and_goes_back(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    refs = plot.plant(2)
    ref = drafts.start(builder, now, text=next_version())
    page = desk.open(f"/studio/{ref}/publish")
    assert "2 件" not in page.text  # how many it reaches is not known before
    page = desk.send(page.form("/publish", with_="发布这一版"), press="发布这一版")
    assert "改了 2 件、1 个批次" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}
    assert "现在改到" not in page.text

    choosing = page.form("/cases", with_="reason")
    wanted = choosing.options("path")
    assert ("form › work › fields › wage" in wanted, "channels › own" in wanted) == (True, False)
    page = desk.send(choosing, {"path": wanted, "reason": " "}, expect=422)
    assert "请写明理由" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}
    page = desk.send(page.form("/cases", with_="reason"), {"reason": "办法修订，全批一致"})
    assert "办法修订，全批一致" in page.text
    assert {says(definition_for(one)) for one in refs} == {ALL}

    decisions = [form for form in page.forms if any(button.name == "revert" for button in form.buttons)]
    assert len(decisions) == 2
    page = desk.send(decisions[0], press="改回去", expect=422)
    assert "请写明理由" in page.text
    for left in (1, 0):
        form = page.form("/cases", with_="改回去")
        name = next(name for name in form.names() if name.startswith("why-"))
        page = desk.send(form, {name: "还是等下一批"}, press="改回去")
        assert sum("改回去" in button.words for form in page.forms for button in form.buttons) == left
    assert {says(definition_for(one)) for one in refs} == {OLD}


def test_a_draft_is_tried_with_made_up_people_within_what_a_request_bears(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    ref = drafts.start(builder, now, text=text("yongning_enterprise"))
    page = desk.open(f"/studio/{ref}/trials")
    page = desk.send(page.form("/trials", with_="seed"), {"size": "很多", "seed": "七"}, expect=422)
    assert page.form("/trials", with_="seed").value("size") == "很多"
    page = desk.send(page.form("/trials", with_="seed"), {"size": "5"})
    (trial,) = trying.listed(ref, builder)
    assert (trial.size, trial.seed, trial.state) == (5, "七", "done")
    for stage in trial.found["stages"]:
        assert stage["name"].zh in page.text
    for complaint in trial.found["complaints"]:
        assert complaint["code"] not in page.text  # words, not codes
    assert f"要看的问题：{len(trial.found['complaints'])} 个" in page.text

    waiting = trying.start(ref, builder, now, size=5)
    page = desk.open(f"/studio/{ref}/trials")
    desk.send(page.form(f"/trials/{waiting}"), press="停下")
    assert trying.shown(waiting, builder).state == "cancelled"
    desk.open(f"/studio/{ref}/trials/nowhere", expect=404)


def test_past_applications_are_judged_under_the_draft_and_none_of_them_is_named(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    plot.plant(3)
    ref = drafts.start(builder, now, version_id=plot.version_id)
    editing.edit(ref, [Put(("eligibility", "rules", "E2", "rule"), "years >= 49")], 0, builder, now)
    desk.open(f"/studio/{ref}/publish")
    page = desk.press("换成这一稿：以前的申报会怎样")
    assert "只是试算，不改任何结果" in page.text
    page = desk.press("2026年第1批")
    assert "看了 3 件，3 件会不一样" in page.text
    assert "符合 → 不符合" in page.text
    with reading() as session:
        numbers = list(session.scalars(select(ApplicationRow.number)))
        names = set(session.scalars(select(Person.name)))
    assert all(number is None or number in page.text for number in numbers)
    assert not [name for name in names if name in page.text]
    editing.replace_text(ref, "a: [", 1, builder, now)
    page = desk.open(f"/studio/{ref}/what-if/{plot.round_ref}", expect=422)
    assert "草稿现在读不懂" in page.text
