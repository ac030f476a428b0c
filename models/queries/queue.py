"""The reviewer's queue: open items of one's own and of one's pools, by due time.

Two drivers, each walking its own index: items held by me, and free items of my pools. Everything else that a row must
satisfy is asked of it on the way (`EXISTS`), so that a page stops after as many rows as it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from models.applications import ApplicationRow
from models.names import search_term
from models.organizations import Organization
from models.people import Person, PersonToken
from models.queries.queue_items import Condition, Items
from models.queries.queue_narrowed import is_flagged
from models.queries.scoping import recused, visible
from models.rounds import Round
from models.work import WorkItem

MOST = 1000
"""Up to here a count is exact; beyond it every number of the page carries a plus. A page costs what it counts."""
FEW = 200
"""The same for what is only beside: the corrections that others owe, what a colleague who is away would do."""
FOUND = 50

Mark = tuple[datetime, int]


@dataclass(frozen=True)
class Row:
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


_LINE = aliased(Organization)  # once: an alias is dear to make


class Queue(Items):
    """What one Scope has to do; each list below is one statement."""

    # -- counting ------------------------------------------------------------------------------------------------------
    def count(self, drivers: Sequence[Condition], *also: Condition, most: int = MOST) -> int:
        """Capped: one more than the most says that there are more."""
        if not drivers:
            return 0
        parts = [self._driven(driver, *also).limit(most + 1).subquery() for driver in drivers]
        base = union_all(*(select(part.c.id) for part in parts)).limit(most + 1).subquery()
        return self.session.scalar(select(func.count()).select_from(base)) or 0

    def _driven(self, driver: Condition, *also: Condition) -> Select[int, datetime]:
        return (
            select(WorkItem.id.label("id"), WorkItem.due_at.label("due_at"))
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(driver, self.may, *also)
        )

    def _ids(self, drivers: Sequence[Condition], most: int, *also: Condition) -> Select[int, datetime]:
        parts = [
            self._driven(driver, *also).order_by(WorkItem.due_at, WorkItem.id).limit(most).subquery()
            for driver in drivers
        ]
        every = union_all(*(select(part.c.id, part.c.due_at) for part in parts)).subquery()
        return select(every.c.id, every.c.due_at).order_by(every.c.due_at, every.c.id).limit(most)

    def groups(self, today_ends: datetime) -> list[Group]:
        """One pass over what is mine: every count beside a view and every choice of a filter comes from it.

        Names are looked up once for each group, not once for each item.
        """
        base = self._ids(self.mine(), MOST + 1).subquery()
        said = {
            "round_id": WorkItem.round_id,
            "version_id": ApplicationRow.version_id,
            "stage": WorkItem.stage_key,
            "track": ApplicationRow.track,
            "channel": ApplicationRow.channel,
            "nominator_id": self._if_named(ApplicationRow.nominator_id),
            "precheck": self._if_named(ApplicationRow.precheck),
            "line_id": self._if_named(ApplicationRow.line_organization_id),
            "held": ApplicationRow.status == "held",
        }
        items = (
            select(
                *(expression.label(name) for name, expression in said.items()),
                WorkItem.due_at,
                (WorkItem.hint == "corrected").label("corrected"),
                is_flagged().label("flagged"),
            )
            .select_from(base)
            .join(WorkItem, WorkItem.id == base.c.id)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .subquery()
        )
        late, today = items.c.due_at < self.now, and_(items.c.due_at >= self.now, items.c.due_at <= today_ends)
        keys = [items.c[name] for name in said]
        tally = (
            select(*keys, func.count().label("count"), *_sums(late, today, items.c.corrected, items.c.flagged))
            .group_by(*keys)
            .subquery()
        )
        rows: Any = self.session.execute(
            select(
                Round.ref, tally.c.version_id, tally.c.stage, tally.c.track, tally.c.channel, Organization.ref,
                Organization.name, tally.c.precheck, tally.c.count, *(tally.c[f"sum_{n}"] for n in range(4)),
                _LINE.ref, _LINE.name, tally.c.held,
            )
            .select_from(tally)
            .join(Round, Round.id == tally.c.round_id)
            .outerjoin(Organization, Organization.id == tally.c.nominator_id)
            .outerjoin(_LINE, _LINE.id == tally.c.line_id)
        )  # fmt: skip
        return [Group(*row) for row in rows]

    def _if_named(self, column: Any) -> Any:
        return case((self.named_of_mine, column)) if self.blind else column

    # -- a page --------------------------------------------------------------------------------------------------------
    def page(
        self,
        drivers: Sequence[Condition],
        filters: Sequence[Condition],
        after: Mark | None,
        most: int,
        named: Condition | None = None,
    ) -> list[Row]:
        """By due time, then by number: the mark of the last row is where the next page begins."""
        if not drivers:
            return []
        also = [*filters] if after is None else [*filters, _behind(after)]
        base = self._ids(drivers, most, *also).subquery()
        wanted = (
            _rows(WorkItem.due_at, self.named if named is None else named)
            .join(base, base.c.id == WorkItem.id)
            .order_by(base.c.due_at, base.c.id)
        )
        return [Row(*row) for row in self.session.execute(wanted)]

    def beside(
        self, drivers: Sequence[Condition], filters: Sequence[Condition], mark: Mark | None, *, back: bool = False
    ) -> str | None:
        """The reference of the item right behind a mark, or right before it; without a mark the first one."""
        if not drivers:
            return None
        also = [*filters] if mark is None else [*filters, _before(mark) if back else _behind(mark)]
        parts = [
            select(WorkItem.ref, WorkItem.due_at, WorkItem.id)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(driver, self.may, *also)
            .order_by(*_order(WorkItem.due_at, WorkItem.id, back=back))
            .limit(1)
            .subquery()
            for driver in drivers
        ]
        every = union_all(*(select(part) for part in parts)).subquery()
        return self.session.scalar(
            select(every.c.ref).order_by(*_order(every.c.due_at, every.c.id, back=back)).limit(1)
        )

    def done_page(self, since: datetime, after: Mark | None, most: int) -> list[Row]:
        """The newest first."""
        wanted = _rows(WorkItem.closed_at, self.named).where(
            *self.done(since), not_(recused(self.scope, WorkItem.application_id))
        )
        if after is not None:
            at, number = after
            later = or_(WorkItem.closed_at < at, WorkItem.id < number)
            wanted = wanted.where(WorkItem.closed_at <= at, later)
        wanted = wanted.order_by(WorkItem.closed_at.desc(), WorkItem.id.desc()).limit(most)
        return [Row(*row) for row in self.session.execute(wanted)]

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
        wanted = _rows(ApplicationRow.created_at, self.named).where(
            fits, visible(self.scope), self.named, ApplicationRow.submitted_at.is_not(None), WorkItem.id == newest
        )
        wanted = wanted.order_by(ApplicationRow.id.desc()).limit(FOUND)
        return [Row(*row) for row in self.session.execute(wanted)]


def _behind(mark: Mark) -> Condition:
    """Spelled out: a row of two bound values would lose the type by which moments are compared."""
    at, number = mark
    return and_(WorkItem.due_at >= at, or_(WorkItem.due_at > at, WorkItem.id > number))


def _before(mark: Mark) -> Condition:
    at, number = mark
    return and_(WorkItem.due_at <= at, or_(WorkItem.due_at < at, WorkItem.id < number))


def _order(*columns: Any, back: bool = False) -> list[Any]:
    return [column.desc() if back else column for column in columns]


def _sums(*conditions: Any) -> list[Any]:
    return [func.sum(case((each, 1), else_=0)).label(f"sum_{n}") for n, each in enumerate(conditions)]


def _rows(mark: Any, named: Condition) -> Any:
    """Who a case is about and who nominated it are joined only where the reader may know."""
    return (
        select(
            WorkItem.ref,
            WorkItem.id,
            WorkItem.version,
            ApplicationRow.ref,
            ApplicationRow.id,
            ApplicationRow.number,
            func.coalesce(Person.name, ""),
            Round.ref,
            ApplicationRow.version_id,
            WorkItem.stage_key,
            WorkItem.duty,
            ApplicationRow.track,
            ApplicationRow.channel,
            Organization.name,
            ApplicationRow.precheck,
            WorkItem.hint,
            ApplicationRow.status,
            WorkItem.entry_no,
            WorkItem.due_at,
            WorkItem.provisional,
            WorkItem.holder_id,
            WorkItem.result,
            WorkItem.closed_at,
            mark,
            named,
        )
        .select_from(WorkItem)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .join(Round, Round.id == ApplicationRow.round_id)
        .outerjoin(Person, and_(Person.id == ApplicationRow.person_id, named))
        .outerjoin(Organization, and_(Organization.id == ApplicationRow.nominator_id, named))
    )
