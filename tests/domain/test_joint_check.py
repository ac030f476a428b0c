"""A joint check: everybody answers for themselves, silence is never a pass, and the lead concludes."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.cases import CLERK, MANAGER, MANAGER_2, NOW, PERSON, ROOT, Play, application, book, book_of, staff
from workflow.domain.actor import Actor
from workflow.domain.application import RUNNING, Action, Duty, Entry, Item, State, Status
from workflow.domain.collective import decide_pool
from workflow.domain.departments import EarlierAnswer
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady, Refusal
from workflow.domain.events import OF_A_JOINT_CHECK
from workflow.domain.history import fold
from workflow.domain.policy import CaseSubject, Permission, Sight, can, sheet_of
from workflow.domain.program.schema import Field
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.domain.transitions import decide, offers

BY = ("credit", "police", "court", "market")
DEPARTMENT = {role: staff(60 + number, role) for number, role in enumerate(BY)}
ISSUE = {"answer": "issue", "category": "judgment", "basis": "（2026）浙01执12号", "detail": "被执行一件"}


class Joint(Play):
    """A case that has come to its joint check."""

    def __init__(self, text: str | None = None, **changes: Any) -> None:
        rulebook = book() if text is None else book_of(text)
        case = application(**changes)
        before = State(
            status=Status.OPEN, version=5, seq=9, stage="expert",
            entries=(Entry(1, "expert", 6, NOW - timedelta(days=3)),),
            submitted_at=NOW - timedelta(days=9), revision=1, number="FE26-1-0001",
        )  # fmt: skip
        work = Work(rulebook, replace(case, state=before), Action("close"), MANAGER, NOW)
        work.tell("passed", item=None)
        effects.enter(work, "joint")
        super().__init__(replace(case, state=work.state), rulebook)
        self.entered = work.outcome().events

    def item_of(self, role: str) -> Item:
        return next(item for item in reversed(self.case.state.items) if item.role == role)

    def say(self, role: str, answer: str = "clear", by: Actor | None = None, **more: Any) -> None:
        given = {**(ISSUE if answer == "issue" else {}), "answer": answer, **more}
        self.on(self.item_of(role), "answer", by or DEPARTMENT[role], **given)

    def on(self, item: Item | None, name: str, actor: Actor, **inputs: Any) -> None:
        self.now += timedelta(minutes=1)
        action = Action(name, item.no if item else None, inputs)
        self.outcome = decide(self.book, self.case, action, actor, self.now)
        self.case = replace(self.case, state=self.outcome.state)

    def conclude(self, effect: str, actor: Actor = MANAGER, **inputs: Any) -> None:
        self.on(self.item_of("manager"), effect, actor, **inputs)

    def silent(self) -> set[str]:
        return set(BY) - {each.role for each in self.case.state.answers_of_departments()}

    def leads(self) -> bool:
        return any(item.role == "manager" for item in self.case.state.open_items())


def test_every_department_is_asked_at_once_and_the_lead_waits() -> None:
    it = Joint()
    assert [item.role for item in it.case.state.open_items()] == list(BY)
    assert {item.duty for item in it.case.state.open_items()} == {Duty.ACT}
    assert not it.leads()


@settings(max_examples=60, deadline=None)
@given(st.permutations(BY), st.lists(st.sampled_from(["clear", "issue", "unknown"]), min_size=4, max_size=4))
def test_the_last_answer_in_any_order_opens_the_conclusion(order: list[str], said: list[str]) -> None:
    it = Joint()
    for number, (role, answer) in enumerate(zip(order, said, strict=True)):
        assert it.leads() is False, "nobody concludes while a department is silent"
        it.say(role, answer)
        assert it.leads() is (number == 3)
    assert {each.role: each.answer for each in it.case.state.answers_of_departments()} == dict(
        zip(order, said, strict=True)
    )
    offered = {offer.name for offer in offers(it.book, it.case, MANAGER, it.now)}
    assert {"pass", "refuse", "defer", "ask_again"} <= offered


def test_the_order_of_the_answers_changes_nothing() -> None:
    ends = set()
    for order in permutations(BY):
        it = Joint()
        for role in order:
            it.say(role)
        it.conclude("pass")
        ends.add((it.case.state.stage, it.case.state.status))
    assert ends == {("meeting", Status.OPEN)}


def test_silence_is_never_a_pass_however_long_it_lasts() -> None:
    it = Joint()
    for role in BY[:3]:
        it.say(role)
    it.now += timedelta(days=400)
    assert not it.leads()
    assert {offer.name for offer in offers(it.book, it.case, MANAGER, it.now)}.isdisjoint({"pass", "refuse", "defer"})


def test_an_objection_needs_its_kind_and_its_basis() -> None:
    it = Joint()
    with pytest.raises(NotReady) as refused:
        it.say("court", "issue", category="", basis=" ")
    assert [each.where for each in refused.value.reasons] == ["category", "basis"]
    with pytest.raises(NotReady) as refused:
        it.say("court", "maybe")
    assert [each.where for each in refused.value.reasons] == ["answer"]


def test_the_words_of_an_objection_stand_in_no_event() -> None:
    it = Joint()
    it.say("court", "issue", digest="d" * 64)
    (event,) = it.outcome.events
    assert event.body == {"item": it.item_of("court").no, "role": "court", "answer": "issue", "digest": "d" * 64}
    assert not event.remarks
    assert it.outcome.sealed == {"category": "judgment", "basis": ISSUE["basis"], "detail": ISSUE["detail"]}


def test_a_standing_objection_does_not_pass_until_its_department_takes_it_back() -> None:
    it = Joint()
    for role in BY[:3]:
        it.say(role)
    it.say("market", "issue")
    with pytest.raises(NotReady) as refused:
        it.conclude("pass", reason="知道了")
    assert [each.where for each in refused.value.reasons] == ["department.market"]
    seen = it.item_of("manager").version
    it.say("market", "clear")
    assert it.item_of("manager").version == seen + 1, "a page that still shows the objection is stale"
    it.conclude("pass")
    assert it.case.state.stage == "meeting"


def test_not_knowing_passes_only_with_how_it_was_verified() -> None:
    it = Joint()
    for role in BY:
        it.say(role, "unknown" if role == "court" else "clear")
    with pytest.raises(NotReady) as refused:
        it.conclude("pass")
    assert [each.where for each in refused.value.reasons] == ["verified.court"]
    it.conclude("pass", verified={"court": "查了裁判文书网，无记录"})
    concluded = it.outcome.events[0]
    assert concluded.kind == "joint_check_concluded"
    assert concluded.body == {"what": "pass", "clear": 3, "issue": 0, "unknown": 1}
    assert concluded.remarks == {"verified.court": "查了裁判文书网，无记录"}


@pytest.mark.parametrize("effect", ["refuse", "defer"])
def test_refusing_and_putting_off_need_a_reason(effect: str) -> None:
    it = Joint()
    for role in BY:
        it.say(role)
    with pytest.raises(NotReady):
        it.conclude(effect)
    it.conclude(effect, reason="还要核实")
    if effect == "refuse":
        assert it.case.state.status is Status.REFUSED
    else:
        assert it.leads()
        it.conclude("pass")
        assert it.case.state.stage == "meeting"


def test_who_is_asked_again_holds_up_the_conclusion_and_may_say_something_else() -> None:
    it = Joint()
    for role in BY:
        it.say(role)
    with pytest.raises(NotReady):
        it.on(None, "ask_again", MANAGER, role="court")
    it.on(None, "ask_again", MANAGER, role="court", reason="有人反映", attempt=1)
    assert not it.leads()
    assert [item.role for item in it.case.state.open_items()] == ["court"]
    it.say("court", "issue")
    assert it.leads()
    answers = [(each.answer, each.current, each.attempt) for each in it.case.state.departments if each.role == "court"]
    assert answers == [("clear", False, 1), ("issue", True, 2)]


def test_asking_about_an_answer_that_was_changed_meanwhile_has_moved_on() -> None:
    it = Joint()
    for role in BY:
        it.say(role)
    it.say("court", "unknown")
    with pytest.raises(MovedOn):
        it.on(None, "ask_again", MANAGER, role="court", reason="有人反映", attempt=1)


def test_who_is_asked_later_has_as_long_as_the_others() -> None:
    it = Joint()
    first = it.book.due(it.case, it.item_of("court"), it.now)
    for role in BY:
        it.say(role)
    it.now += timedelta(days=10)
    it.on(None, "ask_again", MANAGER, role="court", reason="有人反映")
    later = it.book.due(it.case, it.item_of("court"), it.now)
    assert first is not None
    assert later is not None
    assert later - first >= timedelta(days=10) - timedelta(days=3)
    assert later > it.now


def test_nobody_answers_for_another_department_or_concludes_for_the_lead() -> None:
    it = Joint()
    with pytest.raises((NotAllowed, NotFound)):
        it.say("court", by=DEPARTMENT["police"])
    for role in BY:
        it.say(role)
    for stranger in (DEPARTMENT["court"], CLERK, PERSON):
        with pytest.raises((NotAllowed, NotFound)):
            it.conclude("pass", stranger)
    with pytest.raises((NotAllowed, NotFound)):
        it.on(None, "ask_again", DEPARTMENT["court"], role="police", reason="x")


def test_after_the_conclusion_nothing_is_answered_any_more() -> None:
    it = Joint()
    for role in BY:
        it.say(role)
    it.conclude("pass")
    with pytest.raises(MovedOn):
        it.say("court", "issue")


def test_an_undo_takes_an_answer_back() -> None:
    it = Joint()
    it.say("court")
    it.now -= timedelta(seconds=55)
    it.on(None, "undo", DEPARTMENT["court"])
    assert it.case.state.departments == ()
    assert it.item_of("court").is_open


def test_the_outcome_answers_the_rules_that_wait_for_it() -> None:
    it = Joint()
    assert it.book.judge(it.case)["E6"].result == "look"
    for role in BY:
        it.say(role)
    it.conclude("pass")
    assert it.book.judge(it.case)["E6"].result == "meets"
    other = Joint()
    for role in BY:
        other.say(role)
    other.conclude("refuse", reason="有失信")
    assert other.book.judge(other.case)["E6"].result == "fails"


# -- answers of before -------------------------------------------------------------------------------------------------
def reusing(validity: str) -> str:
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    return text.replace(
        "    by: [credit, police, court, market]\n", f"    by: [credit, police, court, market]\n    reuse: {validity}\n"
    )


def before(role: str, days: int, answer: str = "clear") -> EarlierAnswer:
    return EarlierAnswer(77, role, answer, NOW - timedelta(days=days))


def test_who_answered_not_long_ago_is_not_asked_again() -> None:
    it = Joint(
        reusing("6mo"), earlier_answers=(before("credit", 30), before("police", 200), before("court", 9, "issue"))
    )
    assert [item.role for item in it.case.state.open_items()] == ["police", "court", "market"]
    (taken,) = it.case.state.answers_of_departments()
    assert (taken.role, taken.answer, taken.reused_from, taken.by) == ("credit", "clear", 77, None)
    assert taken.answered_on is not None
    it.say("credit", "issue")
    assert {each.role: each.answer for each in it.case.state.answers_of_departments()} == {"credit": "issue"}


def test_where_everything_is_known_the_lead_is_asked_at_once() -> None:
    it = Joint(reusing("6mo"), earlier_answers=tuple(before(role, 5) for role in BY))
    assert [item.role for item in it.case.state.open_items()] == ["manager"]
    it.conclude("pass")
    assert it.case.state.stage == "meeting"


def test_a_program_that_says_nothing_of_it_asks_everybody_again() -> None:
    it = Joint(earlier_answers=tuple(before(role, 5) for role in BY))
    assert [item.role for item in it.case.state.open_items()] == list(BY)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400))
def test_an_answer_is_used_again_exactly_as_long_as_it_is_valid(days: int) -> None:
    it = Joint(reusing("90d"), earlier_answers=(before("credit", days),))
    assert ("credit" in {each.role for each in it.case.state.answers_of_departments()}) is (days <= 90)


# -- many at once ------------------------------------------------------------------------------------------------------
def test_one_department_says_no_objection_to_many_and_only_open_ones_count() -> None:
    cases = [replace(Joint().case, id=number) for number in (1, 2, 3)]
    one = Joint()
    one.say("court", "issue")
    cases[1] = replace(one.case, id=2)
    now = NOW + timedelta(hours=1)
    action = Action("answer", None, {"answer": "clear", "role": "court"})
    found = decide_pool(book(), "joint", cases, action, DEPARTMENT["court"], now)
    assert set(found.outcomes) == {1, 3}
    assert set(found.left_aside) == {2}
    assert all([event.kind for event in each.events] == ["department_answered"] for each in found.outcomes.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["clear", "issue", "unknown", ""]), min_size=4, max_size=4), max_size=5))
def test_the_lead_passes_together_exactly_those_clear_everywhere(said: list[list[str]]) -> None:
    cases = []
    for number, answers in enumerate(said, start=1):
        it = Joint()
        for role, answer in zip(BY, answers, strict=True):
            if answer:
                it.say(role, answer)
        cases.append(replace(it.case, id=number))
    found = decide_pool(book(), "joint", cases, Action("pass"), MANAGER, NOW + timedelta(hours=1))
    clear = {number for number, answers in enumerate(said, start=1) if set(answers) == {"clear"}}
    assert set(found.outcomes) == clear
    assert set(found.left_aside) == set(range(1, len(said) + 1)) - clear


# -- what a department sees --------------------------------------------------------------------------------------------
def test_a_department_sees_whom_it_is_about_and_nothing_else() -> None:
    it = Joint()
    definition = it.book.definition
    seen = {
        key for key, sight in sheet_of(DEPARTMENT["court"], definition, it.case).items() if sight is not Sight.HIDDEN
    }
    assert seen == {"name", "id_type", "id_no", "gender", "employer", "trainer"}
    by_all = sheet_of(MANAGER, definition, it.case)
    assert Sight.HIDDEN not in by_all.values(), "there was something to hide"


def test_a_department_opens_the_number_only_while_its_answer_is_owed() -> None:
    it = Joint()
    number = it.book.definition.form_fields()["id_no"]
    file = it.book.definition.form_fields()["id_copy"]

    def opens(field: Field) -> bool:
        subject = CaseSubject(it.book.definition, it.case, field=field)
        return can(DEPARTMENT["court"], Permission.SEALED_READ, subject)

    assert opens(number)
    assert not opens(file)
    it.say("court")
    assert not opens(number)


# -- whatever they do --------------------------------------------------------------------------------------------------
def test_whatever_happens_the_facts_lead_to_the_state_and_silence_never_passes() -> None:
    people = [*DEPARTMENT.values(), *(staff(80 + number, role) for number, role in enumerate(BY)), MANAGER, MANAGER_2]
    seen: set[str] = set()
    for seed in range(60):
        chance, it = Random(seed), Joint(reusing("6mo"), earlier_answers=(before("credit", 3),))
        start, told = it.case.state, []
        seen |= {event.kind for event in it.entered}
        for _ in range(40):
            actor = chance.choice(people)
            open_to = [each for each in offers(it.book, it.case, actor, it.now) if each.name in CHOSEN]
            if not open_to or it.case.state.stage != "joint":
                continue
            offer = chance.choice([each for each in open_to for _ in range(WEIGHT.get(each.name, 1))])
            inputs = {
                **ISSUE,
                "answer": chance.choice(["clear", "issue", "unknown", "clear"]),
                "role": chance.choice(BY),
                "reason": "理由",
                "verified": dict.fromkeys(BY, "查过"),
                "basis": "依据",
            }
            try:
                it.on(it.case.state.item(offer.item) if offer.item else None, offer.name, actor, **inputs)
            except Refusal:
                continue
            told += it.outcome.events
            assert fold(told, start) == it.case.state
            assert it.case.state.status not in RUNNING or list(it.case.state.open_items()), "owed by nobody"
            assert it.leads() is not bool(it.silent()) or it.case.state.stage != "joint"
            if it.case.state.stage != "joint":
                last = {each.role: each.answer for each in it.case.state.departments if each.current}
                assert set(last) == set(BY), "concluded while somebody was silent"
                assert it.case.state.status is Status.REFUSED or "issue" not in last.values()
        seen |= {event.kind for event in told}
    assert seen >= OF_A_JOINT_CHECK, "the walks never came there"


WEIGHT = {"answer": 8, "pass": 12, "refuse": 4, "release": 8}
CHOSEN = frozenset({"answer", "ask_again", "pass", "refuse", "defer", "undo", "hold", "release", "recuse"})
