"""What the award asks of the person: typed on a page of its own and sealed value by value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.people import Person
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, Reason
from workflow.domain.program.schema import AwardStage, Definition, Field
from workflow.domain.stages import award
from workflow.domain.stages.base import Work
from workflow.domain.words import Words
from workflow.services import actions, following, sealing
from workflow.services.actions import Done
from workflow.services.casework import Case, find, open_case

BESIDE = 0
"""The revision under which a stage keeps what it asked; the path then starts with the stage: `award.bank`."""


@dataclass(frozen=True)
class Asked:
    application: str
    definition: Definition
    stage: AwardStage
    fields: Mapping[str, Field]
    masks: Mapping[str, str]  # what was given before, masked
    version: int
    confirms: bool = False  # somebody else filled it: the person says here that it is right
    confirmed: bool = False


def look(ref: str, actor: Actor, now: datetime) -> Asked:
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        following.refuse_stranger(case, actor)
        return asked_of(session, case, actor, now)


def asked_of(session: Session, case: Case, actor: Actor, now: datetime) -> Asked:
    """The same of a case at hand, for whoever was let in to it."""
    stage = _stage(case, actor, now)
    prefix = f"{stage.key}."
    masks = {
        path.removeprefix(prefix): mask
        for path, mask in sealing.masks(session, case.row, BESIDE).items()
        if path.startswith(prefix)
    }
    state, confirms = case.application.state, _confirms(case, actor, now)
    said = award.CONFIRMED in state.provided
    return Asked(case.row.ref, case.book.definition, stage, stage.asks, masks, state.version, confirms, said)


def _stage(case: Case, actor: Actor, now: datetime) -> AwardStage:
    stage = case.book.definition.stages.get(case.row.stage_key or "")
    if not isinstance(stage, AwardStage) or case.application.state.status is not Status.OPEN:
        raise NotFound
    if not stage.asks and not _confirms(case, actor, now):
        raise NotFound
    return stage


def _confirms(case: Case, actor: Actor, now: datetime) -> bool:
    return award.confirms_here(Work(case.book, case.application, Action("provide"), actor, now))


def provide(
    ref: str,
    typed: Mapping[str, str],
    actor: Actor,
    now: datetime,
    *,
    seen: int | None = None,
    request_key: str | None = None,
    confirmed: bool = False,
) -> Done:
    """Raises InvalidInput with every field that is wrong. What is left empty keeps what was given before."""
    with writing() as session:
        case = open_case(session, find(session, ref).id, lock=True)
        following.refuse_stranger(case, actor)
        values = _valid(_stage(case, actor, now), typed, now)
        keys = (ref, "provide", sorted(values), confirmed)
        before = actions.answered_before(session, actor, request_key, keys, now)
        if before is not None:
            return Done(**{**before, "events": tuple(before["events"])})
        if seen is not None and seen != case.application.state.version:
            raise MovedOn(actions.changes_since(session, case.row.id, seen))
        done = give(session, case, typed, confirmed, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done


def give(session: Session, case: Case, typed: Mapping[str, str], confirmed: bool, actor: Actor, now: datetime) -> Done:
    """The same within the caller's transaction, for whoever was let in to the case."""
    stage = _stage(case, actor, now)
    values = _valid(stage, typed, now)
    person = session.get(Person, case.row.person_id) if case.row.person_id is not None else None
    for key, text in values.items():
        sealing.put(session, case.row, BESIDE, stage.asks[key], f"{stage.key}.{key}", text, now, person=person)
    given = {"fields": sorted(values), "confirmed": confirmed}
    return actions.carry_out(session, case, Action("provide", None, given), actor, now)


def _valid(stage: AwardStage, typed: Mapping[str, str], now: datetime) -> dict[str, str]:
    values, wrong = _read(stage, typed, now)
    if wrong:
        raise InvalidInput(wrong)
    return values


def _read(stage: AwardStage, typed: Mapping[str, str], now: datetime) -> tuple[dict[str, str], list[Reason]]:
    """Checked like an answer of the form, kept as it was typed."""
    values: dict[str, str] = {}
    wrong: list[Reason] = []
    for key, field in stage.asks.items():
        text = str(typed.get(key) or "").strip()
        if not text:
            continue
        if len(text) > sealing.LONGEST:
            wrong.append(Reason(Words("太长了，最多 %(n)s 个字", n=sealing.LONGEST), key))
            continue
        value = answers.parse(field, text)
        problem = value if isinstance(value, Words) else answers.wrong(field, value, local_day(now))
        if problem is not None:
            wrong.append(Reason(problem, key))
        else:
            values[key] = str(value)
    return values, wrong
