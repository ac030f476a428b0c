"""Organizations that cases go to and in which nobody can act: said before a round opens, while it runs, and to whoever
is about to name one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base import reading
from models.organizations import Organization
from models.queries import unattended as queries
from models.queries.unattended import Waiting
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.program.schema import Definition, Label
from workflow.services import own_rounds
from workflow.services.drafts import Desk
from workflow.services.places import organization_named

SHOWN = 20


@dataclass(frozen=True)
class Missing:
    """One organization without anybody who can act for it; `waiting` cases lie there already."""

    ref: str | None
    name: str | None
    acts_as: Label | None = None
    role_key: str | None = None
    waiting: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Unattended:
    """Of one round: nominators, what answers may still name (counted, the first of them), and where cases wait."""

    nominators: tuple[Missing, ...]
    nameable: int
    first: tuple[Missing, ...]
    waiting: tuple[Missing, ...]

    @property
    def cases(self) -> int:
        return sum(each.waiting for each in self.waiting)


def roles_found(definition: Definition) -> dict[str, str]:
    """Roles that act on a route and are found through an organization -> where its name comes from."""
    passed = {key for channel in definition.channels for key in definition.route_of(channel)}
    acting = {role for key in passed for role in definition.stages[key].by}
    return {key: role.of for key, role in definition.roles.items() if role.of is not None and key in acting}


def _typed(definition: Definition) -> set[str]:
    """The roles whose organization an answer of the form names."""
    fields = definition.form_fields()
    return {role for role, source in roles_found(definition).items() if source in fields}


def of_round(actor: Actor, now: datetime, ref: str) -> Unattended:
    with reading() as session:
        row, definition = own_rounds.mine(
            session, actor, session.scalars(select(Round).where(Round.ref == ref)).first()
        )
        nominating = {channel.nominator.role for channel in definition.channels.values() if channel.nominator}
        admitted = queries.admitted(session, row.program_id, row.id, nominating, now) if nominating else []
        count, first = 0, list[tuple[str, str]]()
        typed = _typed(definition)
        if typed:
            count, first = queries.nameable(session, row.program_id, row.id, typed, now, SHOWN)
        return Unattended(
            tuple(_without(definition, nominating, *each) for each in admitted),
            count,
            tuple(_without(definition, typed, *each) for each in first),
            tuple(_missing(definition, each) for each in queries.waiting(session, row.id, now)),
        )


def _without(definition: Definition, roles: Collection[str], ref: str, name: str) -> Missing:
    key = next(each for each in definition.roles if each in roles)
    return Missing(ref, name, definition.roles[key].name, key)


def _missing(definition: Definition, each: Waiting) -> Missing:
    role = definition.roles.get(each.role)
    return Missing(
        each.organization_ref, each.organization, role.name if role else None, each.role, each.count, each.since
    )


def counts(rounds: Collection[int], now: datetime) -> dict[int, int]:
    """How many cases wait so, by round. For lines that the actor was already given."""
    with reading() as session:
        return queries.counts(session, rounds, now) if rounds else {}


@dataclass(frozen=True)
class Told:
    """What somebody who names such an organization should know: the field, its name, the stage that will wait."""

    field: str
    organization: str
    stage: Label


def named(desk: Desk, now: datetime) -> tuple[Told, ...]:
    """The organizations in a draft at which its case would come to lie."""
    definition, row, found = desk.definition, desk.case.row, []
    route = [definition.stages[key] for key in definition.route_of(row.channel)]
    with reading() as session:
        for role, source in roles_found(definition).items():
            stage = next((each for each in route if role in each.by), None)
            organization = organization_named(session, desk.sheet.values.get(source)) if stage is not None else None
            if stage is None or organization is None:
                continue
            if queries.is_without(session, organization, row.program_id, row.round_id, {role}, now):
                name = session.scalar(select(Organization.name).where(Organization.id == organization)) or ""
                found.append(Told(source, name, stage.public_name or stage.name))
    return tuple(found)
