"""Conditions that nobody has ever met, over the cases of this and earlier rounds: more likely written wrongly than that
everybody is unfit. Told only when enough cases have been through, and only of a condition as it is written now."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.evidence import EventRow, Stream, StreamKind
from models.programs import ProgramVersion
from models.rounds import Round
from workflow.domain.program.schema import Definition, Label
from workflow.services.rulebooks import definition_of

ENOUGH = 20
"""Below so many, chance says as much."""
NEWEST = 1000
"""Cases of each program that are looked at."""


@dataclass(frozen=True)
class Unmet:
    key: str
    name: Label
    cases: int


def of_rounds(session: Session, rounds: Collection[int]) -> Mapping[int, tuple[Unmet, ...]]:
    """Round -> the conditions of its version. As many statements for one round as for a hundred."""
    told = select(Round.id, Round.program_id, Round.version_id).where(Round.id.in_(rounds))
    running = session.execute(told).all()
    programs = {row.program_id for row in running}
    place = func.row_number().over(partition_by=ApplicationRow.program_id, order_by=ApplicationRow.id.desc())
    newest = (
        select(ApplicationRow.id, ApplicationRow.program_id, ApplicationRow.version_id, place.label("place"))
        .where(ApplicationRow.program_id.in_(programs), ApplicationRow.number.is_not(None))
        .subquery()
    )
    rows = session.execute(
        select(newest.c.program_id, newest.c.version_id, EventRow.body)
        .join(Stream, Stream.subject_id == newest.c.id)
        .join(EventRow, EventRow.stream_id == Stream.id)
        .where(newest.c.place <= NEWEST, Stream.kind == StreamKind.APPLICATION.value, EventRow.kind == "submitted")
    ).all()
    wanted = {row.version_id for row in running} | {row.version_id for row in rows}
    versions = session.scalars(select(ProgramVersion).where(ProgramVersion.id.in_(wanted)))
    definitions = {version.id: definition_of(version) for version in versions}
    judged: dict[tuple[int, str, str | None], Counter[str]] = {}
    for program, version, body in rows:
        rules = definitions[version].eligibility.rules
        for key, result in (body.get("precheck") or {}).items():
            if key in rules:
                judged.setdefault((program, key, rules[key].rule), Counter())[result] += 1
    return {row.id: tuple(_unmet(row.program_id, definitions[row.version_id], judged)) for row in running}


def _unmet(
    program: int, definition: Definition, judged: Mapping[tuple[int, str, str | None], Counter[str]]
) -> Iterator[Unmet]:
    for key, rule in definition.eligibility.rules.items():
        counted = judged.get((program, key, rule.rule), Counter())
        if rule.rule is not None and counted["fails"] >= ENOUGH and not counted["meets"]:
            yield Unmet(key, rule.name, counted["fails"])
