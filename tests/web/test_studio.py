"""The studio's pages: what a file says is shown and sent back unchanged; every act; two people; publishing."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from tests.domain.programs import text
from tests.journeys.driver import Browser, Form, Page
from tests.services.houses import PASSWORD, account
from tests.web.town import give_passwords
from workflow.domain.actor import Actor, Office
from workflow.domain.program.editing import value_at
from workflow.domain.program.outline.places import items, place
from workflow.domain.program.source import read
from workflow.services import programs
from workflow.services.studio import drafts, publishing


@pytest.fixture
def builder(database: str, now: datetime) -> Actor:
    return account(now, "builder", name="江述", office=Office.PROGRAMS)


def signed_in(app: Flask, login: str = "builder") -> Browser:
    give_passwords()
    browser = Browser(app, login)
    browser.open("/login")
    browser.send(browser.page.form("/login"), {"login": login, "password": PASSWORD})
    return browser


@pytest.fixture
def desk(app: Flask, builder: Actor) -> Browser:
    return signed_in(app)


def paper(page: Page) -> Form:
    return next(form for form in page.forms if form.id == "paper")


def opened(desk: Browser, ref: str, at: str) -> Page:
    return desk.open(f"/studio/{ref}?at={at}")


def said(ref: str, builder: Actor, *path: str) -> object:
    return value_at(drafts.shown(ref, builder).text, path)


def everywhere(data: object) -> Iterator[str]:
    """Every page of every part: sections of the file, their entries, and what stands inside those."""
    waiting = [("program",), ("route",), ("quota",), ("eligibility",), ("scoring",), ("points",), ("fairness",)]
    waiting += [("appeal",), ("calendar",), ("retention",), ("remind",), ("escalate",), ("messages",)]
    for section in [
        "tracks",
        "roles",
        "channels",
        "round",
        "facts",
        "form",
        "stages",
        "benefits",
        "duties",
        "sessions",
        "exits",
    ]:
        waiting += [item.path for item in items(data, (section,))]
    while waiting:
        path = waiting.pop()
        yield "/".join(path)
        here = place(data, path)
        for control in here.asked if here is not None else ():
            if control.kind == "entries":
                waiting += [item.path for item in items(data, (*path, control.word))]
            elif control.kind == "part" and (inner := place(data, (*path, control.word))) is not None:
                for one in inner.sections:
                    waiting += [item.path for item in items(data, (*inner.path, one.word))]


@pytest.mark.once
def test_a_shipped_program_opens_and_saving_without_a_change_changes_no_byte(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    """Of the other programs `tests/forms/test_studio.py` looks at every place without pages."""
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    before = drafts.shown(ref, builder).text
    places = list(everywhere(read(before).data))
    assert len(places) > 50
    for at in places:
        desk.hand_in(paper(opened(desk, ref, at)))
    after = drafts.shown(ref, builder)
    assert (after.text, after.revision) == (before, 0)


def test_what_is_typed_comes_into_the_file_and_what_is_wrong_stays_on_the_page(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    page = opened(desk, ref, "stages/formal")
    page = desk.send(paper(page), {"p.name~en": "Formal check", "p.due~amount": "3", "p.signers": "两"}, expect=422)
    assert said(ref, builder, "stages", "formal", "name") == {"zh": "形式审查", "en": "Formal check"}
    assert said(ref, builder, "stages", "formal", "due") == "3wd"
    assert said(ref, builder, "stages", "formal", "signers") is None
    assert "“两”不是整数" in page.text
    assert paper(page).value("p.signers") == "两"
    desk.send(paper(page), {"p.signers": "2"})
    assert said(ref, builder, "stages", "formal", "signers") == 2


def test_another_kind_of_stage_drops_what_only_the_old_one_has(desk: Browser, builder: Actor, now: datetime) -> None:
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    desk.send(paper(opened(desk, ref, "stages/theory")), {"p.kind": "check"})
    stage = said(ref, builder, "stages", "theory")
    assert isinstance(stage, dict)
    assert set(stage) == {"name", "kind", "by", "due"}


def test_entries_are_added_put_in_order_copied_renamed_and_taken_out(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    ref = drafts.start(builder, now, key="west_lake", name="西湖工匠")
    page = desk.open(f"/studio/{ref}?tab=stages")
    adding = page.form("/act", with_="name:stages")
    page = desk.send(adding, {"name:stages": "专家盲评", "kind:stages": "score"}, press="加环节")
    assert said(ref, builder, "route") == ["formal", "stage_1", "award"]
    ordering = page.form("/act", with_="order")
    up = next(button for button in ordering.buttons if button.name == "up" and button.value == "stages/stage_1")
    up.words = "专家盲评 上移"
    page = desk.send(ordering, press="专家盲评 上移")
    assert said(ref, builder, "route") == ["stage_1", "formal", "award"]
    ordering = page.form("/act", with_="order")
    down = next(button for button in ordering.buttons if button.name == "down" and button.value == "stages/stage_1")
    down.words = "专家盲评 下移"
    page = desk.send(ordering, press="专家盲评 下移")
    assert said(ref, builder, "route") == ["formal", "stage_1", "award"]
    page = opened(desk, ref, "stages/stage_1")
    page = desk.send(page.form("/act", with_="key"), {"key": "expert"}, press="改键")
    assert said(ref, builder, "route") == ["formal", "expert", "award"]
    page = desk.send(page.form("/act", with_="复制一份"), press="复制一份")
    assert "stage_1" in page.url
    page = desk.send(page.form("/act", with_="复制一份"), press="去掉")
    page = desk.send(opened(desk, ref, "stages/expert").form("/act", with_="复制一份"), press="去掉")
    assert said(ref, builder, "route") == ["formal", "award"]
    assert set(said(ref, builder, "stages") or {}) == {"formal", "award"}
    assert "请先写名称" in desk.send(page.form("/act", with_="name:stages"), press="加环节").text


def test_weights_are_made_whole_by_a_button(desk: Browser, builder: Actor, now: datetime) -> None:
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    page = desk.open(f"/studio/{ref}/sheet/pattern")
    page = desk.send(paper(page), {"c-teaching-weight": "5", "c-effect-l0": "有数据", "pass": "70"}, press="存好")
    assert "95 / 100，还差 5" in page.text
    criteria = ("scoring", "sheets", "pattern", "criteria")
    assert said(ref, builder, *criteria, "effect", "rubric", "优") == "有数据"
    assert said(ref, builder, "scoring", "sheets", "pattern", "pass") == 70
    page = desk.send(paper(page), press="加到“带徒与创新”")
    assert said(ref, builder, *criteria, "teaching", "weight") == 10
    page = desk.send(paper(page), {"new_name": "现场答辩"}, press="加一个指标")
    assert said(ref, builder, *criteria, "criterion_1") == {"name": "现场答辩", "weight": 0}
    page = desk.send(paper(page), {"c-criterion_1-weight": "100"}, press="存好")
    page = desk.send(paper(page), press="按比例补足")
    written = said(ref, builder, *criteria)
    assert isinstance(written, dict)
    weights = [one["weight"] for one in written.values()]
    assert (sum(weights), weights[-1]) == (100, 50)
    assert "不是数" in desk.send(paper(page), {"c-teaching-weight": "很多"}, press="存好", expect=422).text


def test_a_rule_is_put_together_from_a_table_and_read_back_as_one(desk: Browser, builder: Actor, now: datetime) -> None:
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    page = opened(desk, ref, "eligibility/rules/E2")
    assert paper(page).value("p.rule~0.left") == "years"
    typed = {"p.rule~1.left": "post", "p.rule~1.how": "in", "p.rule~1.value": "制版师、工艺员", "p.rule~join": "||"}
    page = desk.send(paper(page), typed, press="按对照表写成算式")
    assert said(ref, builder, "eligibility", "rules", "E2", "rule") == "years >= 3 || post in ['制版师', '工艺员']"
    assert paper(page).value("p.rule~1.value") == "制版师、工艺员"


def test_two_people_at_one_place_see_both_texts_and_choose(
    app: Flask, desk: Browser, builder: Actor, now: datetime
) -> None:
    account(now, "other", name="祝晴", office=Office.PROGRAMS)
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    other = signed_in(app, "other")
    mine, theirs = opened(desk, ref, "program"), opened(other, ref, "program")
    other.send(paper(theirs), {"p.owner~zh": "区人社局"})
    page = desk.send(paper(mine), {"p.owner~zh": "区委人才办"}, expect=409)
    assert "区人社局" in page.text
    assert "区委人才办" in page.text
    assert "祝晴" in page.text
    desk.send(page.form(with_="都用我写的"), press="都用我写的")
    assert said(ref, builder, "program", "owner") == "区委人才办"
    other.send(paper(theirs), {"p.code": "FG"})
    assert (said(ref, builder, "program", "owner"), said(ref, builder, "program", "code")) == ("区委人才办", "FG")


def test_the_whole_text_is_changed_taken_away_and_every_change_undone(
    desk: Browser, builder: Actor, now: datetime
) -> None:
    ref = drafts.start(builder, now, text=text("skilled_worker_points"))
    before = drafts.shown(ref, builder).text
    page = desk.open(f"/studio/{ref}/text")
    desk.send(page.form("/text"), {"text": before.replace("区", "市", 1)}, press="存全文")
    assert desk.get(f"/studio/{ref}/file").decode("utf-8") == before.replace("区", "市", 1)
    page = desk.open(f"/studio/{ref}/log")
    desk.send(page.form("/log"), press="撤销1")
    assert drafts.shown(ref, builder).text == before


def test_a_finding_is_put_right_by_its_button(desk: Browser, builder: Actor, now: datetime) -> None:
    broken = text("skilled_worker_points").replace("name:", "nam:", 1)
    ref = drafts.start(builder, now, text=broken)
    page = desk.open(f"/studio/{ref}?tab=basics")
    assert "不认识“nam”" in page.text
    page = desk.send(page.form("/act", with_="改成 name"), press="改成 name")
    assert "不认识“nam”" not in page.text


def test_a_second_person_publishes_what_the_first_made(
    app: Flask, desk: Browser, builder: Actor, now: datetime
) -> None:
    publishing.configure(True)
    try:
        account(now, "other", name="祝晴", office=Office.PROGRAMS)
        ref = drafts.start(builder, now, text=text("skilled_worker_points"))
        page = desk.open(f"/studio/{ref}/publish")
        assert "发布这一版" not in page.text
        page = desk.send(page.form("/publish", with_="note"), {"note": "请看积分"}, press="送另一人复核")
        assert "收回接着改" in page.text
        second = signed_in(app, "other")
        page = second.open(f"/studio/{ref}/publish")
        assert "《" in second.open(f"/studio/{ref}/readback").text
        second.send(page.form("/publish", with_="发布这一版"), {"known": "y"}, press="发布这一版")
    finally:
        publishing.configure(False)
    assert [line.key for line in programs.listed()] == ["skilled_worker_points"]


def test_a_draft_begins_in_each_of_four_ways_and_is_thrown_away(desk: Browser, builder: Actor) -> None:
    page = desk.open("/studio/new")
    page = desk.send(page.form("/new"), {"source": "nothing"}, expect=422)
    assert "请写项目名称" in page.text
    assert "请选一个现成的方案" in desk.send(page.form("/new"), {"source": "shipped"}, expect=422).text
    page = desk.send(page.form("/new"), {"source": "nothing", "name": "西湖工匠", "key": "west_lake"})
    assert "西湖工匠 第 1 版" in page.text
    page = desk.send(desk.open("/studio/new").form("/new"), {"source": "shipped", "shipped": "yongning_juncai"})
    desk.open("/studio")
    assert [line.key for line in drafts.listed(builder)][:2] == ["yongning_juncai", "west_lake"]
    ref = drafts.listed(builder)[0].ref
    page = desk.open(f"/studio/{ref}/discard")
    desk.send(page.form("/discard"), press="丢掉这份草稿")
    assert [line.key for line in drafts.listed(builder)] == ["west_lake"]
