"""The cases a meeting is about and what was entered for them, as the rules take them: read together, not one by one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.evidence import StreamKind
from models.meetings import AgendaLine
from models.queries import meetings as queries
from models.rounds import Round, RoundNominator
from workflow.domain import quotas
from workflow.domain.actor import Actor
from workflow.domain.application import Application, State
from workflow.domain.ballots import Tally
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotAllowed
from workflow.domain.history import fold
from workflow.domain.policy import acted_in_pair, is_of
from workflow.domain.pool_vote import Paper, Sitting
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages import vote
from workflow.domain.words import Words
from workflow.services import counting
from workflow.services.casework_gathering import answered, round_facts
from workflow.services.evidence import events_by_subject
from workflow.services.meetings import Opened
from workflow.services.places import places_of
from workflow.services.rulebooks import book_of

TOO_NEAR = Words("名单上有你要回避的人选，这次会请换一位会议秘书来记")


def pool_of(session: Session, actor: Actor, opened: Opened) -> list[Application]:
    """Everything the meeting decides on or waits for. Whoever may not see all of it cannot keep the meeting."""
    cases = concerned(session, opened)
    if len(queries.seen_of(session, scope_of(actor), [case.id for case in cases])) < len(cases):
        raise NotAllowed(TOO_NEAR)
    return cases


def concerned(session: Session, opened: Opened) -> list[Application]:
    rows = {row.id: row for row in queries.pool_rows(session, opened.round.id)}
    books = _books(session, rows.values())
    return [
        case
        for case in light_cases(session, opened.round, list(rows.values()))
        if _is_concerned(session, opened, case, rows[case.id], books[case.version_id])
    ]


def light_cases(session: Session, round_: Round, rows: Sequence[ApplicationRow]) -> list[Application]:
    """Cases without their answers: all that ranking and counting ask of them."""
    told = events_by_subject(session, StreamKind.APPLICATION, [row.id for row in rows])
    books = _books(session, rows)
    return [_light(books[row.version_id], round_, row, fold(told.get(row.id, ()))) for row in rows]


def _books(session: Session, rows: Iterable[ApplicationRow]) -> dict[int, Rulebook]:
    return {version: book_of(session, version) for version in sorted({row.version_id for row in rows})}


def _light(book: Rulebook, round_: Round, row: ApplicationRow, state: State) -> Application:
    return Application(
        id=row.id,
        program_id=row.program_id,
        version_id=row.version_id,
        round=round_facts(round_, book.definition),
        channel=row.channel,
        track=row.track or "",
        state=state,
        person_id=row.person_id,
        filler_id=row.filler_id,
        nominator_id=row.nominator_id,
        counted_id=row.counted_id,
    )


def _is_concerned(session: Session, opened: Opened, case: Application, row: ApplicationRow, book: Rulebook) -> bool:
    """On its route, at this stage or before it; and of this organization, where members are found through one."""
    if not (vote.stands_before(opened.stage, case) or vote.is_awaited(book, opened.stage, case)):
        return False
    if opened.organization is None:
        return True
    values = answered(session, row.id, case.state.revision, book.definition)
    found = places_of(session, book.definition, row, values, {})
    return any(found.get(role) == opened.organization.id for role in (opened.stage.secretary, *opened.stage.by))


# -- what was entered --------------------------------------------------------------------------------------------------
def sitting_of(session: Session, opened: Opened, pool: Sequence[Application], now: datetime) -> Sitting:
    seats = queries.seats(session, opened.row.id)
    members = tuple(seat.account_id for seat, _, _ in seats)
    lines = queries.papers(session, opened.row.id)
    return Sitting(
        meeting=opened.row.id,
        places=places_left(session, opened, now),
        members=members,
        present=frozenset(seat.account_id for seat, _, _ in seats if seat.present),
        papers={case: paper_of(line) for case, line in lines.items()},
        barred=barred_of(session, opened, pool, members),
        minutes=opened.row.minutes is not None,
        recorded=_recorded(opened),
    )


def _recorded(opened: Opened) -> frozenset[str]:
    minutes = vote.minutes_field(opened.stage) if opened.row.minutes is not None else None
    return frozenset(opened.row.record) | (frozenset((minutes,)) if minutes else frozenset())


def paper_of(line: AgendaLine) -> Paper:
    known = line.favor is not None and line.against is not None and line.abstained is not None
    return Paper(
        tally=Tally(line.favor or 0, line.against or 0, line.abstained or 0) if known else None,
        votes={int(account): str(vote_) for account, vote_ in line.votes.items()},
        recused=frozenset(line.recused),
        left_out=line.left_out,
        decision=line.decision,
        settled=line.settled,
        reason=line.reason,
        tie_reason=line.tie_reason,
    )


def barred_of(
    session: Session, opened: Opened, pool: Sequence[Application], members: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """By case: members against whom a conflict stands, and those who acted where the two may never meet."""
    by_office = all(is_of(opened.definition, role) for role in opened.stage.by)
    included = opened.definition.fairness.include_of
    near = {} if by_office and included is False else queries.barred(session, [case.id for case in pool], members)
    return {
        case.id: frozenset(near.get(case.id, set()))
        | (case.state.recused & frozenset(members))
        | frozenset(
            account
            for account in members
            if account == case.filler_id
            or acted_in_pair(opened.definition, case.state, opened.stage.key, account) is not None
        )
        for case in pool
    }


# -- places ------------------------------------------------------------------------------------------------------------
def book_for(session: Session, opened: Opened) -> Rulebook:
    return book_of(session, opened.row.version_id)


def whole_places(session: Session, opened: Opened, now: datetime) -> quotas.Places:
    """As the program and the round say, whatever was given before."""
    book = book_for(session, opened)
    settings = round_facts(opened.round, opened.definition).settings
    return quotas.places_of(book, opened.stage, settings, _nominators(session, opened, book, now))


def _nominators(session: Session, opened: Opened, book: Rulebook, now: datetime) -> dict[str, int]:
    """What is left of each nominator's own places, where passing this stage takes one."""
    taking = {
        key: channel.quota
        for key, channel in opened.definition.channels.items()
        if channel.quota is not None and channel.quota.taken_at == opened.stage.key
    }
    found: dict[str, int] = {}
    for key, quota in taking.items():
        if quotas.counted_apart(quota):
            here = counting.left_in_round(session, book, key, opened.round, now)
            found |= {quotas.nominator_group(key, each): number for each, number in here.items()}
    channels = {key for key, quota in taking.items() if not quotas.counted_apart(quota)}
    rows = session.scalars(
        select(RoundNominator).where(
            RoundNominator.round_id == opened.round.id, RoundNominator.channel.in_(sorted(channels))
        )
    )
    return found | {
        quotas.nominator_group(row.channel, row.organization_id): row.places - row.taken
        for row in rows
        if row.places is not None
    }


def held_places(session: Session, opened: Opened, now: datetime) -> Counter[str]:
    """Places of this stage that are held in the quota's period: by group, `""` for all, `alternate` for who waits."""
    found: Counter[str] = Counter()
    for each in _given(session, opened, now):
        if each.waits:
            found["alternate"] += 1
        else:
            found.update(["", *quotas.groups_of(each.track or "", each.channel, each.counted_id)])
    return found


def _given(session: Session, opened: Opened, now: datetime) -> list[queries.Given]:
    """Of the round alone; with a quota per year or month, of all rounds of the program in the same one. A round with
    dates belongs to when it opened; of one that stays open each place belongs to when it was given."""
    per, round_ = opened.definition.quota.per, opened.round
    if per == "round" or opened.stage.places is not None:
        return queries.given(session, [round_.id], opened.stage.key)
    here = local_day(round_.opens_at if round_.closes_at is not None else opened.row.closed_at or now)
    rounds = session.scalars(select(Round.id).where(Round.program_id == round_.program_id)).all()
    return [
        each
        for each in queries.given(session, rounds, opened.stage.key)
        if each.counts_at is not None
        and (day := local_day(each.counts_at)).year == here.year
        and (per == "year" or day.month == here.month)
    ]


def places_left(session: Session, opened: Opened, now: datetime) -> quotas.Places:
    held = held_places(session, opened, now)
    own = {group: number for group, number in held.items() if not group.startswith("nominator:")}
    return whole_places(session, opened, now).without(own)
