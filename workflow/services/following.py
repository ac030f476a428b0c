"""What the person's side sees of a case on its way: whose turn it is, until when, what happened, what was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers, Remark, VerdictRow
from models.base import reading
from models.evidence import Stream, StreamKind
from models.organizations import Organization
from models.programs import Program
from models.queries import applicant as queries
from models.queries.applicant import MyCase, Owed
from models.work import NEVER
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Duty, State, Status
from workflow.domain.calendar import end_of, local_day
from workflow.domain.errors import NotFound
from workflow.domain.events import Event
from workflow.domain.history import evolve
from workflow.domain.policy import CaseSubject, Permission, can, is_filler, is_person
from workflow.domain.program.schema import Definition, Field, JointCheckStage, ScoreStage
from workflow.domain.recognition import Standing
from workflow.domain.scope import scope_of
from workflow.domain.stages import intake
from workflow.domain.transitions import Offer, offers
from workflow.domain.unpublished import heard_outside, seen_from_outside, standing_outside
from workflow.services import public_notices, sealing, worksheets
from workflow.services.casework import Case, find, open_case
from workflow.services.evidence import events_of
from workflow.services.public_notices import NoticeDays
from workflow.services.rulebooks import calendar_of, definition_of
from workflow.services.worksheets import Held


@dataclass(frozen=True)
class Term:
    """Until when, in working days first."""

    until: datetime
    days: int
    provisional: bool = False


@dataclass(frozen=True)
class Told:
    """One fact of the case, with the stage in which it happened and what was written beside it."""

    event: Event
    stage: str | None
    remarks: Mapping[str, str]

    @property
    def kind(self) -> str:
        return self.event.kind

    @property
    def entry_no(self) -> int | None:
        return self.event.entry_no


@dataclass(frozen=True)
class Flag:
    """One flagged place: what the reviewer said, what stands there now, and what the open draft says instead."""

    path: str
    name: Any  # Label, or Words with the row
    said: str
    before: Any
    after: Any
    changed: bool
    field: Field | None
    files_before: tuple[tuple[str, str], ...] = ()  # (ref, name) of what was handed in and flagged
    anew: bool = False  # nobody flagged it: a new version of the rules asks it


@dataclass(frozen=True)
class MyLine:
    """Kept small on purpose: a row of one's own list."""

    ref: str
    definition: Definition
    round_name: str
    channel: str
    track: str | None
    status: str
    stage: str | None
    number: str | None
    person_name: str | None
    owed: tuple[Owed, ...]
    term: Term | None
    created_at: datetime


@dataclass(frozen=True)
class Progress:
    case: Case
    program_ref: str
    owed: tuple[Owed, ...]
    term: Term | None
    history: tuple[Told, ...]  # newest first
    flags: tuple[Flag, ...]
    returns: tuple[int, int]  # which correction this is, of how many
    returner: Owed | None
    offers: tuple[Offer, ...]
    appeal_until: datetime | None
    draft_saved_at: datetime | None
    item_version: int | None  # of the correction that is owed
    fills: bool  # whether the reader is who filled it
    locked: int = 0  # how many items are not open during the correction
    notice: NoticeDays | None = None  # the notice in which the case stands now
    signs: bool = False  # the reader brings the form that the person signs on paper

    @property
    def supplies(self) -> bool:
        """A new version of the rules asks something anew, and the case goes on meanwhile."""
        return _supplies(self.case)

    @property
    def objected(self) -> Mapping[str, str]:
        """Whom the person asked not to be judged by, and why, as written last."""
        return next((told.remarks for told in self.history if told.kind == "judges_objected"), {})

    @property
    def definition(self) -> Definition:
        return self.case.book.definition

    @property
    def state(self) -> State:
        return self.case.application.state

    @property
    def team(self) -> list[tuple[int, str, bool]]:
        """While members of the team must confirm: each one's row, name, and whether they have."""
        if not self.state.awaited:
            return []
        rows = enumerate(intake.members(self.case.application, self.definition), start=1)
        return [(of, str(row.get("name", "")), of not in self.state.awaited) for of, row in rows]

    def offered(self, name: str) -> bool:
        return any(offer.name == name for offer in self.offers)


# -- one's own list ----------------------------------------------------------------------------------------------------
def mine(actor: Actor, now: datetime) -> list[MyLine]:
    with reading() as session:
        cases = queries.my_cases(session, scope_of(actor))
        owed = queries.owed_in(session, [case.row.id for case in cases])
        calendar = calendar_of(session)
        return [
            _line(
                case,
                _told_outside(definition_of(case.version), owed.get(case.row.id, ()), case.row.withheld_stage),
                calendar,
                now,
            )
            for case in cases
        ]


def _line(case: MyCase, owed: tuple[Owed, ...], calendar: Any, now: datetime) -> MyLine:
    row = case.row
    status, stage = standing_outside(row.status, row.stage_key, row.withheld_stage)
    draft = row.status in ("draft", "awaiting_confirmation")
    until = case.round.closes_at if draft else min((each.due_at for each in owed), default=None)
    return MyLine(
        row.ref,
        definition_of(case.version),
        case.round.name,
        row.channel,
        row.track,
        status,
        stage,
        row.number,
        case.person_name,
        owed,
        term(calendar, until, now),
        row.created_at,
    )


def _told_outside(definition: Definition, owed: Iterable[Owed], withheld_stage: str | None = None) -> tuple[Owed, ...]:
    """While a result is not published it is with whoever counts the sheets or keeps the minutes; raters stay unnamed.

    Which departments are asked in a joint check, and which have answered, is not told: it is with the lead."""
    told: dict[tuple[str, str, str | None], Owed] = {}
    if withheld_stage is not None:
        judging = definition.stages[withheld_stage]
        office = getattr(judging, "closed_by", getattr(judging, "secretary", definition.run_by))
        mine = [each for each in owed if each.role == "applicant"]
        return (Owed(office, withheld_stage, Duty.ACT.value, None, NEVER), *mine)
    for each in owed:
        with_office = _with_office(definition, each)
        told.setdefault((with_office.role, with_office.stage, with_office.organization), with_office)
    return tuple(told.values())


def _with_office(definition: Definition, owed: Owed) -> Owed:
    """Who answers for a stage in which raters or departments judge side by side."""
    stage = definition.stages.get(owed.stage)
    if isinstance(stage, ScoreStage):
        return replace(owed, role=stage.closed_by, organization=None)
    if isinstance(stage, JointCheckStage) and owed.role in stage.by:
        return replace(owed, role=stage.lead, organization=None)
    return owed


def term(calendar: Any, until: datetime | None, now: datetime) -> Term | None:
    if until is None or until >= NEVER:
        return None
    last = last_day(until)
    today = local_day(now)
    return Term(until, calendar.working_days_left(now, last), calendar.provisional(min(today, last), max(today, last)))


def last_day(until: datetime) -> date:
    """Midnight ends the day before."""
    day = local_day(until)
    return date.fromordinal(day.toordinal() - 1) if end_of(date.fromordinal(day.toordinal() - 1)) == until else day


# -- one case ----------------------------------------------------------------------------------------------------------
def follow(ref: str, actor: Actor, now: datetime) -> Progress:
    """For the person and whoever fills; for everybody else the case is not there."""
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        refuse_stranger(case, actor)
        state = case.application.state
        open_ = queries.owed_in(session, [case.row.id]).get(case.row.id, ())
        owed = _told_outside(case.book.definition, open_, case.row.withheld_stage)
        offered = tuple(offers(case.book, case.application, actor, now))
        history = _history(session, case)
        seen = seen_from_outside(case.book.definition, state)
        case, state = replace(case, application=replace(case.application, state=seen)), seen
        draft = worksheets.draft_of(session, case.row.id)
        until = case.round.closes_at if state.number is None else min((each.due_at for each in owed), default=None)
        correcting = next((item for item in state.open_items() if item.duty is Duty.CORRECT), None)
        return Progress(
            case,
            session.get_one(Program, case.row.program_id).ref,
            owed,
            term(case.book.calendar, until, now),
            tuple(reversed(history)),
            _flags(session, case, draft, now) if correcting or _supplies(case) else (),
            _returns(case),
            _returner(session, case),
            offered,
            _appeal_until(case),
            draft.saved_at if draft is not None else None,
            correcting.version if correcting else None,
            actor.account_id == case.row.filler_id,
            _locked(case),
            public_notices.dates_for(session, case.row.id, now) if state.posting() is not None else None,
            intake.brings_the_form(case.book.definition, case.application, actor),
        )


def _supplies(case: Case) -> bool:
    return case.application.state.status is Status.OPEN and bool(case.application.state.asks)


def refuse_stranger(case: Case, actor: Actor) -> None:
    mine = is_filler(actor, case.application) or is_person(actor, case.application)
    subject = CaseSubject(case.book.definition, case.application)
    if actor.account_id is None or not mine or not can(actor, Permission.APPLICATION_READ, subject):
        raise NotFound


def _history(session: Session, case: Case) -> list[Told]:
    events = events_of(session, StreamKind.APPLICATION, case.row.id)
    rows = session.execute(
        select(Remark.seq, Remark.field, Remark.body)
        .join(Stream, Stream.id == Remark.stream_id)
        .where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == case.row.id)
    )
    remarks: dict[int, dict[str, str]] = {}
    for seq, field, body in rows:
        remarks.setdefault(seq, {})[field] = body
    told, state = [], State()
    for seq, event in enumerate(events, start=1):
        before, state = state, evolve(state, event)
        told.append(Told(event, event.body.get("stage") or before.stage or state.stage, remarks.get(seq, {})))
    return heard_outside(case.book.definition, case.application.state, told)


def _returns(case: Case) -> tuple[int, int]:
    entry = case.application.state.entry
    stage = case.book.definition.stages.get(entry.stage) if entry is not None else None
    correction = getattr(stage, "correction", None)
    return (entry.returns if entry is not None else 0, correction.rounds if correction is not None else 1)


def _returner(session: Session, case: Case) -> Owed | None:
    """The office to which a correction goes straight back."""
    item = next((each for each in case.application.state.open_items() if each.duty is Duty.CORRECT), None)
    if item is None:
        return None
    acts = [
        each
        for each in case.application.state.items
        if each.result in ("return", "confirmed") and each.entry_no == item.entry_no
    ]
    organization = session.get(Organization, acts[-1].organization_id) if acts and acts[-1].organization_id else None
    role, name = (acts[-1].role if acts else case.book.run_by), organization.name if organization else None
    return Owed(role, item.stage, item.duty.value, name, NEVER)


def _appeal_until(case: Case) -> datetime | None:
    state = case.application.state
    revoked = state.recognition is not None and state.recognition.standing is Standing.REVOKED
    if (state.status.value != "refused" and not revoked) or state.closed_at is None or state.appeals:
        return None
    within = case.book.definition.appeal.within
    since = max(state.closed_at, state.published_at or state.closed_at)
    return end_of(case.book.calendar.add(local_day(since), within).date)


def _locked(case: Case) -> int:
    asked = set(case.application.values) - {key.split(".")[0] for key in case.application.state.flags}
    return len(asked)


# -- flags -------------------------------------------------------------------------------------------------------------
def _flags(session: Session, case: Case, draft: Answers | None, now: datetime) -> tuple[Flag, ...]:
    state = case.application.state
    fields = case.book.definition.form_fields()
    said = _said(session, case)
    sheet = worksheets.read(session, case, now)
    names = _file_names(session, case, sheet.files)
    old = sealing.masks(session, case.row, state.revision)
    new = sheet.masks
    changed = {edit.path for edit in answers.changed(case.application.values, sheet.kept)} if draft else set()
    if draft is not None:
        changed |= _changed_seals(session, case, sheet.sealed)
    found = []
    for path in sorted(worksheets.open_paths(case) or (), key=partial(_in_the_form, list(fields))):
        field = sealing.field_at(fields, path) or fields.get(path.split(".")[0])
        found.append(
            Flag(
                path,
                worksheets.name_of(fields, path),
                said.get(path, ""),
                old.get(path) or _shown(field, worksheets.value_at(case.application.values, path), names),
                new.get(path) or _shown(field, worksheets.value_at(sheet.kept, path), names),
                any(each == path or each.startswith(f"{path}.") or path.startswith(f"{each}.") for each in changed),
                field,
                _files_before(field, worksheets.value_at(case.application.values, path), names),
                path in state.asks,
            )
        )
    return tuple(found)


def _in_the_form(order: Sequence[str], path: str) -> tuple[int, int, str]:
    """Where a place stands in the form: its question, then its row, so that every page lists places alike."""
    key, *rest = path.split(".")
    row = int(rest[0]) if rest and rest[0].isdecimal() else 0
    return order.index(key) if key in order else len(order), row, path


def _files_before(field: Field | None, value: Any, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if field is None or field.type != "file" or not value:
        return ()
    return tuple((ref, names.get(ref, "")) for ref in value)


def _said(session: Session, case: Case) -> dict[str, str]:
    rows = session.scalars(
        select(VerdictRow)
        .where(VerdictRow.application_id == case.row.id, VerdictRow.verdict == "flag")
        .order_by(VerdictRow.given_at)
    )
    return {row.key: row.comment for row in rows if row.comment}


def _changed_seals(session: Session, case: Case, new: Mapping[str, str]) -> set[str]:
    old = sealing.opened(session, case.row, case.application.state.revision)
    return {path for path in {**old, **new} if old.get(path) != new.get(path)}


def _file_names(session: Session, case: Case, files: Mapping[str, tuple[Held, ...]]) -> dict[str, str]:
    fields = case.book.definition.form_fields()
    before = worksheets.held_by_path(
        session, case.row.id, worksheets.as_typed(fields, answers.encode(fields, case.application.values)), fields
    )
    return {held.ref: held.name for each in (before, files) for some in each.values() for held in some}


def _shown(field: Field | None, value: Any, names: Mapping[str, str]) -> Any:
    if field is not None and field.type == "file" and value:
        return "、".join(names.get(ref, "") for ref in value)
    return value
