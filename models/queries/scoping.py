"""The condition from which every list of cases starts: what policy lets a Scope read, said in SQL.

It mirrors `policy.can(…, APPLICATION_READ, …)` branch by branch; a law compares the two on generated facts. An empty
Scope gives `false`, never "no condition". Conditions beside a query's driver are written `EXISTS (… OFFSET 0)`, which
keeps PostgreSQL from turning them into joins of everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, false, not_, or_, select, true

from models.applications import ApplicationRow
from models.base import literal_state
from models.organizations import Organization
from models.work import RECUSED, Conflict, Pool, WorkItem
from workflow.domain.actor import Holding
from workflow.domain.scope import Scope

Condition = ColumnElement[bool]

_UNSUBMITTED = ("draft", "awaiting_confirmation")


def visible(scope: Scope) -> Condition:
    """On `application`: own, filled, nominated; once submitted, run or ever asked of, as far as nothing bars."""
    if scope.sees_nothing:
        return false()
    near = conflicted(scope, ApplicationRow.id)
    official = or_(
        and_(or_(_run(scope), _mentored(scope)), not_(near)),
        _asked(scope, near),
    )
    submitted = and_(ApplicationRow.status.not_in(_UNSUBMITTED), not_(recused(scope, ApplicationRow.id)), official)
    others = and_(ApplicationRow.status != "draft", or_(_nominated(scope), submitted))
    return or_(*_own(scope), others)


@dataclass(frozen=True)
class BlindStage:
    """Where judges are not told whose the case is: a stage of one version, and the roles that judge there."""

    version_id: int
    stage: str
    roles: tuple[str, ...]


def named(scope: Scope, blind: Sequence[BlindStage]) -> Condition:
    """Of the visible ones: those of which the reader may know whose they are, as `policy.sees_blind` says."""
    if scope.sees_nothing or not blind:
        return visible(scope)
    near = conflicted(scope, ApplicationRow.id)
    runs = or_(_run(scope), _mentored(scope))
    official = or_(and_(runs, not_(near)), _asked(scope, near, not_(unnamed(blind))))
    submitted = and_(ApplicationRow.status.not_in(_UNSUBMITTED), not_(recused(scope, ApplicationRow.id)), official)
    others = and_(ApplicationRow.status != "draft", or_(_nominated(scope), submitted))
    return or_(*_own(scope), and_(others, not_(judges_blind(scope, blind))))


def unnamed(blind: Sequence[BlindStage]) -> Condition:
    """On `work_item` beside its `application`: it is a blind sheet."""
    return or_(
        false(),
        *(
            and_(
                ApplicationRow.version_id == each.version_id,
                WorkItem.stage_key == each.stage,
                WorkItem.role_key.in_(each.roles),
            )
            for each in blind
        ),
    )


def judges_blind(scope: Scope, blind: Sequence[BlindStage]) -> Condition:
    """Holds a blind sheet; one that was taken away counts no more."""
    barred = and_(WorkItem.conflict_bars, conflicted(scope, ApplicationRow.id))
    return exists(
        select(WorkItem.id)
        .where(
            WorkItem.application_id == ApplicationRow.id,
            WorkItem.holder_id == scope.account_id,
            WorkItem.state != literal_state("cancelled"),
            unnamed(blind),
            not_(barred),
        )
        .offset(0)
        .correlate(ApplicationRow)
    )


def _own(scope: Scope) -> Iterable[Condition]:
    if scope.person_id is not None:
        yield and_(ApplicationRow.person_id == scope.person_id, not_(ApplicationRow.apart))
    if scope.account_id is not None:
        yield ApplicationRow.filler_id == scope.account_id
    if scope.administers:
        mine = select(Organization.id).where(Organization.path.in_(scope.administers))
        yield ApplicationRow.subject_organization_id.in_(mine)


def placed(holding: Holding) -> Condition:
    """The case lies in the program, round and track that a holding is narrowed to."""
    return all_of(
        holding.program_id is None or ApplicationRow.program_id == holding.program_id,
        holding.round_id is None or ApplicationRow.round_id == holding.round_id,
        holding.track is None or ApplicationRow.track == holding.track,
    )


def all_of(*conditions: Condition | bool) -> Condition:
    return and_(true(), *(each for each in conditions if not isinstance(each, bool)))


def within(paths: Iterable[str]) -> Select[int]:
    """The organizations at or below these paths: `/1/2/` up to, not including, `/1/20`."""
    ranges = [and_(Organization.path >= path, Organization.path < f"{path[:-1]}0") for path in paths]
    return select(Organization.id).where(or_(false(), *ranges))


# -- who nominates, who runs -------------------------------------------------------------------------------------------
def _nominated(scope: Scope) -> Condition:
    by_role = [
        and_(
            ApplicationRow.nominated_by == holding.role,
            ApplicationRow.nominator_id.in_(within([holding.organization_path])),
            placed(holding),
        )
        for holding in scope.holdings
        if holding.organization_path is not None
    ]
    own_organizations = and_(
        ApplicationRow.nominated_by.is_not(None), ApplicationRow.nominator_id.in_(within(scope.administers))
    )
    return or_(false(), *by_role, *([own_organizations] if scope.administers else []))


def _run(scope: Scope) -> Condition:
    """Only a bound role runs a program, never one found through an organization of the case (`of:`)."""
    return or_(false(), *(and_(ApplicationRow.run_by == holding.role, placed(holding)) for holding in scope.holdings))


def _mentored(scope: Scope) -> Condition:
    """Named last to mentor the case."""
    return ApplicationRow.mentor_id == scope.account_id


# -- who was ever asked ------------------------------------------------------------------------------------------------
def _asked(scope: Scope, near: Condition, *also: Condition) -> Condition:
    mine = or_(WorkItem.holder_id == scope.account_id, held(scope))
    barred = and_(WorkItem.conflict_bars, near)
    return exists(
        select(WorkItem.id)
        .where(
            WorkItem.application_id == ApplicationRow.id, WorkItem.role_key != "applicant", mine, not_(barred), *also
        )
        .offset(0)
        .correlate(ApplicationRow)
    )


def held(scope: Scope) -> Condition:
    """On `work_item` beside its `application`: it waits, or waited, in a pool of the Scope."""
    return or_(
        false(),
        *(_in_pools_of(track, group, ()) for track, group in _by_track(scope.holdings)),
        *([_in_pools_of(None, (), scope.administers)] if scope.administers else []),
    )


def _by_track(holdings: Sequence[Holding]) -> Iterable[tuple[str | None, Sequence[Holding]]]:
    for track in dict.fromkeys(holding.track for holding in holdings):
        yield track, [holding for holding in holdings if holding.track == track]


def _in_pools_of(track: str | None, holdings: Sequence[Holding], administers: Sequence[str]) -> Condition:
    known = WorkItem.pool_id.in_(pools_of(holdings, administers))
    return known if track is None else and_(known, ApplicationRow.track == track)


def pools_of(holdings: Sequence[Holding], administers: Sequence[str]) -> Select[int]:
    """The pools whose items these holdings answer; an `of:` role is held only through an organization."""
    by_office = [and_(Pool.by_office, Pool.organization_id.in_(within(administers)))] if administers else []
    return select(Pool.id).where(or_(false(), *(_answers(holding) for holding in holdings), *by_office))


def _answers(holding: Holding) -> Condition:
    at = within([holding.organization_path]) if holding.organization_path is not None else None
    reached = not_(Pool.by_office) if at is None else or_(not_(Pool.by_office), Pool.organization_id.in_(at))
    return all_of(
        Pool.role_key == holding.role,
        holding.program_id is None or Pool.program_id == holding.program_id,
        holding.round_id is None or Pool.round_id == holding.round_id,
        reached,
    )


# -- who is too near ---------------------------------------------------------------------------------------------------
def conflicted(scope: Scope, application_id: SQLColumnExpression[int]) -> Condition:
    """A conflict of interest stands between the account and the case."""
    return conflict_of(scope.account_id, application_id)


def recused(scope: Scope, application_id: SQLColumnExpression[int]) -> Condition:
    """Out of this case for good, also for who acts by office."""
    return conflict_of(scope.account_id, application_id, Conflict.ground == RECUSED)


def conflict_of(account: Any, application_id: SQLColumnExpression[int], *which: Condition) -> Condition:
    return exists(
        select(Conflict.id)
        .where(
            Conflict.account_id == account,
            Conflict.application_id == application_id,
            Conflict.state == literal_state("standing"),
            *which,
        )
        .offset(0)
        .correlate(ApplicationRow, WorkItem)
    )
