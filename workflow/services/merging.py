"""Two records of one human become one: one of the office proposes it with a reason, another looks at both and signs.

The record that is kept takes over cases, recognitions, documents of identity and the account; what was encrypted under
the other's key is encrypted anew under its own. The other stays, empty and without a key, and leads to the one kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import Account
from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.joint import JointAnswer
from models.organizations import Organization
from models.people import Person, PersonIdentity, PersonToken
from models.queries import people as queries
from models.queries import signatures
from models.sealed import SealedValue
from models.secrets import Place
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.application import RUNNING
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import conflicts, erasing, evidence, recorded_joint, sealing
from workflow.services.casework import Case, open_cases
from workflow.services.recording import unique_slot

STEPS = signatures.Steps("merge_proposed", "merge_declined", "person_merged")
_COPIED = ("gender", "birth_date", "phone", "email", "organization_id", "trade")


@dataclass(frozen=True)
class Side:
    """One record as the two who decide see it: numbers as masks, cases of programs that everybody may know."""

    ref: str
    name: str
    gender: str | None
    birth_date: date | None
    numbers: tuple[tuple[str, str], ...]
    phone: str | None
    organization: str | None
    trade: str | None
    account: str | None
    cases: tuple[str, ...]  # program and number
    entered_at: datetime


@dataclass(frozen=True)
class Proposed:
    kept_ref: str
    gone_ref: str
    kept: str
    gone: str
    by: str
    at: datetime
    reason: str
    own: bool  # whoever looks proposed it, and cannot be the second to sign


@dataclass(frozen=True)
class Comparison:
    kept: Side
    gone: Side
    against: tuple[Reason, ...]  # why the two cannot be merged now
    proposed: Proposed | None


# -- looking -----------------------------------------------------------------------------------------------------------
def compare(actor: Actor, kept_ref: str, gone_ref: str) -> Comparison:
    _require(actor)
    with reading() as session:
        kept, gone = _pair(session, kept_ref, gone_ref)
        asked = _proposed(session, kept, actor)
        mine = asked if asked is not None and asked.gone_ref == gone.ref else None
        return Comparison(_side(session, kept), _side(session, gone), tuple(_against(session, kept, gone)), mine)


def waiting(actor: Actor) -> list[Proposed]:
    """Everything that waits for a second signature, the oldest first."""
    _require(actor)
    with reading() as session:
        people = signatures.waiting(session, STEPS)
        found = [_proposed(session, person, actor) for person in people]
        return [each for each in found if each is not None]


def led_to(actor: Actor, ref: str) -> str | None:
    """Where a reference leads since its record was merged; None where it stands for itself."""
    _require(actor)
    with reading() as session:
        found = queries.named(session, ref)
        return found.ref if found is not None and found.ref != ref else None


def named(actor: Actor, ref: str) -> str:
    """Whose record it is."""
    _require(actor)
    with reading() as session:
        found = queries.named(session, ref)
        if found is None:
            raise NotFound
        return found.name


def _pair(session: Session, kept_ref: str, gone_ref: str, *, lock: bool = False) -> tuple[Person, Person]:
    """Both, locked in one order for everybody."""
    wanted = (
        select(Person)
        .where(Person.ref.in_((kept_ref, gone_ref)), Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )
    found = {row.ref: row for row in session.scalars(wanted.with_for_update() if lock else wanted)}
    if kept_ref == gone_ref or len(found) != 2:
        raise NotFound
    return found[kept_ref], found[gone_ref]


def _side(session: Session, person: Person) -> Side:
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    works = session.get(Organization, person.organization_id) if person.organization_id is not None else None
    cases = [case for case in _cases(session, person) if case.book.definition.program.visibility == "public"]
    return Side(
        person.ref,
        person.name,
        person.gender,
        person.birth_date,
        tuple((each.id_type, each.mask) for each in _identities(session, person)),
        identifiers.mask("mobile", person.phone) if person.phone else None,
        works.name if works is not None else None,
        person.trade,
        account.name if account is not None else None,
        tuple(f"{case.book.definition.program.name.zh} {case.row.number or ''}".strip() for case in cases),
        person.created_at,
    )


def _cases(session: Session, person: Person) -> list[Case]:
    ids = session.scalars(select(ApplicationRow.id).where(ApplicationRow.person_id == person.id)).all()
    return open_cases(session, ids)


def _identities(session: Session, person: Person) -> list[PersonIdentity]:
    wanted = select(PersonIdentity).where(PersonIdentity.person_id == person.id)
    return list(session.scalars(wanted.order_by(PersonIdentity.id_type)))


def _proposed(session: Session, kept: Person, actor: Actor) -> Proposed | None:
    """The proposal that still waits, if the last that was said of the record is that somebody proposed it."""
    found = signatures.standing(session, kept.id, STEPS)
    if found is None or "gone" not in found[0].body:
        return None
    event, reason = found
    gone, by = session.get_one(Person, event.body["gone"]), session.get_one(Account, event.actor_id)
    if gone.merged_into_id is not None or gone.erased_at is not None:
        return None
    own = by.id == actor.account_id
    return Proposed(kept.ref, gone.ref, kept.name, gone.name, by.name, event.at, reason, own)


# -- what forbids it ---------------------------------------------------------------------------------------------------
def _against(session: Session, kept: Person, gone: Person) -> Iterator[Reason]:
    accounts = session.scalars(select(Account.id).where(Account.person_id.in_((kept.id, gone.id)))).all()
    if len(accounts) > 1:
        yield Reason(Words("两条记录各有一个账号：先请本人定下用哪个，把另一个停用并和本人脱开，再来合并"))
    mine = {each.id_type for each in _identities(session, kept)}
    for each in _identities(session, gone):
        if each.id_type in mine:
            kind = Words(identifiers.ID_TYPES[each.id_type])
            yield Reason(Words("两条记录有两个不同的%(kind)s号码：号码都对，就不是同一个人", kind=kind))
    if any(erasing.is_asked(session, each) for each in (kept, gone)):
        yield Reason(Words("有一条记录在等删除个人信息的复核，先办完那一件"))
    yield from _doubled(session, kept, gone)


def _doubled(session: Session, kept: Person, gone: Person) -> Iterator[Reason]:
    """One person, one application: both hold the place that a program gives to one only."""
    held = select(ApplicationRow.unique_slot).where(ApplicationRow.person_id == kept.id)
    taken = set(session.scalars(held.where(ApplicationRow.unique_slot.is_not(None))).all())
    for case in _cases(session, gone):
        slot = case.row.unique_slot
        if slot is None or slot.replace(f"p:{gone.id}", f"p:{kept.id}") not in taken:
            continue
        if case.book.definition.program.visibility == "internal":
            yield Reason(Words("这两条记录现在不能合并，请和各项目的主办核对"))
        else:
            name = case.book.definition.program.name
            yield Reason(Words("两条记录在“%(program)s”里各占一份申报，一个人只能有一份：先撤回一份", program=name))


# -- deciding ----------------------------------------------------------------------------------------------------------
def propose(actor: Actor, now: datetime, kept_ref: str, gone_ref: str, reason: str) -> None:
    _require(actor)
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明凭什么认定是同一个人"), "reason")])
    with writing() as session:
        kept, gone = _pair(session, kept_ref, gone_ref, lock=True)
        if any(_proposed(session, each, actor) is not None for each in (kept, gone)):
            raise NotReady([Reason(Words("这里已经有一份合并在等复核"))])
        _refuse(session, kept, gone)
        _tell(session, kept, gone, "merge_proposed", actor, now, reason=reason)


def decline(actor: Actor, now: datetime, kept_ref: str, gone_ref: str, reason: str) -> None:
    """Not done; whoever proposed it may also take it back."""
    _require(actor)
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明为什么不合并"), "reason")])
    with writing() as session:
        kept, gone = _pair(session, kept_ref, gone_ref, lock=True)
        _waits(session, kept, gone, actor)
        _tell(session, kept, gone, "merge_declined", actor, now, reason=reason)


def confirm(actor: Actor, now: datetime, kept_ref: str, gone_ref: str) -> None:
    """The second signature: when this returns there is one person."""
    _require(actor)
    with writing() as session:
        kept, gone = _pair(session, kept_ref, gone_ref, lock=True)
        if _waits(session, kept, gone, actor).own:
            raise NotAllowed(Words("提出合并的人不能自己复核，请另一位来签"))
        _refuse(session, kept, gone)
        moved = _merge(session, kept, gone, now)
        _tell(session, kept, gone, "person_merged", actor, now, cases=moved)


def _waits(session: Session, kept: Person, gone: Person, actor: Actor) -> Proposed:
    asked = _proposed(session, kept, actor)
    if asked is None or asked.gone_ref != gone.ref:
        raise MovedOn
    return asked


def _refuse(session: Session, kept: Person, gone: Person) -> None:
    against = list(_against(session, kept, gone))
    if against:
        raise NotReady(against)


def _tell(
    session: Session, kept: Person, gone: Person, what: str, actor: Actor, now: datetime,
    *, reason: str = "", cases: list[int] | None = None,
) -> None:  # fmt: skip
    """In the chain of each: of the one kept which record goes, of the other into which it goes."""
    remarks = {"reason": reason.strip()[:1000]} if reason else None
    more = {"cases": cases} if cases is not None else {}
    for person, body in ((kept, {"gone": gone.id}), (gone, {"into": kept.id})):
        evidence.tell(session, StreamKind.PERSON, person.id, what, actor, now, body={**body, **more}, remarks=remarks)


# -- merging -----------------------------------------------------------------------------------------------------------
def _merge(session: Session, kept: Person, gone: Person, now: datetime) -> list[int]:
    """The cases that changed hands."""
    if kept.wrapped_key is None:
        kept.wrapped_key = secrets.new_person_key(kept.ref)
    key = secrets.person_key(kept.wrapped_key, kept.ref)
    old = secrets.person_key(gone.wrapped_key, gone.ref) if gone.wrapped_key is not None else None
    cases = open_cases(session, [case.row.id for case in _cases(session, gone)], lock=True)
    if old is not None:
        _seal_anew(session, cases, gone, old, key)
    _move_identities(session, kept, gone, old, key)
    for value in session.scalars(select(SealedValue).where(SealedValue.person_id == gone.id)):
        value.person_id = kept.id
    for recognition in session.scalars(select(RecognitionRow).where(RecognitionRow.person_id == gone.id)):
        recognition.person_id = kept.id
    account = session.scalar(select(Account).where(Account.person_id == gone.id))
    if account is not None:
        account.person_id = kept.id
    for case in cases:
        case.row.person_id = kept.id
        case.row.unique_slot = unique_slot(case, case.application)
    for field in _COPIED:
        if getattr(kept, field) is None:
            setattr(kept, field, getattr(gone, field))
    session.execute(delete(PersonToken).where(PersonToken.person_id == gone.id))
    gone.wrapped_key, gone.phone, gone.email, gone.merged_into_id = None, None, None, kept.id
    session.flush()
    _recompute_conflicts(session, kept, now)
    return [case.row.id for case in cases]


def _seal_anew(session: Session, cases: list[Case], gone: Person, old: bytes, key: bytes) -> None:
    for value in session.scalars(
        select(SealedValue).where(SealedValue.person_id == gone.id, SealedValue.key_id == secrets.PERSON_KEY)
    ):
        if value.ciphertext is not None:
            row = session.get_one(ApplicationRow, value.application_id)
            place = sealing.place_in(row, value.revision, value.field_key, value.row_no)
            value.ciphertext = secrets.seal(secrets.unseal(value.ciphertext, place, old), place, key)
    for case in cases:
        for answer in session.scalars(select(JointAnswer).where(JointAnswer.application_id == case.row.id)):
            if answer.detail is not None and answer.key_id == secrets.PERSON_KEY:
                place = recorded_joint.place(case.row.ref, answer)
                answer.detail = secrets.seal(secrets.unseal(answer.detail, place, old), place, key)


def _move_identities(session: Session, kept: Person, gone: Person, old: bytes | None, key: bytes) -> None:
    for each in _identities(session, gone):
        number = secrets.unseal(
            each.ciphertext, Place("person_identity", f"{gone.ref}:{each.id_type}", "ciphertext"), old
        )
        place = Place("person_identity", f"{kept.ref}:{each.id_type}", "ciphertext")
        moved = PersonIdentity(
            person_id=kept.id,
            id_type=each.id_type,
            ciphertext=secrets.seal(number, place, key),
            blind_index=each.blind_index,
            blind_key=each.blind_key,
            mask=each.mask,
        )
        session.delete(each)
        session.flush()
        session.add(moved)
    session.flush()


def _recompute_conflicts(session: Session, kept: Person, now: datetime) -> None:
    """Of every running case of the one person, and of every case that the person's account judges."""
    running = {each.value for each in RUNNING}
    for case in _cases(session, kept):
        if case.row.status in running:
            conflicts.note(session, case, now)


def _require(actor: Actor) -> None:
    if not can(actor, Permission.PERSON_MERGE):
        raise NotAllowed(Words("你没有办这件事的权限"))
