"""Where results come from a table: the stages with `import: true` to which somebody may bring one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.base import reading
from models.queries import results as queries
from models.queries.results import At, Named
from models.rounds import Round
from workflow.domain import scoring
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.errors import NotFound
from workflow.domain.policy import is_of
from workflow.domain.program.schema import Criterion, Definition, Label, ScoreStage
from workflow.domain.scope import scope_of
from workflow.services.rulebooks import book_of


@dataclass(frozen=True)
class Place:
    """One stage of one round whose results come from a table, as one of those who bring them sees it."""

    round_id: int
    round_ref: str
    round_name: str
    program: Label
    definition: Definition
    stage: ScoreStage
    roles: tuple[str, ...]
    closes: bool
    criteria: Mapping[str, Criterion]

    @property
    def at(self) -> At:
        return At(self.round_id, self.stage.key, self.roles, self.closes)


@dataclass(frozen=True)
class Owed:
    place: Place
    waiting: int


def owed(actor: Actor) -> tuple[Owed, ...]:
    """Every stage to which the actor may bring a table, with how many results are still owed there."""
    scope = scope_of(actor)
    with reading() as session:
        places = [place for row in session.scalars(_rounds(actor)) for place in _places(session, row, actor)]
        return tuple(Owed(place, queries.count_waiting(session, scope, place.at)) for place in places)


def _rounds(actor: Actor) -> Select[Round]:
    programs = {holding.program_id for holding in actor.holdings}
    wanted = select(Round).where(Round.state != "planned").order_by(Round.opens_at.desc(), Round.id)
    known = sorted(each for each in programs if each is not None)
    return wanted if None in programs else wanted.where(Round.program_id.in_(known))


def place_of(actor: Actor, round_ref: str, stage: str) -> Place:
    with reading() as session:
        return open_place(session, actor, round_ref, stage)


def open_place(session: Session, actor: Actor, round_ref: str, stage: str) -> Place:
    row = session.scalar(select(Round).where(Round.ref == round_ref))
    found = [] if row is None else [each for each in _places(session, row, actor) if each.stage.key == stage]
    if not found:
        raise NotFound
    return found[0]


def _places(session: Session, row: Round, actor: Actor) -> list[Place]:
    """A blind stage takes no table: it would name those who must not be named."""
    if not any(holding.program_id in (None, row.program_id) for holding in actor.holdings):
        return []
    definition = book_of(session, row.version_id).definition
    found = []
    for stage in definition.stages.values():
        if not isinstance(stage, ScoreStage) or not stage.import_ or stage.blind:
            continue
        roles = tuple(role for role in stage.raters if _may_hold(actor, definition, row, role))
        closes = _may_hold(actor, definition, row, stage.closed_by)
        if roles or closes:
            roles = tuple(stage.raters) if closes else roles
            criteria = _criteria(definition, stage, roles)
            name = definition.program.name
            found.append(Place(row.id, row.ref, row.name, name, definition, stage, roles, closes, criteria))
    return found


def _may_hold(actor: Actor, definition: Definition, row: Round, role: str) -> bool:
    """For some case of the round; of which one, the rules are asked again for each."""
    by_office = is_of(definition, role)
    return any(
        (holding.role == role or (by_office and holding.role == ADMINISTRATOR))
        and holding.program_id in (None, row.program_id)
        and holding.round_id in (None, row.id)
        and (not by_office or holding.organization_path is not None)
        for holding in actor.holdings
    )


def _criteria(definition: Definition, stage: ScoreStage, roles: Sequence[str]) -> dict[str, Criterion]:
    """What the sheets of this stage ask, of whichever track."""
    found: dict[str, Criterion] = {}
    for track in definition.tracks:
        sheet = definition.sheet_for(stage, track)
        for role in roles if sheet is not None else ():
            found = {**scoring.asked_of(sheet, stage.key, role), **found} if sheet is not None else found
    return found


def waiting(actor: Actor, place: Place) -> list[Named]:
    with reading() as session:
        return queries.waiting(session, scope_of(actor), place.at)
