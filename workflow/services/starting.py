"""Beginning an application: by the person it is about, or by whoever puts somebody forward."""

import secrets as random
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.base import writing
from models.organizations import Organization
from models.rounds import Round, RoundNominator, RoundState
from workflow.domain import months
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import NotAllowed, NotFound, Refusal
from workflow.domain.program.schema import Channel, Definition
from workflow.domain.words import Words
from workflow.services import actions, drafts, nominators, prior
from workflow.services.casework import open_case
from workflow.services.rulebooks import book_of


def start(
    round_ref: str, channel: str, track: str | None, actor: Actor, now: datetime, *, for_another: bool = False
) -> str:
    """The reference of a draft. The draft that is open already is taken up again, so that a refresh makes no second."""
    with writing() as session:
        round_ = session.scalar(select(Round).where(Round.ref == round_ref).with_for_update())
        if round_ is None or actor.account_id is None:
            raise NotFound
        _refuse_closed(round_, now)
        definition = book_of(session, round_.version_id).definition
        chosen = definition.channels.get(channel)
        if chosen is None or (track is not None and track not in definition.tracks):
            raise NotFound
        _refuse_elsewhere(round_, definition, channel)
        subject = _subject(definition, actor)
        nominator = _nominator(session, round_, chosen, actor) if for_another else None
        listed = nominator is not None and nominators.is_listed(session, round_.id, nominator, chosen.key)
        _refuse_wrong_filler(chosen, actor, for_another, nominator, listed)
        known = _open_already(session, round_, channel, actor, for_another)
        if known is not None:
            known.track = track or known.track
            return known.ref
        about = None if for_another or subject is not None else actor.person_id
        _refuse_by_what_is_held(session, round_, chosen, nominator, (about, subject), now)
        if not for_another:
            _refuse_second(session, round_, definition, actor)
        row = ApplicationRow(
            ref=random.token_urlsafe(12),
            program_id=round_.program_id,
            round_id=round_.id,
            version_id=round_.version_id,
            person_id=about,
            subject_organization_id=subject,
            filler_id=actor.account_id,
            nominator_id=nominator,
            channel=channel,
            track=track,
            status=Status.DRAFT.value,
            created_at=now,
        )
        return begin(session, row, actor, now)


def begun_for(
    session: Session, round_ref: str, channel: str, track: str | None, actor: Actor, unit: str | None, now: datetime
) -> ApplicationRow:
    """A new draft of somebody whom an organization puts forward, or whom the office found (no `unit`), in the caller's
    transaction. One of many: no other draft is taken up again."""
    round_ = session.scalars(select(Round).where(Round.ref == round_ref).with_for_update()).one()
    _refuse_closed(round_, now)
    definition = book_of(session, round_.version_id).definition
    chosen = definition.channels[channel]
    _refuse_elsewhere(round_, definition, channel)
    nominator = session.scalars(select(Organization.id).where(Organization.ref == unit)).one() if unit else None
    listed = nominator is not None and nominators.is_listed(session, round_.id, nominator, channel)
    _refuse_wrong_filler(chosen, actor, True, nominator, listed)
    _refuse_by_what_is_held(session, round_, chosen, nominator, (None, None), now)
    row = ApplicationRow(
        ref=random.token_urlsafe(12),
        program_id=round_.program_id,
        round_id=round_.id,
        version_id=round_.version_id,
        filler_id=actor.account_id,
        nominator_id=nominator,
        channel=channel,
        track=track,
        status=Status.DRAFT.value,
        created_at=now,
    )
    begin(session, row, actor, now)
    return row


def begin(session: Session, row: ApplicationRow, actor: Actor, now: datetime, renews: int | None = None) -> str:
    """The reference of the new draft. `renews`: the case whose recognition it is to take the place of."""
    session.add(row)
    session.flush()
    case = open_case(session, row.id, lock=True)
    session.add(drafts.blank(case, 1, {}, actor, now))
    actions.carry_out(session, case, Action("start", None, {"renews": renews}), actor, now)
    return row.ref


def _subject(definition: Definition, actor: Actor) -> int | None:
    """Where organizations apply: the one that the actor speaks for. Of several, the form says which one is meant."""
    if definition.program.subject != "organization":
        return None
    mine = administered(actor)
    if not mine:
        raise NotAllowed(Words("这个项目由单位申报，要用单位管理员的账号来填。请找本单位的管理员，或联系主办单位开通"))
    return mine[0]


def administered(actor: Actor) -> list[int]:
    """Organizations whose own administrator this is."""
    found = {held.organization_id for held in actor.holdings if held.role == ADMINISTRATOR}
    return sorted(each for each in found if each is not None)


def _refuse_closed(round_: Round, now: datetime) -> None:
    if round_.state != RoundState.OPEN.value or now < round_.opens_at:
        raise Refusal(Words("这一批现在不收申报"))
    if round_.closes_at is not None and now > round_.closes_at:
        raise Refusal(Words("这一批已经截止，不再收新的申报"))


def _refuse_elsewhere(round_: Round, definition: Definition, channel: str) -> None:
    """Another round of the program takes this channel."""
    words = months.refused(definition, channel, round_.closes_at)
    if words is not None:
        raise Refusal(words)


def _refuse_wrong_filler(
    channel: Channel, actor: Actor, for_another: bool, nominator: int | None, listed: bool
) -> None:
    if not for_another:
        if channel.filled_by not in ("person", "either"):
            raise NotAllowed(Words("这条渠道由推荐方填写，请和推荐你的单位联系"))
        return
    if channel.filled_by == "person":
        raise NotAllowed(Words("这条渠道只能本人填写"))
    if channel.nominator is not None and nominator is None:
        raise NotAllowed(Words("你所在的单位还没有参加这一批的这条渠道，请和主办单位联系"))
    if channel.nominator is not None and listed:
        raise NotAllowed(Words("这条渠道的推荐名单已经提交，不能再加人；确要加的，请主办单位退回名单"))
    if channel.nominator is None and not any(held.role == channel.filled_by for held in actor.holdings):
        raise NotAllowed(Words("这条渠道由指定的人代填，你的账号没有这个职责"))


def _nominator(session: Session, round_: Round, channel: Channel, actor: Actor) -> int | None:
    """The admitted organization on whose behalf the actor puts somebody forward."""
    if channel.nominator is None:
        return None
    mine = [
        held.organization_id
        for held in actor.holdings
        if held.role in (channel.nominator.role, ADMINISTRATOR)
        and held.organization_id is not None
        and held.program_id in (None, round_.program_id)
        and held.round_id in (None, round_.id)
    ]
    return session.scalar(
        select(RoundNominator.organization_id)
        .where(
            RoundNominator.round_id == round_.id,
            RoundNominator.channel == channel.key,
            RoundNominator.organization_id.in_(mine),
        )
        .order_by(RoundNominator.organization_id)
        .limit(1)
    )


def _refuse_by_what_is_held(
    session: Session,
    round_: Round,
    channel: Channel,
    nominator: int | None,
    about: tuple[int | None, int | None],
    now: datetime,
) -> None:
    """Said before the long form, as far as it is known whom it is about; asked again when it counts."""
    book = book_of(session, round_.version_id)
    organization = session.get(Organization, nominator) if nominator is not None else None
    found = (
        prior.suspended(session, round_.program_id, organization) if organization is not None else None,
        prior.refuse_nominator(session, channel, organization, now) if organization is not None else None,
        prior.refuse_applicant(session, channel, *about, now),
        prior.refuse_again(session, book, round_.program_id, *about, now),
    )
    for words in found:
        if words is not None:
            raise NotAllowed(words)


def _open_already(
    session: Session, round_: Round, channel: str, actor: Actor, for_another: bool
) -> ApplicationRow | None:
    """One's own open draft here; of those for other people, one in which nothing was written yet."""
    mine = (
        select(ApplicationRow)
        .join(Answers, Answers.application_id == ApplicationRow.id)
        .where(
            ApplicationRow.round_id == round_.id,
            ApplicationRow.channel == channel,
            ApplicationRow.filler_id == actor.account_id,
            ApplicationRow.status == Status.DRAFT.value,
            ApplicationRow.renews_id.is_(None),
            Answers.state == "draft",
        )
        .order_by(ApplicationRow.id)
    )
    if for_another:
        mine = mine.where(ApplicationRow.person_id.is_(None), Answers.saves == 0, Answers.revision == 1)
        return session.scalars(mine.limit(1)).first()
    return next((row for row in session.scalars(mine) if row.nominator_id is None), None)


def _refuse_second(session: Session, round_: Round, definition: Definition, actor: Actor) -> None:
    """Said before the long form, where the account already knows its person; the table itself refuses it at the end."""
    if actor.person_id is None or definition.program.one_per_person == "no":
        return
    gone = (Status.DRAFT.value, Status.WITHDRAWN.value, Status.LAPSED.value)
    other = session.scalar(
        select(ApplicationRow.number).where(
            ApplicationRow.round_id == round_.id,
            ApplicationRow.person_id == actor.person_id,
            ApplicationRow.apart.is_(False),
            ApplicationRow.status.not_in(gone),
        )
    )
    if other:
        raise Refusal(Words("你在这一批已有一份申报 %(number)s，每人只能报一份", number=other))
