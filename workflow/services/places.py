"""Organizations that cases name: those through which `of:` roles find their holders, where each stands, and the towns
and villages among them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import ask, reading
from models.organizations import PLACES, SPELLED, Organization, OrganizationState, place_at
from workflow.domain import regions
from workflow.domain.errors import NotFound
from workflow.domain.program.schema import Definition, Field, RegionField, TableField
from workflow.domain.regions import DEPTHS
from workflow.domain.words import Words

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
    """The organization that an answer names: by reference, by credit code, or the one standing at a region code; of a
    village its township."""
    return place(code, looked_up(session, set(), codes_in({"": code}))) if code else None


def itself_named(session: Session, code: Any) -> int | None:
    """The same without going up to a township: the village itself, where it is registered."""
    return looked_up(session, set(), {code}).named.get(code) if code else None


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
    """A village leads to its town; only where that is not registered, to itself."""
    if not isinstance(source, str):
        return source
    return known.named.get(_town(source)) or known.named.get(source)


def codes_in(sources: Mapping[str, Source]) -> set[str]:
    codes = {source for source in sources.values() if isinstance(source, str) and source}
    return codes | {_town(code) for code in codes}


def _town(code: str) -> str:
    return code[: DEPTHS["town"]] if len(code) == DEPTHS["village"] and code.isdecimal() else code


_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_LOOKED_UP = (
    select(Organization.id, Organization.path, *SPELLED)
    .where(
        Organization.id.in_(bindparam("numbers", expanding=True))
        | Organization.ref.in_(_CODES)
        | Organization.credit_code.in_(_CODES)
        | place_at(_CODES)
    )
    .order_by(Organization.state.desc(), Organization.id)
)


def looked_up(session: Session, numbers: Collection[int | None], codes: Collection[str]) -> Organizations:
    if not numbers and not codes:
        return Organizations({}, {})
    rows: Any = ask(session, _LOOKED_UP, numbers=list(numbers), codes=list(codes)).all()
    named: dict[str, int] = {}
    for id_, _, *spellings in rows:
        for code in spellings:
            if code in codes:
                named.setdefault(code, id_)
    return Organizations(named, {id_: path for id_, path, *_ in rows})


def paths_of(known: Organizations, organizations: Iterable[int | None]) -> dict[int, str]:
    return {each: known.paths[each] for each in organizations if each is not None}


# -- towns and villages to choose from ---------------------------------------------------------------------------------
def registered(session: Session) -> dict[str, str]:
    """Names of districts, towns and villages by code."""
    rows = session.execute(
        select(Organization.region_code, Organization.name).where(
            Organization.state == OrganizationState.STANDING.value,
            Organization.kind.in_(PLACES),
            Organization.region_code.is_not(None),
        )
    )
    return {code: name for code, name in rows if code}


def steps(code: str, depth: str) -> tuple[regions.Step, ...]:
    """The lists of a page, as far as what was chosen leads."""
    if depth not in DEPTHS:
        raise NotFound
    with reading() as session:
        return regions.steps(code, depth, {} if depth == "county" else registered(session))


def offered(session: Session, fields: Mapping[str, Field]) -> dict[str, str]:
    """Those registered, where a field asks for a place below the county."""
    items = [*fields.values(), *(each for item in fields.values() for each in getattr(item, "columns", {}).values())]
    below = any(isinstance(item, RegionField) and item.depth != "county" for item in items)
    return registered(session) if below else {}


def strange(
    fields: Mapping[str, Field], values: Mapping[str, Any], places: Mapping[str, str], before: str = ""
) -> dict[str, Words]:
    """By path, codes below the county that are not registered, where others of their depth are."""
    known = {len(code) for code in places}
    found: dict[str, Words] = {}
    for key, item in fields.items():
        value = values.get(key)
        if isinstance(item, TableField):
            for number, row in enumerate(value or (), start=1):
                found |= strange(item.columns, row, places, f"{key}.{number}.")
        elif isinstance(item, RegionField) and value and _strange(value, item.depth, places, known):
            found[before + key] = Words("这个地方不在名单里，请从列表里选择")
    return found


def _strange(code: str, depth: str, places: Collection[str], known: Collection[int]) -> bool:
    below = depth != "county" and DEPTHS[depth] in known
    return below and code not in places and not regions.unfinished(code, depth)
