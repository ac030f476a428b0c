"""A meeting over its list: what it waits for, what follows for each case, and alternates that move up."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.domain.cases import MANAGER, NOW, PERSON, application, book, staff
from workflow.domain.application import Action, Application, Outcome, RoundFacts, Status
from workflow.domain.ballots import Tally
from workflow.domain.collective import decide_pool
from workflow.domain.errors import MovedOn, NotAllowed, NotReady
from workflow.domain.events import Event
from workflow.domain.history import fold
from workflow.domain.pool_vote import (
    Paper,
    Sitting,
    Supposed,
    given_places,
    line_of,
    missing,
    next_up,
    stage_of,
    waiting,
)
from workflow.domain.quotas import Places, places_of
from workflow.domain.told import Scored
from workflow.domain.transitions import decide

COMMITTEE = tuple(range(201, 210))
STAGE = stage_of(book(), "meeting")
ROUND = RoundFacts(1, "closed", NOW, NOW, {"places": Decimal(4)})


def at(stage: str, number: int, **changes: Any) -> Application:
    """A case that stands at `stage`, as its events say."""
    roles = ("manager", "committee") if stage == "meeting" else ("intake",)
    told = (
        Event("draft_started", NOW, 1, "account", 100),
        Event(
            "submitted",
            NOW,
            2,
            "account",
            100,
            {"revision": 1, "digest": "0", "number": f"FE26-1-{number:04d}", "receipt": f"R-{number}"},
        ),
        Event(
            "stage_entered",
            NOW,
            2,
            "account",
            100,
            {
                "stage": stage,
                "position": book().position("self", stage),
                "opens": [{"role": role, "organization": None} for role in roles],
            },
            entry_no=1,
        ),
    )
    return application(id=number, round=ROUND, state=fold(told), **changes)


def ready(number: int, total: int, track: str = "pattern", first: int | None = None) -> Application:
    """On the agenda, with a total in hundredths and a first criterion."""
    case = at("meeting", number, track=track)
    sheet = book().definition.scoring.sheets[track]
    figure = {
        "key": next(iter(sheet.criteria)),
        "stage": "practical",
        "weight": "30",
        "value": str(first if first is not None else 80),
        "computed": False,
        "roles": [],
    }
    scored = Scored(1, "expert", track, total, True, "pass", {"figures": [figure]})
    return replace(case, state=replace(case.state, scores=(scored,)))


def sitting(papers: Mapping[int, Paper], **changes: Any) -> Sitting:
    places = places_of(book(), STAGE, ROUND.settings, {})
    plain = Sitting(7, replace(places, bands={}), COMMITTEE, frozenset(COMMITTEE), papers)
    return replace(plain, **changes)


def voted(favor: int = 9, against: int = 0, abstained: int = 0, **more: Any) -> Paper:
    return Paper(Tally(favor, against, abstained), **more)


def finalize(pool: list[Application], held: Sitting, actor: Any = MANAGER) -> dict[int, Outcome]:
    action = Action("finalize", None, {"sitting": held})
    return dict(decide_pool(book(), "meeting", pool, action, actor, NOW).outcomes)


def why(pool: list[Application], held: Sitting) -> list[str]:
    return [str(reason.words) for reason in missing(book(), STAGE, held, pool)]


def applied(pool: list[Application], outcomes: Mapping[int, Outcome]) -> list[Application]:
    return [replace(case, state=outcomes[case.id].state) if case.id in outcomes else case for case in pool]


SIX = [ready(n, total) for n, total in ((1, 9000), (2, 8800), (3, 8700), (4, 8600), (5, 8500), (6, 8400))]
ALL = {case.id: voted() for case in SIX}


# -- what if ----------------------------------------------------------------------------------------------------------
def test_supposing_draws_the_line_anew_and_leaves_the_sitting_alone() -> None:
    held = sitting(ALL)

    def passed(what: Supposed) -> list[int]:
        line = line_of(book(), STAGE, what.of(held), SIX)
        return [placing.case for placing in line.placings if placing.result == "passed"]

    assert passed(Supposed()) == [1, 2, 3, 4]
    assert passed(Supposed(places=2)) == [1, 2]
    assert passed(Supposed(case=6, decision="pass")) == [1, 2, 3, 6]
    assert passed(Supposed(places=3, case=1, decision="refuse")) == [2, 3, 4]
    assert held == sitting(ALL)


# -- what follows ------------------------------------------------------------------------------------------------------
def test_the_line_gives_each_case_its_part() -> None:
    outcomes = finalize(SIX, sitting(ALL))
    assert {n: [event.kind for event in each.events] for n, each in outcomes.items()} == {
        **{n: ["meeting_decided", "passed", "stage_entered"] for n in (1, 2, 3, 4)},
        5: ["meeting_decided", "alternate_listed"],
        6: ["meeting_decided", "refused"],
    }
    states = {n: each.state for n, each in outcomes.items()}
    assert [states[n].stage for n in (1, 4, 5, 6)] == ["notice", "notice", "meeting", None]
    assert [states[n].status for n in (1, 5, 6)] == [Status.OPEN, Status.ALTERNATE, Status.REFUSED]
    assert states[5].votes[-1].alternate == 1
    assert outcomes[6].events[1].remarks["reason"] == "会议排序第 6 名，名额 4 名"
    assert all(states[case.id] == fold(outcomes[case.id].events, case.state) for case in SIX)


def test_every_number_of_the_result_stands_in_the_event() -> None:
    body = finalize(SIX, sitting({**ALL, 2: voted(6, 2, 0, recused=frozenset({203}))}))[2].events[0].body
    assert {key: body[key] for key in ("rank", "total", "first", "members", "present", "needed", "recused")} == {
        "rank": 2,
        "total": "88.00",
        "first": "80",
        "members": 8,
        "present": 8,
        "needed": 6,
        "recused": [203],
    }
    assert (body["for"], body["against"], body["abstained"], body["how"]) == (6, 2, 0, "order")


def test_without_the_votes_a_case_is_refused_with_its_tally_and_the_next_moves_up() -> None:
    outcomes = finalize(SIX, sitting({**ALL, 1: voted(5, 3, 1)}))
    assert outcomes[1].events[1].remarks["reason"] == "会议票决：同意 5 票、不同意 3 票、弃权 1 票，通过要 6 票"
    assert [n for n in range(1, 7) if outcomes[n].state.stage == "notice"] == [2, 3, 4, 5]


def test_the_order_in_which_cases_come_changes_nothing() -> None:
    shuffled = Random(3).sample(SIX, len(SIX))
    first, second = finalize(SIX, sitting(ALL)), finalize(shuffled, sitting(ALL))
    assert {n: each.events for n, each in first.items()} == {n: each.events for n, each in second.items()}


def test_floors_take_in_the_best_of_a_track() -> None:
    pool = [*SIX[:5], ready(9, 6000, "craft")]
    bands = places_of(book(), STAGE, {"places": Decimal(4)}, {}).bands
    held = sitting({**ALL, 9: voted()}, places=Places(4, {"track:craft": bands["track:craft"]}, 1))
    placing = line_of(book(), STAGE, held, pool).of(9)
    assert placing is not None
    assert (placing.rank, placing.result, placing.how, placing.group) == (6, "passed", "floor", "track:craft")


# -- what stands in the way --------------------------------------------------------------------------------------------
def test_everything_missing_is_said_at_once() -> None:
    pool = [*SIX, at("formal", 8)]
    papers = {1: voted(5, 3, 0), 2: voted(decision="refuse"), 3: voted(), 4: Paper(), 5: voted(), 6: voted()}
    assert why(pool, sitting(papers)) == [
        "同批还有 1 件没有到这一步：等办完，或逐件写明理由、不上这次会",
        "FE26-1-0001：同意、不同意、弃权加起来是 8 票，参加表决的是 9 人",
        "FE26-1-0002：会上加人、减人、暂缓都要写明理由",
        "FE26-1-0004 还没有票数",
    ]
    with pytest.raises(NotReady):
        finalize(pool, sitting(papers))


@pytest.mark.parametrize(
    ("present", "recused", "says"),
    [
        (9, 0, []),
        (6, 0, []),
        (5, 0, ["应到 9 人，实到 5 人，不到 2/3，不能开会"]),
        (6, 1, ["FE26-1-0001：除去回避的，到会不足 2/3"]),
        (7, 1, []),
    ],
)
def test_quorum_is_asked_of_the_meeting_and_of_each_case(present: int, recused: int, says: list[str]) -> None:
    """A recused member counts for that case neither as present nor as a member."""
    who = frozenset(COMMITTEE[:present])
    papers = {case.id: voted(present) for case in SIX} | {
        1: voted(present - recused, recused=frozenset(COMMITTEE[:recused]))
    }
    found = why(SIX, sitting(papers, present=who))
    assert [each for each in found if "到会不足" not in each or "0001" in each] == says


def test_a_conflict_takes_a_member_out_whether_the_secretary_noted_it_or_not() -> None:
    held = sitting(ALL, barred={3: frozenset({204})})
    assert why(SIX, held) == ["FE26-1-0003：同意、不同意、弃权加起来是 9 票，参加表决的是 8 人"]
    assert why(SIX, replace(held, papers={**ALL, 3: voted(8)})) == []


def test_a_case_that_others_wait_for_is_left_out_with_a_reason() -> None:
    late, held = at("formal", 8), sitting({**ALL, 8: Paper(left_out=True)})
    assert why([*SIX, late], held) == ["不上这次会要写明理由"]
    reasoned = replace(held, papers={**ALL, 8: Paper(left_out=True, reason="还在补正")})
    outcomes = finalize([*SIX, late], reasoned)
    assert [event.kind for event in outcomes[8].events] == ["left_out"]
    assert outcomes[8].state.stage == "formal"


def test_whoever_is_left_out_of_the_agenda_waits_for_a_later_meeting() -> None:
    held = sitting({**ALL, 1: voted(left_out=True, reason="材料待核")})
    outcomes = finalize(SIX, held)
    assert outcomes[1].state.stage == "meeting"
    assert list(outcomes[1].state.open_items())
    assert [n for n in range(1, 7) if outcomes[n].state.stage == "notice"] == [2, 3, 4, 5]


def test_held_cases_are_awaited_not_decided() -> None:
    held_case = replace(SIX[0], state=replace(SIX[0].state, status=Status.HELD))
    assert why([held_case, *SIX[1:]], sitting(ALL))[0].startswith("同批还有 1 件")


# -- ties --------------------------------------------------------------------------------------------------------------
TIED = [ready(1, 9000), ready(2, 8600), ready(3, 8600), ready(4, 8600), ready(5, 8500)]


def test_a_tie_at_the_line_is_settled_with_a_reason() -> None:
    held = sitting({case.id: voted() for case in TIED}, places=Places(3, {}, 1))
    assert why(TIED, held) == ["有 3 人排序相同，得失不同：请会上再投一次，写下先后和理由"]
    papers = {case.id: voted() for case in TIED}
    settled = papers | {n: voted(settled=at_, tie_reason="再投") for n, at_ in ((2, 2), (3, 1), (4, 3))}
    assert why(TIED, replace(held, papers=settled)) == []
    outcomes = finalize(TIED, replace(held, papers=settled))
    assert [outcomes[n].state.votes[-1].result for n in (3, 2, 4, 5)] == ["passed", "passed", "alternate", "refused"]


def test_a_settled_tie_wants_a_reason() -> None:
    papers = {n: voted(settled=n) for n in (2, 3, 4)} | {1: voted(), 5: voted()}
    found = why(TIED, sitting(papers, places=Places(3, {}, 1)))
    assert found == ["同分的先后要写明怎么定的"] * 2


def test_the_first_criterion_breaks_a_tie_before_the_votes_do() -> None:
    pool = [ready(1, 8600, first=70), ready(2, 8600, first=75), ready(3, 8600, first=70)]
    held = sitting({1: voted(8, 1), 2: voted(6, 3), 3: voted()}, places=Places(1, {}, 0))
    line = line_of(book(), STAGE, held, pool)
    assert [(each.case, each.by) for each in line.placings] == [(2, "first"), (3, "first_criterion"), (1, "vote")]
    assert why(pool, held) == []


# -- against the order -------------------------------------------------------------------------------------------------
def test_the_meeting_takes_one_out_and_another_in_with_reasons() -> None:
    papers = ALL | {2: voted(decision="refuse", reason="证件存疑"), 6: voted(decision="pass", reason="急需工种")}
    outcomes = finalize(SIX, sitting(papers))
    assert [n for n in range(1, 7) if outcomes[n].state.stage == "notice"] == [1, 3, 4, 6]
    assert outcomes[2].events[1].remarks["reason"] == "证件存疑"
    assert outcomes[6].events[0].remarks["reason"] == "急需工种"
    assert outcomes[6].state.votes[-1].how == "moved_in"


def test_nobody_is_moved_in_without_the_votes_or_beyond_the_places() -> None:
    papers = ALL | {n: voted(decision="pass", reason="会议决定") for n in (1, 2, 3, 4, 5)}
    assert why(SIX, sitting(papers)) == ["FE26-1-0005 列入以后超过名额：请同时减人，或不列入"]
    failed = ALL | {6: voted(1, 8, decision="pass", reason="会议决定")}
    assert why(SIX, sitting(failed)) == ["FE26-1-0006 没有得到通过所需的票数，不能列入"]


def test_a_deferred_case_stays_before_the_stage() -> None:
    outcomes = finalize(SIX, sitting(ALL | {1: voted(decision="defer", reason="等核查")}))
    state = outcomes[1].state
    assert (state.stage, state.status) == ("meeting", Status.OPEN)
    assert [item.role for item in state.open_items()] == ["committee", "manager"]


# -- who ---------------------------------------------------------------------------------------------------------------
def test_only_the_secretary_makes_the_result_final() -> None:
    with pytest.raises(NotAllowed):
        finalize(SIX, sitting(ALL), staff(201, "committee"))
    near = [replace(SIX[0], conflicts=frozenset({MANAGER.account_id or 0})), *SIX[1:]]
    with pytest.raises(NotAllowed):
        finalize(near, sitting(ALL))


# -- alternates --------------------------------------------------------------------------------------------------------
def after() -> list[Application]:
    return applied(SIX, finalize(SIX, sitting(ALL, places=Places(4, {}, 2))))


def promote(pool: list[Application]) -> dict[int, Outcome]:
    action = Action("promote", None, {"places": Places(4, {}, 2)})
    return dict(decide_pool(book(), "meeting", pool, action, MANAGER, NOW).outcomes)


def test_an_alternate_moves_up_when_a_place_falls_free() -> None:
    pool = after()
    assert [case.id for case in waiting(pool, "meeting")] == [5, 6]
    assert given_places(pool, "meeting")[""] == 4
    with pytest.raises(NotReady):
        promote(pool)
    refused = replace(pool[1], state=replace(pool[1].state, status=Status.REFUSED, stage=None))
    freed = [refused if case.id == 2 else case for case in pool]
    outcomes = promote(freed)
    assert [event.kind for event in outcomes[5].events] == ["alternate_promoted", "stage_entered"]
    state = outcomes[5].state
    assert (state.stage, state.status, state.votes[-1].called) == ("notice", Status.OPEN, "promoted")
    assert next_up(Places(4, {}, 2), applied(freed, outcomes), "meeting") is None


def test_at_close_out_who_waits_is_not_called() -> None:
    pool = after()
    action = Action("close_out", None, {"reason": "本批办结"})
    outcomes = decide_pool(book(), "meeting", pool, action, MANAGER, NOW).outcomes
    assert {n: each.state.status for n, each in outcomes.items()} == dict.fromkeys((5, 6), Status.NOT_CALLED)


def test_an_alternate_may_withdraw_and_waits_through_a_hold() -> None:
    alternate = after()[4]
    assert alternate.state.entry is not None
    assert not list(alternate.state.open_items())
    held = decide(book(), alternate, Action("hold", None, {"basis": "核查"}), MANAGER, NOW)
    paused = replace(alternate, state=held.state)
    assert waiting([paused], "meeting") == []
    released = decide(book(), paused, Action("release", None, {"basis": "查清"}), MANAGER, NOW)
    assert (released.state.status, released.state.stage) == (Status.ALTERNATE, "meeting")
    back = replace(alternate, state=released.state)
    assert [case.id for case in waiting([back], "meeting")] == [5]
    gone = decide(book(), back, Action("withdraw", None, {"reason": "离区"}), PERSON, NOW)
    assert gone.state.status is Status.WITHDRAWN


def test_what_a_meeting_decided_is_not_undone_by_one_person() -> None:
    with pytest.raises(MovedOn):
        decide(book(), after()[5], Action("undo"), MANAGER, NOW)
