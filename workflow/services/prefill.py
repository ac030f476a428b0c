"""What the person's last application could bring along, or the first time their account: offered field by field, copied
only when asked for.

L4 answers, files and consents are never brought along: they are given anew each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.programs import ProgramVersion
from models.rounds import Round
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Status
from workflow.domain.program.schema import Definition, Field, Label, TableField
from workflow.services import drafts, worksheets
from workflow.services.casework import Case, find, open_case
from workflow.services.rulebooks import definition_of

_NEVER = frozenset({"file", "consent", "computed"})


@dataclass(frozen=True)
class Offer:
    """From which application (None: one's account), and which fields of this section are blank here and known there."""

    program: Label | None
    round_name: str
    fields: tuple[Label, ...]


def offered(ref: str, section: str, actor: Actor, now: datetime) -> Offer | None:
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        last = _last(session, case, actor)
        if case.application.state.status is not Status.DRAFT or last is None:
            return None
        body = worksheets.read(session, case, now).body
        found = _known(case, section, last, body)
        fields = case.book.definition.form[section].fields
        program = last.definition.program.name if last.definition is not None else None
        return Offer(program, last.round_name, tuple(fields[key].name for key in found)) if found else None


def bring(ref: str, section: str, actor: Actor, now: datetime) -> int:
    """Fill in what is blank; what somebody typed stays. How many fields were filled."""
    with writing() as session:
        case = drafts.to_change(session, ref, actor)
        last = _last(session, case, actor)
        if case.application.state.status is not Status.DRAFT or last is None:
            return 0
        draft = drafts.open_draft(session, case, actor, now)
        found = _known(case, section, last, draft.body)
        draft.body = {**draft.body, **found}
        draft.saves, draft.saved_at, draft.saved_by = draft.saves + 1, now, actor.account_id
        return len(found)


@dataclass(frozen=True)
class Last:
    """`typed` by field; of an account, which has no definition, by standard field."""

    definition: Definition | None
    round_name: str
    typed: Mapping[str, Any]


def _last(session: Session, case: Case, actor: Actor) -> Last | None:
    """The case that this one renews; the newest application on record about the same person; else what their account
    says of them."""
    if case.application.state.renews is not None:
        return said_in(session, case.application.state.renews)
    if worksheets.filled_for_another(case):
        return None
    person = case.row.person_id or actor.person_id
    if person is None:
        return _of_account(session, actor)
    newest = session.scalar(
        select(ApplicationRow.id)
        .join(
            Answers,
            (Answers.application_id == ApplicationRow.id) & (Answers.revision == ApplicationRow.answers_rev),
        )
        .where(
            ApplicationRow.person_id == person,
            ApplicationRow.id != case.row.id,
            ApplicationRow.submitted_at.is_not(None),
            ApplicationRow.apart.is_(False),
            Answers.state == "submitted",
        )
        .order_by(ApplicationRow.submitted_at.desc(), ApplicationRow.id.desc())
        .limit(1)
    )
    return said_in(session, newest) if newest is not None else _of_account(session, actor)


def said_in(session: Session, application_id: int) -> Last | None:
    """What one case on record says."""
    found = session.execute(
        select(ProgramVersion, Round.name, Answers.body)
        .select_from(ApplicationRow)
        .join(ProgramVersion, ProgramVersion.id == ApplicationRow.version_id)
        .join(Round, Round.id == ApplicationRow.round_id)
        .join(
            Answers,
            (Answers.application_id == ApplicationRow.id) & (Answers.revision == ApplicationRow.answers_rev),
        )
        .where(ApplicationRow.id == application_id, Answers.state == "submitted")
    ).first()
    if found is None:
        return None
    definition = definition_of(found[0])
    return Last(definition, found[1], worksheets.as_typed(definition.form_fields(), found[2]))


def _of_account(session: Session, actor: Actor) -> Last | None:
    account = session.get(Account, actor.account_id) if actor.account_id is not None else None
    if account is None:
        return None
    return Last(None, "", {"name": account.name, "mobile": account.phone, "email": account.email})


def _known(case: Case, section: str, last: Last, body: Mapping[str, Any]) -> dict[str, Any]:
    return known_of(case.book.definition.form[section].fields, last, body)


def known_of(asked: Mapping[str, Field], last: Last, body: Mapping[str, Any]) -> dict[str, Any]:
    """A standard field, or a field of the same key and type: what it said then, where nothing is said now."""
    if last.definition is None:
        own = {key: last.typed.get(item.standard or "") for key, item in asked.items() if _may_travel(item)}
        return {key: value for key, value in own.items() if value and answers.is_blank(body.get(key))}
    before = last.definition.form_fields()
    standard = {item.standard: key for key, item in before.items() if item.standard}
    found = {}
    for key, item in asked.items():
        source = standard.get(item.standard) if item.standard else key
        known = before.get(source or "")
        if known is None or known.type != item.type or not _may_travel(item) or not answers.is_blank(body.get(key)):
            continue
        value = _travelling(item, last.typed.get(source or ""))
        if not answers.is_blank(value):
            found[key] = value
    return found


def _may_travel(item: Field) -> bool:
    return item.type not in _NEVER and item.level != "L4"


def _travelling(item: Field, value: Any) -> Any:
    if not isinstance(item, TableField) or not isinstance(value, list):
        return value
    columns = [key for key, column in item.columns.items() if _may_travel(column)]
    return [{key: row[key] for key in columns if key in row} for row in value]
