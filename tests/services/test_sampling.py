"""Samples of self-evaluation: drawn once per nominator with a kept seed; a failed one suspends the enterprise."""

from datetime import datetime
from pathlib import Path

import pytest

from models.base import reading as reading_tables
from models.evidence import StreamKind
from tests.domain.programs import read, text
from tests.services.yongning import JUNCAI, Yongning
from workflow.domain.collective import drawn_of
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.services import replay, sampling
from workflow.services.evidence import events_of

SHORT = (
    text(JUNCAI)
    .replace("[own_choice, formal, sampling,", "[own_choice, sampling,")
    .replace("at_least: 3", "at_least: 1")
)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    made = Yongning(now, tmp_path / "files", **{JUNCAI: SHORT})
    made.authorized(staff="620")  # six places
    made.admit("own")
    return made


def at_sampling(here: Yongning, count: int = 3) -> list[str]:
    refs = [here.nominated("own") for _ in range(count)]
    here.choose(*refs)
    return refs


def draw(here: Yongning, who: str = "manager", **options: str) -> dict[str, bool]:
    return dict(sampling.draw(here[who], here.now, here.rounds[JUNCAI], "sampling", here.unit_refs["works"], **options))


def drawn(here: Yongning) -> tuple[str, list[str]]:
    """The one drawn, and the others."""
    refs = at_sampling(here)
    done = draw(here)
    (chosen,) = (ref for ref, was in done.items() if was)
    return chosen, [ref for ref in refs if ref != chosen]


def test_who_is_drawn_waits_for_the_supervisor_and_the_others_go_on_without_a_pass(here: Yongning) -> None:
    chosen, others = drawn(here)
    assert here.row(chosen).stage_key == "sampling"
    assert {here.row(ref).stage_key for ref in others} == {"notice"}
    with pytest.raises(NotAllowed):
        here.act(chosen, "pass", "manager")
    here.act(chosen, "pass", "supervisor")
    assert here.row(chosen).stage_key == "notice"
    assert replay.replay(here.now)[1] == []


def test_anybody_can_draw_again_from_the_kept_seed(here: Yongning) -> None:
    drawn(here)
    with reading_tables() as session:
        told = [e for e in events_of(session, StreamKind.ROUND, here.round_ids[JUNCAI]) if e.kind == "sample_taken"]
    stage = read(SHORT).stages["sampling"]
    (event,) = told
    assert drawn_of(event.body["cases"], stage.sample, event.body["seed"]) == frozenset(event.body["drawn"])
    (line,) = sampling.board(here["manager"], here.rounds[JUNCAI]).lines
    assert (line.waiting, line.draws[0].seed, line.draws[0].of) == (0, event.body["seed"], 3)


def test_it_is_drawn_by_who_runs_the_round_and_once_all_have_come(here: Yongning) -> None:
    here.nominated("own")
    at_sampling(here, 2)
    for who in ("supervisor", "boss", "rival_boss", "panelist"):
        with pytest.raises(NotFound):
            draw(here, who)
    with pytest.raises(NotReady) as early:
        draw(here)
    assert "还有 1 人没有走到" in str(early.value.reasons[0].words)
    assert len(draw(here, basis="该人选材料补正，先抽其他人")) == 2
    with pytest.raises(NotReady):
        draw(here, basis="再抽一次")


def test_a_failed_sample_suspends_the_enterprise_until_it_is_released(here: Yongning) -> None:
    here.authorized("enterprise_recognition", places=4)
    here.admit("enterprise")
    elsewhere = here.nominated("enterprise")
    chosen, others = drawn(here)
    here.act(chosen, "refuse", "supervisor", reason="业绩材料与台账不符")
    assert here.row(chosen).status == "refused"
    assert {here.row(ref).status for ref in (*others, elsewhere)} == {"held"}
    for channel in ("own", "enterprise"):
        with pytest.raises(NotAllowed) as refused:
            here.drafted(channel)
        assert "抽查不合格，暂停推荐" in str(refused.value.words)
    (line,) = sampling.board(here["manager"], here.rounds[JUNCAI]).suspended
    assert (line.organization, line.held, len(line.recognitions)) == ("永宁精密模具有限公司", 3, 2)
    for who in ("boss", "supervisor"):
        with pytest.raises(NotFound):
            sampling.release(here[who], here.now, here.rounds[JUNCAI], here.unit_refs["works"], "已整改")
    with pytest.raises(NotReady):
        sampling.release(here["manager"], here.now, here.rounds[JUNCAI], here.unit_refs["works"], " ")
    assert sampling.release(here["manager"], here.now, here.rounds[JUNCAI], here.unit_refs["works"], "已整改") == 3
    assert {here.row(ref).status for ref in (*others, elsewhere)} == {"open"}
    here.drafted("own")
    assert replay.replay(here.now)[1] == []
