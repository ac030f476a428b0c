"""口径: what was made clear to one applicant once, kept beside the field or the rule for everybody who comes next.

Whoever runs a round keeps those of its program. They belong to the program and not to one of its versions: one whose
field or rule is gone from the newest round is kept, told so to whoever keeps them, and shown to nobody else.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import ask, once, reading, writing
from models.clarifications import EVERYBODY, REVIEWERS, Clarification
from models.evidence import StreamKind
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, Reason
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services import reading as cases
from workflow.services.own_rounds import locked, mine
from workflow.services.rulebooks import definition_of

MOST = {"question": 200, "answer": 1000, "basis": 200}
WHOLE = ""


@dataclass(frozen=True)
class Note:
    ref: str
    place: str
    question: str
    answer: str
    basis: str
    since: datetime
    inside: bool  # only for those who review


@dataclass(frozen=True)
class Line:
    """`where` is None where the field or the rule is gone."""

    note: Note
    where: Label | None
    by: str


@dataclass(frozen=True)
class Said:
    """What was said of one place to the person of one case."""

    place: str
    where: Label | None
    text: str


@dataclass(frozen=True)
class Board:
    round_ref: str
    round_name: str
    program: Label
    places: Mapping[str, Label]
    lines: tuple[Line, ...]
    case_number: str | None = None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Collected:
    """Everything that stands for one program, as whoever reviews there finds it."""

    program: Label
    lines: tuple[Line, ...]


# -- beside what they are about ----------------------------------------------------------------------------------------
_NOTES = select(
    Clarification.ref,
    Clarification.place,
    Clarification.question,
    Clarification.answer,
    Clarification.basis,
    Clarification.made_at,
    Clarification.audience,
).where(Clarification.ended_at.is_(None))
_ORDER = (Clarification.made_at.desc(), Clarification.id.desc())
_OF_CASE = once(
    _NOTES.join(ApplicationRow, ApplicationRow.program_id == Clarification.program_id)
    .where(ApplicationRow.ref == bindparam("ref"))
    .order_by(*_ORDER)
)
_OF_ROUND = once(
    _NOTES.join(Round, Round.program_id == Clarification.program_id)
    .where(Round.ref == bindparam("ref"))
    .order_by(*_ORDER)
)


def beside_case(ref: str, *, reviewing: bool) -> Mapping[str, Sequence[Note]]:
    """By place. For a page that has opened the case already: it says nothing of who may."""
    with reading() as session:
        return _by_place(
            _note(*row) for row in ask(session, _OF_CASE, ref=ref) if reviewing or row.audience == EVERYBODY
        )


def beside_round(ref: str) -> Mapping[str, Sequence[Note]]:
    """By place, for everybody."""
    with reading() as session:
        return _by_place(_note(*row) for row in ask(session, _OF_ROUND, ref=ref) if row.audience == EVERYBODY)


def _note(ref: str, place: str, question: str, answer: str, basis: str, since: datetime, audience: str) -> Note:
    return Note(ref, place, question, answer, basis, since, audience == REVIEWERS)


def _by_place(notes: Iterable[Note]) -> Mapping[str, Sequence[Note]]:
    found: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        found[note.place].append(note)
    return dict(found)


def places_of(definition: Definition) -> dict[str, Label]:
    """What a note may stand beside, in the order of the program."""
    rules = {f"rule:{key}": rule.name for key, rule in definition.eligibility.rules.items()}
    fields = {f"field:{key}": item.name for key, item in definition.form_fields().items()}
    return rules | fields


# -- kept by whoever runs the program ----------------------------------------------------------------------------------
def board(actor: Actor, now: datetime, round_ref: str, case_ref: str = "") -> Board:
    """With `case_ref`: also what was said to its person, to be taken over."""
    with reading() as session:
        row, definition = mine(session, actor, session.scalars(select(Round).where(Round.ref == round_ref)).first())
        places = places_of(definition)
        number, said = _said(case_ref, actor, now, places) if case_ref else (None, ())
        lines = tuple(_lines(session, [row.program_id], places).get(row.program_id, ()))
        return Board(row.ref, row.name, definition.program.name, places, lines, number, said)


def _said(ref: str, actor: Actor, now: datetime, places: Mapping[str, Label]) -> tuple[str | None, tuple[Said, ...]]:
    sheet = cases.sheet(ref, actor, now)
    given = [(f"field:{one.path.partition('.')[0]}", one.judged) for one in sheet.places]
    given += [(f"rule:{one.key}", one.judged) for one in sheet.lights]
    return sheet.number, tuple(Said(at, places.get(at), one.text) for at, one in given if one is not None and one.text)


def _lines(session: Session, programs: Sequence[int], places: Mapping[str, Label]) -> dict[int, list[Line]]:
    rows = session.execute(
        select(Clarification, Account.name)
        .join(Account, Account.id == Clarification.made_by)
        .where(Clarification.program_id.in_(programs), Clarification.ended_at.is_(None))
        .order_by(*_ORDER)
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for row, by in rows:
        note = _note(row.ref, row.place, row.question, row.answer, row.basis, row.made_at, row.audience)
        found[row.program_id].append(Line(note, places.get(row.place), by))
    return found


def write(
    actor: Actor,
    now: datetime,
    round_ref: str,
    *,
    place: str,
    question: str,
    answer: str,
    basis: str = "",
    inside: bool = False,
    replaces: str | None = None,
) -> str:
    """A new note, or the newer words of one; its reference."""
    typed = {"question": question.strip(), "answer": answer.strip(), "basis": basis.strip()}
    with writing() as session:
        row, definition = locked(session, actor, round_ref)
        wrong = list(_missing(typed))
        if place != WHOLE and place not in places_of(definition):
            wrong.append(Reason(Words("请选这条口径说的是哪一项"), "place"))
        if wrong:
            raise InvalidInput(wrong)
        old = _ended(session, actor, now, row.program_id, replaces) if replaces else None
        made = Clarification(
            ref=secrets.token_urlsafe(12),
            program_id=row.program_id,
            place=place,
            audience=REVIEWERS if inside else EVERYBODY,
            replaces_id=old.id if old is not None else None,
            made_at=now,
            made_by=actor.account_id,
            **typed,
        )
        session.add(made)
        session.flush()
        body = {"clarification": made.ref, "place": place, "replaces": old.ref if old is not None else None}
        remarks = {name: text for name, text in typed.items() if text}
        evidence.tell(session, StreamKind.PROGRAM, row.program_id, "clarified", actor, now, body=body, remarks=remarks)
        return made.ref


def _missing(typed: Mapping[str, str]) -> Iterable[Reason]:
    for name, words in (("question", Words("请写问的是什么")), ("answer", Words("请写怎么答复"))):
        if not typed[name]:
            yield Reason(words, name)
    for name, most in MOST.items():
        if len(typed[name]) > most:
            yield Reason(Words("太长了：最多 %(n)s 个字，现在 %(have)s 个", n=most, have=len(typed[name])), name)


def end(actor: Actor, now: datetime, round_ref: str, ref: str, why: str) -> None:
    """Shown to nobody from now on; what was said stays in the record."""
    if not why.strip():
        raise InvalidInput([Reason(Words("请写为什么不再用"), "why")])
    with writing() as session:
        row, _ = locked(session, actor, round_ref)
        _ended(session, actor, now, row.program_id, ref)
        body = {"clarification": ref}
        told = {"why": why.strip()[:500]}
        evidence.tell(
            session, StreamKind.PROGRAM, row.program_id, "clarification_ended", actor, now, body=body, remarks=told
        )


def _ended(session: Session, actor: Actor, now: datetime, program_id: int, ref: str) -> Clarification:
    row = session.scalars(
        select(Clarification).where(Clarification.ref == ref, Clarification.program_id == program_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise MovedOn
    row.ended_at, row.ended_by = now, actor.account_id
    return row


# -- found by whoever reviews ------------------------------------------------------------------------------------------
def collected(actor: Actor, typed: str = "") -> tuple[Collected, ...]:
    """Of every program in which this actor holds a role; `typed`: words that question or answer hold."""
    held = sorted({one.program_id for one in actor.holdings if one.program_id is not None})
    if not held:
        return ()
    wanted = typed.strip()[:80].casefold()
    with reading() as session:
        newest = (
            select(ProgramVersion)
            .where(ProgramVersion.program_id.in_(held), ProgramVersion.number < COMPOSED)
            .order_by(ProgramVersion.number)
        )
        found = []
        for version in {row.program_id: row for row in session.scalars(newest)}.values():
            definition = definition_of(version)
            lines = _lines(session, [version.program_id], places_of(definition)).get(version.program_id, [])
            fits = tuple(one for one in lines if wanted in f"{one.note.question} {one.note.answer}".casefold())
            if fits:
                found.append(Collected(definition.program.name, fits))
        return tuple(found)
