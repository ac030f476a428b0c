"""Places that are counted apart from nominator and round: per organization of a field, or anew each year or month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.rounds import PlaceCount, Round, RoundNominator
from workflow.domain import answers, quotas
from workflow.domain.application import Counted, State
from workflow.domain.errors import NotReady, Reason
from workflow.domain.program.schema import ChannelQuota, Definition
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import Place
from workflow.domain.words import Words
from workflow.services.places import organization_named


def settings_of(round_: Round, definition: Definition) -> dict[str, Any]:
    """The answers to the program's `round:`."""
    return answers.decode(definition.round, round_.settings)


def whose(session: Session, definition: Definition, row: ApplicationRow, values: Mapping[str, Any]) -> int | None:
    """The organization of the field that `counted_per` names; None where the nominator's own places count."""
    quota = definition.channels[row.channel].quota
    if quota is None or quota.counted_per is None:
        return None
    return organization_named(session, values.get(quota.counted_per))


def of_cases(
    session: Session,
    rows: Iterable[ApplicationRow],
    books: Mapping[int, Rulebook],
    beside: Mapping[int, tuple[Round, RoundNominator | None]],
) -> dict[int, Counted]:
    """For each case whose places are counted apart, how many there are and how many are taken in each period."""
    found: dict[int, tuple[ApplicationRow, int, int]] = {}
    for row in rows:
        book, organization = books[row.id], row.counted_id or row.nominator_id
        quota = book.definition.channels[row.channel].quota
        if quota is None or not quotas.counted_apart(quota) or organization is None:
            continue
        places = _places(book, quota, *beside[row.id])
        if places is not None:
            found[row.id] = (row, organization, places)
    taken = _taken(session, {organization for _, organization, _ in found.values()})
    return {
        id_: Counted(places, taken.get((row.program_id, row.channel, organization), {}))
        for id_, (row, organization, places) in found.items()
    }


def _places(book: Rulebook, quota: ChannelQuota, round_: Round, nominator: RoundNominator | None) -> int | None:
    """Those of the nominator as admitted; those of another organization by the numbers of the round alone."""
    if quota.counted_per is None:
        return nominator.places if nominator is not None else None
    return quotas.amount(book, quota.places, settings_of(round_, book.definition), Place.QUOTA)


def _taken(session: Session, organizations: Iterable[int]) -> dict[tuple[int, str, int], dict[str, int]]:
    wanted = sorted(organizations)
    if not wanted:
        return {}
    found: dict[tuple[int, str, int], dict[str, int]] = defaultdict(dict)
    for row in session.scalars(select(PlaceCount).where(PlaceCount.organization_id.in_(wanted))):
        found[row.program_id, row.channel, row.organization_id][row.period] = row.taken
    return found


def left_in_round(session: Session, book: Rulebook, channel: str, round_: Round, now: datetime) -> dict[int, int]:
    """By organization whose places count in this round and channel: how many are left of the present period."""
    quota = book.definition.channels[channel].quota
    if quota is None:
        return {}
    nominators = {
        row.organization_id: row
        for row in session.scalars(
            select(RoundNominator).where(RoundNominator.round_id == round_.id, RoundNominator.channel == channel)
        )
    }
    counted = session.scalars(
        select(ApplicationRow.counted_id)
        .where(ApplicationRow.round_id == round_.id, ApplicationRow.channel == channel)
        .distinct()
    )
    known = set(nominators) if quota.counted_per is None else {each for each in counted if each is not None}
    taken, period = _taken(session, known), quotas.period_of(book.definition.channels[channel], quota, round_.id, now)
    found = {each: _places(book, quota, round_, nominators.get(each)) for each in known}
    return {
        each: places - taken.get((round_.program_id, channel, each), {}).get(period, 0)
        for each, places in found.items()
        if places is not None
    }


# -- taking and giving back --------------------------------------------------------------------------------------------
def move(session: Session, row: ApplicationRow, counted: Counted | None, before: State, after: State) -> None:
    """Whoever comes second waits for the row and finds what the first left."""
    organization = row.counted_id or row.nominator_id
    old = before.place_period if before.place_taken else None
    new = after.place_period if after.place_taken else None
    if old == new or organization is None:
        return
    for period, step in ((old, -1), (new, 1)):
        if period is not None:
            _step(session, (row.program_id, row.channel, organization, period), counted, step)


def _step(session: Session, key: tuple[int, str, int, str], counted: Counted | None, step: int) -> None:
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = dict(zip(("program_id", "channel", "organization_id", "period"), key, strict=True))
    session.execute(on.insert(PlaceCount).values(**values, places=0, taken=0).on_conflict_do_nothing())
    held = session.get_one(PlaceCount, key, with_for_update=True, populate_existing=True)
    places = counted.places if counted is not None else held.places
    if step > 0 and held.taken >= places:
        raise NotReady([Reason(Words("本单位的推荐名额已用完，不能再同意推荐"))])
    held.places, held.taken = max(places, held.taken + step), held.taken + step
    session.flush()
