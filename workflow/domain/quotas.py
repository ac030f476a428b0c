"""How many places there are and for whom: a program's `quota:` with the numbers of the round. Pure, whole numbers only.

Shares of the total are rounded up for floors and for alternates (10% of 81 is 9) and down for caps: a floor promises at
least so much, a cap never more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from workflow.domain.application import Application
from workflow.domain.calendar import local_day
from workflow.domain.program.schema import Channel, ChannelQuota, Definition, Floor, VoteStage
from workflow.domain.program.schema.base import Share
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import Place


@dataclass(frozen=True, slots=True)
class Band:
    """Of one group: its best come first up to `at_least`, and never more than `at_most`."""

    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """`total` None: as many as have the votes. `bands` by group, such as `track:pattern` and `channel:self`."""

    total: int | None = None
    bands: Mapping[str, Band] = field(default_factory=dict)
    alternates: int = 0

    def without(self, taken: Mapping[str, int]) -> "Places":
        """What earlier meetings left. `taken`: places given by group, `""` for all, `alternate` for those who wait."""
        total = None if self.total is None else max(0, self.total - taken.get("", 0))
        bands = {
            group: Band(
                max(0, band.at_least - taken.get(group, 0)),
                None if band.at_most is None else max(0, band.at_most - taken.get(group, 0)),
            )
            for group, band in self.bands.items()
        }
        return Places(total, bands, max(0, self.alternates - taken.get("alternate", 0)))


# -- whose places, and in which period ---------------------------------------------------------------------------------
def counted_apart(quota: ChannelQuota) -> bool:
    """Not per nominator and round."""
    return quota.counted_per is not None or quota.per != "round"


def period_of(channel: Channel, quota: ChannelQuota, round_id: int, at: datetime) -> str:
    """`round:12`, `2026`, `2026-11`: the one in which a place counts that is taken now. Where a channel has a round a
    month, its month is that round: it runs from one closing day to the next, not from the first to the last."""
    if quota.per == "round" or (quota.per == "month" and channel.intake.mode == "monthly"):
        return f"round:{round_id}"
    day = local_day(at)
    return f"{day:%Y}" if quota.per == "year" else f"{day:%Y-%m}"


def left(definition: Definition, case: Application, now: datetime) -> int | None:
    """Places left for a case of this channel; None where none are counted."""
    channel = definition.channels[case.channel]
    quota = channel.quota
    if quota is None or not counted_apart(quota):
        return None if quota is None else case.places_left
    if case.counted is None:
        return 0
    return case.counted.places - case.counted.taken.get(period_of(channel, quota, case.round.id, now), 0)


def used_up(definition: Definition, case: Application, now: datetime) -> bool:
    number = left(definition, case, now)
    return number is not None and number <= 0


def taking(definition: Definition, case: Application, now: datetime) -> bool | str:
    """What the fact that takes a place says of it: true, or the period in which it counts."""
    channel = definition.channels[case.channel]
    quota = channel.quota
    return period_of(channel, quota, case.round.id, now) if quota is not None and counted_apart(quota) else True


# -- groups ------------------------------------------------------------------------------------------------------------
def track_group(track: str) -> str:
    return f"track:{track}"


def channel_group(channel: str) -> str:
    return f"channel:{channel}"


def nominator_group(channel: str, organization: int) -> str:
    """Of those whose places are counted: the nominator's, or those of the organization in `counted_per`."""
    return f"nominator:{channel}:{organization}"


def groups_of(track: str, channel: str, nominator: int | None) -> tuple[str, ...]:
    """The groups that one case counts in; its track first."""
    groups = (track_group(track), channel_group(channel))
    return groups if nominator is None else (*groups, nominator_group(channel, nominator))


def ranked(definition: Definition, stage: VoteStage) -> bool:
    """Whether a line is drawn here: where nothing ranks, only a number of its own says how many pass."""
    return stage.rank_by != "none" or stage.places is not None


def places_of(book: Rulebook, stage: VoteStage, settings: Mapping[str, Any], left: Mapping[str, int]) -> Places:
    """The places of a meeting. `settings`: the answers to `round:`; `left`: by nominator's group, where passing this
    stage takes one of the nominator's places (`taken_at`)."""
    definition, quota = book.definition, book.definition.quota
    if not ranked(definition, stage):
        return Places(None, {group: Band(0, most) for group, most in left.items()})
    wanted = stage.places if stage.places is not None else quota.total
    place = Place.PLACES if stage.places is not None else Place.QUOTA
    total = None if wanted is None else amount(book, wanted, settings, place)
    own_line = stage.places is not None and quota.total is not None
    tracks = {} if own_line else {track_group(key): band_of(each, total or 0) for key, each in quota.tracks.items()}
    bands = {**tracks, **_caps(book, settings), **{group: Band(0, most) for group, most in left.items()}}
    alternates = 0 if quota.alternates is None or own_line else part_of(quota.alternates, total or 0)
    return Places(total, bands, alternates)


def whole(book: Rulebook, settings: Mapping[str, Any]) -> dict[str, int]:
    """Caps that no meeting may draw over: of all, of each channel, of each track. Where no meeting ranks, it is first
    come, first served under them."""
    quota = book.definition.quota
    total = None if quota.total is None else amount(book, quota.total, settings, Place.QUOTA)
    bands = {track_group(key): band_of(each, total or 0) for key, each in quota.tracks.items()} | _caps(book, settings)
    caps = {group: band.at_most for group, band in bands.items() if band.at_most is not None}
    return caps if total is None else {"": total, **caps}


def _caps(book: Rulebook, settings: Mapping[str, Any]) -> dict[str, Band]:
    """The cap of a whole channel, where it has one."""
    known = {
        channel_group(key): amount(book, each.places, settings, Place.PLACES)
        for key, each in book.definition.channels.items()
        if each.places is not None
    }
    return {group: Band(0, most) for group, most in known.items() if most is not None}


def amount(book: Rulebook, wanted: Decimal | str, settings: Mapping[str, Any], place: Place) -> int | None:
    """A number of places, rounded down; None where a number of the round is not given yet."""
    if isinstance(wanted, Decimal):
        return max(0, int(wanted.to_integral_value(ROUND_FLOOR)))
    value = book.rule(wanted, place, "number").value({f"round.{name}": each for name, each in settings.items()})
    return max(0, int(value.to_integral_value(ROUND_FLOOR))) if isinstance(value, Decimal) else None


def band_of(wanted: Floor, total: int) -> Band:
    at_most = None if wanted.at_most is None else part_of(wanted.at_most, total, up=False)
    return Band(0 if wanted.at_least is None else part_of(wanted.at_least, total), at_most)


def part_of(wanted: int | Share, total: int, *, up: bool = True) -> int:
    if not isinstance(wanted, Share):
        return wanted
    exact = Fraction(wanted.percent) * total / 100
    return ceil(exact) if up else floor(exact)
