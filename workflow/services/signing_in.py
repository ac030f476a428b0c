"""The door: registering, signing in, forgotten and changed passwords, invitations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState, FormerPassword
from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import accounts as queries
from workflow.domain import identifiers
from workflow.domain.actor import ANONYMOUS, Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason, Refusal
from workflow.domain.words import Words
from workflow.services import codes, door, evidence, outbox, passwords, sessions
from workflow.services.accounts import account_name, address, language_of, new_account

NO_ENTRY = Words("账号或口令不对。连续 %(n)s 次不对会锁 30 分钟", n=door.PAIR_FAILURES)


@dataclass(frozen=True)
class SignedIn:
    """`token` goes into the cookie; `must_change`: the next page is the new password."""

    token: str
    account_id: int
    must_change: bool


@dataclass(frozen=True)
class Here:
    """From where somebody comes, and the token the browser brought along, which dies."""

    address: str = ""
    agent: str = ""
    token: str | None = None


# --- signing in


def sign_in(typed: str, password: str, now: datetime, here: Here) -> SignedIn:
    """The same sentence and about the same time for a wrong password, an unknown account and a disabled one."""
    name = _spelled(typed)
    with writing() as session:
        account = queries.by_address(session, name)
        attempt = door.knock(session, f"account:{account.id}" if account else f"typed:{name}", here.address, now)
    fits = passwords.fits(password, account.password_hash if account else None)
    fresh = passwords.renewed(password, account.password_hash) if fits and account else None
    with writing() as session:
        known = session.get(Account, account.id) if account else None
        if fits and known is not None and known.state == AccountState.ACTIVE:
            door.let_in(session, attempt)
            known.password_hash = fresh or known.password_hash
            return _enter(session, known, now, here)
        _tell_failure(session, known, attempt, now)
    raise InvalidInput([Reason(NO_ENTRY, "password")])


def _spelled(typed: str) -> str:
    """As it is stored, if it is a phone number, an e-mail address or a user name at all."""
    name = identifiers.tidy(typed).lower()
    number = identifiers.mobile(name)
    return name if isinstance(number, Words) else number


def _enter(session: Session, account: Account, now: datetime, here: Here) -> SignedIn:
    token = sessions.start(session, account, now, here.address, here.agent, here.token)
    return SignedIn(token, account.id, account.must_change)


def _tell_failure(session: Session, account: Account | None, attempt: int, now: datetime) -> None:
    body = {"attempt": attempt}
    kind, subject = (StreamKind.ACCOUNT, account.id) if account else (StreamKind.INSTALLATION, 0)
    evidence.tell(session, kind, subject, "sign_in_failed", ANONYMOUS, now, body=body)


# --- registering


def ask_to_register(typed: str, now: datetime, asked_from: str, language: str = "zh") -> str:
    """Send a code to a phone or an e-mail address; its ref. Who has an account already is told so there, not here."""
    wanted = address(typed)
    told = wanted.phone or wanted.email or ""
    with writing() as session:
        issued = codes.issue_code(session, "register", told, None, asked_from, now)
        owner = queries.by_address(session, told)
        if owner is None:
            outbox.post(session, "register_code", now, address=told, language=language, secret=issued.secret)
        else:
            outbox.post(session, "already_registered", now, recipient_id=owner.id, address=told, language=language)
    return issued.ref


def register(code_ref: str, code: str, name: str, password: str, now: datetime, here: Here) -> SignedIn:
    told_name = account_name(name)
    passwords.require_good(password, ())
    password_hash = passwords.hashed(password)
    with writing() as session:
        found = codes.try_code(session, "register", code_ref, code, now)
        if found is not None:
            wanted = address(found.address or "")
            passwords.require_good(password, (wanted.phone, wanted.email))
            account = new_account(session, told_name, wanted, now)
            account.state, account.password_hash, account.password_at = AccountState.ACTIVE, password_hash, now
            codes.use(found, now)
            who = Actor("account", account.id)
            evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_registered", who, now)
            return _enter(session, account, now, here)
    raise InvalidInput([Reason(codes.WRONG_CODE, "code")])


# --- forgotten passwords


def ask_to_reset(typed: str, now: datetime, asked_from: str) -> str:
    """Send a code, if there is such an account; the page learns nothing either way. The code's ref."""
    wanted = address(typed)
    told = wanted.phone or wanted.email or ""
    with writing() as session:
        owner = queries.by_address(session, told)
        allowed = owner is not None and owner.state == AccountState.ACTIVE
        issued = codes.issue_code(session, "reset", told, owner.id if owner and allowed else None, asked_from, now)
        if owner is not None and allowed:
            language = language_of(owner)
            outbox.post(
                session, "reset_code", now, recipient_id=owner.id, address=told, language=language, secret=issued.secret
            )
            evidence.tell(session, StreamKind.ACCOUNT, owner.id, "reset_asked", ANONYMOUS, now)
    return issued.ref


def reset_password(code_ref: str, code: str, password: str, now: datetime, here: Here) -> SignedIn:
    """Ends every session of the account and signs in here."""
    passwords.require_good(password, ())
    with writing() as session:
        found = codes.try_code(session, "reset", code_ref, code, now)
        account_id = found.account_id if found else None
    if account_id is None:
        raise InvalidInput([Reason(codes.WRONG_CODE, "code")])
    password_hash = _new_hash(account_id, password)
    with writing() as session:
        again = codes.alive(session, code_ref, now)
        account = session.get(Account, account_id)
        if again is None or account is None or account.state != AccountState.ACTIVE:
            raise InvalidInput([Reason(codes.WRONG_CODE, "code")])
        _set_password(session, account, password_hash, now)
        sessions.end_all(session, account, now, "password_reset")
        codes.void_all(session, account.id, now)
        who = Actor("account", account.id)
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "password_reset", who, now)
        return _enter(session, account, now, here)


# --- changing it


def change_password(actor: Actor, old: str, new: str, now: datetime, here: Here) -> SignedIn:
    """Needs the old one; every other session ends, and this browser gets a fresh token."""
    account_id = _own(actor)
    with writing() as session:
        attempt = door.knock(session, f"account:{account_id}", here.address, now)
        account = session.get(Account, account_id)
        old_hash = account.password_hash if account else None
    if not passwords.fits(old, old_hash):
        raise InvalidInput([Reason(Words("现在的口令不对"), "password_now")])
    with writing() as session:
        door.let_in(session, attempt)
    return _replace(account_id, new, now, here)


def change_first_password(actor: Actor, new: str, now: datetime, here: Here) -> SignedIn:
    """At the first sign-in with a password that somebody else chose: just typed, so not asked for again."""
    account_id = _own(actor)
    with reading() as session:
        account = session.get(Account, account_id)
        if account is None or not account.must_change:
            raise Refusal(Words("口令已经改过了；要再改，请到“我的账号”"))
    return _replace(account_id, new, now, here)


def _own(actor: Actor) -> int:
    if actor.account_id is None:
        raise NotFound
    return actor.account_id


def _replace(account_id: int, new: str, now: datetime, here: Here) -> SignedIn:
    password_hash = _new_hash(account_id, new)
    with writing() as session:
        account = session.get(Account, account_id)
        if account is None or account.state != AccountState.ACTIVE:
            raise NotFound
        _set_password(session, account, password_hash, now)
        sessions.end_all(session, account, now, "password_changed")
        codes.void_all(session, account.id, now)
        who = Actor("account", account.id)
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "password_changed", who, now)
        return _enter(session, account, now, here)


def _new_hash(account_id: int, password: str) -> str:
    """Checked against the account's names and its former passwords, outside of any transaction."""
    with reading() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise NotFound
        former = session.scalars(
            select(FormerPassword.password_hash)
            .where(FormerPassword.account_id == account_id)
            .order_by(FormerPassword.id.desc())
            .limit(passwords.KEPT - 1)
        ).all()
    hashes = [one for one in (account.password_hash, *former) if one]
    passwords.require_good(password, (account.login, account.phone, account.email), hashes)
    return passwords.hashed(password)


def _set_password(session: Session, account: Account, password_hash: str, now: datetime) -> None:
    if account.password_hash:
        session.add(FormerPassword(account_id=account.id, password_hash=account.password_hash, replaced_at=now))
        session.flush()
    account.password_hash, account.password_at, account.must_change = password_hash, now, False
    kept = (
        select(FormerPassword.id)
        .where(FormerPassword.account_id == account.id)
        .order_by(FormerPassword.id.desc())
        .limit(passwords.KEPT)
    )
    session.execute(
        delete(FormerPassword)
        .where(FormerPassword.account_id == account.id, FormerPassword.id.not_in(kept))
        .execution_options(synchronize_session=False)
    )


# --- invitations


@dataclass(frozen=True)
class Invitation:
    """Whom the link is for, as its page shows it."""

    name: str
    login: str | None
    phone: str | None
    email: str | None


def invitation(token: str, now: datetime) -> Invitation:
    with reading() as session:
        found = codes.open_link(session, "invite", token, now)
        account = session.get(Account, found.account_id) if found and found.account_id else None
        if account is None or account.state != AccountState.INVITED:
            raise Refusal(codes.DEAD_LINK)
        return Invitation(account.name, account.login, account.phone, account.email)


def accept_invitation(token: str, password: str, now: datetime, here: Here) -> SignedIn:
    """Set the password and come in; the link is used up."""
    invited = invitation(token, now)
    passwords.require_good(password, (invited.login, invited.phone, invited.email))
    password_hash = passwords.hashed(password)
    with writing() as session:
        found = codes.open_link(session, "invite", token, now, to_use=True)
        account = session.get(Account, found.account_id) if found and found.account_id else None
        if found is None or account is None or account.state != AccountState.INVITED:
            raise Refusal(codes.DEAD_LINK)
        codes.use(found, now)
        account.state = AccountState.ACTIVE
        _set_password(session, account, password_hash, now)
        who = Actor("account", account.id)
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_activated", who, now)
        return _enter(session, account, now, here)
