"""Reads of one case beside its facts, all by key. Who may read it is asked before these are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.applications import ApplicationRow, VerdictRow
from models.files import Attachment, StoredFile
from models.organizations import SPELLED, Organization, OrganizationLine, place_at
from models.people import Person
from models.programs import Program
from models.roles import RoleBinding
from models.work import WorkItem
from workflow.domain.actor import ADMINISTRATOR


@dataclass(frozen=True)
class ItemRow:
    ref: str
    no: int
    version: int
    hint: str | None
    provisional: bool


@dataclass(frozen=True)
class FileRow:
    ref: str
    name: str
    media_type: str
    size: int
    pages: int | None
    field_key: str
    row_no: int
    purpose: str
    uploaded_at: datetime


@dataclass(frozen=True)
class Comment:
    """The newest word on one file, field or rule."""

    verdict: str
    text: str
    by: str | None
    entry_no: int
    revision: int
    at: datetime


@dataclass(frozen=True)
class Colleague:
    id: int
    ref: str
    name: str
    organization: str | None


def application_of_item(session: Session, ref: str) -> tuple[int, int] | None:
    """(application, number) of an item's reference."""
    row = session.execute(select(WorkItem.application_id, WorkItem.no).where(WorkItem.ref == ref)).one_or_none()
    return (row[0], row[1]) if row is not None else None


def stage_of_item(session: Session, ref: str) -> tuple[int, str] | None:
    """(version of the program, stage) of an item's reference."""
    row = session.execute(
        select(ApplicationRow.version_id, WorkItem.stage_key)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(WorkItem.ref == ref)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def items_of(session: Session, application_id: int) -> dict[int, ItemRow]:
    rows = session.execute(
        select(WorkItem.ref, WorkItem.no, WorkItem.version, WorkItem.hint, WorkItem.provisional).where(
            WorkItem.application_id == application_id
        )
    )
    return {row.no: ItemRow(*row) for row in rows}


def files_of(session: Session, application_id: int, refs: Iterable[str]) -> dict[str, FileRow]:
    """The named attachments, also those that a correction has replaced since."""
    rows = session.execute(
        select(
            Attachment.ref,
            Attachment.name,
            StoredFile.media_type,
            StoredFile.size,
            StoredFile.pages,
            Attachment.field_key,
            Attachment.row_no,
            Attachment.purpose,
            Attachment.uploaded_at,
        )
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(Attachment.application_id == application_id, Attachment.ref.in_(list(refs)))
    )
    return {row.ref: FileRow(*row) for row in rows}


def comments_of(session: Session, application_id: int) -> dict[tuple[str, str], Comment]:
    """By (kind, key): the newest verdict with its comment."""
    rows = session.execute(
        select(VerdictRow, Account.name)
        .outerjoin(Account, Account.id == VerdictRow.given_by)
        .where(VerdictRow.application_id == application_id)
        .order_by(VerdictRow.given_at, VerdictRow.entry_no, VerdictRow.answers_rev)
    )
    return {
        (row.kind, row.key): Comment(row.verdict, row.comment, name, row.entry_no, row.answers_rev, row.given_at)
        for row, name in rows
    }


def names_of_accounts(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def names_of_organizations(session: Session, ids: Iterable[int | None], codes: Iterable[str]) -> Mapping[object, str]:
    """By id, and by what an answer may hold: reference, credit code or, of a town or a village, its code."""
    wanted, named = sorted({each for each in ids if each is not None}), sorted(set(codes))
    if not wanted and not named:
        return {}
    rows = session.execute(
        select(Organization.id, *SPELLED, Organization.name).where(
            Organization.id.in_(wanted)
            | Organization.ref.in_(named)
            | Organization.credit_code.in_(named)
            | place_at(named)
        )
    )
    return {code: name for *codes, name in rows for code in codes if code}


def person_name(session: Session, row: ApplicationRow) -> str:
    if row.person_id is not None:
        return session.get_one(Person, row.person_id).name
    if row.subject_organization_id is not None:
        return session.get_one(Organization, row.subject_organization_id).name
    return ""


def program_ref(session: Session, program_id: int) -> str:
    return session.get_one(Program, program_id).ref


def bound_to(
    session: Session, role: str, program_id: int, now: datetime, *, through: int | None = None, limit: int = 200
) -> Sequence[Colleague]:
    """Who might hold the role in this program; whether one may take a given item is asked of the policy.

    `through`: for a role held by office, the organization of the case; its administrators hold it too.
    """
    fits = (RoleBinding.role_key == role) & (RoleBinding.program_id == program_id)
    if through is not None:
        above = select(OrganizationLine.ancestor_id).where(OrganizationLine.descendant_id == through)
        fits = (fits | (RoleBinding.role_key == ADMINISTRATOR)) & RoleBinding.organization_id.in_(above)
    rows = session.execute(
        select(Account.id, Account.ref, Account.name, Organization.name)
        .join(RoleBinding, RoleBinding.account_id == Account.id)
        .outerjoin(Organization, Organization.id == Account.organization_id)
        .where(
            fits,
            Account.state == AccountState.ACTIVE.value,
            RoleBinding.starts_at <= now,
            RoleBinding.ends_at.is_(None) | (RoleBinding.ends_at > now),
        )
        .distinct()
        .order_by(Account.name, Account.id)
        .limit(limit)
    )
    return [Colleague(*row) for row in rows]
