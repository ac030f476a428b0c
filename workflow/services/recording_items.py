"""The work items of a case and the pools that hold them, as `recording` leaves them."""

import secrets
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import ask
from models.work import NEVER, Pool, WorkItem
from workflow.domain.application import Application, Item, State
from workflow.domain.errors import MovedOn
from workflow.domain.policy import is_of, is_seat
from workflow.domain.program.schema import Definition
from workflow.services.casework import Case


def item_values(application: Application, item: Item, due: datetime | None) -> dict[str, Any]:
    """The columns of `work_item` that events decide."""
    return {
        "entry_no": item.entry_no,
        "stage_key": item.stage,
        "duty": item.duty.value,
        "role_key": item.role,
        "about": item.about,
        "organization_id": item.organization_id,
        "holder_id": item.holder_id,
        "state": item.state,
        "version": item.version,
        "opened_at": item.opened_at,
        "closed_at": item.closed_at,
        "closed_by": item.closed_by,
        "result": item.result,
        "due_at": due or NEVER,
        "track": application.track or None,
    }


def write_items(session: Session, case: Case, before: State, application: Application, now: datetime) -> None:
    old = {item.no: item for item in before.items}
    after = application.state
    clock_moved = before.entries != after.entries or before.status != after.status
    clock_moved = clock_moved or before.recognition != after.recognition or before.after.duties != after.after.duties
    for item in application.state.items:
        standing = old.get(item.no)
        if standing == item and not (clock_moved and item.is_open):
            continue
        due = case.book.due(application, item, now) if item.is_open else None
        values = item_values(application, item, due)
        if item.is_open:
            values["remind_at"] = now  # the clock looks anew
        if standing is None:
            _open_item(session, case, application, item, values)
        else:
            _change_item(session, case.row.id, standing, values)


def _open_item(session: Session, case: Case, application: Application, item: Item, values: dict[str, Any]) -> None:
    alone = item.role == "applicant" or is_seat(case.book.definition, item)
    pool = None if alone else pool_id(session, case, item.role, item.organization_id, application.track)
    session.add(
        WorkItem(
            ref=secrets.token_urlsafe(12),
            application_id=case.row.id,
            no=item.no,
            round_id=case.row.round_id,
            pool_id=pool,
            hint=_hint(application, item),
            conflict_bars=conflict_bars(case.book.definition, item.role),
            proposer_id=_proposer(application.state, item),
            **values,
        )
    )


def conflict_bars(definition: Definition, role: str) -> bool:
    """Whether a standing conflict takes holders of the role out of a case (`fairness.include_of`)."""
    included = definition.fairness.include_of
    return not is_of(definition, role) or (included if isinstance(included, bool) else role in included)


def _proposer(state: State, item: Item) -> int | None:
    proposal = state.proposal_before(item)
    return proposal.by if proposal is not None else None


def _hint(application: Application, item: Item) -> str | None:
    """What is special about it: a correction came back, a proposal waits."""
    if item.duty.value != "act":
        return item.duty.value
    closed = [each for each in application.state.items if each.entry_no == item.entry_no and each.no < item.no]
    return "corrected" if any(each.result == "corrected" for each in closed) else None


_ROW = WorkItem.metadata.tables["work_item"]


@cache
def _change(columns: frozenset[str]) -> Update:
    mine = and_(_ROW.c.application_id == bindparam("case"), _ROW.c.no == bindparam("number"))
    to: dict[str, Any] = {name: bindparam(f"new_{name}") for name in sorted(columns)}
    return update(_ROW).where(mine, _ROW.c.version == bindparam("standing")).values(to)


def _change_item(session: Session, application_id: int, standing: Item, values: dict[str, Any]) -> None:
    """The optimistic lock: the row must still be as the case was read. 0 rows means that somebody was faster."""
    kept = {name: value for name, value in values.items() if name != "due_at" or values["state"] == "open"}
    key = {"case": application_id, "number": standing.no, "standing": standing.version}
    changed = ask(session, _change(frozenset(kept)), **key, **{f"new_{name}": value for name, value in kept.items()})
    if changed.rowcount != 1:
        raise MovedOn
    for row in session.identity_map.values():  # whoever holds it as an object reads it anew
        if isinstance(row, WorkItem) and (row.application_id, row.no) == (application_id, standing.no):
            session.expire(row)


def pool_id(session: Session, case: Case, role: str, organization_id: int | None, track: str) -> int:
    """The interned place where items of this role wait; made when first needed, by whoever comes first."""
    identity = f"{case.row.round_id}:{role}:{organization_id or ''}:{track}"
    known: dict[str, int] = session.info.setdefault("pools", {})
    if identity not in known:
        known[identity] = _interned(session, case, identity, role, organization_id, track)
    return known[identity]


def _interned(session: Session, case: Case, identity: str, role: str, organization_id: int | None, track: str) -> int:
    with session.no_autoflush:
        found = session.scalar(select(Pool.id).where(Pool.identity == identity))
    if found is not None:
        return found
    values = {
        "identity": identity,
        "program_id": case.row.program_id,
        "round_id": case.row.round_id,
        "role_key": role,
        "organization_id": organization_id,
        "track": track or None,
        "by_office": is_of(case.book.definition, role),
    }
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(on.insert(Pool).values(values).on_conflict_do_nothing())
    return session.scalars(select(Pool.id).where(Pool.identity == identity)).one()
