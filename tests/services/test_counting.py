"""Places counted per organization of a field, or anew each year or month: never overdrawn, given back, replayed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import reading
from models.rounds import PlaceCount
from tests.domain.programs import text
from tests.services.yongning import AT_THE_MEETING, JUNCAI, Yongning
from workflow.domain.errors import NotReady
from workflow.services import actions, recognitions_asked, replay

TWO = AT_THE_MEETING.replace("places: 10, counted_per", "places: 2, counted_per")
YEARLY = text(JUNCAI).replace("    quota: 5\n", "    quota: {places: 1, per: month}\n")


def counts() -> dict[tuple[str, str, int], int]:
    with reading() as session:
        rows = session.scalars(select(PlaceCount)).all()
        return {(row.channel, row.period.partition(":")[0], row.organization_id): row.taken for row in rows}


@pytest.fixture
def here(request: pytest.FixtureRequest, database: str, now: datetime, tmp_path: Path) -> Yongning:
    return Yongning(now, tmp_path / "files", **{JUNCAI: getattr(request, "param", TWO)})


def test_an_association_recommends_as_many_as_it_may_whoever_nominated_them(here: Yongning) -> None:
    """Of three from two enterprises the two with the most votes pass; the association's places are what counts."""
    here.jury()
    here.admit("peers", "works", "rival")
    refs = [here.nominated("peers"), here.nominated("peers", "rival_boss"), here.nominated("peers")]
    here.meet({refs[0]: 6, refs[1]: 9, refs[2]: 8})
    assert [here.row(ref).stage_key for ref in refs] == ["assoc_meeting", "gov_supervise", "gov_supervise"]
    assert here.row(refs[0]).status == "alternate"
    assert counts() == {("peers", "round", here.units["guild"]): 2}
    assert here.nominator("peers").taken == 0
    actions.perform(refs[2], "withdraw", here["boss"], here.now, inputs={"reason": "本人离职"})
    assert counts() == {("peers", "round", here.units["guild"]): 1}
    assert replay.replay(here.now)[1] == []


@pytest.mark.parametrize("here", [YEARLY], indirect=True)
def test_a_month_has_its_own_places_and_gives_them_back(here: Yongning) -> None:
    here.admit("bureau", "bureau")
    first = here.nominated("bureau", "reviewer")
    here.drafted("bureau", "reviewer")
    with pytest.raises(NotReady) as refused:
        here.nominated("bureau", "reviewer")
    assert "名额已经用完" in str(refused.value.reasons[0].words)
    here.now = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # the first of December in Hangzhou
    here.nominated("bureau", "reviewer")
    assert counts() == {("bureau", "2026-11", here.units["bureau"]): 1, ("bureau", "2026-12", here.units["bureau"]): 1}
    actions.perform(first, "withdraw", here["reviewer"], here.now)
    assert counts()["bureau", "2026-11", here.units["bureau"]] == 0
    assert replay.replay(here.now)[1] == []


@pytest.mark.parametrize("here", [text(JUNCAI).replace("total: 100 ", "total: 1 ")], indirect=True)
def test_where_no_meeting_ranks_the_whole_is_first_come_first_served(here: Yongning) -> None:
    here.authorized(staff="620")
    here.admit("own")
    refs = [here.bring(here.nominated("own"), "formal", "sampling", "notice", "award") for _ in range(2)]
    for ref in refs:
        recognitions_asked.provide(ref, {"bank": "6222020200112233445"}, here["boss"], here.now)
    here.issue(JUNCAI, refs[0])
    with pytest.raises(AssertionError, match="总名额已经用完"):
        here.issue(JUNCAI, refs[1])
    assert here.row(refs[1]).stage_key == "award"
