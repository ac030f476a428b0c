"""A public notice: its days by both ways of counting, its lines, and what happens to a case while it stands there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.cases import NOW, PERSON, staff
from tests.domain.notices import DISTRICT, MANAGER, SUPERVISOR, Listed, before_notice, book, published
from workflow.domain import public_notice
from workflow.domain.actor import ANONYMOUS, SYSTEM, Actor
from workflow.domain.application import Action, Status
from workflow.domain.calendar import WorkCalendar, end_of, local_day, official
from workflow.domain.collective import decide_pool
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.domain.events import OF_A_NOTICE, Event
from workflow.domain.history import fold
from workflow.domain.lengths import Length
from workflow.domain.public_notice import Candidate, Column, Line
from workflow.domain.transitions import decide, offers
from workflow.domain.words import Words

MONDAY = NOW.date()  # 2026-11-23
VECTORS = [
    ("2026-02-10", "2026-02-24", "2026-02-14"),
    ("2026-02-13", "2026-02-27", "2026-02-26"),
    ("2026-04-29", "2026-05-09", "2026-05-08"),
    ("2026-09-18", "2026-09-24", "2026-09-23"),
    ("2026-09-24", "2026-10-09", "2026-10-08"),
    ("2026-09-29", "2026-10-12", "2026-10-10"),
    ("2025-12-29", "2026-01-06", "2026-01-05"),
]


# -- days --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "next_day", "first_day"), VECTORS)
def test_working_days_of_a_published_notice(start: str, next_day: str, first_day: str) -> None:
    """Through the act that publishes, with the program's own way of counting."""
    day = date.fromisoformat(start)
    for count, last in (("next_day", next_day), ("first_day", first_day)):
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        posting = published(before_notice(rulebook=book(count)), day, now=max(at, NOW)).case.state.posting()
        assert posting is not None
        assert (posting.first, posting.last) == (day, date.fromisoformat(last))


def test_a_program_that_says_nothing_counts_from_the_next_day() -> None:
    rulebook = book(**{"count: COUNT, ": "", "count: first_day, ": ""})
    posting = published(before_notice(rulebook=rulebook), MONDAY).case.state.posting()
    assert posting is not None
    assert posting.last == date(2026, 11, 30)


def test_days_off_in_between_are_told() -> None:
    said = public_notice.period(official(), date(2026, 11, 19), Length(5, "wd"), "first_day")
    assert said.last == date(2026, 11, 25)
    assert said.off == (date(2026, 11, 21), date(2026, 11, 22))
    assert said.ends == end_of(date(2026, 11, 25))


def test_a_year_without_official_days_is_provisional_and_may_only_grow() -> None:
    said = public_notice.period(official(), date(2026, 12, 29), Length(5, "wd"), "next_day")
    assert said.provisional
    assert said.last == date(2027, 1, 5)
    known = WorkCalendar({**official().days, **{date(2027, 1, day): False for day in (1, 2, 3)}})
    assert public_notice.standing_period(known, said).last == date(2027, 1, 6)
    longer = WorkCalendar({**official().days, **{date(2027, 1, day): False for day in (1, 2, 3, 4)}})
    assert public_notice.standing_period(longer, said).last == date(2027, 1, 7)
    shorter = WorkCalendar({**official().days, date(2027, 1, 1): True, date(2027, 1, 2): True})
    assert public_notice.standing_period(shorter, said).last == said.last


@given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(1, 30), st.sampled_from(["next_day", "first_day"]))
def test_a_notice_has_as_many_working_days_as_it_says(start: date, days: int, count: str) -> None:
    said = public_notice.period(official(), start, Length(days, "wd"), count)
    span = [said.counted + timedelta(days=step) for step in range((said.last - said.counted).days + 1)]
    assert len(span) - len(said.off) == days
    assert official().is_working(said.last)


# -- lines -------------------------------------------------------------------------------------------------------------
COLUMNS = (Column("name", Words("姓名")), Column("employer", Words("单位")))


def shown(*people: tuple[str, str, date | None]) -> list[tuple[str, ...]]:
    candidates = [Candidate(n, (name, unit), born) for n, (name, unit, born) in enumerate(people)]
    return [line.shown for line in public_notice.lines(COLUMNS, candidates)]


def test_a_birth_year_only_where_two_share_a_name() -> None:
    people = [
        ("郑砚耕", "拾针", date(1988, 3, 1)),
        ("郑 砚耕", "技校", date(1979, 1, 1)),
        ("白栖", "云裳里", date(1990, 1, 1)),
    ]
    assert shown(*people) == [
        ("郑砚耕（1988年生）", "拾针"),
        ("郑 砚耕（1979年生）", "技校"),
        ("白栖", "云裳里"),
    ]


def test_a_month_only_where_the_year_does_not_tell() -> None:
    twins = [("白栖", "云裳里", date(1990, 1, 1)), ("白栖", "云裳里", date(1990, 5, 2))]
    assert [line[0] for line in shown(*twins)] == ["白栖（1990年1月生）", "白栖（1990年5月生）"]
    apart = [("白栖", "云裳里", date(1990, 1, 1)), ("白栖", "素织", date(1990, 5, 2))]
    assert [line[0] for line in shown(*apart)] == ["白栖（1990年生）", "白栖（1990年生）"]


def test_lines_that_nothing_tells_apart_want_a_person() -> None:
    candidates = [Candidate(1, ("白栖", "云裳里")), Candidate(2, ("白栖", "云裳里")), Candidate(3, ("白栖", "素织"))]
    assert [line.alike for line in public_notice.lines(COLUMNS, candidates)] == [True, True, False]


@given(st.lists(st.tuples(st.sampled_from(["甲", "乙"]), st.sampled_from(["东", "西"]), st.dates()), max_size=8))
def test_what_is_not_alike_is_told_apart(people: list[tuple[str, str, date]]) -> None:
    lines = public_notice.lines(COLUMNS, [Candidate(n, (a, b), c) for n, (a, b, c) in enumerate(people)])
    clear = [line.shown for line in lines if not line.alike]
    assert len(set(clear)) == len(clear)
    assert [line.no for line in lines] == list(range(1, len(people) + 1))


def test_what_is_not_public_is_masked() -> None:
    it = before_notice()
    definition = it.book.definition
    sources = public_notice.Sources("第1批", {"e1": "锦绣服装"})
    assert [public_notice.value_of(definition, it.case, key, sources) for key in ("name", "employer", "track")] == [
        "人选1",
        "锦绣服装",
        "工艺",
    ]
    assert public_notice.value_of(definition, it.case, "mobile", sources) == "138****0000"


# -- publishing --------------------------------------------------------------------------------------------------------
def wanted(*cases: int, **changes: object) -> Action:
    lines = tuple(Line(n, case, (f"人选{case}", "锦绣", "工艺", "第1批")) for n, case in enumerate(cases, start=1))
    inputs = {"notice": 9, "first": MONDAY, "lines": lines, "digests": dict.fromkeys(cases, "0" * 64), "left": 0}
    return Action("publish", None, {**inputs, **changes})


def test_a_list_is_published_whole_or_not_at_all() -> None:
    first, second = before_notice(1), before_notice(2)
    done = decide_pool(first.book, "notice", [first.case, second.case], wanted(1, 2), MANAGER, first.now)
    assert [each.state.posting().line for each in done.outcomes.values()] == [1, 2]
    already = replace(first.case, state=done.outcomes[1].state)
    with pytest.raises(MovedOn):
        decide_pool(first.book, "notice", [already, second.case], wanted(1, 2), MANAGER, first.now)


def test_everything_missing_is_said_at_once() -> None:
    it = before_notice()
    empty = Line(1, 1, ("人选1", "", "工艺", "第1批"), alike=True)
    with pytest.raises(NotReady) as refused:
        decide_pool(it.book, "notice", [it.case], wanted(1, lines=(empty,), left=3), MANAGER, it.now)
    assert {reason.where for reason in refused.value.reasons} == {"lines", "apart", "reason"}
    with pytest.raises(NotReady):
        decide_pool(it.book, "notice", [], wanted(), MANAGER, it.now)


def test_only_the_office_of_the_stage_publishes() -> None:
    it = before_notice()
    with pytest.raises(NotReady):
        decide_pool(it.book, "notice", [it.case], wanted(1), staff(71, "district"), it.now)
    with pytest.raises(NotReady):
        it.act("publish", MANAGER)
    with pytest.raises((NotAllowed, NotFound)):
        it.act("publish", PERSON)


# -- the days run ------------------------------------------------------------------------------------------------------
def test_a_case_moves_on_the_day_after_the_last_and_never_before() -> None:
    it = published(before_notice(), MONDAY)
    ends = end_of(date(2026, 11, 27))
    with pytest.raises(NotReady):
        it.act("end_notice", MANAGER, after=ends - it.now - timedelta(seconds=1))
    for actor in (PERSON, DISTRICT, ANONYMOUS):
        with pytest.raises((NotAllowed, NotFound)):
            it.act("end_notice", actor, after=timedelta(seconds=0))
    it.now = ends
    it.act("end_notice", SYSTEM, after=timedelta(0))
    assert it.case.state.stage == "filing"
    assert [entry.effect for entry in it.case.state.entries][:2] == ["pass", "ended"]


def test_the_end_is_due_at_midnight_of_the_last_day_and_stands_still_while_an_objection_does() -> None:
    it = published(before_notice(), MONDAY)
    watch = it.case.state.item(it.case.state.posting().item)
    assert watch is not None
    assert it.book.due(it.case, watch, it.now) == end_of(date(2026, 11, 27))
    object_to(it)
    assert it.book.due(it.case, watch, it.now) is None
    owed = it.case.state.item(it.case.state.open_objections()[0].item)
    assert owed is not None
    due = it.book.due(it.case, owed, it.now)
    assert due is not None
    assert local_day(due) == date(2026, 12, 7)


def object_to(it: Listed, actor: Actor = ANONYMOUS, **inputs: object) -> None:
    posting = it.case.state.posting()
    assert posting is not None
    given = {"objection": len(it.case.state.noticed.objections) + 1, **inputs}
    it.act_on(posting.item, "object", actor, **given)


def settle(it: Listed, conclusion: str, **inputs: object) -> None:
    item = it.case.state.open_objections()[0].item
    it.act_on(item, "settle", SUPERVISOR, conclusion=conclusion, reason="经核查", report="查了台账", **inputs)


def test_an_objection_freezes_one_case_and_no_other() -> None:
    frozen, free = published(before_notice(1), MONDAY), published(before_notice(2), MONDAY)
    object_to(frozen)
    for it in (frozen, free):
        it.now = end_of(date(2026, 11, 27))
    watch = frozen.case.state.posting()
    assert watch is not None
    with pytest.raises(NotReady):
        frozen.act_on(watch.item, "end_notice", SYSTEM)
    free.act("end_notice", SYSTEM, after=timedelta(0))
    assert (frozen.case.state.stage, free.case.state.stage) == ("notice", "filing")
    settle(frozen, "rejected")
    frozen.act("end_notice", SYSTEM)
    assert frozen.case.state.stage == "filing"


def test_upheld_ends_the_case_and_its_person_may_appeal() -> None:
    it = published(before_notice(), MONDAY)
    object_to(it)
    settle(it, "upheld")
    assert it.case.state.status is Status.REFUSED
    assert "appeal" in {offer.name for offer in offers(it.book, it.case, PERSON, it.now)}
    assert 60 in it.case.state.entries[-1].decided_by


@pytest.mark.parametrize(("decision", "status"), [("kept", Status.OPEN), ("dropped", Status.REFUSED)])
def test_partly_upheld_is_decided_by_the_office(decision: str, status: Status) -> None:
    it = published(before_notice(), MONDAY)
    object_to(it)
    settle(it, "partly")
    item = it.case.state.open_objections()[0].item
    with pytest.raises((NotAllowed, NotFound)):
        it.act_on(item, "weigh", SUPERVISOR, decision=decision, reason="研究决定")
    it.act_on(item, "weigh", MANAGER, decision=decision, reason="研究决定")
    assert it.case.state.status is status
    assert not it.case.state.open_objections()


def test_two_objections_to_one_case_are_settled_apart() -> None:
    it = published(before_notice(), MONDAY)
    object_to(it)
    object_to(it)
    settle(it, "rejected")
    entry = it.case.state.entry
    assert entry is not None
    assert [pause.until for pause in entry.pauses] == [None]
    settle(it, "rejected")
    assert [each.state for each in it.case.state.noticed.objections] == ["rejected", "rejected"]
    entry = it.case.state.entry
    assert entry is not None
    assert all(pause.until is not None for pause in entry.pauses)


def test_settling_asks_for_conclusion_report_and_reason() -> None:
    it = published(before_notice(), MONDAY)
    object_to(it)
    item = it.case.state.open_objections()[0].item
    with pytest.raises(NotReady) as refused:
        it.act_on(item, "settle", SUPERVISOR)
    assert {reason.where for reason in refused.value.reasons} == {"conclusion", "report", "reason"}
    with pytest.raises((NotAllowed, NotFound)):
        it.act_on(item, "settle", MANAGER, conclusion="rejected", reason="r", report="r")


def test_nobody_objects_after_the_last_day_but_a_letter_of_that_day_counts() -> None:
    it = published(before_notice(), MONDAY)
    it.now = end_of(date(2026, 11, 27))
    with pytest.raises(NotReady):
        object_to(it)
    object_to(it, SUPERVISOR, via="letter", received=date(2026, 11, 27))
    assert len(it.case.state.open_objections()) == 1
    with pytest.raises((NotAllowed, NotFound)):
        object_to(it, MANAGER, via="letter", received=date(2026, 11, 27))


def test_what_is_not_public_takes_no_objection_from_the_street() -> None:
    it = published(before_notice(rulebook=book(**{"days: 5wd": "to: internal, days: 5wd"})), MONDAY)
    with pytest.raises((NotAllowed, NotFound)):
        object_to(it)
    object_to(it, DISTRICT)


def test_taken_down_it_starts_anew_and_an_open_objection_stays() -> None:
    it = published(before_notice(), MONDAY)
    object_to(it)
    posting = it.case.state.posting()
    assert posting is not None
    it.act_on(posting.item, "take_down", MANAGER, reason="名单有误")
    assert it.case.state.posting() is None
    with pytest.raises(NotReady):
        published(it, MONDAY, notice=10)
    settle(it, "rejected")
    published(it, date(2026, 11, 25), notice=10)
    assert it.case.state.posting().last == date(2026, 12, 1)


def test_an_extension_of_the_stay_counts() -> None:
    it = published(before_notice(), MONDAY)
    it.act("extend", MANAGER, on="none", until=date(2026, 12, 4), basis="通知")
    it.now = end_of(date(2026, 11, 27))
    with pytest.raises(NotReady):
        it.act("end_notice", SYSTEM, after=timedelta(0))
    it.now = end_of(date(2026, 12, 4))
    it.act("end_notice", SYSTEM, after=timedelta(0))
    assert it.case.state.stage == "filing"


# -- any history -------------------------------------------------------------------------------------------------------
CAST = {"person": PERSON, "manager": MANAGER, "supervisor": SUPERVISOR, "district": DISTRICT, "clock": SYSTEM}
WAITS = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=8))
SELDOM = frozenset({"withdraw", "refuse", "undo"})


def given_for(it: Listed, act: str) -> dict[str, object]:
    number = len(it.case.state.noticed.objections) + 1
    return {
        "conclusion": ("rejected", "partly", "upheld", "rejected")[number % 4],
        "decision": "kept",
        "objection": number,
        "reason": "理由",
        "report": "核查",
        "basis": "依据",
        "notice": len(it.case.state.noticed.postings) + 1,
        "line": 1,
        "digest": "0" * 64,
        "first": local_day(it.now),
        "until": local_day(it.now) + timedelta(days=40),
        "stage": "formal",
        "via": "page",
    }


def lived(seed: int, steps: int = 40) -> tuple[Listed, list[Event]]:
    """A case before a notice in many hands; every act is one that stood open, and its state is always one of a case."""
    chance, it = Random(seed), before_notice()
    events: list[Event] = []
    start = it.case.state
    for _ in range(steps):
        it.now += chance.choice(WAITS)
        open_to = [
            (offer, actor)
            for actor in CAST.values()
            for offer in offers(it.book, it.case, actor, it.now)
            if offer.name not in SELDOM or chance.random() < 0.05
        ]
        if not open_to:
            break
        offer, actor = chance.choice(open_to)
        action = Action(offer.name, offer.item, given_for(it, offer.name))
        try:
            outcome = decide(it.book, it.case, action, actor, it.now)
        except Refusal:
            continue
        events += outcome.events
        it.case = replace(it.case, state=outcome.state)
        sound(it)
    assert fold(events, start) == it.case.state
    return it, events


def sound(it: Listed) -> None:
    state = it.case.state
    standing = [p for p in state.noticed.postings if not p.taken_down and state.entry and p.entry_no == state.entry.no]
    assert len(standing) <= 1
    if state.status in (Status.OPEN, Status.HELD):
        assert any(True for _ in state.open_items()), "a running case that nobody owes anything"
    for objection in state.open_objections():
        item = state.item(objection.item)
        assert item is not None
        assert item.is_open or state.stage != "notice"
    for entry in state.entries:
        if entry.effect == "ended":
            posting = next(p for p in state.noticed.postings if p.entry_no == entry.no and not p.taken_down)
            assert entry.left_at is not None
            assert entry.left_at >= end_of(posting.last)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_history_of_a_notice_stays_in_the_graph(seed: int) -> None:
    """Each step is looked at by `sound` while it is lived; so is the end."""
    it, events = lived(seed)
    sound(it)
    assert it.case.state.seq >= len(events) > 0


def test_the_histories_reach_every_fact_of_a_notice() -> None:
    seen = {event.kind for seed in range(60) for event in lived(seed)[1]}
    assert seen >= OF_A_NOTICE
