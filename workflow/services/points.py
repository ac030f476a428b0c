"""Points of one recognition: read whole by whoever may read the case, entered, claimed, agreed to and put right.

What is typed beside an entry (`asks`) stands as a remark of its event, evidence among the case's attachments; both are
read here and shown beside the line of the ledger that they belong to.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading
from models.files import Attachment
from models.queries import cases, remarks
from models.work import WorkItem
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.after import points as ledger_of
from workflow.domain.after.points import Line, PointsEntry
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can, is_filler, is_person, sees_as_department, sees_blind
from workflow.domain.program.schema import Definition, Field, FileField
from workflow.domain.program.schema.after import PointItem, Points, Tier
from workflow.domain.stages.base import Work
from workflow.domain.stages.follow_up_points import TABLED_FROM, appeal_until, appealable
from workflow.domain.stages.follow_up_points_ground import ASKS, about, asked_by
from workflow.domain.transitions import offers
from workflow.domain.words import Words
from workflow.services import actions, record_files, showing
from workflow.services.casework import Case, find, name_of, open_case

TICK_ONE = Words("请先勾选要确认的")
ACTS = frozenset({"enter_points", "claim", "correct_points", "appeal_points"})
ON_ITEMS = frozenset({"confirm_points", "reject_points", "settle_points_appeal"})
_TOLD = ("points_entered", "points_corrected", "points_confirmed", "points_rejected", "points_appealed",
         "points_appeal_settled")  # fmt: skip
EVIDENCE = FileField.model_validate({"key": "evidence", "name": "证明材料", "type": "file", "many": 5})


@dataclass(frozen=True)
class Waiting:
    """The item by which an entry is agreed to or its appeal heard, where this reader may answer it."""

    ref: str
    version: int
    acts: frozenset[str]


@dataclass(frozen=True)
class Seen:
    """One entry with what was written beside it. `said`: `event.field` -> words."""

    entry: PointsEntry
    item: PointItem | None
    asks: tuple[tuple[Any, Any], ...]
    files: tuple[tuple[str, str], ...]
    said: Mapping[str, str]
    by: str
    settled_by: str
    last_day: date | None
    appeal_until: date | None
    appealable: bool
    waiting: Waiting | None


@dataclass(frozen=True)
class Shown:
    application: str
    number: str
    name: str
    definition: Definition
    points: Points
    today: date
    since: date
    balance: Decimal
    tier: Tier | None
    lines: tuple[Line, ...]  # oldest first
    entries: tuple[Seen, ...]  # newest first
    locked: tuple[tuple[str, Decimal], ...]  # newest first
    acts: frozenset[str]
    version: int
    own: bool

    @property
    def waiting(self) -> tuple[Seen, ...]:
        return tuple(each for each in self.entries if each.waiting is not None)

    @property
    def next_tier(self) -> Tier | None:
        return next((tier for tier in self.points.tiers.values() if tier.from_ > self.balance), None)

    def why(self, line: Line) -> str:
        """What was written when the entry of a movement was made."""
        if line.entry is None:
            return ""
        return self.entries[len(self.entries) - line.entry.no].said.get("entered.reason", "")

    def items_from(self, *sources: str) -> list[PointItem]:
        return [item for item in self.points.items.values() if item.from_ in sources]

    @property
    def correctable(self) -> list[Seen]:
        return [each for each in self.entries if each.entry.corrects is None and each.entry.state != "awaiting"]


# -- reading -----------------------------------------------------------------------------------------------------------
def shown(ref: str, actor: Actor, now: datetime) -> Shown:
    """For whoever may read the case by name; NotFound for everybody else, and where there are no points."""
    with reading() as session:
        return _shown(session, _opened(session, ref, actor), actor, now)


def _opened(session: Session, ref: str, actor: Actor) -> Case:
    case = open_case(session, find(session, ref).id)
    definition, application = case.book.definition, case.application
    subject = CaseSubject(definition, application)
    known = definition.points is not None and application.state.recognition is not None
    veiled = sees_blind(actor, definition, application) or sees_as_department(actor, definition, application)
    if not known or veiled or not can(actor, Permission.APPLICATION_READ, subject):
        raise NotFound
    return case


def _shown(session: Session, case: Case, actor: Actor, now: datetime) -> Shown:
    points, known = case.book.definition.points, case.application.state.recognition
    if points is None or known is None:
        raise NotFound
    own = is_person(actor, case.application) or is_filler(actor, case.application)
    day, ledger, calendar = local_day(now), case.application.state.after.points, case.book.calendar
    standing = ledger_of.balance(points, ledger, day, calendar)
    locked = [
        (period.key, ledger_of.balance(points, ledger, period.last, calendar))
        for period in ledger_of.ended_periods(points, known.on, day)
    ]
    open_to = offers(case.book, case.application, actor, now)
    return Shown(
        case.row.ref,
        case.row.number or "",
        name_of(session, case),
        case.book.definition,
        points,
        day,
        known.on,
        standing,
        ledger_of.tier_of(points, standing),
        ledger_of.lines(points, ledger, known.on, day, calendar),
        _entries(session, case, actor, now, {(offer.item, offer.name) for offer in open_to}, own=own),
        tuple(reversed(locked)),
        frozenset(offer.name for offer in open_to) & ACTS,
        case.application.state.version,
        own,
    )


def _entries(
    session: Session, case: Case, actor: Actor, now: datetime, open_to: set[tuple[int | None, str]], *, own: bool
) -> tuple[Seen, ...]:
    points, ledger = case.book.definition.points, case.application.state.after.points
    if points is None:
        return ()
    work = Work(case.book, case.application, Action("appeal_points"), actor, now)
    mine = {entry.no for entry in appealable(work)}
    said, refs = _told(session, case.row.id)
    files = cases.files_of(session, case.row.id, [ref for each in refs.values() for ref in each])
    people = {} if own else cases.names_of_accounts(session, [a for e in ledger.entries for a in (e.by, e.settled_by)])
    waiting = _waiting(session, case, open_to)
    found = []
    for entry in ledger.entries:
        item = points.items.get(entry.item)
        told = said.get(entry.no, {})
        found.append(
            Seen(
                entry,
                item,
                _asked(work, entry, item, told),
                tuple((ref, files[ref].name) for ref in refs.get(entry.no, ()) if ref in files),
                told,
                people.get(entry.by or 0, ""),
                people.get(entry.settled_by or 0, ""),
                ledger_of.last_day(points, ledger, entry, case.book.calendar),
                appeal_until(work, entry),
                entry.no in mine,
                waiting.get(about(entry.no)),
            )
        )
    return tuple(reversed(found))


def _told(session: Session, application_id: int) -> tuple[dict[int, dict[str, str]], dict[int, list[str]]]:
    """By entry: what was written beside its events, and the evidence that came with it."""
    said: dict[int, dict[str, str]] = {}
    refs: dict[int, list[str]] = {}
    for each in remarks.told(session, application_id, _TOLD):
        no = each.body["no"]
        if each.field is not None:
            said.setdefault(no, {})[f"{_short(each.kind)}.{each.field}"] = each.words
        refs.setdefault(no, list(each.body.get("evidence") or ()))
    return said, refs


def _short(kind: str) -> str:
    """Entered and corrected are the same to a reader: why the line is there."""
    return "entered" if kind in ("points_entered", "points_corrected") else kind.removeprefix("points_")


def _asked(
    work: Work, entry: PointsEntry, item: PointItem | None, told: Mapping[str, str]
) -> tuple[tuple[Any, Any], ...]:
    stored = told.get(f"entered.{ASKS}")
    if stored is None or item is None:
        return ()
    key = asked_by(work, item) if entry.session is not None else item.key
    fields = answers.entry_questions(work.definition, key).fields
    values = answers.decode(fields, json.loads(stored))
    return tuple((fields[key].name, showing.text(fields[key], value, {})) for key, value in values.items())


def _waiting(session: Session, case: Case, open_to: set[tuple[int | None, str]]) -> dict[str, Waiting]:
    acts: dict[int, set[str]] = {}
    for no, name in open_to:
        if no is not None and name in ON_ITEMS:
            acts.setdefault(no, set()).add(name)
    rows = session.execute(
        select(WorkItem.no, WorkItem.ref, WorkItem.version, WorkItem.about).where(
            WorkItem.application_id == case.row.id, WorkItem.no.in_(list(acts))
        )
    )
    return {each.about: Waiting(each.ref, each.version, frozenset(acts[each.no])) for each in rows}


# -- acting ------------------------------------------------------------------------------------------------------------
def fields_of(definition: Definition, item: str) -> Mapping[str, Field]:
    """What an item asks of whoever enters or claims it."""
    return answers.entry_questions(definition, item).fields


def act(
    ref: str,
    name: str,
    actor: Actor,
    now: datetime,
    *,
    typed: Mapping[str, Any],
    seen: int | None = None,
    request_key: str | None = None,
) -> actions.Done:
    """One act on the whole ledger. `typed`: points, on, reason, entry, right, evidence, asks as it was typed.

    Raises NotReady with every field that cannot be read, or whatever the act itself refuses.
    """
    with reading() as session:
        case = _opened(session, ref, actor)
        inputs = _read(session, case, name, typed)
    return actions.perform(ref, name, actor, now, seen=seen, request_key=request_key, inputs=inputs)


def _read(session: Session, case: Case, name: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    points = case.book.definition.points
    inputs: dict[str, Any] = {key: str(typed[key]).strip() for key in ("points", "reason", "right") if typed.get(key)}
    if typed.get("on") is not None:
        inputs["on"] = typed["on"]
    if str(typed.get("entry") or "").isdecimal():
        inputs["entry"] = int(str(typed["entry"])[:9])
    item = points.items.get(inputs.get("points", "")) if points is not None else None
    if item is None or name == "appeal_points":
        return inputs
    values, wrong = answers.parse_fields(fields_of(case.book.definition, item.key), typed.get("asks") or {})
    if wrong:
        raise NotReady([Reason(words, f"{ASKS}.{where}") for where, words in wrong.items()])
    kept = _kept(session, case, item.key, typed.get("evidence") or ())
    return {**inputs, "asks": values, **({"evidence": kept} if kept else {})}


def _kept(session: Session, case: Case, item: str, refs: Sequence[str]) -> list[str]:
    """Of files handed in for this item and not yet counted; foreign references fall away."""
    rows = session.scalars(
        select(Attachment.ref).where(
            Attachment.application_id == case.row.id,
            Attachment.field_key == _path(item),
            Attachment.ref.in_(list(refs)),
        )
    )
    used = {ref for each in _told(session, case.row.id)[1].values() for ref in each}
    return sorted(ref for ref in rows if ref not in used)[: EVIDENCE.many]


def _path(item: str) -> str:
    return f"points.{item}"


def attach(ref: str, item: str, name: str | None, stream: BinaryIO, actor: Actor, now: datetime) -> str:
    """Take one piece of evidence for an entry to come: its reference, which counts once an act names it."""

    def here(session: Session) -> tuple[Case, str]:
        case = _opened(session, ref, actor)
        points = case.book.definition.points
        known = points is not None and item in points.items
        if not known or not ACTS & {offer.name for offer in offers(case.book, case.application, actor, now)}:
            raise NotFound
        return case, _path(item)

    with reading() as session:
        here(session)
    return record_files.taken_in(here, "evidence", EVIDENCE, name, stream, actor, now)


def names_of(ref: str, refs: Sequence[str], actor: Actor) -> dict[str, str]:
    """Of evidence that was handed in and waits for its entry: reference -> name."""
    with reading() as session:
        case = _opened(session, ref, actor)
        found = cases.files_of(session, case.row.id, list(refs)) if refs else {}
        return {each: row.name for each, row in found.items() if row.field_key.startswith("points.")}


def room_of(item_ref: str) -> str | None:
    """The case of an item that asks about an entry: its ledger is the page on which it is answered."""
    with reading() as session:
        return session.scalar(
            select(ApplicationRow.ref)
            .join(WorkItem, WorkItem.application_id == ApplicationRow.id)
            .where(WorkItem.ref == item_ref, WorkItem.about.startswith("points:"))
        )


def importable(points: Points) -> list[PointItem]:
    """What a table may bring."""
    return [item for item in points.items.values() if item.from_ in TABLED_FROM]
