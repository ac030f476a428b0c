"""Renewal: a new case, in the round that takes applications now, that is to take the place of a recognition.

It is a draft like any other, with what its person said last time offered beside each section. Until it is handed in
the duty stays open; of a draft whose round has closed a new one is begun in the next.
"""

import secrets as random
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.queries import awards as queries
from models.rounds import Round, RoundNominator, RoundState
from workflow.domain import months
from workflow.domain.actor import Actor
from workflow.domain.application import Action, State, Status
from workflow.domain.errors import NotReady, Reason
from workflow.domain.policy import is_person
from workflow.domain.program.schema import Definition, Label
from workflow.domain.stages import follow_up_renewal
from workflow.domain.unpublished import standing_outside
from workflow.domain.words import Words
from workflow.services import actions, following, prefill, prior, starting, validity
from workflow.services.casework import Case, open_named
from workflow.services.rulebooks import book_of

_DRAFTS = (Status.DRAFT.value, Status.AWAITING_CONFIRMATION.value)


@dataclass(frozen=True)
class Begun:
    """The new case as its person knows it. `is_open`: a draft of a round that is closed leads nowhere any more."""

    ref: str
    number: str | None
    round_name: str
    status: str
    stage: Label | None
    is_open: bool


@dataclass(frozen=True)
class Renewing:
    """What a page says of the renewal of one recognition."""

    until: date | None
    is_asked: bool  # the duty is open: somebody may begin, or go on with a draft
    begun: Begun | None
    round_name: str = ""
    closes_at: datetime | None = None
    barred: tuple[Reason, ...] = ()
    offered: tuple[Label, ...] = ()  # which questions the old case can fill


def begin(ref: str, actor: Actor, now: datetime, *, request_key: str | None = None) -> str:
    """The reference of the new draft, or of the one that is open already. `ref` is the recognized case.

    Raises NotReady with everything that keeps it from being begun now; then the duty stays as it is.
    """
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (ref, "renew"), now)
        if before is not None:
            return str(before["application"])
        old = open_named(session, ref, lock=True)
        following.refuse_stranger(old, actor)
        item = next((i for i in old.application.state.open_items() if i.about == follow_up_renewal.ABOUT), None)
        if item is None:
            raise NotReady([Reason(Words("现在没有要续认的，请看证书页"))])
        drafted = _draft(session, old, now)
        new = drafted.ref if drafted is not None else _begin(session, old, item.no, actor, now)
        actions.keep_answer(session, actor, request_key, {"application": new})
        return new


def _begin(session: Session, old: Case, item: int, actor: Actor, now: datetime) -> str:
    round_ = round_for(session, old, now)
    reasons = _barred(session, old, round_, actor, now)
    if reasons or round_ is None or actor.account_id is None:
        raise NotReady(reasons)
    definition, row = book_of(session, round_.version_id).definition, old.row
    new = ApplicationRow(
        ref=random.token_urlsafe(12),
        program_id=row.program_id,
        round_id=round_.id,
        version_id=round_.version_id,
        person_id=row.person_id,
        subject_organization_id=row.subject_organization_id,
        filler_id=actor.account_id,
        nominator_id=_nominator(old, definition, actor),
        channel=row.channel,
        track=row.track if row.track in definition.tracks else None,
        status=Status.DRAFT.value,
        created_at=now,
    )
    ref = starting.begin(session, new, actor, now, renews=row.id)
    actions.carry_out(session, old, Action("renew", item, {"case": new.id}), actor, now)
    return ref


def _nominator(old: Case, definition: Definition, actor: Actor) -> int | None:
    """Kept where the nominating side fills; a form that the person fills names its own."""
    filled_by = definition.channels[old.row.channel].filled_by
    if filled_by == "person" or (filled_by == "either" and is_person(actor, old.application)):
        return None
    return old.row.nominator_id


# -- where and whether -------------------------------------------------------------------------------------------------
def round_for(session: Session, old: Case, now: datetime) -> Round | None:
    """The round that takes applications by the same channel now: of the newest version, the first to close."""
    found = session.scalars(
        select(Round).where(
            Round.program_id == old.row.program_id, Round.state == RoundState.OPEN.value, Round.opens_at <= now
        )
    ).all()
    fitting = [
        each
        for each in found
        if (each.closes_at is None or each.closes_at >= now)
        and old.row.channel in months.taken(book_of(session, each.version_id).definition, each.closes_at)
    ]
    return min(
        fitting,
        key=lambda each: (-each.version_id, each.closes_at is None, each.closes_at or now, each.id),
        default=None,
    )


def _barred(session: Session, old: Case, round_: Round | None, actor: Actor, now: datetime) -> list[Reason]:
    reasons = [*prior.refused_renewal(old, now), *validity.bans(session, old, now)]
    if round_ is None:
        return [*reasons, Reason(Words("现在没有开放的批次：下一批开始收申报以后，再来这里续认"))]
    nominator = _nominator(old, book_of(session, round_.version_id).definition, actor)
    if nominator is not None and session.get(RoundNominator, (round_.id, nominator, old.row.channel)) is None:
        reasons.append(Reason(Words("推荐单位还没有参加这一批的这条渠道，请和单位或主办联系")))
    return reasons


def _draft(session: Session, old: Case, now: datetime) -> ApplicationRow | None:
    """The newest draft of a round that still takes it."""
    for row in queries.renewing(session, old.row.id):
        if row.status in _DRAFTS and _takes(session.get_one(Round, row.round_id), now):
            return row
    return None


def _takes(round_: Round, now: datetime) -> bool:
    return round_.state == RoundState.OPEN.value and (round_.closes_at is None or round_.closes_at >= now)


# -- what pages say ----------------------------------------------------------------------------------------------------
def shown(session: Session, case: Case, actor: Actor, now: datetime) -> Renewing | None:
    """None where nothing has been asked and nothing was begun. Part of the caller's reading."""
    state, known = case.application.state, case.application.state.recognition
    begun = _begun(session, case, now)
    if known is None or (state.renewal is None and begun is None):
        return None
    is_asked = any(item.about == follow_up_renewal.ABOUT for item in state.open_items())
    if not is_asked or (begun is not None and begun.is_open):
        return Renewing(known.until, is_asked, begun)
    round_ = round_for(session, case, now)
    return Renewing(
        known.until,
        is_asked,
        begun,
        round_.name if round_ is not None else "",
        round_.closes_at if round_ is not None else None,
        tuple(_barred(session, case, round_, actor, now)),
        _offered(session, case, round_),
    )


def _begun(session: Session, case: Case, now: datetime) -> Begun | None:
    row = next(iter(queries.renewing(session, case.row.id)), None)
    if row is None:
        return None
    round_, definition = session.get_one(Round, row.round_id), book_of(session, row.version_id).definition
    status, stage = standing_outside(row.status, row.stage_key, row.withheld_stage)
    at = definition.stages.get(stage or "")
    is_open = row.status not in _DRAFTS or _takes(round_, now)
    name = (at.public_name or at.name) if at is not None else None
    return Begun(row.ref, row.number, round_.name, status, name, is_open)


def _offered(session: Session, case: Case, round_: Round | None) -> tuple[Label, ...]:
    if round_ is None:
        return ()
    definition = book_of(session, round_.version_id).definition
    last = prefill.said_in(session, case.row.id)
    found = prefill.known_of(definition.form_fields(), last, {}) if last is not None else {}
    return tuple(definition.form_fields()[key].name for key in found)


def around(ref: str, actor: Actor, now: datetime) -> tuple[Renewing | None, str | None]:
    """What a case's own page says: its renewal, and the case whose recognition it is to take the place of."""
    with reading() as session:
        case = open_named(session, ref)
        following.refuse_stranger(case, actor)
        return shown(session, case, actor, now), renewed(session, case.application.state)


def renewed(session: Session, state: State) -> str | None:
    """The case whose recognition this one is to take, or has taken, the place of."""
    return session.get_one(ApplicationRow, state.renews).ref if state.renews is not None else None
