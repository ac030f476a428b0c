"""Organizations that cases name: those through which `of:` roles find their holders, and where each stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.organizations import Organization
from workflow.domain.program.schema import Definition

Source = int | str | None
"""What names an organization: its own number, or the code that an answer holds."""


@dataclass(frozen=True)
class Organizations:
    named: Mapping[str, int]
    paths: Mapping[int, str]


def places_of(
    session: Session,
    definition: Definition,
    row: ApplicationRow,
    values: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
) -> dict[str, int | None]:
    """For each `of:` role, the organization through which its holders are found."""
    sources = sources_of(definition, row, values, records)
    known = looked_up(session, set(), codes_in(sources))
    return {role: place(source, known) for role, source in sources.items()}


def organization_named(session: Session, code: Any) -> int | None:
    """The organization that an answer names: by reference, by credit code, or the one standing at a region code."""
    return place(code, looked_up(session, set(), {code})) if code else None


def sources_of(
    definition: Definition,
    row: ApplicationRow,
    values: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
) -> dict[str, Source]:
    return {
        role.key: _source(row, role.of, values, records) for role in definition.roles.values() if role.of is not None
    }


def _source(
    row: ApplicationRow, of: str, values: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]
) -> Source:
    if of == "nominator":
        return row.nominator_id
    if of == "applicant":
        return row.subject_organization_id
    if of.startswith("records."):
        _, stage, field = of.split(".", 2)
        return records.get(stage, {}).get(field)
    return values.get(of)


def place(source: Source, known: Organizations) -> int | None:
    return known.named.get(source) if isinstance(source, str) else source


def codes_in(sources: Mapping[str, Source]) -> set[str]:
    return {source for source in sources.values() if isinstance(source, str) and source}


def looked_up(session: Session, numbers: Collection[int | None], codes: Collection[str]) -> Organizations:
    if not numbers and not codes:
        return Organizations({}, {})
    wanted = list(codes)
    spelled = (Organization.ref, Organization.credit_code, Organization.region_code)
    rows: Any = session.execute(
        select(Organization.id, Organization.path, *spelled)
        .where(or_(Organization.id.in_(list(numbers)), *(column.in_(wanted) for column in spelled)))
        .order_by(Organization.state.desc(), Organization.id)
    ).all()
    named: dict[str, int] = {}
    for id_, _, *spellings in rows:
        for code in spellings:
            if code in codes:
                named.setdefault(code, id_)
    return Organizations(named, {id_: path for id_, path, *_ in rows})


def paths_of(known: Organizations, organizations: Iterable[int | None]) -> dict[int, str]:
    return {each: known.paths[each] for each in organizations if each is not None}
