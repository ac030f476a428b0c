"""Conflicts as stored rows, so that lists can leave them out: computed when a case enters, when its answers change and
when somebody is bound to a pool."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.organizations import OrganizationLine
from models.people import Person
from models.roles import RoleBinding
from models.work import Conflict
from workflow.domain.application import RUNNING
from workflow.domain.conflicts import Nearness, Official, grounds
from workflow.domain.program.schema import Definition, OrganizationField, RegionField, TableField
from workflow.services import sealing
from workflow.services.casework import Case
from workflow.services.casework_gathering import answered
from workflow.services.objecting import objected_to
from workflow.services.places import itself_named
from workflow.services.rulebooks import book_of

COMPUTED = "computed"


def note(session: Session, case: Case, now: datetime) -> None:
    """Bring the computed conflicts of one case to what its facts say now; what people declared stays as it is."""
    officials = _officials(session, case.row.program_id, case.row.round_id, now)
    _note(session, case.book.definition, case.row, case.application.values, officials, now)


def note_binding(
    session: Session, accounts: Collection[int], program_id: int, round_id: int | None, now: datetime
) -> None:
    """Somebody joins a pool: compare them with every case that runs there."""
    officials = _officials(session, program_id, round_id, now, accounts)
    running = select(ApplicationRow).where(
        ApplicationRow.program_id == program_id, ApplicationRow.status.in_(status.value for status in RUNNING)
    )
    if round_id is not None:
        running = running.where(ApplicationRow.round_id == round_id)
    for row in session.scalars(running.order_by(ApplicationRow.id)):
        definition = book_of(session, row.version_id).definition
        values = answered(session, row.id, row.answers_rev, definition)
        _note(session, definition, row, values, officials, now)


def _note(
    session: Session,
    definition: Definition,
    row: ApplicationRow,
    values: Mapping[str, Any],
    officials: Sequence[Official],
    now: datetime,
) -> None:
    near = _nearness(session, definition, row, values)
    standing = _standing(session, row.id)
    for official in officials:
        found = set(grounds(definition, near, official))
        known = standing.get(official.account_id, {})
        for ground in sorted(found - known.keys()):
            session.add(
                Conflict(
                    account_id=official.account_id, application_id=row.id, ground=ground, source=COMPUTED, noted_at=now
                )
            )
        for ground, conflict in known.items():
            _keep(conflict, ground in found, now)
    session.flush()


def _keep(row: Conflict, holds: bool, now: datetime) -> None:
    if row.source != COMPUTED or (row.state == "standing") == holds:
        return
    row.state, row.lifted_at = ("standing", None) if holds else ("lifted", now)


def _standing(session: Session, application_id: int) -> dict[int, dict[str, Conflict]]:
    found: dict[int, dict[str, Conflict]] = {}
    for row in session.scalars(select(Conflict).where(Conflict.application_id == application_id)):
        found.setdefault(row.account_id, {})[row.ground] = row
    return found


def _nearness(session: Session, definition: Definition, row: ApplicationRow, values: Mapping[str, Any]) -> Nearness:
    fields = {
        key: itself_named(session, values.get(key))
        for key, field in definition.form_fields().items()
        if isinstance(field, OrganizationField | RegionField)
    }
    objecting = definition.fairness.conflicts.may_object_to > 0
    person = session.get(Person, row.person_id) if row.person_id is not None else None
    return Nearness(
        person_id=row.person_id,
        nominator_id=row.nominator_id,
        subject_id=row.subject_organization_id,
        fields=fields,
        email=values.get("email") or (person.email if person is not None else None),
        values={**values, **_declared_apart(session, definition, row)},
        objected=frozenset(objected_to(session, row.id) if objecting else ()),
    )


def _declared_apart(session: Session, definition: Definition, row: ApplicationRow) -> dict[str, Any]:
    """Of tables that declare relations, the names that lie sealed beside the answers."""
    tables = {key: each for key, each in definition.form_fields().items() if isinstance(each, TableField)}
    named = {key: each.columns.get("name") for key, each in tables.items() if each.declares_conflicts}
    apart = {key for key, column in named.items() if column is not None and sealing.is_sealed(column)}
    texts = sealing.opened(session, row, row.answers_rev) if apart else {}
    return {
        key: [{"name": text} for path, text in texts.items() if path.startswith(f"{key}.") and path.endswith(".name")]
        for key in apart
    }


def _officials(
    session: Session,
    program_id: int,
    round_id: int | None,
    now: datetime,
    only: Collection[int] | None = None,
) -> list[Official]:
    """Everybody bound to a role of this program, in this round or in every round."""
    bound = select(RoleBinding.account_id, RoleBinding.role_key).where(
        RoleBinding.program_id == program_id, or_(RoleBinding.ends_at.is_(None), RoleBinding.ends_at > now)
    )
    if round_id is not None:
        bound = bound.where(RoleBinding.round_id.is_(None) | (RoleBinding.round_id == round_id))
    held: dict[int, set[str]] = {}
    for account_id, role in session.execute(bound if only is None else bound.where(RoleBinding.account_id.in_(only))):
        held.setdefault(account_id, set()).add(role)
    accounts = list(session.scalars(select(Account).where(Account.id.in_(held))))
    above = _lines(session, {account.organization_id for account in accounts})
    return [
        Official(
            account.id,
            account.name,
            account.person_id,
            above.get(account.organization_id or 0, frozenset()),
            frozenset(held[account.id]),
            account.email,
        )
        for account in accounts
    ]


def _lines(session: Session, organizations: set[int | None]) -> dict[int, frozenset[int]]:
    wanted = [each for each in organizations if each is not None]
    rows = session.execute(
        select(OrganizationLine.descendant_id, OrganizationLine.ancestor_id).where(
            OrganizationLine.descendant_id.in_(wanted)
        )
    )
    lines: dict[int, set[int]] = {}
    for below, above in rows:
        lines.setdefault(below, set()).add(above)
    return {below: frozenset(above) for below, above in lines.items()}
