"""Which items are somebody's to do, their own or in place of a colleague, and what bars them from one.

The words of these conditions depend on a `Shape` alone, which most readers share; who reads, when, and of which pools
are values. So a statement is made once, and not anew for each page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models.applications import ApplicationRow, StageEntry, VerdictRow
from models.base import Instant, Key, literal_state
from models.queries.scoping import BlindStage, conflict_of, judges_blind, named, unnamed
from models.work import RECUSED, Conflict, Pool, WorkItem
from workflow.domain.scope import Scope

Condition = ColumnElement[bool]
Apart = Sequence[tuple[int, str, str]]
"""(program, stage, other stage): who acted in the other one may not act in the first."""

ME, NOW = bindparam("me", type_=Key), bindparam("now", type_=Instant())
TODAY_BEGINS, TODAY_ENDS = bindparam("today_begins", type_=Instant()), bindparam("today_ends", type_=Instant())
AFTER_AT, AFTER_ID = bindparam("after_at", type_=Instant()), bindparam("after_id", type_=Key)
FEW_POOLS = 12
"""Up to here each pool is walked along its own index; the union of more is dearer than sorting what they hold."""

_other, _before, _said = aliased(WorkItem), aliased(WorkItem), aliased(VerdictRow)  # once: an alias is dear to make
_stay = aliased(StageEntry)


@dataclass(frozen=True)
class Pools:
    """(pool, track that it is narrowed to)"""

    every: frozenset[tuple[int, str | None]] = frozenset()

    @cached_property
    def wide(self) -> list[int]:
        return sorted(pool for pool, track in self.every if track is None)

    @cached_property
    def narrow(self) -> list[tuple[int, str]]:
        return sorted((pool, track) for pool, track in self.every if track is not None and pool not in self.wide)

    @property
    def walked(self) -> int:
        """How many of them are walked one by one."""
        return 0 if self.narrow or len(self.wide) > FEW_POOLS else len(self.wide)

    @property
    def kinds(self) -> tuple[bool, bool]:
        return bool(self.wide), bool(self.narrow)

    def values(self, name: str) -> dict[str, Any]:
        one_by_one = {f"{name}_{n}": pool for n, pool in enumerate(self.wide)} if self.walked else {}
        return {f"{name}_wide": self.wide, f"{name}_narrow": self.narrow, **one_by_one}


@dataclass(frozen=True)
class Shape:
    """On what the words of the statements depend."""

    merges: bool  # SQLite walks several indexes side by side; PostgreSQL must be told where each walk ends
    walked: int
    kinds: tuple[bool, bool]
    kinds_of_others: tuple[bool, bool]
    stands_in: bool
    apart: tuple[tuple[int, str, str], ...]
    versions: tuple[int, ...]
    scored: tuple[str, ...]  # stages of these versions
    blind: tuple[BlindStage, ...]
    scope: Scope | None  # of who might judge blind: what they may know of a case depends on all that they hold


class Items:
    """The items of one Shape, as conditions."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @cached_property
    def named(self) -> Condition:
        """The reader may know whose the case is."""
        return named(self.shape.scope, self.shape.blind) if self.shape.scope is not None else true()

    @cached_property
    def named_of_mine(self) -> Condition:
        """The same of what is mine to do: an item that is not blind itself says that its case was asked of me by name,
        so that only a blind sheet of mine could hide it."""
        if self.shape.scope is None:
            return true()
        blind = self.shape.blind
        open_to_me = and_(not_(unnamed(blind)), not_(judges_blind(self.shape.scope, blind)))
        return or_(open_to_me, self.named)

    def if_named(self, column: Any) -> Any:
        return column if self.shape.scope is None else case((self.named_of_mine, column))

    # -- which items ---------------------------------------------------------------------------------------------------
    @cached_property
    def mine(self) -> list[Condition]:
        """The drivers, each along one index: what I hold, and what lies free in each of my pools."""
        held = and_(_OPEN, WorkItem.holder_id == ME, WorkItem.role_key != literal_state("applicant"))
        return [held, *(and_(_OPEN, WorkItem.holder_id.is_(None), free) for free in self._free())]

    def _free(self) -> list[Condition]:
        if not self.shape.walked:
            return [_in("pools", self.shape.kinds)]
        return [WorkItem.pool_id == pool for pool in self._walked()]

    def _walked(self) -> list[BindParameter[int]]:
        return [bindparam(f"pools_{n}", type_=Key) for n in range(self.shape.walked)]

    def _in_my_pools(self, pool: InstrumentedAttribute[int | None]) -> Condition:
        """Also in those of which only one track is mine. A list of unknown length is put together at each look."""
        if self.shape.walked:
            return or_(*(pool == each for each in self._walked()))
        return pool.in_(bindparam("every_pool", type_=Key, expanding=True))

    @cached_property
    def of_colleagues(self) -> list[Condition]:
        """What those for whom I stand in hold, and what lies in pools that only they have."""
        if not self.shape.stands_in:
            return []
        absent = bindparam("absent", type_=Key, expanding=True)
        return [
            and_(_OPEN, WorkItem.holder_id.in_(absent), WorkItem.pool_id.is_not(None)),
            and_(_OPEN, WorkItem.holder_id.is_(None), _in("others", self.shape.kinds_of_others)),
        ]

    @cached_property
    def waiting(self) -> list[Condition]:
        """Corrections that will come back to me or to my pools."""
        asked = exists(
            select(_before.id)
            .where(
                _before.application_id == WorkItem.application_id,
                _before.entry_no == WorkItem.entry_no,
                _before.state == literal_state("done"),
                or_(_before.closed_by == ME, self._in_my_pools(_before.pool_id)),
            )
            .offset(0)
            .correlate(WorkItem)
        )
        return [and_(_OPEN, WorkItem.duty == literal_state("correct"), asked)]

    @cached_property
    def done(self) -> list[Condition]:
        mine = WorkItem.closed_by == ME
        return [and_(WorkItem.state == literal_state("done"), mine, WorkItem.closed_at >= TODAY_BEGINS)]

    # -- what bars -----------------------------------------------------------------------------------------------------
    @cached_property
    def may(self) -> Condition:
        """Nothing bars me: no conflict, not stepped out, did not fill it, did not propose it, did not act elsewhere."""
        filler = ApplicationRow.filler_id
        bars = or_(WorkItem.conflict_bars, Conflict.ground == literal_state(RECUSED))
        return and_(
            not_(conflict_of(ME, WorkItem.application_id, bars)),
            or_(filler.is_(None), filler != ME, WorkItem.role_key == literal_state("applicant"), _by_office()),
            or_(WorkItem.proposer_id.is_(None), WorkItem.proposer_id != ME),
            *(_not_in_both(*pair) for pair in self.shape.apart),
            not_(and_(WorkItem.duty == literal_state("appeal"), _acted(WorkItem.stage_key))),
            not_(and_(WorkItem.duty == literal_state("act"), self._may_be_scored(), _is_scored(), _sheet_beside())),
        )

    def _may_be_scored(self) -> Condition:
        """Spares most items the look at their stay: of versions that are known, only some stages are scored."""
        unknown = and_(true(), *(ApplicationRow.version_id != version for version in self.shape.versions))
        return or_(unknown, *(WorkItem.stage_key == stage for stage in self.shape.scored))


_OPEN = WorkItem.state == literal_state("open")


def _in(name: str, kinds: tuple[bool, bool]) -> Condition:
    wide = bindparam(f"{name}_wide", type_=Key, expanding=True)
    narrow: BindParameter[Any] = bindparam(f"{name}_narrow", expanding=True)
    return or_(
        WorkItem.pool_id.in_(wide) if kinds[0] else false(),
        tuple_(WorkItem.pool_id, ApplicationRow.track).in_(narrow) if kinds[1] else false(),
    )


def _is_scored() -> Condition:
    stay = select(_stay.entry_no).where(
        _stay.application_id == WorkItem.application_id,
        _stay.entry_no == WorkItem.entry_no,
        _stay.kind == literal_state("score"),
    )
    return exists(stay.offset(0).correlate(WorkItem))


def _sheet_beside() -> Condition:
    """Of several raters of one stay nobody is two; of equal free sheets the first stands for all."""
    handed_in = and_(
        _other.state == literal_state("done"), _other.result == literal_state("review"), _other.closed_by == ME
    )
    held = and_(_other.state == literal_state("open"), _other.holder_id == ME)
    same = and_(
        _other.state == literal_state("open"),
        _other.role_key == WorkItem.role_key,
        _other.holder_id.is_(None),
        WorkItem.holder_id.is_(None),
        _other.no < WorkItem.no,
    )
    beside = select(_other.id).where(
        _other.application_id == WorkItem.application_id,
        _other.entry_no == WorkItem.entry_no,
        _other.no != WorkItem.no,
        _other.duty == literal_state("act"),
        or_(handed_in, held, same),
    )
    return exists(beside.offset(0).correlate(WorkItem))


def _by_office() -> Condition:
    return exists(select(Pool.id).where(Pool.id == WorkItem.pool_id, Pool.by_office).offset(0).correlate(WorkItem))


def _not_in_both(program_id: int, stage: str, other: str) -> Condition:
    concerns = and_(ApplicationRow.program_id == program_id, WorkItem.stage_key == stage)
    return not_(and_(concerns, _acted(literal(other))))


def _acted(stage: Any) -> Condition:
    """Closed an item of that stage, or gave a verdict there."""
    closed = select(_before.id).where(
        _before.application_id == WorkItem.application_id, _before.stage_key == stage, _before.closed_by == ME
    )
    judged = (
        select(_said.key)
        .join(_before, and_(_before.application_id == _said.application_id, _before.entry_no == _said.entry_no))
        .where(_said.application_id == WorkItem.application_id, _said.given_by == ME, _before.stage_key == stage)
    )
    return or_(
        exists(closed.offset(0).correlate(WorkItem, ApplicationRow)),
        exists(judged.offset(0).correlate(WorkItem, ApplicationRow)),
    )
