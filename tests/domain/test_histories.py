"""Whatever people do, a case stays a case: in its graph, counted, replayable, with one final verdict."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from tests.domain.cases import PERSON, Play, application
from tests.domain.histories import FINAL, PEOPLE, Step, chosen, histories, inputs_of, walk
from workflow.domain.application import CLOSED, RUNNING, UNSUBMITTED, Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import Refusal
from workflow.domain.events import (
    CASE_EVENTS,
    OF_A_DUTY,
    OF_A_FOLLOW_UP,
    OF_A_JOINT_CHECK,
    OF_A_NOTICE,
    OF_A_PAYMENT,
    OF_A_RECOGNITION,
    OF_A_SCORE,
    OF_A_SESSION,
    OF_A_VOTE,
    OF_AN_AWARD,
    OF_POINTS,
    Event,
)
from workflow.domain.history import KINDS, fold
from workflow.domain.transitions import decide, offers


def test_every_event_of_a_case_has_a_fold() -> None:
    assert KINDS == CASE_EVENTS


def play(history: list[Step]) -> tuple[Play, list[Event], int]:
    it = Play(application())
    it.act("start", PERSON)
    events, recorded = list(it.outcome.events), 1
    for step in history:
        it.now += step.wait
        act, number, who = chosen(it.book, it.case, step, it.now)
        actor, inputs = PEOPLE[who], inputs_of(act, step, it.case.state, local_day(it.now))
        offered = {(offer.name, offer.item) for offer in offers(it.book, it.case, actor, it.now)}
        try:
            outcome = decide(it.book, it.case, Action(act, number, inputs), actor, it.now)
        except Refusal:
            continue
        assert {(act, number), (act, None)} & offered, "done without having been offered"
        recorded += bool(outcome.events)
        events += outcome.events
        it.case = replace(it.case, state=outcome.state)
        check(it, events, recorded)
    return it, events, recorded


def check(it: Play, events: list[Event], recorded: int) -> None:
    state = it.case.state
    assert fold(events) == state
    assert state.version == recorded
    assert state.seq == len(events)
    standing = [entry for entry in state.entries if entry.left_at is None]
    assert len(standing) == (1 if state.stage is not None else 0)
    assert state.stage is None or state.stage in it.book.route(it.case.channel)
    if state.status in RUNNING:
        assert state.stage is not None
        assert any(True for _ in state.open_items()), "a running case that nobody owes anything"
    if state.status in UNSUBMITTED | CLOSED:
        assert state.stage is None
    if state.status in CLOSED:
        assert state.closed_at is not None
        assert all(item.duty in ("appeal", "reopen") for item in state.open_items())
    assert [item.no for item in state.items] == list(range(1, len(state.items) + 1))
    assert all((item.closed_at is None) == item.is_open for item in state.items)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_random_histories_stay_in_the_graph(history: list[Step]) -> None:
    _, events, recorded = play(history)
    assert recorded == len({event.version for event in events})


def test_random_histories_reach_every_kind_of_fact() -> None:
    """A generator that never leaves the draft would prove nothing."""
    not_in_this_program = {
        "confirmation_asked",
        "confirmation_given",
        "confirmation_refused",
        "rebased",
        "list_signed",
        "sample_drawn",
        "not_drawn",
        "not_answered",
        "sent_back",
        "left_out",
        "case_ended",
        "judges_objected",
    }
    after = OF_AN_AWARD | OF_A_RECOGNITION | OF_A_FOLLOW_UP | OF_A_DUTY | OF_A_PAYMENT | OF_POINTS | OF_A_SESSION
    lived_elsewhere = after | OF_A_JOINT_CHECK | OF_A_NOTICE | OF_A_VOTE | OF_A_SCORE
    missing = set(CASE_EVENTS) - lived_elsewhere - not_in_this_program
    for seed in range(150):
        if not missing:
            break
        seen = {event.kind for event in play(walk(seed))[1]}
        assert not seen & not_in_this_program
        missing -= seen
    assert not missing


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_one_final_verdict_stands_at_a_time(history: list[Step]) -> None:
    """After a final verdict only an undo, an appeal or a reopening brings the case back, each on record."""
    it, events, _ = play(history)
    states = [fold(events[: number + 1]) for number in range(len(events))]
    for before, after, event in zip(states, states[1:], events[1:], strict=False):
        if before.status in FINAL and after.status not in FINAL:
            assert event.kind in ("undone", "appeal_settled", "reopened")
    assert it.case.state == states[-1]
