"""What a draft would do, and what it does once published: to made-up people, and to the cases that run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from models.applications import ApplicationRow
from models.base import reading, writing
from models.people import Person
from models.rounds import Round
from models.studio import TrialKind
from tests.domain.programs import text
from tests.journeys.driver import Browser
from tests.services.houses import PASSWORD, account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import (
    ALL,
    BY_ITSELF,
    MINUTE,
    OLD,
    OTHER,
    WAGE,
    WEIGHT,
    definition_for,
    next_version,
    says,
)
from tests.stories import Story
from tests.web.town import give_passwords
from workflow.documents import spreadsheet
from workflow.domain.actor import Actor, Office
from workflow.domain.program.editing import Put
from workflow.services import clock, programs
from workflow.services.studio import adopting, background, drafts, editing, trials, trying
from workflow.services.studio.adopting_plan import Choice


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
    page = desk.send(page.form("/publish", with_="发布这一版"), {"known": "y"}, press="发布这一版")
    assert "改了 2 件、1 个批次" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}
    assert "现在改到" not in page.text

    choosing = page.form("/cases", with_="reason")
    wanted = choosing.options("path")
    assert ("form › work › fields › wage" in wanted, "channels › own" in wanted) == (True, False)
    page = desk.send(choosing, {"path": wanted, "reason": "办法修订"}, press="先看会改到哪些")
    assert "会改到 2 件，现在还没有改" in page.text
    choosing = page.form("/cases", with_="reason")
    assert choosing.value("reason") == "办法修订"
    page = desk.send(choosing, {"path": wanted, "reason": " "}, press="把勾上的改到在办的件", expect=422)
    assert "请写明理由" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}
    page = desk.send(
        page.form("/cases", with_="reason"), {"reason": "办法修订，全批一致"}, press="把勾上的改到在办的件"
    )
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
        assert "改回去了 2 件、1 个批次" in page.text
        assert sum("改回去" in button.words for form in page.forms for button in form.buttons) == left
    assert {says(definition_for(one)) for one in refs} == {OLD}


def test_a_choice_is_narrowed_to_cases_that_were_searched_for_and_goes_back_as_it_went(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    refs = plot.plant(3)
    plot.endorse(refs[2])
    made = programs.publish(next_version(), builder, now)
    adopting.adopt(made.version_id, builder, now)
    numbers = dict(zip(refs, (f"FE26-{number}" for number in ids_of(refs)), strict=True))
    path = f"/studio/versions/{made.program_ref}/2/cases"
    page = desk.open(path)
    only = {"path": " › ".join(WAGE), "who": "cases", "reason": "先改这两件"}
    page = desk.send(page.form("/cases", with_="reason"), {**only, "asked": "形式审查 单位"}, press="找")
    assert "没有找到" in page.text
    page = desk.send(page.form("/cases", with_="reason"), {**only, "asked": "形式审查"}, press="找")
    choosing = page.form("/cases", with_="reason")
    assert choosing.options("case") == [refs[2]]
    assert numbers[refs[2]] in page.text
    page = desk.send(choosing, {**only, "case": [refs[2]], "asked": numbers[refs[0]]}, press="找")
    choosing = page.form("/cases", with_="reason")
    assert choosing.options("case") == [refs[2], refs[0]]  # what was ticked stays
    page = desk.send(choosing, {**only, "case": [refs[2], refs[0]]}, press="先看会改到哪些")
    assert ("会改到 2 件" in page.text, "1 件不改：不在选定的批次或件里" in page.text) == (True, True)
    page = desk.send(choosing, {**only, "case": []}, press="把勾上的改到在办的件", expect=422)
    assert "请勾选要改的件" in page.text
    weight = {**only, "path": [" › ".join(WAGE), " › ".join(WEIGHT)], "case": [refs[0]]}
    page = desk.send(choosing, weight, press="把勾上的改到在办的件", expect=422)
    assert "不能只改到单件" in page.text
    page = desk.send(choosing, {**only, "case": [refs[2], refs[0]]}, press="把勾上的")
    assert ("改了 2 件、0 个批次" in page.text, "只改选定的 2 件" in page.text) == (True, True)
    asked = [says(definition_for(ref))[0] for ref in refs]
    assert asked == [True, False, True]

    form = page.form("/cases", with_="改回去")
    name = next(name for name in form.names() if name.startswith("why-"))
    desk.send(form, {name: "还是不改"}, press="改回去")
    assert {says(definition_for(ref)) for ref in refs} == {BY_ITSELF}


def test_a_choice_is_narrowed_to_a_round(desk: Browser, plot: Plot, builder: Actor, now: datetime) -> None:
    refs = plot.plant(2)
    other = other_round(plot, refs[1])
    made = programs.publish(next_version(), builder, now)
    adopting.adopt(made.version_id, builder, now)
    page = desk.open(f"/studio/versions/{made.program_ref}/2/cases")
    only = {"path": " › ".join(WEIGHT), "who": "rounds", "reason": "下一批才改"}
    page = desk.send(page.form("/cases", with_="reason"), only, press="把勾上的", expect=422)
    assert "请勾选要改的批次" in page.text
    both = {"path": [" › ".join(path) for path in (WEIGHT, OTHER)], "round": [other]}
    page = desk.send(page.form("/cases", with_="reason"), {**only, **both}, press="把勾上的")
    assert ("改了 1 件、1 个批次" in page.text, "只改： 2027年第1批" in page.text) == (True, True)
    assert [says(definition_for(ref))[2] for ref in refs] == [30, 20]


def test_a_long_list_is_followed_while_it_is_worked_off(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    refs = plot.plant(3)
    made = programs.publish(next_version(), builder, now)
    key = adopting.begin(made.version_id, builder, now)
    path = f"/studio/versions/{made.program_ref}/2/cases?done={key}"
    page = desk.open(path)
    assert ("看了 0 件，共 3 件；改了 0 件" in page.text, b"data-follow" in desk.peek(path)) == (True, True)
    assert "把勾上的改到在办的件" not in page.text
    clock.tick(now + MINUTE)
    page = desk.open(path)
    assert ("改了 3 件、1 个批次" in page.text, b"data-follow" in desk.peek(path)) == (True, False)
    assert "改了哪 3 件" in page.text
    assert {says(definition_for(ref)) for ref in refs} == {BY_ITSELF}


def test_who_is_asked_something_new_finds_it_on_their_page_and_hands_it_in(
    app: Flask, builder: Actor, now: datetime, tmp_path: Path
) -> None:
    story = Story(now, tmp_path)
    ref = story.submitted()
    made = programs.publish(next_version(), builder, now)
    adopting.adopt(made.version_id, builder, now, choice=Choice(frozenset({WAGE})), reason="办法修订")
    give_passwords()
    me = Browser(app, "person0")
    me.send(me.open("/login").form("/login"), {"login": "person0", "password": PASSWORD})
    page = me.open(f"/apply/{ref}")
    assert ("办法有修订，还要补填 1 项" in page.text, "2026年11月27日 前补填" in page.text) == (True, True)
    page = me.press("去补填")
    assert "如果不用改" not in page.text
    page = me.send(page.form("/correct", with_="wage"), {}, press="交上", expect=422)
    assert "还要补填 1 项" in page.text
    page = me.send(page.form("/correct", with_="wage"), {"wage": "9000"}, press="交上")
    assert ("补填的已交上，办理接着走" in page.text, "还要补填" in page.text) == (True, False)
    me.open(f"/apply/{ref}/correct", expect=404)


def ids_of(refs: list[str]) -> list[int]:
    with reading() as session:
        rows = session.execute(select(ApplicationRow.ref, ApplicationRow.id).where(ApplicationRow.ref.in_(refs)))
        known = {row.ref: row.id for row in rows}
    return [known[ref] for ref in refs]


def other_round(plot: Plot, ref: str) -> str:
    """A second round that runs, with this case in it."""
    with writing() as session:
        one = session.get_one(Round, plot.round_id)
        row = Round(
            ref="another", program_id=one.program_id, key="2027-1", name="2027年第1批", version_id=one.version_id,
            state="open", opens_at=one.opens_at, closes_at=one.closes_at, settings=one.settings, headings={},
            created_at=one.created_at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.execute(update(ApplicationRow).where(ApplicationRow.ref == ref).values(round_id=row.id))
        return row.ref


def test_a_draft_is_tried_with_made_up_people_while_its_page_says_how_far_it_is(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    ref = drafts.start(builder, now, text=text("yongning_enterprise"))
    page = desk.open(f"/studio/{ref}/trials")
    page = desk.send(page.form("/trials", with_="seed"), {"size": "很多", "seed": "七"}, expect=422)
    assert page.form("/trials", with_="seed").value("size") == "很多"
    page = desk.send(page.form("/trials", with_="seed"), {"size": "5"})
    assert "排着队，几秒内就开始" in page.text
    assert 'http-equiv="refresh"' in page.html  # without script it is loaded anew
    (trial,) = trials.listed(ref, builder, TrialKind.PLAY)
    assert (trial.size, trial.seed, trial.state) == (5, "七", "waiting")
    taken = trials.take(lambda: datetime.now(UTC))
    assert taken is not None
    taken.at = lambda: datetime.now(UTC) + trials.NOTE_EVERY
    taken.watch(120, 3)
    page = desk.open(f"/studio/{ref}/trials/{trial.ref}")
    assert "5 人里 3 人有了结果，办理了 120 次" in page.text
    assert '<progress max="5" value="3"' in page.html

    trying.run(taken)
    page = desk.open(f"/studio/{ref}/trials/{trial.ref}")
    assert "data-progress" not in page.html
    result = trials.shown(trial.ref, builder).result
    assert result is not None
    found = trying.read(result)
    for stage in found["stages"]:
        assert stage["name"].zh in page.text
    for complaint in found["complaints"]:
        assert complaint["code"] not in page.text  # words, not codes
    assert f"要看的问题：{len(found['complaints'])} 个" in page.text

    waiting = trying.start(ref, builder, now, size=5)
    page = desk.open(f"/studio/{ref}/trials")
    desk.send(page.form(f"/trials/{waiting}"), press="停下")
    assert trials.shown(waiting, builder).state == "cancelled"
    assert "已停下，没有留下结果" in desk.open(f"/studio/{ref}/trials/{waiting}").text
    desk.open(f"/studio/{ref}/trials/nowhere", expect=404)
    desk.open(f"/studio/{ref}/what-if/{waiting}", expect=404)


def test_past_applications_are_judged_under_the_draft_and_none_of_them_is_named(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    plot.plant(3)
    ref = drafts.start(builder, now, version_id=plot.version_id)
    editing.edit(ref, [Put(("eligibility", "rules", "E2", "rule"), "years >= 49")], 0, builder, now)
    desk.open(f"/studio/{ref}/publish")
    page = desk.press("换成这一稿：以前的申报会怎样")
    assert "只是试算，不改任何结果" in page.text
    page = desk.send(page.form("/what-if", with_="round"), {"round": plot.round_ref}, press="试算")
    assert "排着队" in page.text
    (asked,) = trials.listed(ref, builder, TrialKind.WHAT_IF)
    assert background.carry_out(datetime.now(UTC)) == 1
    page = desk.open(f"/studio/{ref}/what-if/{asked.ref}")
    assert "看了 3 件，3 件会不一样" in page.text
    assert "符合 → 不符合" in page.text
    assert "江述 在" in page.text
    with reading() as session:
        numbers = list(session.scalars(select(ApplicationRow.number)))
        names = set(session.scalars(select(Person.name)))
    assert all(number is None or number in page.text for number in numbers)
    assert not [name for name in names if name in page.text]
    rows = spreadsheet.read(desk.get(f"/studio/{ref}/what-if/{asked.ref}/table"))
    assert [row.cells[2:6] for row in rows[1:]] == [("不符合", "从事对应工种满3年", "符合", "不符合")] * 3

    editing.replace_text(ref, "a: [", 1, builder, now)
    page = desk.open(f"/studio/{ref}/what-if")
    page = desk.send(page.form("/what-if", with_="round"), {"round": plot.round_ref}, expect=422)
    assert "草稿现在读不懂" in page.text
    assert page.form("/what-if", with_="round").value("round") == plot.round_ref
