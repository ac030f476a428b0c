"""People, apart from accounts: one person per number, found through a blind index, shown as a mask."""

import secrets as random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import secrets
from models.accounts import Account
from models.base import Base, reading, writing
from models.evidence import StreamKind
from models.names import person_tokens, sort_key
from models.people import Person, PersonToken
from models.queries import people as queries
from models.secrets import Place
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import evidence

OTHER_NAME = Words("姓名和证件号码没有核对上。请对照证件再填一遍；都没有错的，请带证件到主办单位核对")
"""Whoever types somebody else's number must not learn that it is known here, still less under what name."""
OTHER_ACCOUNT = Words("这个证件号码已在另一个账号名下。忘了原来的账号，请用手机号找回，或联系主办单位")


@dataclass(frozen=True)
class Identity:
    """Who somebody is, checked and normalised."""

    name: str
    id_type: str
    number: str
    gender: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None
    organization_id: int | None = None
    trade: str | None = None


def checked(name: str, id_type: str, number: str, now: datetime, *, phone: str = "", email: str = "") -> Identity:
    """From what was typed, or every reason why not. Birth date and gender come from the number where it holds them."""
    reasons = []
    told = identifiers.person_name(name)
    if isinstance(told, Words):
        reasons.append(Reason(told, "name"))
    kind = type_of(id_type, number)
    if kind is None:
        reasons.append(Reason(Words("没有这种证件，请从列表里选"), "id_type"))
    value = identifiers.id_number(number, local_day(now), kind)
    if isinstance(value, Words):
        reasons.append(Reason(value, "id_no"))
    mobile = identifiers.mobile(phone) if phone.strip() else None
    if isinstance(mobile, Words):
        reasons.append(Reason(mobile, "phone"))
    mail = identifiers.email(email) if email.strip() else None
    if isinstance(mail, Words):
        reasons.append(Reason(mail, "email"))
    if reasons or kind is None:
        raise InvalidInput(reasons)
    facts = identifiers.facts_of_id(str(value))
    return Identity(
        str(told),
        kind,
        str(value),
        facts.gender if facts else None,
        facts.birth_date if facts else None,
        str(mobile) if mobile else None,
        str(mail) if mail else None,
    )


def type_of(typed: str, number: str) -> str | None:
    """The document's key, from its key or its Chinese name; unsaid, by the number itself."""
    told = typed.strip()
    if not told:
        return "residence_permit" if identifiers.compact(number)[:2] in {"81", "82", "83"} else "resident"
    names = {name: key for key, name in identifiers.ID_TYPES.items()} | {"身份证": "resident"}
    return told if told in identifiers.ID_TYPES else names.get(told)


# --- finding and making


def find(session: Session, id_type: str, number: str) -> Person | None:
    return queries.by_number(session, id_type, number)


def ensure(session: Session, identity: Identity, now: datetime) -> Person:
    """The person of this number, made if need be; in the caller's transaction. Never merges two names.

    What was not known of them before is filled in; what was known stays.
    """
    known = find(session, identity.id_type, identity.number)
    if known is None:
        try:
            with session.begin_nested():
                return _make(session, identity, now)
        except IntegrityError:
            known = find(session, identity.id_type, identity.number)
            if known is None:
                raise
    if known.name != identity.name:
        raise InvalidInput([Reason(OTHER_NAME, "id_no")])
    for field in ("gender", "birth_date", "phone", "email", "organization_id", "trade"):
        if getattr(known, field) is None:
            setattr(known, field, getattr(identity, field))
    return known


def _make(session: Session, identity: Identity, now: datetime) -> Person:
    prepared = prepare(identity, now)
    number = insert_prepared(session, [prepared])[0]
    return session.get_one(Person, number)


@dataclass(frozen=True)
class Prepared:
    """A person ready to be written: sealed, indexed, spelled. Made outside of any transaction."""

    person: Mapping[str, Any]
    identity: Mapping[str, Any]
    tokens: frozenset[str]


def prepare(identity: Identity, now: datetime) -> Prepared:
    """The number under the person's own key, with its blind index and its mask."""
    ref = random.token_urlsafe(12)
    wrapped = secrets.new_person_key(ref)
    blind_key, blind_index = secrets.blind(identity.id_type, identity.number)
    place = Place("person_identity", f"{ref}:{identity.id_type}", "ciphertext")
    person = {
        "ref": ref,
        "name": identity.name,
        "name_sort": sort_key(identity.name),
        "gender": identity.gender,
        "birth_date": identity.birth_date,
        "phone": identity.phone,
        "email": identity.email,
        "organization_id": identity.organization_id,
        "trade": identity.trade,
        "wrapped_key": wrapped,
        "created_at": now,
    }
    named = {
        "id_type": identity.id_type,
        "ciphertext": secrets.seal(identity.number, place, secrets.person_key(wrapped, ref)),
        "blind_index": blind_index,
        "blind_key": blind_key,
        "mask": identifiers.mask("id_no", identity.number),
    }
    return Prepared(person, named, person_tokens(identity.name))


def insert_prepared(session: Session, people: Sequence[Prepared]) -> list[int]:
    """Many at once, without an object for each; their ids in the same order."""
    if not people:
        return []
    table = Base.metadata.tables["person"]
    connection = session.connection()
    made = connection.execute(insert(table).returning(table.c.ref, table.c.id), [dict(each.person) for each in people])
    ids: dict[str, int] = dict(made.all())
    numbers = [ids[each.person["ref"]] for each in people]
    pairs = list(zip(numbers, people, strict=True))
    named = [{"person_id": number, **each.identity} for number, each in pairs]
    connection.execute(insert(Base.metadata.tables["person_identity"]), named)
    connection.execute(
        insert(Base.metadata.tables["person_token"]),
        [row for number, each in pairs for row in token_rows(number, each.tokens)],
    )
    return numbers


def token_rows(person_id: int, tokens: Iterable[str]) -> list[dict[str, object]]:
    return [{"token": token, "person_id": person_id} for token in sorted(tokens)]


def attach_account(session: Session, account_id: int, person: Person, actor: Actor, now: datetime) -> None:
    """This account is this person's from now on; in the caller's transaction. One account per person."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    if account.person_id == person.id:
        return
    holder = session.scalar(select(Account.id).where(Account.person_id == person.id))
    if holder is not None:
        raise InvalidInput([Reason(OTHER_ACCOUNT, "id_no")])
    if account.person_id is not None:
        words = Words("你的账号已登记了另一个证件号码；填错了的，请联系主办单位更正")
        raise InvalidInput([Reason(words, "id_no")])
    account.person_id = person.id
    body = {"person": person.id}
    evidence.tell(session, StreamKind.ACCOUNT, account_id, "account_became_person", actor, now, body=body)


# --- by the office


def create(
    actor: Actor, now: datetime, name: str, id_type: str, number: str, *, phone: str = "", email: str = ""
) -> str:
    """One person entered by hand; the ref of the new one, or of the one who was there under this number."""
    _require(actor)
    identity = checked(name, id_type, number, now, phone=phone, email=email)
    with writing() as session:
        known = find(session, identity.id_type, identity.number)
        person = ensure(session, identity, now)
        if known is None:
            evidence.tell(session, StreamKind.PERSON, person.id, "person_entered", actor, now)
        return person.ref


def correct_name(actor: Actor, now: datetime, ref: str, name: str, basis: str) -> None:
    """With the paper it rests on; cases and certificates keep the name they were made with."""
    _corrects(actor)
    told = identifiers.person_name(name)
    wrong = [Reason(told, "name")] if isinstance(told, Words) else []
    if not basis.strip():
        wrong.append(Reason(Words("请写更正的依据"), "basis"))
    if wrong or isinstance(told, Words):
        raise InvalidInput(wrong)
    with writing() as session:
        person = queries.named(session, ref, lock=True)
        if person is None:
            raise NotFound
        if person.name == told:
            raise InvalidInput([Reason(Words("和现在的姓名一样"), "name")])
        person.name, person.name_sort = told, sort_key(told)
        session.execute(delete(PersonToken).where(PersonToken.person_id == person.id))
        session.execute(insert(PersonToken), token_rows(person.id, person_tokens(told)))
        remarks = {"basis": basis.strip()}
        evidence.tell(session, StreamKind.PERSON, person.id, "person_name_corrected", actor, now, remarks=remarks)


def to_correct(actor: Actor, ref: str) -> str:
    """The name as it stands now."""
    _corrects(actor)
    with reading() as session:
        person = queries.named(session, ref)
        if person is None:
            raise NotFound
        return person.name


def search(actor: Actor, typed: str, limit: int = 20) -> list[queries.PersonLine]:
    _require(actor)
    with reading() as session:
        return queries.found(session, scope_of(actor), typed, limit)


def listed(actor: Actor, trade: str | None = None, after: str = "", limit: int = 50) -> Sequence[queries.PersonLine]:
    _require(actor)
    with reading() as session:
        return queries.listed(session, scope_of(actor), trade, after, limit)


def _corrects(actor: Actor) -> None:
    if not can(actor, Permission.PERSON_CORRECT):
        raise NotAllowed(Words("你没有办这件事的权限"))


def _require(actor: Actor) -> None:
    if actor.kind != "system" and not can(actor, Permission.PERSON_IMPORT):
        raise NotAllowed(Words("你没有办这件事的权限"))
