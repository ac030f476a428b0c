"""Somebody asks for their personal data to be erased: one of the office writes it down, another looks and signs.

What must be kept stays with its reason; what may go goes for good: words and files are destroyed, sealed values lose
their key, and the chains go on holding what they always held: kinds, numbers, digests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState, FormerPassword, OfficeHolder
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person, PersonIdentity, PersonToken
from models.queries import people as queries
from models.queries import signatures
from models.roles import RoleBinding
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import UNSUBMITTED
from workflow.domain.calendar import local_day
from workflow.domain.erasure import Fate, fate
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import Permission, can, runs
from workflow.domain.program.schema import Label, TableField
from workflow.domain.words import Words
from workflow.services import case_erasing, codes, evidence, retention_due, sessions, worksheets
from workflow.services.case_erasing import GONE, Erased
from workflow.services.casework import Case, open_case

STEPS = signatures.Steps("erasure_asked", "erasure_declined", "person_erased")

INTERNAL = Label(zh="不对外的项目", en="A program that is not public")


@dataclass(frozen=True)
class Line:
    """One case of the person, and what becomes of it."""

    id: int
    number: str | None
    program: Label
    round: str
    fate: Fate
    member: bool = False  # of somebody else's team: only their row goes


@dataclass(frozen=True)
class Asked:
    person_ref: str
    person: str
    by: str
    at: datetime
    basis: str
    own: bool  # whoever looks wrote it down, and cannot be the second to sign


@dataclass(frozen=True)
class Plan:
    """What would be erased now. `whole`: nothing must stay, so that the person goes too, with their account."""

    name: str
    lines: tuple[Line, ...]
    account: str | None
    works_here: bool  # the account has duties or roles: it stays, and only forgets whose it is
    asked: Asked | None

    @property
    def whole(self) -> bool:
        return all(line.fate.kept is None for line in self.lines)

    @property
    def going(self) -> list[int]:
        return [line.id for line in self.lines if line.fate.kept is None and not line.member]

    @property
    def rows_going(self) -> list[int]:
        """Cases of others out of which only a row goes."""
        return [line.id for line in self.lines if line.fate.kept is None and line.member]


# -- looking -----------------------------------------------------------------------------------------------------------
def plan(actor: Actor, now: datetime, ref: str) -> Plan:
    _require(actor)
    with reading() as session:
        return _plan(session, _person(session, ref), actor, now)


def waiting(actor: Actor) -> list[Asked]:
    """Everything that waits for a second signature, the oldest first."""
    _require(actor)
    with reading() as session:
        people = signatures.waiting(session, STEPS)
        found = [_asked(session, person, actor) for person in people]
        return [each for each in found if each is not None]


def _plan(session: Session, person: Person, actor: Actor, now: datetime) -> Plan:
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    own = [_line(session, case, actor, now) for case in _cases(session, person, account)]
    teams = case_erasing.member_rows(session, person.id)
    lines = (*own, *(_line(session, open_case(session, number), actor, now, member=True) for number in sorted(teams)))
    works = account is not None and _works_here(session, account.id)
    return Plan(person.name, lines, account.name if account else None, works, _asked(session, person, actor))


def _cases(session: Session, person: Person, account: Account | None) -> Iterator[Case]:
    """Those about the person, and the drafts in which they began to write of themselves."""
    own = and_(
        ApplicationRow.person_id.is_(None),
        ApplicationRow.filler_id == (account.id if account is not None else None),
        ApplicationRow.status.in_([status.value for status in UNSUBMITTED]),
    )
    wanted = select(ApplicationRow.id).where(or_(ApplicationRow.person_id == person.id, own))
    for number in session.scalars(wanted.order_by(ApplicationRow.id)).all():
        case = open_case(session, number)
        if case.row.person_id is not None or not worksheets.filled_for_another(case):
            yield case


def _line(session: Session, case: Case, actor: Actor, now: datetime, *, member: bool = False) -> Line:
    definition, state = case.book.definition, case.application.state
    told = fate(
        retention_due.held(session, case.row), definition.retention, retention_due.reckoning(case.book),
        local_day(now), stopped=case.row.legal_hold,
    )  # fmt: skip
    known = definition.program.visibility == "public" or runs(actor, definition, case.application)
    if not known:
        return Line(case.row.id, None, INTERNAL, "", told, member)
    return Line(case.row.id, state.number, definition.program.name, case.round.name, told, member)


def _works_here(session: Session, account_id: int) -> bool:
    held = (RoleBinding.account_id == account_id, OfficeHolder.account_id == account_id)
    return any(session.scalar(select(func.count()).where(each)) for each in held)


def _asked(session: Session, person: Person, actor: Actor) -> Asked | None:
    """The request that still waits, if the last that was said of it is that somebody asked."""
    found = signatures.standing(session, person.id, STEPS)
    if found is None:
        return None
    event, basis = found
    by = session.get_one(Account, event.actor_id)
    return Asked(person.ref, person.name, by.name, event.at, basis, by.id == actor.account_id)


def is_asked(session: Session, person: Person) -> bool:
    """Whether a request to erase this person waits for its second signature."""
    return _asked(session, person, SYSTEM) is not None


# -- deciding ----------------------------------------------------------------------------------------------------------
def ask(actor: Actor, now: datetime, ref: str, basis: str) -> None:
    """Write down that the person asked, and on what paper."""
    _require(actor)
    if not basis.strip():
        raise InvalidInput([Reason(Words("请写本人何时、怎样提出，附了什么"), "basis")])
    with writing() as session:
        person = _person(session, ref, lock=True)
        if _asked(session, person, actor) is not None:
            raise NotReady([Reason(Words("已经有一份删除申请在等复核"))])
        remarks = {"basis": basis.strip()}
        evidence.tell(session, StreamKind.PERSON, person.id, "erasure_asked", actor, now, remarks=remarks)


def decline(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    """Not done; whoever wrote it down may also take it back."""
    _require(actor)
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明不删除的理由，要答复本人"), "reason")])
    with writing() as session:
        person = _person(session, ref, lock=True)
        if _asked(session, person, actor) is None:
            raise MovedOn
        remarks = {"reason": reason.strip()}
        evidence.tell(session, StreamKind.PERSON, person.id, "erasure_declined", actor, now, remarks=remarks)


def confirm(actor: Actor, now: datetime, ref: str) -> Plan:
    """The second signature: what may go is gone when this returns."""
    _require(actor)
    with writing() as session:
        person = _person(session, ref, lock=True)
        found = _plan(session, person, actor, now)
        if found.asked is None:
            raise MovedOn
        if found.asked.own:
            raise NotAllowed(Words("写下申请的人不能自己复核，请另一位来签"))
        digests = list[str]()
        for case in found.going:
            erased = case_erasing.erase_case(session, case, now)
            told = {"files": erased.files, "values": erased.values}
            evidence.tell(session, StreamKind.APPLICATION_ACCESS, case, "case_data_erased", actor, now, body=told)
            digests += erased.digests
        rows = case_erasing.member_rows(session, person.id)
        for case in found.rows_going:
            erased = _erase_rows(session, case, rows[case], now)
            told = {"files": erased.files, "values": erased.values}
            evidence.tell(session, StreamKind.APPLICATION_ACCESS, case, "member_data_erased", actor, now, body=told)
            digests += erased.digests
        unused = case_erasing.purged(session, digests, now)
        if found.whole:
            erase_person(session, person, found.works_here, now)
        body = {"whole": found.whole, "cases": found.going, "rows": found.rows_going}
        evidence.tell(session, StreamKind.PERSON, person.id, "person_erased", actor, now, body=body)
    case_erasing.remove(unused)
    return found


# -- erasing -----------------------------------------------------------------------------------------------------------
def _erase_rows(session: Session, number: int, rows: list[tuple[int, str, int]], now: datetime) -> Erased:
    table = open_case(session, number, lock=True).book.definition.form_fields().get(rows[0][1])
    columns = table.columns if isinstance(table, TableField) else {}
    name = next((key for key, field in columns.items() if field.standard == "name"), "")
    return case_erasing.erase_rows(session, number, rows, name, now)


def erase_person(session: Session, person: Person, works_here: bool, now: datetime) -> None:
    session.execute(delete(PersonToken).where(PersonToken.person_id == person.id))
    session.execute(delete(PersonIdentity).where(PersonIdentity.person_id == person.id))
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    if account is not None:
        account.person_id = None
        if not works_here:
            _erase_account(session, account, now)
    person.name, person.name_sort, person.gender, person.birth_date = GONE, "", None, None
    person.phone, person.email, person.organization_id, person.trade = None, None, None, None
    person.wrapped_key, person.erased_at = None, now
    for left in session.scalars(select(Person).where(Person.merged_into_id == person.id)):
        left.name, left.name_sort, left.gender, left.birth_date, left.erased_at = GONE, "", None, None, now


def _erase_account(session: Session, account: Account, now: datetime) -> None:
    account.name, account.login, account.phone, account.email = GONE, f"erased-{account.id}", None, None
    account.password_hash, account.state, account.settings = None, AccountState.DISABLED, {}
    session.execute(delete(FormerPassword).where(FormerPassword.account_id == account.id))
    sessions.end_all(session, account, now, "erased")
    codes.void_all(session, account.id, now)


def _person(session: Session, ref: str, *, lock: bool = False) -> Person:
    found = queries.named(session, ref, lock=lock)
    if found is None:
        raise NotFound
    return found


def _require(actor: Actor) -> None:
    if not can(actor, Permission.PERSON_ERASE):
        raise NotAllowed(Words("你没有办这件事的权限"))
