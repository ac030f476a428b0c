"""The list of one organization in one channel: who is on it, in which order, and handing it in with the sealed page.

Only the organization's own nominators order it; once it is handed in nobody does, and nobody is added. Who runs the
program may open it again, with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.files import StoredFile
from models.organizations import Organization
from models.queries import nominations as queries
from models.rounds import NominationList, Round, RoundNominator
from workflow import storage
from workflow.documents import inspection
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.application import UNSUBMITTED, Status
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.program.schema import Channel, Definition
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import evidence, files, nominating
from workflow.services.files_opening import Opened
from workflow.services.nominating import Person, Places
from workflow.services.own_rounds import mine
from workflow.services.rulebooks import book_of
from workflow.storage import Taken, TooLarge

ACCEPT = ("pdf", "jpg", "png")
MB = 1024 * 1024
MOST_MB = 20
GONE = frozenset({Status.WITHDRAWN.value, Status.LAPSED.value})
HANDED_IN = Words("名单已经提交，不能再改；确要改的，请主办单位退回名单")


@dataclass(frozen=True)
class Where:
    """One organization's place in one channel of one round, as addresses name it."""

    round_ref: str
    channel: str
    unit: str


@dataclass(frozen=True)
class NominatorsDesk:
    """`people` in the nominator's order; `version` is what a page of the list has seen."""

    where: Where
    places: Places
    people: tuple[Person, ...]
    ranked: bool
    listed_at: datetime | None
    seal: str | None
    version: int
    unconfirmed: int

    @property
    def is_open(self) -> bool:
        """May still be put in another order."""
        return self.ranked and self.listed_at is None


@dataclass(frozen=True)
class Found:
    round: Round
    organization: Organization
    admitted: RoundNominator
    channel: Channel
    definition: Definition


# -- looking -----------------------------------------------------------------------------------------------------------
def desk(actor: Actor, now: datetime, where: Where) -> NominatorsDesk:
    with reading() as session:
        found = find(session, actor, where)
        row = _list(session, found)
        book = book_of(session, found.round.version_id)
        rows = queries.nominees_of(session, scope_of(actor), found.round.id, found.organization.id, found.channel.key)
        by_id = {each.id: each for each in rows if each.status not in GONE}
        books = {each.version_id: book_of(session, each.version_id) for each in rows}
        order = in_order(row.ranking if row is not None else (), sorted(by_id))
        return NominatorsDesk(
            where,
            nominating.places_of(session, found.round, found.organization, found.admitted, book, now),
            nominating.people_of(session, [by_id[each] for each in order], books, actor, now),
            found.channel.nominator is not None and found.channel.nominator.ranked,
            row.listed_at if row is not None else None,
            row.seal_name if row is not None else None,
            row.version if row is not None else 0,
            sum(each.status in UNSUBMITTED for each in by_id.values()),
        )


def in_order(ranking: Sequence[int], standing: Sequence[int]) -> list[int]:
    """Those who stand on the list, as ranked; who came later stands last, in the order of coming."""
    ranked = [each for each in ranking if each in set(standing)]
    return [*ranked, *(each for each in standing if each not in set(ranked))]


def find(session: Session, actor: Actor, where: Where, *, lock: bool = False) -> Found:
    """For who nominates in the name of the organization; for everybody else it is not there."""
    round_ = session.scalar(select(Round).where(Round.ref == where.round_ref))
    unit = session.scalar(select(Organization).where(Organization.ref == where.unit))
    if round_ is None or unit is None:
        raise NotFound
    definition = book_of(session, round_.version_id).definition
    channel = definition.channels.get(where.channel)
    key = (round_.id, unit.id, where.channel)
    admitted = session.get(RoundNominator, key, with_for_update=lock or None)
    if channel is None or channel.nominator is None or admitted is None:
        raise NotFound
    if not any(
        held.role in (channel.nominator.role, ADMINISTRATOR)
        and held.organization_id == unit.id
        and held.program_id in (None, round_.program_id)
        and held.round_id in (None, round_.id)
        for held in actor.holdings
    ):
        raise NotFound
    return Found(round_, unit, admitted, channel, definition)


def _list(session: Session, found: Found) -> NominationList | None:
    return session.get(NominationList, (found.round.id, found.organization.id, found.channel.key))


# -- putting in order --------------------------------------------------------------------------------------------------
def order(actor: Actor, now: datetime, where: Where, refs: Sequence[str], seen: int) -> int:
    """The whole list as it was put; its version from now on. Whoever is not named keeps standing behind."""
    with writing() as session:
        found = find(session, actor, where, lock=True)
        row = _open_list(session, found, seen)
        row.ranking = in_order(_ids(session, found, refs), _standing(session, found))
        row.version += 1
        return row.version


def move(actor: Actor, now: datetime, where: Where, ref: str, step: int, seen: int) -> int:
    """One person up (-1) or down (+1)."""
    with writing() as session:
        found = find(session, actor, where, lock=True)
        row = _open_list(session, found, seen)
        ranking = in_order(row.ranking, _standing(session, found))
        moved = _ids(session, found, [ref])
        if not moved or moved[0] not in ranking:
            raise NotFound
        at = ranking.index(moved[0])
        ranking.insert(max(0, min(at + step, len(ranking) - 1)), ranking.pop(at))
        row.ranking = ranking
        row.version += 1
        return row.version


def _open_list(session: Session, found: Found, seen: int) -> NominationList:
    if found.channel.nominator is None or not found.channel.nominator.ranked:
        raise NotAllowed(Words("这条渠道的人选不用排序"))
    row = _list(session, found)
    if row is None:
        row = NominationList(
            round_id=found.round.id,
            organization_id=found.organization.id,
            channel=found.channel.key,
            ranking=[],
            version=0,
        )
        session.add(row)
    if row.listed_at is not None:
        raise NotAllowed(HANDED_IN)
    if row.version != seen:
        raise MovedOn
    return row


def _standing(session: Session, found: Found) -> list[int]:
    return list(
        session.scalars(
            select(ApplicationRow.id)
            .where(
                ApplicationRow.round_id == found.round.id,
                ApplicationRow.nominator_id == found.organization.id,
                ApplicationRow.channel == found.channel.key,
                ApplicationRow.status.not_in(GONE),
            )
            .order_by(ApplicationRow.id)
        )
    )


def _ids(session: Session, found: Found, refs: Sequence[str]) -> list[int]:
    rows = session.execute(
        select(ApplicationRow.ref, ApplicationRow.id).where(
            ApplicationRow.ref.in_(list(refs)),
            ApplicationRow.round_id == found.round.id,
            ApplicationRow.nominator_id == found.organization.id,
            ApplicationRow.channel == found.channel.key,
        )
    )
    known = dict(rows.all())
    return [known[ref] for ref in dict.fromkeys(refs) if ref in known]


# -- handing it in -----------------------------------------------------------------------------------------------------
def hand_in(actor: Actor, now: datetime, where: Where, seen: int, name: str | None, stream: BinaryIO) -> None:
    """From now on the order stands. `stream`: the printed list with signature and seal, as a picture or PDF."""
    with reading() as session:
        _refuse_unready(session, find(session, actor, where))
    try:
        called = inspection.checked_name(name)
        with storage.taking(stream, MOST_MB * MB) as taken:
            looked = files.looked_at(taken, called, ACCEPT)
            with storage.taking(looked.rewritten or taken.path.open("rb"), 4 * MOST_MB * MB) as final:
                storage.store().keep(final)
                with writing() as session:
                    _hand_in(session, actor, now, where, seen, called, final, looked)
    except inspection.Refused as refused:
        raise InvalidInput([Reason(refused.words, "seal")]) from None
    except TooLarge:
        words = Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=MOST_MB)
        raise InvalidInput([Reason(words, "seal")]) from None


def _hand_in(
    session: Session,
    actor: Actor,
    now: datetime,
    where: Where,
    seen: int,
    name: str,
    final: Taken,
    looked: inspection.Inspected,
) -> None:
    found = find(session, actor, where, lock=True)
    row = _open_list(session, found, seen)
    _refuse_unready(session, found)
    files.note_stored(session, final, looked, now)
    row.ranking = in_order(row.ranking, _submitted(session, found))
    row.version += 1
    row.listed_at, row.listed_by = now, actor.account_id
    row.seal, row.seal_name = final.sha256, name
    body = {
        "organization": found.organization.id,
        "channel": found.channel.key,
        "order": list(row.ranking),
        "sha256": final.sha256,
    }
    evidence.tell(session, StreamKind.ROUND, found.round.id, "nominations_listed", actor, now, body=body)


def _submitted(session: Session, found: Found) -> list[int]:
    standing = _standing(session, found)
    return list(
        session.scalars(
            select(ApplicationRow.id)
            .where(ApplicationRow.id.in_(standing), ApplicationRow.number.is_not(None))
            .order_by(ApplicationRow.id)
        )
    )


def _refuse_unready(session: Session, found: Found) -> None:
    row = _list(session, found)
    if row is not None and row.listed_at is not None:
        raise NotAllowed(HANDED_IN)
    standing, submitted = _standing(session, found), _submitted(session, found)
    if not standing:
        raise NotReady([Reason(Words("名单上还没有人"))])
    if len(submitted) < len(standing):
        words = Words(
            "还有 %(n)s 人没有提交，或本人还没有确认；办好或撤回以后再提交名单", n=len(standing) - len(submitted)
        )
        raise NotReady([Reason(words)])


def reopen(actor: Actor, now: datetime, where: Where, reason: str) -> None:
    """Who runs the program gives the list back to be changed, as long as nobody on it was looked at."""
    with writing() as session:
        round_, _ = mine(session, actor, session.scalar(select(Round).where(Round.ref == where.round_ref)))
        unit = session.scalar(select(Organization.id).where(Organization.ref == where.unit))
        row = session.get(NominationList, (round_.id, unit or 0, where.channel), with_for_update=True)
        if row is None or row.listed_at is None:
            raise NotFound
        if not reason.strip():
            raise NotReady([Reason(Words("请写明为什么退回名单"), "reason")])
        row.listed_at, row.listed_by, row.seal, row.seal_name = None, None, None, None
        row.version += 1
        body = {"organization": row.organization_id, "channel": row.channel}
        remarks = {"reason": reason.strip()}
        evidence.tell(
            session, StreamKind.ROUND, round_.id, "nominations_reopened", actor, now, body=body, remarks=remarks
        )


def seal(actor: Actor, where: Where) -> Opened:
    """The sealed page, for the organization and for who runs the round."""
    with reading() as session:
        round_ = session.scalar(select(Round).where(Round.ref == where.round_ref))
        unit = session.scalar(select(Organization.id).where(Organization.ref == where.unit))
        try:
            find(session, actor, where)
        except NotFound:
            mine(session, actor, round_)
        row = session.get(NominationList, (round_.id if round_ else 0, unit or 0, where.channel))
        if row is None or row.seal is None:
            raise NotFound
        stored = session.get_one(StoredFile, row.seal)
        found = (row.seal_name or "", stored.media_type, stored.pages, stored.sha256)
    return Opened(storage.store().fetch(found[3]), *found, None)
