"""The reviewer's queue: open items of one's own and of one's pools, by due time.

Two drivers, each walking its own index: items held by me, and free items of my pools. Everything else that a row must
satisfy is asked of it on the way (`EXISTS`), so that a page stops after as many rows as it shows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import ask
from models.names import search_term
from models.people import PersonToken
from models.queries import queue_statements as statements
from models.queries.queue_items import ME, Apart, Condition, Items, Pools, Shape
from models.queries.queue_narrowed import Narrowed
from models.queries.queue_statements import AT_MOST, items_of
from models.queries.queue_views import Listed, drivers_of
from models.queries.scoping import BlindStage, pools_of, visible
from models.work import WorkItem
from workflow.domain.actor import Holding
from workflow.domain.calendar import end_of, local_day
from workflow.domain.scope import Scope

MOST = 500
"""Up to here a count is exact; beyond it every number of the page carries a plus. A page costs what it counts, and
whoever has weeks of work before them plans by what is due first: that comes first in this order, and is counted."""
FEW = 200
"""The same for what is only beside: the corrections that others owe, what a colleague who is away would do."""
FOUND = 50

Mark = tuple[datetime, int]


class Row(NamedTuple):
    item_ref: str
    item_id: int
    item_version: int
    ref: str
    application_id: int
    number: str | None
    name: str
    round_ref: str
    version_id: int
    stage: str
    duty: str
    track: str | None
    channel: str
    nominator: str | None
    precheck: str | None
    hint: str | None
    status: str
    entry_no: int
    due_at: datetime
    provisional: bool
    holder_id: int | None
    result: str | None
    closed_at: datetime | None
    mark: datetime
    named: bool = True  # the reader may know whose it is
    places: int = 0  # of the form, which hold a file
    right: int = 0  # of them, as looked at in this stay
    flagged: int = 0
    lights: Mapping[str, str] | None = None  # as it was submitted, where one of them is unsure
    about: str | None = None  # what of the time after the recognition it asks for


@dataclass(frozen=True)
class Group:
    """How many items of one's own share these facts, and what is special about some of them."""

    round: str
    version_id: int
    stage: str
    track: str | None
    channel: str
    nominator_ref: str | None
    nominator: str | None
    precheck: str | None
    count: int
    late: int
    today: int
    corrected: int
    flagged: int
    employer_ref: str | None
    employer: str | None
    held: bool = False


_SHEET_HELD = (
    select(WorkItem.id)
    .where(WorkItem.holder_id == ME, WorkItem.role_key.in_(bindparam("roles", expanding=True)))
    .limit(1)
)


@lru_cache(maxsize=256)
def _pools_of(holdings: tuple[Holding, ...], administers: tuple[str, ...]) -> Any:
    return pools_of(holdings, administers)


class Queue:
    """What one Scope has to do; each list below is one statement. Pools are resolved once."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        now: datetime,
        apart: Apart = (),
        blind: Sequence[BlindStage] = (),
        scored: Mapping[int, Collection[str]] = MappingProxyType({}),
    ) -> None:
        """`scored`: of the versions that are known here, the stages in which sheets are scored."""
        self.session, self.scope, self.now = session, scope, now
        pools = self._pools(replace(scope, holdings=scope.own))
        absent = tuple(holding for holding in scope.holdings if holding.for_id is not None)
        others = self._pools(replace(scope, holdings=absent, administers=())) - pools
        mine, theirs = Pools(pools), Pools(others)
        may_judge = self._may_judge(blind)
        self.shape = Shape(
            merges=session.connection().dialect.name == "sqlite",
            walked=mine.walked,
            kinds=mine.kinds,
            kinds_of_others=theirs.kinds,
            stands_in=bool(scope.stands_in_for),
            apart=tuple(apart),
            versions=tuple(sorted(scored)),
            scored=tuple(sorted({stage for stages in scored.values() for stage in stages})),
            blind=tuple(blind) if may_judge else (),
            scope=scope if may_judge else None,
        )
        self.items: Items = items_of(self.shape)
        today = local_day(now)
        self._values: Mapping[str, Any] = {
            "me": scope.account_id,
            "now": now,
            "today_begins": end_of(today - timedelta(days=1)),
            "today_ends": end_of(today),
            "every_pool": sorted({pool for pool, _track in pools}),
            "absent": sorted(scope.stands_in_for),
            **mine.values("pools"),
            **theirs.values("others"),
        }

    def _pools(self, scope: Scope) -> frozenset[tuple[int, str | None]]:
        """(pool, track that it is narrowed to)."""
        found: set[tuple[int, str | None]] = set()
        for track in {holding.track for holding in scope.holdings} or ({None} if scope.administers else ()):
            held = tuple(holding for holding in scope.holdings if holding.track == track)
            found |= {(pool, track) for (pool,) in ask(self.session, _pools_of(held, scope.administers)).all()}
        return frozenset(found)

    def _may_judge(self, blind: Sequence[BlindStage]) -> bool:
        """Somebody who neither judges blind nor ever did knows whose each case is that they see at all."""
        roles = {role for stage in blind for role in stage.roles}
        if not roles or roles.intersection(holding.role for holding in self.scope.holdings):
            return bool(roles)
        return ask(self.session, _SHEET_HELD, me=self.scope.account_id, roles=sorted(roles)).first() is not None

    def _ask(self, statement: Any, most: int = 1, narrowed: Narrowed | None = None, after: Mark | None = None) -> Any:
        at, number = after if after is not None else (None, None)
        asked = narrowed.values if narrowed is not None else {}
        values = {**self._values, **asked, "most": most, "after_at": at, "after_id": number}
        return ask(self.session, statement, **values)

    # -- counting ------------------------------------------------------------------------------------------------------
    def mine(self) -> Sequence[Condition]:
        return self.items.mine

    def of_colleagues(self) -> Sequence[Condition]:
        return self.items.of_colleagues

    def count(self, drivers: Sequence[Condition], *also: Condition, most: int = MOST) -> int:
        """Capped: one more than the most says that there are more."""
        return int(self._ask(statements.number(self.items, drivers, also), most + 1).scalar_one()) if drivers else 0

    def count_listed(self, listed: Listed, narrowed: Narrowed | None = None, most: int = MOST) -> int:
        if not self._has(listed):
            return 0
        return int(self._ask(statements.number_in(self.shape, listed), most + 1, narrowed).scalar_one())

    def counts_beside(self, *every: Listed, most: int) -> list[int]:
        """Of several lists in one statement; what is beside is not narrowed."""
        there = tuple(listed for listed in every if self._has(listed))
        found = iter(self._ask(statements.numbers_of(self.shape, there), most + 1).one())
        return [int(next(found)) if listed in there else 0 for listed in every]

    def groups(self) -> list[Group]:
        return [Group(*row) for row in self._ask(statements.groups_of(self.shape), MOST + 1).all()]

    def _has(self, listed: Listed) -> bool:
        return bool(drivers_of(self.items, listed.view))

    # -- a page --------------------------------------------------------------------------------------------------------
    def page(self, drivers: Sequence[Condition], filters: Sequence[Condition], most: int) -> list[Row]:
        """Of conditions that are made for one place alone."""
        if not drivers:
            return []
        wanted = statements.page(self.items, drivers, filters, self.items.named)
        return [Row._make(row) for row in self._ask(wanted, most).all()]

    def page_listed(
        self, listed: Listed, narrowed: Narrowed, after: Mark | None, most: int, *, of_mine: bool = False
    ) -> list[Row]:
        if not self._has(listed):
            return []
        marked = replace(listed, marked=after is not None)
        wanted = statements.page_in(self.shape, marked, of_mine=of_mine)
        return [Row._make(row) for row in self._ask(wanted, most, narrowed, after).all()]

    def done_page(self, after: Mark | None, most: int) -> list[Row]:
        wanted = statements.done_in(self.shape, marked=after is not None)
        return [Row._make(row) for row in self._ask(wanted, most, after=after).all()]

    def beside(self, listed: Listed, narrowed: Narrowed, mark: Mark | None, *, back: bool = False) -> str | None:
        """The reference of the item right behind a mark, or right before it; without a mark the first one."""
        if not self._has(listed):
            return None
        wanted = statements.beside_in(self.shape, replace(listed, marked=mark is not None, back=back))
        found: str | None = self._ask(wanted, narrowed=narrowed, after=mark).scalar()
        return found

    def find(self, typed: str) -> list[Row]:
        """Cases that I may read, by number or by name; each with an open item of its own where there is one."""
        term = search_term(typed)
        if not term:
            return []
        named = select(PersonToken.person_id).where(PersonToken.token >= term, PersonToken.token < f"{term}\U0010ffff")
        number = typed.strip().upper()
        fits = or_(
            and_(ApplicationRow.number >= number, ApplicationRow.number < f"{number}\U0010ffff"),
            ApplicationRow.person_id.in_(named),
        )
        newest = (
            select(func.max(WorkItem.id))
            .where(WorkItem.application_id == ApplicationRow.id)
            .correlate(ApplicationRow)
            .scalar_subquery()
        )
        may_know = self.items.named
        wanted = statements.rows(ApplicationRow.created_at, may_know).where(
            fits, visible(self.scope), may_know, ApplicationRow.submitted_at.is_not(None), WorkItem.id == newest
        )
        return [
            Row._make(row) for row in self._ask(wanted.order_by(ApplicationRow.id.desc()).limit(AT_MOST), FOUND).all()
        ]
