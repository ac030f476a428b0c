"""Which items are somebody's to do, their own or in place of a colleague, and what bars them from one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from models.applications import ApplicationRow, StageEntry, VerdictRow
from models.base import literal_state
from models.queries.scoping import BlindStage, conflicted, judges_blind, named, pools_of, unnamed
from models.work import RECUSED, Conflict, Pool, WorkItem
from workflow.domain.scope import Scope

Condition = ColumnElement[bool]
Apart = Sequence[tuple[int, str, str]]
"""(program, stage, other stage): who acted in the other one may not act in the first."""


_other, _before, _said = aliased(WorkItem), aliased(WorkItem), aliased(VerdictRow)  # once: an alias is dear to make
_stay = aliased(StageEntry)
FEW_POOLS = 12
"""Up to here each pool is walked along its own index; the union of more is dearer than sorting what they hold."""


class Items:
    """The items of one Scope, as conditions. Pools are resolved once."""

    def __init__(
        self, session: Session, scope: Scope, now: datetime, apart: Apart = (), blind: Sequence[BlindStage] = ()
    ) -> None:
        self.session, self.scope, self.now, self.apart = session, scope, now, apart
        self.blind = blind if self._may_judge(blind) else ()
        self.pools = self._pools(replace(scope, holdings=scope.own))
        absent = tuple(holding for holding in scope.holdings if holding.for_id is not None)
        self.others_pools = self._pools(replace(scope, holdings=absent, administers=())) - self.pools

    def _pools(self, scope: Scope) -> frozenset[tuple[int, str | None]]:
        """(pool, track that it is narrowed to)."""
        found: set[tuple[int, str | None]] = set()
        for track in {holding.track for holding in scope.holdings} or {None}:
            held = [holding for holding in scope.holdings if holding.track == track]
            wanted = select(Pool.id).where(Pool.id.in_(pools_of(held, scope.administers)))
            found |= {(pool, track) for pool in self.session.scalars(wanted)}
        return frozenset(found)

    def _may_judge(self, blind: Sequence[BlindStage]) -> bool:
        """Somebody who neither judges blind nor ever did knows whose each case is that they see at all."""
        roles = {role for stage in blind for role in stage.roles}
        if not roles or roles.intersection(holding.role for holding in self.scope.holdings):
            return bool(roles)
        sheets = select(WorkItem.id).where(WorkItem.holder_id == self.scope.account_id, WorkItem.role_key.in_(roles))
        return self.session.scalar(sheets.limit(1)) is not None

    @cached_property
    def named(self) -> Condition:
        """The reader may know whose the case is."""
        return named(self.scope, self.blind) if self.blind else true()

    @cached_property
    def named_of_mine(self) -> Condition:
        """The same of what is mine to do: an item that is not blind itself says that its case was asked of me by name,
        so that only a blind sheet of mine could hide it."""
        if not self.blind:
            return true()
        open_to_me = and_(not_(unnamed(self.blind)), not_(judges_blind(self.scope, self.blind)))
        return or_(open_to_me, self.named)

    # -- which items ---------------------------------------------------------------------------------------------------
    def _open(self) -> Condition:
        return WorkItem.state == literal_state("open")

    def _in(self, pools: frozenset[tuple[int, str | None]]) -> Condition:
        wide = [pool for pool, track in pools if track is None]
        narrow = [(pool, track) for pool, track in pools if track is not None and pool not in wide]
        return or_(
            WorkItem.pool_id.in_(wide) if wide else false(),
            tuple_(WorkItem.pool_id, ApplicationRow.track).in_(narrow) if narrow else false(),
        )

    def mine(self) -> list[Condition]:
        """The drivers, each along one index: what I hold, and what lies free in each of my pools."""
        held = and_(self._open(), WorkItem.holder_id == self.scope.account_id, WorkItem.role_key != "applicant")
        return [held, *(and_(self._open(), WorkItem.holder_id.is_(None), free) for free in self._free())]

    def _free(self) -> list[Condition]:
        if len(self.pools) > FEW_POOLS or any(track is not None for _pool, track in self.pools):
            return [self._in(self.pools)]
        return [WorkItem.pool_id == pool for pool, _track in sorted(self.pools)]

    def of_colleagues(self) -> list[Condition]:
        """What those for whom I stand in hold, and what lies in pools that only they have."""
        if not self.scope.stands_in_for:
            return []
        return [
            and_(self._open(), WorkItem.holder_id.in_(self.scope.stands_in_for), WorkItem.pool_id.is_not(None)),
            and_(self._open(), WorkItem.holder_id.is_(None), self._in(self.others_pools)),
        ]

    def waiting(self) -> list[Condition]:
        """Corrections that will come back to me or to my pools."""
        pools = {pool for pool, _ in self.pools}
        asked = exists(
            select(_before.id)
            .where(
                _before.application_id == WorkItem.application_id,
                _before.entry_no == WorkItem.entry_no,
                _before.state == literal_state("done"),
                or_(_before.closed_by == self.scope.account_id, _before.pool_id.in_(pools)),
            )
            .offset(0)
            .correlate(WorkItem)
        )
        return [and_(self._open(), WorkItem.duty == literal_state("correct"), asked)]

    def done(self, since: datetime) -> list[Condition]:
        mine = WorkItem.closed_by == self.scope.account_id
        return [and_(WorkItem.state == literal_state("done"), mine, WorkItem.closed_at >= since)]

    # -- what bars -----------------------------------------------------------------------------------------------------
    @cached_property
    def may(self) -> Condition:
        """Nothing bars me: no conflict, not stepped out, did not fill it, did not propose it, did not act elsewhere."""
        me = self.scope.account_id
        filled = and_(ApplicationRow.filler_id == me, WorkItem.role_key != "applicant", not_(self._by_office()))
        barred = conflicted(
            self.scope, WorkItem.application_id, or_(WorkItem.conflict_bars, Conflict.ground == RECUSED)
        )
        return and_(
            not_(barred),
            func.coalesce(not_(filled), literal(value=True)),
            or_(WorkItem.proposer_id.is_(None), WorkItem.proposer_id != me),
            *(self._not_in_both(*pair) for pair in self.apart),
            not_(and_(WorkItem.duty == "appeal", self._acted(WorkItem.stage_key))),
            not_(and_(WorkItem.duty == "act", self._is_scored(), self._sheet_beside())),
        )

    def _is_scored(self) -> Condition:
        stay = select(_stay.entry_no).where(
            _stay.application_id == WorkItem.application_id,
            _stay.entry_no == WorkItem.entry_no,
            _stay.kind == "score",
        )
        return exists(stay.offset(0).correlate(WorkItem))

    def _sheet_beside(self) -> Condition:
        """Of several raters of one stay nobody is two; of equal free sheets the first stands for all."""
        me = self.scope.account_id
        handed_in = and_(_other.state == literal_state("done"), _other.result == "review", _other.closed_by == me)
        held = and_(_other.state == literal_state("open"), _other.holder_id == me)
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
            _other.duty == "act",
            or_(handed_in, held, same),
        )
        return exists(beside.offset(0).correlate(WorkItem))

    def _by_office(self) -> Condition:
        return exists(select(Pool.id).where(Pool.id == WorkItem.pool_id, Pool.by_office).offset(0).correlate(WorkItem))

    def _not_in_both(self, program_id: int, stage: str, other: str) -> Condition:
        concerns = and_(ApplicationRow.program_id == program_id, WorkItem.stage_key == stage)
        return not_(and_(concerns, self._acted(literal(other))))

    def _acted(self, stage: Any) -> Condition:
        """Closed an item of that stage, or gave a verdict there."""
        me = self.scope.account_id
        closed = select(_before.id).where(
            _before.application_id == WorkItem.application_id, _before.stage_key == stage, _before.closed_by == me
        )
        judged = (
            select(_said.key)
            .join(_before, and_(_before.application_id == _said.application_id, _before.entry_no == _said.entry_no))
            .where(_said.application_id == WorkItem.application_id, _said.given_by == me, _before.stage_key == stage)
        )
        return or_(
            exists(closed.offset(0).correlate(WorkItem, ApplicationRow)),
            exists(judged.offset(0).correlate(WorkItem, ApplicationRow)),
        )
