"""A draft read whole: what was typed, what it means, what is asked now, and what is wrong with it.

`body` keeps what was typed, field by field, as text; files stand in it as references, L4 values never. Rows are
counted from 1 in paths, blank rows included, as the page shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers
from models.files import Attachment, StoredFile
from models.organizations import SPELLED, Organization, OrganizationState, place_at
from models.people import Person
from models.queries import organizations
from workflow.domain import answers, identifiers
from workflow.domain.answers import Asked, Flaw
from workflow.domain.application import UNSUBMITTED, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Field, Label, TableField
from workflow.domain.stages.intake import asks_the_person
from workflow.domain.words import Words
from workflow.services import people, places, sealing
from workflow.services.casework import Case
from workflow.services.people import Identity

MOST_ORGANIZATIONS = 300


@dataclass(frozen=True)
class Held:
    """One attachment as its owner sees it."""

    ref: str
    name: str
    media_type: str
    size: int
    pages: int | None
    blind_copy: bool = False


@dataclass(frozen=True)
class Worksheet:
    """`values` are the typed values of what is asked; `kept` is what a submission would store."""

    revision: int
    saves: int
    saved_at: datetime | None
    body: Mapping[str, Any]
    values: Mapping[str, Any]
    kept: Mapping[str, Any]
    sealed: Mapping[str, str] = field(repr=False)
    masks: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    files: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    identity: Identity | None = None

    @property
    def asked_fields(self) -> dict[str, Field]:
        return {key: asked.field for key, asked in self.asked.items()}

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(flaw.reason for flaw in self.flaws)


# -- the draft row -----------------------------------------------------------------------------------------------------
def draft_of(session: Session, application_id: int, *, lock: bool = False) -> Answers | None:
    wanted = select(Answers).where(Answers.application_id == application_id, Answers.state == "draft")
    return session.scalar(wanted.with_for_update() if lock else wanted)


def filled_for_another(case: Case) -> bool:
    """Whether somebody else fills than whom it is about: the person then confirms, where they are told."""
    channel = case.book.definition.channels[case.row.channel]
    if channel.filled_by == "person":
        return False
    return case.row.nominator_id is not None if channel.filled_by == "either" else True


def waits_for_the_person(case: Case) -> bool:
    """Whether handing it in asks the person to confirm; where nobody is told, it is submitted at once."""
    return filled_for_another(case) and asks_the_person(case.book.definition, case.row.channel)


def questions_of(case: Case) -> answers.Questions:
    """Who applies alone is not asked what only the nominating side can say."""
    unsubmitted = case.application.state.status in UNSUBMITTED
    side = "person" if unsubmitted and not filled_for_another(case) else None
    return answers.form_questions(case.book.definition, case.row.channel, side)


def as_typed(fields: Mapping[str, Field], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored answers turned back into what somebody would have typed: the beginning of a correction."""
    return {key: _typed(fields[key], value) for key, value in stored.items() if key in fields}


def _typed(item: Field, value: Any) -> Any:
    if isinstance(item, TableField):
        return [as_typed(item.columns, row) for row in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return list(value) if isinstance(value, list | tuple) else str(value)


# -- reading it --------------------------------------------------------------------------------------------------------
def read(session: Session, case: Case, now: datetime) -> Worksheet:
    """The open draft, or where there is none the answers on record as if they were typed anew."""
    row, draft = case.row, draft_of(session, case.row.id)
    if draft is not None:
        return _read(session, case, draft.revision, draft.body, draft.saves, draft.saved_at, now)
    revision = case.application.state.revision
    stored = session.get(Answers, (row.id, revision)) if revision else None
    body = as_typed(case.book.definition.form_fields(), stored.body) if stored is not None else {}
    return _read(session, case, revision, body, 0, None, now)


def _read(
    session: Session, case: Case, revision: int, body: Mapping[str, Any], saves: int, at: datetime | None, now: datetime
) -> Worksheet:
    questions = questions_of(case)
    sealed = sealing.opened(session, case.row, revision)
    typed = _with_sealed(questions.fields, body, sealed)
    known = organizations_in(session, questions.fields, typed)
    values, wrong = answers.parse_fields(questions.fields, _named(questions.fields, typed, known))
    identity = identity_in(questions.fields, values, local_day(now))
    inputs = _inputs(session, case, identity)
    flaws = questions.flaws(values, inputs, local_day(now))
    asked = questions.asked(values, inputs)
    strange = places.strange(questions.fields, values, places.offered(session, questions.fields))
    unknown = {**_unknown(session, questions.fields, typed, known), **strange}
    every = _in_order(questions.fields, _merged(flaws, wrong, asked, unknown))
    return Worksheet(
        revision,
        saves,
        at,
        body,
        values,
        questions.kept(values, inputs),
        sealed,
        sealing.masks(session, case.row, revision),
        asked,
        tuple(_as_shown(typed, flaw) for flaw in every),
        held_by_path(session, case.row.id, body, questions.fields),
        identity,
    )


def _inputs(session: Session, case: Case, identity: Identity | None) -> Mapping[str, Any]:
    """What rules read beside the answers themselves; of the person, what the typed number says."""
    born = identity.birth_date if identity is not None else None
    if born is None and case.row.person_id is not None:
        born = session.get_one(Person, case.row.person_id).birth_date
    person = {"birth_date": born} if born else {}
    return case.book.inputs(replace(case.application, values={}, files={}, person=person))


def _with_sealed(fields: Mapping[str, Field], body: Mapping[str, Any], sealed: Mapping[str, str]) -> dict[str, Any]:
    typed = {
        key: [dict(row) for row in value] if isinstance(fields.get(key), TableField) else value
        for key, value in body.items()
    }
    for path, text in sealed.items():
        parts = path.split(".")
        if len(parts) == 1:
            typed[path] = text
        elif parts[0] in typed and int(parts[1]) <= len(typed[parts[0]]):
            typed[parts[0]][int(parts[1]) - 1][parts[2]] = text
    return typed


# -- what is wrong -----------------------------------------------------------------------------------------------------
def _merged(
    flaws: Iterable[Flaw], wrong: Mapping[str, Words], asked: Mapping[str, Asked], unknown: Mapping[str, Words]
) -> list[Flaw]:
    """What could not be read replaces what would be said of its absence."""
    unread = {path: words for path, words in {**wrong, **unknown}.items() if path.split(".")[0] in asked}
    return [
        *(flaw for flaw in flaws if flaw.where not in unread),
        *(Flaw(path, words) for path, words in unread.items()),
    ]


def _in_order(fields: Mapping[str, Field], flaws: Iterable[Flaw]) -> list[Flaw]:
    order = {key: number for number, key in enumerate(fields)}

    def place(flaw: Flaw) -> tuple[int, int]:
        parts = flaw.where.split(".")
        return order.get(parts[0], len(order)), int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0

    return sorted(flaws, key=place)


def _as_shown(typed: Mapping[str, Any], flaw: Flaw) -> Flaw:
    """The rules count the rows that hold something; the page shows the blank ones too."""
    parts = flaw.where.split(".")
    rows = typed.get(parts[0])
    if len(parts) < 2 or not isinstance(rows, list):
        return flaw
    filled = [number for number, row in enumerate(rows, start=1) if not answers.is_blank(row)]
    at = int(parts[1]) - 1
    shown = filled[at] if at < len(filled) else at + 1
    return replace(flaw, where=".".join([parts[0], str(shown), *parts[2:]]))


# -- organizations -----------------------------------------------------------------------------------------------------
def _organization_texts(fields: Mapping[str, Field], typed: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, item in fields.items():
        value = typed.get(key)
        if item.type == "organization" and isinstance(value, str) and value.strip():
            found[key] = value.strip()
        elif isinstance(item, TableField) and isinstance(value, list):
            filled = [row for row in value if not answers.is_blank(row)]
            for number, row in enumerate(filled, start=1):
                inner = _organization_texts(item.columns, row)
                found |= {f"{key}.{number}.{column}": text for column, text in inner.items()}
    return found


def organizations_in(session: Session, fields: Mapping[str, Field], typed: Mapping[str, Any]) -> dict[str, str]:
    """Typed text -> code of the organization it names: by its name, its credit code or its reference."""
    texts = {text: identifiers.compact(text) for text in set(_organization_texts(fields, typed).values())}
    if not texts:
        return {}
    rows = session.scalars(
        select(Organization).where(
            Organization.state == OrganizationState.STANDING.value,
            Organization.name.in_(texts)
            | Organization.credit_code.in_(list(texts.values()))
            | Organization.ref.in_(texts),
        )
    )
    named: dict[str, str] = {}
    for row in rows:
        for text, code in texts.items():
            if text in (row.name, row.ref) or code == row.credit_code:
                named[text] = row.credit_code or row.ref
    return named


def _unknown(
    session: Session, fields: Mapping[str, Field], typed: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Words]:
    return {
        path: _perhaps(session, text) for path, text in _organization_texts(fields, typed).items() if text not in known
    }


def _perhaps(session: Session, text: str) -> Words:
    """The one whose name holds what was typed, where there is only one."""
    found = organizations.found(session, text, limit=2) if len(text) > 1 else []
    if len(found) == 1:
        return Words("没有叫“%(typed)s”的单位，是否想填“%(guess)s”？", typed=text, guess=found[0].name)
    return Words("没有找到这家单位：请从列表里选，或填它的全称或统一社会信用代码")


def _named(fields: Mapping[str, Field], typed: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """With codes in place of names; what names nobody is left out here and refused by `_unknown`."""
    named: dict[str, Any] = {}
    for key, value in typed.items():
        item = fields.get(key)
        if isinstance(item, TableField):
            named[key] = [_named(item.columns, row, known) for row in value]
        elif item is not None and item.type == "organization":
            named[key] = known.get(str(value).strip())
        else:
            named[key] = value
    return named


def organizations_offered(session: Session) -> list[str]:
    """Names to choose from; who is not among the first may be typed in full."""
    rows = session.scalars(
        select(Organization.name)
        .where(Organization.state == OrganizationState.STANDING.value, Organization.kind.not_in(("district",)))
        .order_by(Organization.name_sort, Organization.id)
        .limit(MOST_ORGANIZATIONS)
    )
    return list(rows)


def organization_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session.execute(
        select(*SPELLED, Organization.name).where(
            Organization.ref.in_(wanted) | Organization.credit_code.in_(wanted) | place_at(wanted)
        )
    )
    return {code: name for *codes, name in rows for code in codes if code}


# -- the person --------------------------------------------------------------------------------------------------------
def identity_in(fields: Mapping[str, Field], values: Mapping[str, Any], today: date) -> Identity | None:
    """None where the form asks for no number, or the number is not right (yet)."""
    known = {item.standard: values.get(key) for key, item in fields.items() if item.standard}
    typed, named = str(known.get("id_no") or ""), str(known.get("id_type") or "")
    kind = people.type_of(named, typed)
    checked = identifiers.id_number(typed, today, kind) if typed and kind else None
    if not isinstance(checked, str) or kind is None:
        return None
    facts = identifiers.facts_of_id(checked)
    genders = {"男": "male", "女": "female"}
    return Identity(
        name=str(known.get("name") or ""),
        id_type=kind,
        number=checked,
        gender=facts.gender if facts else genders.get(str(known.get("gender") or "")),
        birth_date=facts.birth_date if facts else None,
        phone=known.get("mobile"),
        email=known.get("email"),
    )


# -- files -------------------------------------------------------------------------------------------------------------
def file_refs(fields: Mapping[str, Field], body: Mapping[str, Any]) -> dict[str, list[str]]:
    """Path -> references, of every file that the draft holds."""
    found: dict[str, list[str]] = {}
    for key, item in fields.items():
        value = body.get(key)
        if item.type == "file" and isinstance(value, list) and value:
            found[key] = list(value)
        elif isinstance(item, TableField) and isinstance(value, list):
            for number, row in enumerate(value, start=1):
                inner = file_refs(item.columns, row)
                found |= {f"{key}.{number}.{column}": refs for column, refs in inner.items()}
    return found


def held_by_path(
    session: Session, application_id: int, body: Mapping[str, Any], fields: Mapping[str, Field]
) -> dict[str, tuple[Held, ...]]:
    refs = file_refs(fields, body)
    wanted = [ref for each in refs.values() for ref in each]
    if not wanted:
        return {}
    rows = session.execute(
        select(Attachment, StoredFile)
        .join(StoredFile, StoredFile.sha256 == Attachment.sha256)
        .where(Attachment.application_id == application_id, Attachment.ref.in_(wanted))
    )
    held = {
        attachment.ref: Held(
            attachment.ref,
            attachment.name,
            stored.media_type,
            stored.size,
            stored.pages,
            attachment.purpose == "blind_copy",
        )
        for attachment, stored in rows
    }
    return {path: tuple(held[ref] for ref in each if ref in held) for path, each in refs.items()}


# -- correction --------------------------------------------------------------------------------------------------------
def open_paths(case: Case) -> frozenset[str] | None:
    """What may be changed: everything in a draft (None), what was flagged during a correction, else what a new version
    of the rules asks anew, if anything."""
    state = case.application.state
    if state.status is Status.DRAFT:
        return None
    open_now = {Status.CORRECTING: state.flags, Status.OPEN: state.asks}
    return frozenset(open_now.get(state.status, ()))


def is_open(path: str, opened: frozenset[str] | None) -> bool:
    parts = path.split(".")
    return opened is None or any(".".join(parts[:length]) in opened for length in range(1, len(parts) + 1))


def value_at(values: Mapping[str, Any], path: str) -> Any:
    parts = path.split(".")
    value = values.get(parts[0])
    if len(parts) == 1:
        return value
    row = value[int(parts[1]) - 1] if isinstance(value, list) and int(parts[1]) <= len(value) else {}
    return row.get(parts[2]) if len(parts) == 3 else row


def name_of(fields: Mapping[str, Field], path: str) -> Label | Words:
    """What people call the place that a path names."""
    parts = path.split(".")
    field = fields.get(parts[0])
    if field is None:
        return Words("%(path)s", path=path)
    if len(parts) == 1:
        return field.name
    column = field.columns.get(parts[2]) if isinstance(field, TableField) and len(parts) == 3 else None
    if column is None:
        return Words("%(table)s，第 %(n)s 行", table=field.name, n=parts[1])
    return Words("%(table)s，第 %(n)s 行：%(name)s", table=field.name, n=parts[1], name=column.name)
