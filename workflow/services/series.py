"""A round a month: the clock opens the next of such a program when the last day of the one before is over.

The first is opened by hand; from then on each takes after the one before: its settings, the people bound to it and the
organizations that put people forward, as far as they still stand. `round.month` makes a month's round unique, and the
row of the series is locked while one is made: two workers make one round.
"""

import logging
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.base import ask, literal_state, reading, writing
from models.evidence import StreamKind
from models.programs import ProgramVersion
from models.queries import bindings, recipients
from models.queries.recipients import Seat
from models.roles import RoleBinding
from models.rounds import Round, RoundNominator, RoundSeries, RoundState, SeriesState
from workflow.domain import answers, months
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason, Refusal
from workflow.domain.months import Month, Rhythm
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words
from workflow.services import evidence, nominators, outbox, roles, worksheets
from workflow.services.own_rounds import locked, mine
from workflow.services.programs import newest_version
from workflow.services.rounds import dates_of, problems_of
from workflow.services.rulebooks import calendar_of, definition_of

LONGEST = 500
_log = logging.getLogger(__name__)
NO_MONTHS = "新发布的方案里已经没有每月一批的渠道"
"""Why the clock stopped by itself: stored as it is shown in Chinese, like what a person writes there."""


@dataclass(frozen=True)
class Standing:
    """Of one program: whether the clock goes on, and with what. `ahead`: the next twelve months as they stand today."""

    round_ref: str
    round_name: str
    program: Label
    channels: tuple[Label, ...]
    state: str | None  # None: never begun
    reason: str
    changed_at: datetime | None
    latest: str  # the round that the next will take after
    ahead: tuple[Month, ...]
    last: bool  # whether this page's round is the one that the next takes after
    people: int
    organizations: int
    missing: tuple[Label, ...]  # questions about a round of the newest version that this one has not answered
    refused: Words | None = None  # why it cannot begin here


# -- what pages show ---------------------------------------------------------------------------------------------------
def look(actor: Actor, now: datetime, ref: str) -> Standing:
    """NotFound for who does not run the round, and where the program has no round a month."""
    with reading() as session:
        row, definition = mine(session, actor, session.scalar(select(Round).where(Round.ref == ref)))
        rhythm = months.monthly(definition)
        if rhythm is None:
            raise NotFound
        held = session.get(RoundSeries, row.program_id)
        before = session.get_one(Round, held.round_id) if held is not None else row
        newest = newest_version(session, row.program_id)
        latest = definition_of(newest) if newest is not None else definition
        rhythm = months.monthly(latest) or rhythm
        settings = _carried(latest, before)
        missing = [
            item.name for key, item in latest.round.items() if item.required is not False and key not in settings
        ]
        return Standing(
            row.ref,
            row.name,
            definition.program.name,
            tuple(each.name for each in definition.channels.values() if each.intake.mode == "monthly"),
            held.state if held is not None else None,
            held.reason if held is not None else "",
            held.changed_at if held is not None else None,
            before.name,
            _ahead(session, rhythm, before, held, now),
            before.id == row.id,
            len(_bound(session, before, now)),
            session.scalar(select(func.count()).where(RoundNominator.round_id == before.id)) or 0,
            tuple(missing),
            _cannot_begin(row, definition) if held is None else None,
        )


def preview(definition: Definition, now: datetime) -> tuple[Month, ...]:
    """The closing days of twelve months, before there is any round: from the first that is still ahead."""
    rhythm = months.monthly(definition)
    if rhythm is None:
        return ()
    with reading() as session:
        calendar = calendar_of(session)
        first = months.closing_with(calendar, rhythm, local_day(now) + timedelta(days=1))
        return months.months(calendar, rhythm, first.first)


def _ahead(
    session: Session, rhythm: Rhythm, before: Round, held: RoundSeries | None, now: datetime
) -> tuple[Month, ...]:
    calendar = calendar_of(session)
    if held is None and before.closes_at is None:
        return ()
    key = held.month if held is not None else months.month_closing(calendar, rhythm, _closes(before)).key
    found, _ = months.next_open(calendar, rhythm, months.first_of(key), local_day(max(now, _closes(before))))
    return months.months(calendar, rhythm, found.first)


def _closes(row: Round) -> datetime:
    assert row.closes_at is not None  # noqa: S101 - a round of a series has a last day; asked when it begins
    return row.closes_at


def _cannot_begin(row: Round, definition: Definition) -> Words | None:
    if row.closes_at is None:
        return Words("这一批没有截止日，收的是常年受理的渠道。请另开一个有截止日的批次，再从它开始每月一批")
    if row.state == RoundState.PLANNED:
        return Words("先把这一批开放，下一批照它的样子开")
    if not months.taken(definition, row.closes_at) & _monthly(definition):
        return Words("这一批里没有每月一批的渠道")
    return None


def _monthly(definition: Definition) -> set[str]:
    return {key for key, channel in definition.channels.items() if channel.intake.mode == "monthly"}


# -- a manager's word --------------------------------------------------------------------------------------------------
def begin(actor: Actor, now: datetime, ref: str) -> None:
    """From this round on the clock opens one a month."""
    with writing() as session:
        row, definition = locked(session, actor, ref)
        rhythm = months.monthly(definition)
        if rhythm is None:
            raise NotFound
        words = _cannot_begin(row, definition)
        if words is not None:
            raise NotReady([Reason(words)])
        if session.get(RoundSeries, row.program_id) is not None:
            raise NotReady([Reason(Words("这个项目已经在每月自动开批，不用再开始"))])
        row.month = months.month_closing(calendar_of(session), rhythm, _closes(row)).key
        session.add(
            RoundSeries(
                program_id=row.program_id,
                round_id=row.id,
                month=row.month,
                state=SeriesState.RUNNING.value,
                reason="",
                changed_at=now,
                changed_by=actor.account_id,
            )
        )
        body = {"round": row.id, "month": row.month}
        evidence.tell(session, StreamKind.PROGRAM, row.program_id, "series_begun", actor, now, body=body)


def stop(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    """Rounds that are open stay open; no further one is made."""
    _turn(actor, now, ref, reason, SeriesState.RUNNING, SeriesState.STOPPED)


def go_on(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    """With the next month that still makes sense; what was left out meanwhile is not made up for."""
    _turn(actor, now, ref, reason, SeriesState.STOPPED, SeriesState.RUNNING)


def _turn(actor: Actor, now: datetime, ref: str, reason: str, old: SeriesState, new: SeriesState) -> None:
    with writing() as session:
        row, _ = locked(session, actor, ref)
        held = session.get(RoundSeries, row.program_id, with_for_update=True)
        if held is None or held.state != old.value:
            raise NotReady([Reason(Words("刚才已经有人改过，请看现在的状态"))])
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明理由"), "reason")])
        _set(session, held, new, reason.strip()[:LONGEST], actor, now)


def _set(session: Session, held: RoundSeries, state: SeriesState, reason: str, actor: Actor, now: datetime) -> None:
    held.state, held.reason, held.changed_at, held.changed_by = state.value, reason, now, actor.account_id
    body, remarks = {"month": held.month}, {"reason": reason}
    if state is SeriesState.STOPPED:
        evidence.tell(
            session, StreamKind.PROGRAM, held.program_id, "series_stopped", actor, now, body=body, remarks=remarks
        )
    else:
        evidence.tell(
            session, StreamKind.PROGRAM, held.program_id, "series_continued", actor, now, body=body, remarks=remarks
        )


# -- the clock ---------------------------------------------------------------------------------------------------------
_OVER = (
    select(RoundSeries.program_id)
    .join(Round, Round.id == RoundSeries.round_id)
    .where(RoundSeries.state == literal_state("running"), Round.closes_at <= bindparam("now"))
    .order_by(RoundSeries.program_id)
)


def carry_out(now: datetime) -> int:
    """Make the round that is due in each series; how many."""
    with reading() as session:
        due = [id_ for (id_,) in ask(session, _OVER, now=now)]
    made, faults = 0, []
    for program in due:
        try:
            made += _next(program, now)
        except Exception as fault:
            _log.exception("no round was made of program %s", program)
            faults.append(fault)  # of one program; the others have their turn
    if faults:
        raise faults[0]
    return made


def _next(program_id: int, now: datetime) -> int:
    with writing() as session:
        held = session.get(RoundSeries, program_id, with_for_update=True)
        if held is None or held.state != SeriesState.RUNNING.value:
            return 0
        before = session.get_one(Round, held.round_id)
        if _closes(before) > now:  # another worker has made it, or the one before was extended meanwhile
            return 0
        version = newest_version(session, program_id)
        definition = definition_of(version) if version is not None else None
        rhythm = months.monthly(definition) if definition is not None else None
        if version is None or definition is None or rhythm is None:
            _halt(session, held, before, now)
            return 0
        found, passed = months.next_open(calendar_of(session), rhythm, months.first_of(held.month), local_day(now))
        for each in passed:
            body = {"month": each.key}
            evidence.tell(session, StreamKind.PROGRAM, program_id, "month_passed_over", SYSTEM, now, body=body)
        row = _made(session, version, definition, before, found, now)
        held.round_id, held.month = row.id, found.key
        _open(session, row, definition, now)
        return 1


def _halt(session: Session, held: RoundSeries, before: Round, now: datetime) -> None:
    _set(session, held, SeriesState.STOPPED, NO_MONTHS, SYSTEM, now)
    definition = definition_of(session.get_one(ProgramVersion, before.version_id))
    _tell_office(session, before, definition, "series_halted", now)


def _made(
    session: Session, version: ProgramVersion, definition: Definition, before: Round, found: Month, now: datetime
) -> Round:
    """Open from the first minute after the one before; after an outage from the day on which it is made."""
    row = Round(
        ref=random.token_urlsafe(12),
        program_id=before.program_id,
        key=_free_key(session, before.program_id, found.key),
        name=months.name_of(found.first),
        version_id=version.id,
        state=RoundState.PLANNED.value,
        opens_at=max(_closes(before), end_of(local_day(now) - timedelta(days=1))),
        closes_at=found.closes_at,
        settings=_carried(definition, before),
        headings={},
        next_number=1,
        created_at=now,
        month=found.key,
    )
    session.add(row)
    session.flush()
    body = {"version": version.id, "key": row.key, "month": found.key, "after": before.id, **dates_of(row)}
    evidence.tell(session, StreamKind.ROUND, row.id, "round_planned", SYSTEM, now, body=body)
    _bind_again(session, before, row, definition, now)
    _admit_again(session, before, row, definition, now)
    return row


def _free_key(session: Session, program_id: int, wanted: str) -> str:
    """A round planned by hand may have the name already."""
    taken = set(session.scalars(select(Round.key).where(Round.program_id == program_id)))
    return next(key for key in (wanted, *(f"{wanted}-{n}" for n in range(2, 100))) if key not in taken)


def _carried(definition: Definition, before: Round) -> dict[str, Any]:
    """The answers of the round before that still answer a question of the newest version."""
    typed = worksheets.as_typed(definition.round, before.settings)
    values, _ = answers.parse_fields(definition.round, typed)
    sound = {key: value for key, value in values.items() if not answers.is_blank(value)}
    return answers.encode(definition.round, sound)


def _bound(session: Session, before: Round, now: datetime) -> Sequence[RoleBinding]:
    wanted = select(RoleBinding).where(RoleBinding.round_id == before.id, bindings.standing(now))
    return session.scalars(wanted.order_by(RoleBinding.id)).all()


def _bind_again(session: Session, before: Round, row: Round, definition: Definition, now: datetime) -> None:
    """People bound to the round before are bound to this one, as long and as narrowly as they were."""
    for held in _bound(session, before, now):
        if held.role_key not in definition.roles or (held.track and held.track not in definition.tracks):
            continue
        place = roles.Seat(held.role_key, row.program_id, row.id, held.organization_id, held.track)
        try:
            roles.give(
                session, SYSTEM, now, held.account_id, place,
                through_id=held.through_organization_id, ends_at=held.ends_at, basis=held.basis,
            )  # fmt: skip
        except Refusal:
            continue  # holds an office now that keeps apart from programs; the opening says what is missing


def _admit_again(session: Session, before: Round, row: Round, definition: Definition, now: datetime) -> None:
    """Facts and places as they are recorded today; who no longer holds what is asked of nominators stays out."""
    rows = session.scalars(
        select(RoundNominator).where(RoundNominator.round_id == before.id).order_by(RoundNominator.organization_id)
    ).all()
    for each in rows:
        nominators.admit_again(session, SYSTEM, now, row, definition, each)


def _open(session: Session, row: Round, definition: Definition, now: datetime) -> None:
    """What keeps a person from opening a round keeps the clock from it: then it waits for the office, which is told."""
    missing = [each for each in problems_of(session, row, definition, now) if each.severity == "error"]
    if missing:
        _tell_office(session, row, definition, "round_waits", now, {"count": len(missing)})
        return
    row.state = RoundState.OPEN.value
    evidence.tell(session, StreamKind.ROUND, row.id, "round_opened", SYSTEM, now, body=dates_of(row))
    _tell_office(session, row, definition, "round_made", now)


def _tell_office(
    session: Session,
    row: Round,
    definition: Definition,
    kind: str,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    seat = Seat(definition.run_by, row.program_id, row.id)
    for account in recipients.to_be_told(session, recipients.holding(session, seat, now), 0, False):
        outbox.post(
            session,
            kind,
            now,
            recipient_id=account,
            params={"round": row.ref, **(more or {})},
            about_at=row.closes_at,
            once=f"series:{kind}:{row.id}:{row.month}:{account}",
        )
