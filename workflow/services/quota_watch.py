"""Places that run out, told where cases are handled, before the public is shown anybody.

Where no meeting ranks, whoever comes first has a place, and the list is issued under the caps of the program. Who is
shown to the public and then gets no certificate was promised something; so it is said before that.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.rounds import Round
from workflow.domain import quotas
from workflow.domain.application import RUNNING
from workflow.domain.calendar import local_day
from workflow.domain.program.schema import Definition, Label, Stage, VoteStage
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services.casework_gathering import round_facts
from workflow.services.recognitions import places_left

ALL = Words("总名额")


@dataclass(frozen=True)
class Pressure:
    """One cap of the program: how many places are left under it, and how many cases on their way want one."""

    of: Words | Label
    group: str
    most: int
    left: int
    running: int

    @property
    def too_many(self) -> int:
        return max(0, self.running - max(0, self.left))


def first_come(definition: Definition) -> frozenset[str]:
    """Channels that lead to an award past no meeting that ranks."""
    return frozenset(
        key
        for key in definition.channels
        if definition.award_of(key) is not None
        and not any(_ranks(definition, each) for each in definition.stages_of(key))
    )


def _ranks(definition: Definition, stage: Stage) -> bool:
    return isinstance(stage, VoteStage) and quotas.ranked(definition, stage)


def pressures(session: Session, book: Rulebook, round_: Round, now: datetime) -> tuple[Pressure, ...]:
    """Every cap that more cases want than there are places; none where all of them fit."""
    channels = first_come(book.definition)
    if not channels:
        return ()
    caps = quotas.whole(book, round_facts(round_, book.definition).settings)
    left = places_left(session, book, round_, local_day(now)) if caps else {}
    wanted = _wanted(session, book, round_, channels) if caps else Counter()
    found = (
        Pressure(_named(book.definition, group), group, most, left[group], wanted[group])
        for group, most in caps.items()
    )
    return tuple(each for each in found if each.too_many)


def _wanted(session: Session, book: Rulebook, round_: Round, channels: frozenset[str]) -> Counter[str]:
    """Of cases on their way, by group. Waiting for a correction or held, they are on their way still."""
    statement = (
        select(ApplicationRow.track, ApplicationRow.channel, func.count())
        .where(
            ApplicationRow.program_id == round_.program_id,
            ApplicationRow.channel.in_(channels),
            ApplicationRow.status.in_([str(each) for each in RUNNING]),
        )
        .group_by(ApplicationRow.track, ApplicationRow.channel)
    )
    if book.definition.quota.per == "round":
        statement = statement.where(ApplicationRow.round_id == round_.id)
    wanted: Counter[str] = Counter()
    for track, channel, count in session.execute(statement):
        for group in ("", *quotas.groups_of(track or "", channel, None)):
            wanted[group] += count
    return wanted


def _named(definition: Definition, group: str) -> Words | Label:
    kind, _, key = group.partition(":")
    if not group:
        return ALL
    return definition.tracks[key].name if kind == "track" else definition.channels[key].name
