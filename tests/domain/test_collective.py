"""Acts on a list: signing what is wholly green, drawing a sample, and the shapes of a check seldom used alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.cases import NOW, PERSON, Play, application, book_of, staff
from workflow.domain.actor import SYSTEM
from workflow.domain.application import Action, Application, Status
from workflow.domain.collective import PoolOutcome, decide_pool, drawn_of
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.program.schema import CheckStage

PROGRAM = """
language: 1
program: {key: small, name: 小项目, owner: 区人才办（示例）, policy: 办法（示例）}
tracks: {pattern: 制版}
roles:
  manager: 项目管理员
  clerk: 受理员
  supervisor: 监督员
  employer_admin: {name: 单位管理员, of: employer}
channels:
  employer: {name: 单位推荐, nominator: {role: employer_admin}, filled_by: either}
route: [look, sampling, ask, last]
form:
  all:
    name: 申报表
    purpose: 核对条件
    standard: [name, id_no]
    fields:
      employer: {name: 单位, type: organization}
      years: {name: 年限, type: number}
      truth: {name: 承诺, type: consent, text: 所填属实。}
eligibility:
  as_of: closes
  rules:
    E1: {name: 满3年, rule: years >= 3, clause: 办法第三条（示例）, otherwise: look}
stages:
  look: {name: 初核, kind: check, by: clerk, rules: all, as_list: true}
  sampling:
    name: 抽查
    kind: check
    by: supervisor
    may: [pass, refuse]
    sample: {rate: 10%, at_least: 1, if_failed: hold_nominator}
  ask: {name: 请本人评价, kind: check, by: applicant, may: [pass], if_silent: go_on, due: 5wd}
  last: {name: 复核, kind: check, by: manager, may: [pass, send_back], send_back_to: look}
"""
CLERK, SUPERVISOR, MANAGER = staff(30, "clerk"), staff(60, "supervisor"), staff(50, "manager")
BOOK = book_of(PROGRAM)


def case(number: int, years: int | None = 5) -> Application:
    values = {"name": "甲", "employer": "x"} | ({"years": years} if years is not None else {})
    started = application(id=number, channel="employer", nominator_id=7, values=values, files={})
    play = Play(started, BOOK)
    return play.submit(PERSON).case


def sign(pool: list[Application]) -> PoolOutcome:
    return decide_pool(BOOK, "look", pool, Action("sign_list"), CLERK, NOW + timedelta(hours=1))


def signed(count: int) -> list[Application]:
    pool = [case(number) for number in range(1, count + 1)]
    outcomes = sign(pool).outcomes
    return [replace(each, state=outcomes[each.id].state) for each in pool]


def test_sign_list_passes_those_whose_rules_all_meet() -> None:
    part = sign([case(1), case(2, years=1), case(3, years=None)])
    assert {number: outcome.state.stage for number, outcome in part.outcomes.items()} == {1: "sampling"}
    assert sorted(part.left_aside) == [2, 3]


def test_draw_takes_the_rate_and_lets_the_others_go_on_not_drawn() -> None:
    pool = signed(25)
    draw = Action("draw", None, {"seed": "42"})
    part = decide_pool(BOOK, "sampling", pool, draw, MANAGER, NOW + timedelta(hours=2))
    drawn = [number for number, outcome in part.outcomes.items() if outcome.state.drawn]
    assert len(drawn) == 3
    others = [outcome.state for number, outcome in part.outcomes.items() if number not in drawn]
    assert {(state.stage, state.entries[1].effect) for state in others} == {("ask", "not_drawn")}


def test_draw_is_repeatable_and_never_smaller_than_at_least() -> None:
    stage = BOOK.stage("sampling")
    assert isinstance(stage, CheckStage)
    assert stage.sample is not None
    assert drawn_of(range(100), stage.sample, "7") == drawn_of(list(reversed(range(100))), stage.sample, "7")
    assert len(drawn_of([1, 2], stage.sample, "7")) == 1


def test_draw_by_anybody_else_is_refused_and_a_second_draw_finds_nothing() -> None:
    pool = signed(3)
    draw = Action("draw", None, {"seed": "1"})
    with pytest.raises(NotAllowed):
        decide_pool(BOOK, "sampling", pool, draw, SUPERVISOR, NOW + timedelta(hours=2))
    part = decide_pool(BOOK, "sampling", pool, draw, MANAGER, NOW + timedelta(hours=2))
    after = [replace(each, state=part.outcomes[each.id].state) for each in pool]
    with pytest.raises(NotReady):
        decide_pool(BOOK, "sampling", after, draw, MANAGER, NOW + timedelta(hours=3))


def test_sampled_case_waits_for_the_draw_and_its_refusal_holds_the_nominator() -> None:
    waiting = signed(1)[0]
    play = Play(waiting, BOOK, NOW + timedelta(hours=2))
    with pytest.raises(NotFound):
        play.act("pass", SUPERVISOR)  # nothing is the supervisor's before the draw
    with pytest.raises(MovedOn):
        play.act("pass", MANAGER)
    part = decide_pool(BOOK, "sampling", [waiting], Action("draw", None, {"seed": "1"}), MANAGER, play.now)
    play.case = replace(waiting, state=part.outcomes[1].state)
    play.act("refuse", SUPERVISOR, reason="材料不实")
    assert play.outcome.hold_nominator


def asked() -> Play:
    pool = signed(12)
    part = decide_pool(BOOK, "sampling", pool, Action("draw", None, {"seed": "5"}), MANAGER, NOW + timedelta(hours=2))
    number, outcome = next((n, o) for n, o in part.outcomes.items() if o.state.stage == "ask")
    before = next(each for each in pool if each.id == number)
    return Play(replace(before, state=outcome.state), BOOK, NOW + timedelta(hours=3))


def test_silence_moves_on_as_not_answered_after_the_due_time_only() -> None:
    play = asked()
    with pytest.raises(NotReady):
        play.act("go_on_unanswered", SYSTEM)
    play.act("go_on_unanswered", SYSTEM, after=timedelta(days=10))
    assert (play.case.state.stage, play.case.state.entries[-2].effect) == ("last", "not_answered")


def test_send_back_does_an_earlier_stage_again_and_the_route_ends() -> None:
    play = asked()
    play.act("pass", PERSON)
    with pytest.raises(NotReady):
        play.act("send_back", MANAGER)
    play.act("send_back", MANAGER, reason="重核年限")
    assert play.case.state.stage == "look"
    assert [entry.stage for entry in play.case.state.entries][-1] == "look"
    ended = asked()
    ended.act("pass", PERSON)
    ended.act("pass", MANAGER)
    assert ended.case.state.status is Status.ENDED
