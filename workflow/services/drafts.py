"""Drafts and corrections: looked at, and saved as often as somebody types, valid or not. Nothing here submits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers
from models.base import reading, writing
from models.files import Attachment
from models.programs import Program
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Status
from workflow.domain.errors import NotAllowed, NotFound
from workflow.domain.policy import CaseSubject, Permission, can, is_filler, is_person
from workflow.domain.program.schema import Definition, Field, TableField
from workflow.domain.words import Words
from workflow.services import places, sealing, worksheets
from workflow.services.casework import Case, open_named
from workflow.services.drafts_windows import Told, clean, fingerprint, texts_of
from workflow.services.tablerows import change_rows
from workflow.services.worksheets import Held, Worksheet

LONGEST_MARK = 40  # characters of the mark that a window gives itself
_TO_CHANGE = {Status.DRAFT: Permission.APPLICATION_FILL, Status.CORRECTING: Permission.APPLICATION_CORRECT}


@dataclass(frozen=True)
class Saved:
    saved_at: datetime
    seen: str
    saves: int
    newer: tuple[str, ...] = ()  # questions that were saved elsewhere meanwhile and that this page had not touched
    desk: "Desk | None" = field(default=None, repr=False)  # as it stands now, where the page goes on with it


@dataclass(frozen=True)
class Desk:
    """A draft or a correction as its page needs it."""

    ref: str
    case: Case
    program_ref: str
    sheet: Worksheet
    organizations: list[str]
    names: Mapping[str, str]  # code of an organization, a town or a village -> name
    blind_copies: Mapping[str, Held]
    open: frozenset[str] | None  # None = everything
    places: Mapping[str, str]  # towns and villages that may be chosen, by code

    @property
    def definition(self) -> Definition:
        return self.case.book.definition

    def fields_of(self, section: str) -> dict[str, Field]:
        """The questions of one section that are asked now, in order."""
        fields = self.definition.form[section].fields
        return {key: item for key, item in fields.items() if key in self.sheet.asked}

    def sections(self) -> list[str]:
        return [key for key in self.definition.form if self.fields_of(key)]

    def returned_files(self, path: str) -> frozenset[str]:
        """Of files: those that were flagged here. A place that holds no other has not been put right."""
        known = self.case.application
        flagged = self.open is not None and path in known.state.flags
        return frozenset(worksheets.value_at(known.values, path) or ()) if flagged else frozenset()

    def seen(self, section: str) -> str:
        return fingerprint(self.definition.form[section].fields, self.sheet.body)


# -- looking -----------------------------------------------------------------------------------------------------------
def look(ref: str, actor: Actor, now: datetime) -> Desk:
    """The draft or the correction, for whoever fills it; for everybody else it does not exist."""
    with reading() as session:
        case = open_named(session, ref)
        _refuse_stranger(case, actor)
        return desk_of(session, case, now)


def desk_of(session: Session, case: Case, now: datetime) -> Desk:
    sheet = worksheets.read(session, case, now)
    program = session.get_one(Program, case.row.program_id)
    codes = [value for value in sheet.values.values() if isinstance(value, str)]
    fields = case.book.definition.form_fields()
    asks_organizations = any(item.type == "organization" for item in fields.values())
    offered = places.offered(session, fields)
    return Desk(
        case.row.ref,
        case,
        program.ref,
        sheet,
        worksheets.organizations_offered(session) if asks_organizations else [],
        {**offered, **(worksheets.organization_names(session, codes) if asks_organizations else {})},
        blind_copies(session, case.row.id),
        worksheets.open_paths(case),
        offered,
    )


def blind_copies(session: Session, application_id: int) -> dict[str, Held]:
    rows = session.scalars(
        select(Attachment).where(
            Attachment.application_id == application_id,
            Attachment.purpose == "blind_copy",
            Attachment.replaced_at.is_(None),
        )
    )
    return {
        sealing.path_of(row.field_key, row.row_no): Held(row.ref, row.name, "", 0, None, blind_copy=True)
        for row in rows
    }


def _refuse_stranger(case: Case, actor: Actor) -> None:
    subject = CaseSubject(case.book.definition, case.application)
    mine = is_filler(actor, case.application) or is_person(actor, case.application)
    if actor.account_id is None or not mine or not can(actor, Permission.APPLICATION_READ, subject):
        raise NotFound


def to_change(session: Session, ref: str, actor: Actor, *, lock: bool = True) -> Case:
    """The case, locked, if this actor may change its answers now."""
    case = open_named(session, ref, lock=lock)
    _refuse_stranger(case, actor)
    state = case.application.state
    permission = Permission.APPLICATION_CORRECT if state.asks else None
    permission = _TO_CHANGE.get(state.status, permission if state.status is Status.OPEN else None)
    if permission is None:
        raise NotAllowed(Words("这份申报已经交出，现在不能改"))
    if not can(actor, permission, CaseSubject(case.book.definition, case.application)):
        if permission is Permission.APPLICATION_CORRECT:
            raise NotAllowed(Words("这次补正没有退回给你，由对方来改"))
        raise NotAllowed(Words("这份申报由别人代填，请联系代填的人修改"))
    return case


# -- saving ------------------------------------------------------------------------------------------------------------


def save(
    ref: str,
    typed: Mapping[str, Any],
    seen: str | None,
    actor: Actor,
    now: datetime,
    *,
    section: str,
    window: str | None = None,
    add_row: str | None = None,
    drop_row: tuple[str, int] | None = None,
    look: bool = False,
) -> Saved:
    """Keep what was typed in one section, right or wrong. `seen` is what its page had shown; None saves over all.

    What another page saved meanwhile stays where this one shows it untouched. Where both wrote, SavedElsewhere is
    raised; unless it was the same `window` that wrote before: a page that was reloaded while its save was on its way.
    `look` asks for the desk as it stands then.
    """
    with writing() as session:
        case = to_change(session, ref, actor)
        fields = _section_fields(case, section)
        draft = open_draft(session, case, actor, now)
        opened = worksheets.open_paths(case)
        told = Told(fields, draft, seen, window)
        newer = told.newer(typed, but=drop_row[0] if drop_row else None)
        mine = {key: value for key, value in typed.items() if key not in newer}
        body = _laid_over(session, case, draft, fields, mine, opened, now)
        told.refuse_other_window(body, newer)
        change_rows(session, case, draft, fields, body, opened, add_row, drop_row, now)
        _put_body(draft, fields, body, window, actor, now)
        session.flush()
        desk = desk_of(session, case, now) if look else None
        return Saved(draft.saved_at, told.seen(newer), draft.saves, tuple(sorted(newer)), desk)


def fill(session: Session, case: Case, typed: Mapping[str, Any], actor: Actor, now: datetime) -> Answers:
    """What a list says of somebody, laid into their new draft, in the caller's transaction."""
    draft = open_draft(session, case, actor, now)
    fields = case.book.definition.form_fields()
    _put_body(draft, fields, _laid_over(session, case, draft, fields, typed, None, now), None, actor, now)
    session.flush()
    return draft


def _section_fields(case: Case, section: str) -> dict[str, Field]:
    found = case.book.definition.form.get(section)
    if found is None:
        raise NotFound
    return dict(found.fields)


def open_draft(session: Session, case: Case, actor: Actor, now: datetime) -> Answers:
    """The draft; a correction begins with a copy of what is on record."""
    draft = worksheets.draft_of(session, case.row.id, lock=True)
    if draft is not None:
        return draft
    before = case.application.state.revision
    stored = session.get_one(Answers, (case.row.id, before))
    fields = case.book.definition.form_fields()
    draft = blank(case, before + 1, worksheets.as_typed(fields, stored.body), actor, now)
    session.add(draft)
    session.flush()
    texts = sealing.opened(session, case.row, before)
    sealing.replace_all(session, case.row, draft.revision, fields, texts, now)
    return draft


def blank(case: Case, revision: int, body: dict[str, Any], actor: Actor, now: datetime) -> Answers:
    return Answers(
        application_id=case.row.id,
        revision=revision,
        version_id=case.row.version_id,
        state="draft",
        body=body,
        saves=0,
        windows={},
        saved_at=now,
        saved_by=actor.account_id,
    )


def _put_body(
    draft: Answers, fields: Mapping[str, Field], body: dict[str, Any], window: str | None, actor: Actor, now: datetime
) -> None:
    written = {
        key for key, item in fields.items() if texts_of(item, draft.body.get(key)) != texts_of(item, body.get(key))
    }
    others = {key: mark for key, mark in draft.windows.items() if key not in written}
    draft.windows = {**others, **dict.fromkeys(written, window[:LONGEST_MARK])} if window else others
    draft.body = body
    draft.saves += 1
    draft.saved_at, draft.saved_by = now, actor.account_id


def _laid_over(
    session: Session,
    case: Case,
    draft: Answers,
    fields: Mapping[str, Field],
    typed: Mapping[str, Any],
    opened: frozenset[str] | None,
    now: datetime,
) -> dict[str, Any]:
    """The body with what was typed over it. L4 texts go into their own sealed places; files stay where they are."""
    body = dict(draft.body)

    def keep(item: Field, path: str, old: Any, new: Any) -> Any:
        if item.type in ("file", "computed") or not worksheets.is_open(path, opened):
            return old
        text = clean(item, new)
        if sealing.is_sealed(item):
            if not answers.is_blank(text):
                sealing.put(session, case.row, draft.revision, item, path, str(text)[: sealing.LONGEST], now)
            return None
        return text

    for key, new in typed.items():
        item = fields.get(key)
        if isinstance(item, TableField):
            body[key] = _rows_laid_over(item, key, list(body.get(key) or []), new, keep)
        elif item is not None:
            body[key] = keep(item, key, body.get(key), new)
    return {key: value for key, value in body.items() if value is not None}


def _rows_laid_over(item: TableField, key: str, old: list[Any], new: Any, keep: Any) -> list[Any]:
    rows = [dict(row) for row in old]
    for number, typed in enumerate(new[: int(item.rows.high)], start=1):
        if number > len(rows):
            rows.append({})
        row = rows[number - 1]
        for column, text in typed.items():
            if column in item.columns:
                row[column] = keep(item.columns[column], f"{key}.{number}.{column}", row.get(column), text)
        rows[number - 1] = {column: value for column, value in row.items() if value is not None}
    return rows


def retrack(ref: str, track: str, actor: Actor, now: datetime) -> None:
    """Choose another track while it is still a draft; what was typed stays."""
    with writing() as session:
        case = to_change(session, ref, actor)
        if case.application.state.status is not Status.DRAFT or track not in case.book.definition.tracks:
            raise NotAllowed(Words("提交以后不能改类别"))
        case.row.track = track
