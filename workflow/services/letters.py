"""A message as its reader reads it: the sentence with names and days filled in, and where to go on.

Rows hold keys, counts and days; the words are found anew each time, so that nothing personal lies in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.messages import Message
from models.rounds import Round
from workflow.domain import letters, reminders
from workflow.domain.abouts import name_of
from workflow.domain.letters import Place
from workflow.domain.program.schema import Definition, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services import outbox
from workflow.services.rulebooks import book_of, calendar_of


@dataclass(frozen=True)
class Letter:
    words: Words
    about: Words | None  # program and round
    place: Place | None


@dataclass(frozen=True)
class _Ground:
    """What a message is about, as far as it says."""

    row: ApplicationRow | None
    round: Round | None
    book: Rulebook | None

    @property
    def definition(self) -> Definition | None:
        return self.book.definition if self.book is not None else None


def read(session: Session, message: Message, now: datetime, language: str = "zh") -> Letter:
    """Raises whatever is wrong with it; the caller sets such a message aside."""
    ground = _ground(session, message)
    values = _values(session, message, ground, now)
    definition = ground.definition
    own = definition.messages.get(message.kind) if definition is not None else None
    text = None if own is None else own.en if language == "en" and own.en else own.zh
    place = letters.place_of(message.kind, {**message.params, "secret": values["secret"]})
    return Letter(letters.sentence(message.kind, values, text), _about(ground), place)


def _ground(session: Session, message: Message) -> _Ground:
    row = session.get(ApplicationRow, message.application_id) if message.application_id is not None else None
    if row is not None:
        return _Ground(row, session.get_one(Round, row.round_id), book_of(session, row.version_id))
    ref = message.params.get("round")
    round_ = session.scalar(select(Round).where(Round.ref == ref)) if ref else None
    return _Ground(None, round_, book_of(session, round_.version_id) if round_ is not None else None)


def _about(ground: _Ground) -> Words | None:
    if ground.definition is None or ground.round is None:
        return None
    return Words("%(program)s %(round)s", program=ground.definition.program.name, round=ground.round.name)


def _values(session: Session, message: Message, ground: _Ground, now: datetime) -> dict[str, Any]:
    params, definition, row = message.params, ground.definition, ground.row
    stage = definition.stages.get(params.get("stage", "")) if definition is not None else None
    due = message.about_at or (row.due_at if row is not None else None)
    days = reminders.days_left(calendar_of(session), due, now) if due is not None else 0
    name: Any = letters.stage_name(stage, message.kind, params) if stage is not None else params.get("stage", "")
    if params.get("task") and definition is not None:  # of a whole round
        name = _named(definition.duties, params.get("duty"))
    name = (name_of(definition, params.get("about")) if definition is not None else None) or name
    return {
        **{key: _day(value) if key in ("first", "last") else value for key, value in params.items()},
        "program": definition.program.name if definition is not None else params.get("program", ""),
        "round": ground.round.name if ground.round is not None else "",
        "receipt": (row.receipt if row is not None else None) or "",
        "track": _named(definition.tracks if definition is not None else {}, row.track if row is not None else None),
        "channel": _named(
            definition.channels if definition is not None else {}, row.channel if row is not None else None
        ),
        "stage": name,
        "what": Words("%(stage)s %(number)s", stage=name, number=params["number"]) if params.get("number") else name,
        "duty": _named(definition.duties if definition is not None else {}, params.get("duty")),
        "office": _office(definition, stage),
        "returner": _office(definition, stage),
        "due": reminders.last_day(due) if due is not None else "",
        "days": days,
        "late": -days,
        "count": params.get("count", ""),
        "items": _items(definition, params.get("items") or ()),
        "secret": outbox.secret_of(message) or "",
    }


def _named(known: Mapping[str, Any], key: str | None) -> Label | str:
    return known[key].name if key is not None and key in known else ""


def _items(definition: Definition | None, keys: Sequence[str]) -> tuple[object, ...]:
    fields = definition.form_fields() if definition is not None else {}
    return tuple(fields[key].name if key in fields else key for key in keys)


def _office(definition: Definition | None, stage: Any) -> Label | str:
    if definition is None or stage is None or not stage.by:
        return ""
    return _named(definition.roles, stage.by[0])


def _day(written: object) -> object:
    return date.fromisoformat(written) if isinstance(written, str) else written
