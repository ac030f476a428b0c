"""Facts known outside the form: who may record them, with which day and source, and what is known by now.

Append-only: a newer value stands beside the older one, and what was judged before keeps the inputs it was judged on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow, CaseFact
from models.base import reading, writing
from models.evidence import StreamKind
from models.known import ProgramFact
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import UNSUBMITTED
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.known import Known
from workflow.domain.policy import CaseSubject, Permission, can, holds, is_barred, sees_blind
from workflow.domain.program.outside import GROUP
from workflow.domain.program.schema import Definition, Label
from workflow.domain.program.schema.fields import Fact
from workflow.domain.words import Words
from workflow.services import actions, evidence, timely
from workflow.services.casework import Case, name_of, open_named
from workflow.services.casework_gathering import unit_of
from workflow.services.sides import is_inside

LONGEST = 200


@dataclass(frozen=True)
class Sheet:
    """What is known of one case, and which of it the reader may add to."""

    ref: str
    number: str | None
    name: str
    program: Label
    definition: Definition
    facts: Mapping[str, Fact]  # all that may be known, by any hand
    known: Mapping[str, Sequence[Known]]  # newest first
    mine: Mapping[str, Fact]

    @property
    def outside(self) -> list[Label]:
        """Of what the reader may record: what would come from a register, if one were connected."""
        return [fact.field.name for key, fact in self.mine.items() if key.startswith(GROUP)]


def sheet(actor: Actor, ref: str) -> Sheet:
    """For whoever may read the case; NotFound where there is nothing to know or nothing to see."""
    with reading() as session:
        case = open_named(session, ref)
        definition = case.book.definition
        mine = recordable(actor, case)
        if not (mine or knows(actor, case)) or not case.book.recorded:
            raise NotFound
        known = {name: tuple(reversed(values)) for name, values in case.application.known.items()}
        name = name_of(session, case)
        facts = case.book.recorded
        return Sheet(ref, case.row.number, name, definition.program.name, definition, facts, known, mine)


def knows(actor: Actor, case: Case) -> bool:
    """What departments know is for those of the office who may read the case, and for no blind judge."""
    readable = can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application))
    return readable and is_inside(actor, case)


def recordable(actor: Actor, case: Case) -> dict[str, Fact]:
    """The facts that this actor records here: those of their roles, unless they are too near, or judge it blind.

    Whoever brings a department's data need never have been asked about the case: they learn its number and name.
    """
    book, application = case.book, case.application
    definition = book.definition
    if application.state.status in UNSUBMITTED or sees_blind(actor, definition, application):
        return {}
    return {
        key: fact
        for key, fact in book.recorded.items()
        if any(
            holds(actor, definition, application, role, application.places.get(role))
            and not is_barred(actor, definition, application, role)
            for role in fact.by
        )
        and (fact.per == "case" or unit_of(case.row) is not None)
    }


def record(
    actor: Actor,
    ref: str,
    typed: Mapping[str, Any],
    as_of: date | None,
    source: str,
    now: datetime,
    *,
    request_key: str | None = None,
) -> tuple[str, ...]:
    """Write down what was typed; what is left empty stays as it is. The names that were recorded.

    Raises InvalidInput with every field that is wrong, NotFound where the actor records nothing here.
    """
    with writing() as session:
        case = open_named(session, ref, lock=True)
        mine = recordable(actor, case)
        if not mine:
            raise NotFound
        keys = (ref, "facts", dict(typed), as_of, source)
        before = actions.answered_before(session, actor, request_key, keys, now)
        if before is not None:
            return tuple(before["names"])
        values, wrong = read(mine, typed, as_of, source, now)
        if wrong:
            raise InvalidInput(wrong)
        write(session, case, mine, values, as_of or local_day(now), source, actor, now)
        actions.keep_answer(session, actor, request_key, {"names": sorted(values)})
        return tuple(sorted(values))


def read(
    facts: Mapping[str, Fact], typed: Mapping[str, Any], as_of: date | None, source: str, now: datetime
) -> tuple[dict[str, Any], list[Reason]]:
    """The values that were typed, checked like answers of the form, and everything that is wrong with them."""
    fields = {key: fact.field for key, fact in facts.items() if key in typed}
    values, faults = answers.parse_fields(fields, typed)
    values = {key: value for key, value in values.items() if not answers.is_blank(value)}
    reasons = [Reason(words, path) for path, words in faults.items()]
    for key, value in values.items():
        problem = answers.wrong(fields[key], value, local_day(now)) if key not in faults else None
        if problem is not None:
            reasons.append(Reason(problem, key))
    if not values and not reasons:
        reasons.append(Reason(Words("还没有填任何一项")))
    if as_of is None or as_of > local_day(now):
        reasons.append(Reason(Words("请选这些数据是哪一天的，不能晚于今天"), "as_of"))
    if not source.strip():
        reasons.append(Reason(Words("请写数据从哪里来"), "source"))
    return values, reasons


def write(
    session: Session,
    case: Case,
    facts: Mapping[str, Fact],
    values: Mapping[str, Any],
    as_of: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Rows, the fact that they were recorded, and another look of the clock. Part of the caller's transaction."""
    stored = answers.encode({key: fact.field for key, fact in facts.items()}, values)
    by_unit = False
    for name, value in stored.items():
        told = {"name": name, "value": {"value": value}, "as_of": as_of, "source": source.strip()[:LONGEST]}
        told |= {"recorded_by": actor.account_id, "recorded_at": now}
        unit = unit_of(case.row)
        if facts[name].per == "organization" and unit is not None:
            session.add(ProgramFact(program_id=case.row.program_id, organization_id=unit, **told))
            by_unit = True
        else:
            session.add(CaseFact(application_id=case.row.id, **told))
    session.flush()
    body = {"application": case.row.id, "names": sorted(stored), "as_of": as_of.isoformat()}
    evidence.tell(session, StreamKind.ROUND, case.row.round_id, "fact_recorded", actor, now, body=body)
    timely.look_at(session, _touched(session, case.row) if by_unit else [case.row.id], local_day(now))


def _touched(session: Session, row: ApplicationRow) -> list[int]:
    """Every case of the program for which a fact of its organization holds."""
    unit = unit_of(row)
    found = session.scalars(
        select(ApplicationRow.id).where(
            ApplicationRow.program_id == row.program_id,
            (ApplicationRow.subject_organization_id == unit) | (ApplicationRow.nominator_id == unit),
        )
    )
    return list(found)
