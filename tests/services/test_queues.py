"""The queue: what is mine, in which order, under which view; what is barred from it; and what a page costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from models.base import db, writing
from models.queries import queue as queries
from models.queries.queue_narrowed import Narrowed
from models.roles import Substitution
from tests import applying
from tests.services.houses import account
from tests.services.plots import Plot
from tests.stories import Story
from workflow.domain.errors import NotFound
from workflow.services import nominating, queues, sessions
from workflow.services.queues import Page, Wanted


@pytest.fixture
def story(database: str, now: datetime, tmp_path: Path) -> Story:
    return Story(now, tmp_path)


def counts(page: Page) -> dict[str, int]:
    return {view.key: view.count for view in page.views}


def look(story: Story, who: str, view: str = "mine", **narrowed: str) -> Page:
    return queues.page(story[who], story.now, Wanted(view, Narrowed(**narrowed)))


def refs(page: Page) -> list[str]:
    return [line.row.ref for line in page.lines]


def test_an_item_waits_in_the_queue_of_its_pool_and_of_nobody_else(story: Story) -> None:
    ref = story.at_formal()
    assert refs(look(story, "clerk")) == refs(look(story, "clerk2")) == [ref]
    assert [refs(look(story, who)) for who in ("hr", "manager", "employer")] == [[], [], []]
    line = look(story, "clerk").lines[0]
    assert (line.row.name, str(line.stage), str(line.track), str(line.channel)) == (
        "叶梓桐", "形式审查", "服装制版", "个人申报",
    )  # fmt: skip
    assert (line.places, line.looked, line.light, line.clear) == (5, 0, "meets", False)


def test_what_a_colleague_took_is_in_nobody_elses_queue(story: Story) -> None:
    ref = story.at_formal()
    story.act(ref, "hand_over", "clerk", to=story["clerk2"])
    assert refs(look(story, "clerk")) == []
    assert refs(look(story, "clerk2")) == [ref]


def test_views_count_what_they_show(story: Story) -> None:
    first, second, third = (story.at_formal() for _ in range(3))
    ok = story.all_ok(first, "clerk")
    story.act(first, "return", "clerk", verdicts={**ok, "portfolio": {"verdict": "flag", "comment": "打不开"}})
    story.act(second, "pass", "clerk", verdicts=ok)
    page = look(story, "clerk")
    assert counts(page) == {"mine": 1, "late": 0, "today": 0, "back": 0, "human": 0, "waiting": 1, "done": 2}
    assert refs(look(story, "clerk", "waiting")) == [first]
    assert [(line.row.ref, str(line.result)) for line in look(story, "clerk", "done").lines] == [
        (second, "受理"),
        (first, "一次性退回补正"),
    ]
    story.now += timedelta(days=7)
    page = look(story, "clerk")
    assert (counts(page)["today"], counts(page)["late"], counts(page)["done"]) == (1, 0, 0)
    story.now += timedelta(days=3)
    assert refs(look(story, "clerk", "late")) == [third]
    assert look(story, "clerk").lines[0].left.kind == "late"


def test_what_came_back_goes_to_who_returned_it(story: Story) -> None:
    ref = story.at_formal()
    flagged = {"portfolio": {"verdict": "flag", "comment": "打不开"}}
    story.act(ref, "return", "clerk", verdicts={**story.all_ok(ref, "clerk"), **flagged})
    story.hand_back(ref, "person0", "portfolio")
    assert refs(look(story, "clerk", "back")) == [ref]
    assert refs(look(story, "clerk2")) == []


def test_an_unsure_light_is_named_and_waits_for_a_person(story: Story) -> None:
    ref = story.at_formal(modeling="no")
    page = look(story, "clerk", "human")
    assert refs(page) == [ref]
    assert str(page.lines[0].words) == "E5 制版类须具备3D服装建模技能"


def test_the_proposer_does_not_find_the_own_proposal(story: Story) -> None:
    ref = story.at_eligibility()
    story.act(ref, "pass", "hr", rule_verdicts={"E5": {"verdict": "meets"}})
    assert refs(look(story, "hr")) == []
    assert refs(look(story, "hr2")) == [ref]


def test_who_acted_on_the_other_side_of_never_both_does_not_find_it(story: Story) -> None:
    story.people["clerk"] = applying.bind(story["clerk"], "hr_officer", story.place, story.now)
    story.at_eligibility()  # which the same clerk passed on
    other = story.at_formal()
    story.act(other, "pass", "clerk2", verdicts=story.all_ok(other, "clerk2"))
    assert refs(look(story, "clerk")) == [other]


@pytest.mark.parametrize("why", ["recused", "filled"])
def test_who_is_out_of_a_case_does_not_even_count_it(story: Story, why: str) -> None:
    ref = story.at_formal()
    if why == "recused":
        story.act(ref, "recuse", "clerk", reason="同乡")
    else:
        story.people["clerk"] = applying.bind(story["person0"], "intake", story.place, story.now)
    page = look(story, "clerk")
    assert (refs(page), counts(page)["mine"]) == ([], 0)
    assert refs(look(story, "clerk2")) == [ref]


def test_who_stands_in_finds_it_in_a_view_of_its_own(story: Story) -> None:
    ref = story.at_formal()
    helper = applying.bind(account(story.now, "helper"), "examiner", story.place, story.now)
    with writing() as session:
        session.add(
            Substitution(
                ref="s1",
                absent_id=story["clerk"].account_id or 0,
                substitute_id=helper.account_id or 0,
                starts_at=story.now - timedelta(days=1),
                ends_at=story.now + timedelta(days=1),
            )
        )
    story.people["helper"] = sessions.actor_of(helper.account_id or 0, story.now)
    page = look(story, "helper", "absent")
    assert (refs(page), counts(page)["absent"], counts(page)["mine"]) == ([ref], 1, 0)
    assert list(page.absent.values()) == ["陈芸"]


def test_who_is_bound_to_one_track_finds_its_items_and_no_other(story: Story) -> None:
    ref = story.at_formal()
    for track, found in (("pattern", [ref]), ("craft", [])):
        actor = applying.bind(account(story.now, f"of-{track}"), "intake", story.place, story.now)
        holder = replace(actor, holdings=tuple(replace(held, track=track) for held in actor.holdings))
        absent = replace(actor, holdings=tuple(replace(held, track=track, for_id=1) for held in actor.holdings))
        page = queues.page(holder, story.now, Wanted())
        assert (refs(page), counts(page)["mine"]) == (found, len(found)), track
        assert refs(queues.page(absent, story.now, Wanted("absent"))) == found, track
        assert queues.following(holder, story.now, Wanted(), None) == (story.item(ref) if found else None)


def test_filters_narrow_and_offer_only_what_is_there(story: Story) -> None:
    own, through = story.at_formal(), story.at_formal(channel="employer")
    page = look(story, "clerk", channel="employer")
    assert (refs(page), page.total, counts(page)["mine"]) == ([through], 1, 2)
    offered = {one.key: {choice.key: choice.count for choice in one.choices} for one in page.filters}
    assert offered["channel"] == {"self": 1, "employer": 1}
    assert offered["stage"] == {"formal": 1}  # beside the chosen channel
    assert list(offered["nominator"].values()) == [1]
    assert own in refs(look(story, "clerk", precheck="meets"))
    assert refs(look(story, "clerk", stage="eligibility")) == []


def test_a_narrowed_list_is_counted_itself_where_the_whole_is_too_long_to_count(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queries, queues):
        monkeypatch.setattr(module, "MOST", 1)
    story.at_formal(), story.at_formal()
    last = story.at_formal(channel="employer")
    whole, narrowed = look(story, "clerk"), look(story, "clerk", channel="employer")
    assert (len(whole.lines), whole.total, whole.more_than_total) == (3, 1, True)
    assert (refs(narrowed), narrowed.total, narrowed.more_than_total) == ([last], 1, False)
    chosen = {one.key: [choice.key for choice in one.choices] for one in narrowed.filters}
    assert chosen["channel"] == ["self", "employer"]


def test_search_finds_by_name_pinyin_and_number_what_one_may_read(story: Story) -> None:
    ref = story.at_formal()
    number = story.row(ref).number or ""
    for typed in ("叶梓桐", "梓桐", "yezitong", "yzt", number, number.lower()[:6]):
        assert [line.row.ref for line in queues.find(story["clerk"], story.now, typed)] == [ref], typed
        assert queues.find(story["hr"], story.now, typed) == ()
    assert queues.find(story["clerk"], story.now, "没有这个人") == ()


def test_the_next_item_follows_the_one_just_done(story: Story) -> None:
    first, second = story.at_formal(), story.at_formal()
    items = [story.item(first), story.item(second)]
    mark = queues.place_of(items[0] or "")
    assert queues.following(story["clerk"], story.now, Wanted(), mark) == items[1]
    assert queues.neighbors(story["clerk"], story.now, Wanted(), items[1] or "") == (items[0], None)
    story.act(first, "pass", "clerk", verdicts=story.all_ok(first, "clerk"))
    story.act(second, "pass", "clerk", verdicts=story.all_ok(second, "clerk"))
    assert queues.following(story["clerk"], story.now, Wanted(), mark) is None


def test_who_holds_nothing_has_no_queue(database: str, now: datetime) -> None:
    with pytest.raises(NotFound):
        queues.page(account(now, "nobody"), now, Wanted())


# -- what a page costs -------------------------------------------------------------------------------------------------
def statements(look: Callable[[], object]) -> int:
    look()  # the rulebook is made once per process
    seen: list[str] = []

    def note(*call: object) -> None:
        seen.append(str(call[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        look()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_asks_the_same_number_of_questions_for_one_and_for_sixty_cases(database: str, now: datetime) -> None:
    plot = Plot(now, places=100)
    employer = plot.people["employer"]
    plot.plant(1, channel="employer")
    few = [statements(lambda: queues.page(employer, now, Wanted())), statements(lambda: nominating.home(employer, now))]
    plot.plant(59, channel="employer")
    page, home = queues.page(employer, now, Wanted()), nominating.home(employer, now)
    assert (len(page.lines), page.total, len(home.people), home.answers) == (50, 60, 50, 60)
    many = [
        statements(lambda: queues.page(employer, now, Wanted())),
        statements(lambda: nominating.home(employer, now)),
    ]
    assert many == few
    assert max(many) <= 45


@pytest.mark.once  # PostgreSQL reads a table of one row as a whole
def test_what_waits_for_its_applicant_is_found_without_a_walk_through_all_that_is_open(
    database: str, now: datetime
) -> None:
    clerk, sent = Plot(now).people["clerk"], []

    def note(*call: Any) -> None:
        if "'correct'" in call[2]:
            sent.append((call[2], call[3]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        queues.page(clerk, now, Wanted())
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in sent]
    assert any("ix_work_item_corrections (duty=?)" in step[3] for plan in plans for step in plan)


def test_pages_follow_one_another_without_gap_or_repetition(database: str, now: datetime) -> None:
    plot = Plot(now)
    planted = plot.plant(120)
    seen: list[str] = []
    after: str | None = None
    for size in (50, 50, 20):
        page = queues.page(plot.people["employer"], now, Wanted(after=after))
        assert len(page.lines) == size
        seen += refs(page)
        after = page.next_mark
    assert after is None
    assert sorted(seen) == sorted(planted)


@pytest.mark.parametrize(
    "mark", ["", "x", "2026-11-20_1", "2026-11-20T00:00:00_x", "9" * 300, "2026-11-20T00:00:00+08:00_٣"]
)
def test_a_mark_that_is_none_of_ours_begins_at_the_beginning(database: str, now: datetime, mark: str) -> None:
    plot = Plot(now)
    plot.plant(1)
    assert len(queues.page(plot.people["employer"], now, Wanted(after=mark)).lines) == 1
