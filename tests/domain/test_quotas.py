"""Places from a program's `quota:` and the numbers of a round."""

from decimal import Decimal

import pytest

from tests.domain.cases import book
from workflow.domain.program.schema import VoteStage
from workflow.domain.program.schema.base import Share
from workflow.domain.quotas import Band, Places, groups_of, part_of, places_of, whole
from workflow.domain.rulebook import Rulebook


def stage_of(rulebook: Rulebook, key: str) -> VoteStage:
    stage = rulebook.stage(key)
    assert isinstance(stage, VoteStage)
    return stage


def test_the_fashion_round() -> None:
    found = places_of(book(), stage_of(book(), "meeting"), {"places": Decimal(81)}, {})
    assert found == Places(81, {f"track:{key}": Band(10) for key in ("pattern", "craft", "media")}, 9)


def test_a_number_not_given_yet_is_no_number() -> None:
    assert places_of(book(), stage_of(book(), "meeting"), {}, {}).total is None


def test_shares_are_rounded_up_for_floors_and_down_for_caps() -> None:
    juncai = book("yongning_juncai")
    assert places_of(juncai, stage_of(juncai, "decide"), {}, {}).bands["track:emerging"] == Band(20)
    tenth = Share(percent=Decimal(10))
    assert [part_of(tenth, n) for n in (0, 1, 10, 11, 81)] == [0, 1, 1, 2, 9]
    assert [part_of(tenth, n, up=False) for n in (0, 1, 10, 11, 81)] == [0, 0, 1, 1, 8]


def test_where_nothing_ranks_nothing_limits() -> None:
    villages = book("hundred_villages")
    key = next(key for key, stage in villages.definition.stages.items() if isinstance(stage, VoteStage))
    assert places_of(villages, stage_of(villages, key), {}, {}).total is None


def test_a_nominators_own_places_are_a_cap() -> None:
    left = {"nominator:employer:7": 3}
    found = places_of(book(), stage_of(book(), "meeting"), {"places": Decimal(80)}, left)
    assert found.bands["nominator:employer:7"] == Band(0, 3)
    assert "nominator:employer:7" in groups_of("pattern", "employer", 7)


@pytest.mark.parametrize(("taken", "total", "floor", "alternates"), [(0, 80, 10, 8), (3, 77, 7, 7), (90, 0, 0, 0)])
def test_what_earlier_meetings_left(taken: int, total: int, floor: int, alternates: int) -> None:
    whole = Places(80, {"track:craft": Band(10, 30)}, 8)
    left = whole.without({"": taken, "track:craft": taken, "alternate": min(taken, 1) if taken < 90 else 9})
    assert (left.total, left.bands["track:craft"].at_least, left.alternates) == (total, floor, alternates)


def test_of_six_channels_three_meet_and_all_share_what_the_whole_allows() -> None:
    """永宁骏才: a floor of a fifth for new fields, caps of two channels, a tenth of alternates; where no meeting ranks,
    first come, first served under the same total."""
    juncai = book("yongning_juncai")
    found = places_of(juncai, stage_of(juncai, "decide"), {}, {})
    assert (found.total, found.alternates) == (100, 10)
    assert found.bands == {"track:emerging": Band(20), "channel:top": Band(0, 20), "channel:other": Band(0, 10)}
    assert whole(juncai, {}) == {"": 100, "channel:top": 20, "channel:other": 10}
