"""The statements of the lists of work, each made once for all readers of one shape; values come when it is asked."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from models.applications import ApplicationRow
from models.base import literal_state, once
from models.organizations import Organization
from models.people import Person
from models.queries import progress
from models.queries.queue_items import AFTER_AT, AFTER_ID, ME, NOW, TODAY_ENDS, Condition, Items, Shape
from models.queries.queue_narrowed import is_flagged
from models.queries.queue_views import Listed, conditions_of, drivers_of
from models.queries.scoping import conflict_of
from models.rounds import Round
from models.work import RECUSED, Conflict, WorkItem

AT_MOST = bindparam("most", type_=Integer())
_LINE = aliased(Organization)  # once: an alias is dear to make


@lru_cache(maxsize=64)
def items_of(shape: Shape) -> Items:
    return Items(shape)


@lru_cache(maxsize=128)
def number_in(shape: Shape, listed: Listed) -> Any:
    items = items_of(shape)
    return number(items, drivers_of(items, listed.view), conditions_of(items, listed))


@lru_cache(maxsize=64)
def numbers_of(shape: Shape, every: tuple[Listed, ...]) -> Any:
    return once(select(*(number_in(shape, listed).scalar_subquery() for listed in every)))


@lru_cache(maxsize=128)
def page_in(shape: Shape, listed: Listed, *, of_mine: bool) -> Any:
    items = items_of(shape)
    named = items.named_of_mine if of_mine else items.named
    return once(page(items, drivers_of(items, listed.view), conditions_of(items, listed), named))


@lru_cache(maxsize=128)
def beside_in(shape: Shape, listed: Listed) -> Any:
    """The reference of the first item in this order, or backwards."""
    items, back = items_of(shape), listed.back
    conditions = conditions_of(items, listed)
    parts = [
        select(WorkItem.ref, WorkItem.due_at, WorkItem.id)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(driver, items.may, *conditions)
        .order_by(*_order(WorkItem.due_at, WorkItem.id, back=back))
        .limit(1)
        .subquery()
        for driver in drivers_of(items, listed.view)
    ]
    every = union_all(*(select(part) for part in parts)).subquery()
    return once(select(every.c.ref).order_by(*_order(every.c.due_at, every.c.id, back=back)).limit(1))


def _order(*columns: Any, back: bool) -> list[Any]:
    return [column.desc() if back else column for column in columns]


# -- counting ----------------------------------------------------------------------------------------------------------
def number(items: Items, drivers: Sequence[Condition], also: Sequence[Condition]) -> Any:
    parts = [_driven(items, driver, also).limit(AT_MOST).subquery() for driver in drivers]
    base = union_all(*(select(part.c.id) for part in parts)).limit(AT_MOST).subquery()
    return select(func.count()).select_from(base)


def _driven(items: Items, driver: Condition, also: Sequence[Condition]) -> Select[int, datetime]:
    return (
        select(WorkItem.id.label("id"), WorkItem.due_at.label("due_at"))
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(driver, items.may, *also)
    )


def _ids(items: Items, drivers: Sequence[Condition], also: Sequence[Condition]) -> Select[int, datetime]:
    walks = [_driven(items, driver, also) for driver in drivers]
    if not items.shape.merges:
        ended = [walk.order_by(WorkItem.due_at, WorkItem.id).limit(AT_MOST).subquery() for walk in walks]
        walks = [select(walk.c.id, walk.c.due_at) for walk in ended]
    every = union_all(*walks).subquery()
    return select(every.c.id, every.c.due_at).order_by(every.c.due_at, every.c.id).limit(AT_MOST)


@lru_cache(maxsize=64)
def groups_of(shape: Shape) -> Any:
    """One pass over what is mine: every count beside a view and every choice of a filter comes from it.

    Names are looked up once for each group, not once for each item.
    """
    items = items_of(shape)
    base = _ids(items, items.mine, ()).subquery()
    said = {
        "round_id": WorkItem.round_id,
        "version_id": ApplicationRow.version_id,
        "stage": WorkItem.stage_key,
        "track": ApplicationRow.track,
        "channel": ApplicationRow.channel,
        "nominator_id": items.if_named(ApplicationRow.nominator_id),
        "precheck": items.if_named(ApplicationRow.precheck),
        "line_id": items.if_named(ApplicationRow.line_organization_id),
        "held": ApplicationRow.status == literal_state("held"),
    }
    found = (
        select(
            *(expression.label(name) for name, expression in said.items()),
            WorkItem.due_at,
            (WorkItem.hint == literal_state("corrected")).label("corrected"),
            is_flagged().label("flagged"),
        )
        .select_from(base)
        .join(WorkItem, WorkItem.id == base.c.id)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .subquery()
    )
    late, today = found.c.due_at < NOW, and_(found.c.due_at >= NOW, found.c.due_at <= TODAY_ENDS)
    keys = [found.c[name] for name in said]
    tally = (
        select(*keys, func.count().label("count"), *_sums(late, today, found.c.corrected, found.c.flagged))
        .group_by(*keys)
        .subquery()
    )
    return once(
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


def _sums(*conditions: Any) -> list[Any]:
    return [func.sum(case((each, 1), else_=0)).label(f"sum_{n}") for n, each in enumerate(conditions)]


# -- rows --------------------------------------------------------------------------------------------------------------
def page(items: Items, drivers: Sequence[Condition], also: Sequence[Condition], named: Condition) -> Any:
    """By due time, then by number: the mark of the last row is where the next page begins."""
    base = _ids(items, drivers, also).subquery()
    wanted = rows(WorkItem.due_at, named).join(base, base.c.id == WorkItem.id)
    return wanted.order_by(base.c.due_at, base.c.id)


@lru_cache(maxsize=64)
def done_in(shape: Shape, *, marked: bool) -> Any:
    """The newest first."""
    items = items_of(shape)
    out = conflict_of(ME, WorkItem.application_id, Conflict.ground == RECUSED)
    wanted = rows(WorkItem.closed_at, items.named).where(*items.done, not_(out))
    if marked:
        later = or_(WorkItem.closed_at < AFTER_AT, WorkItem.id < AFTER_ID)
        wanted = wanted.where(WorkItem.closed_at <= AFTER_AT, later)
    return wanted.order_by(WorkItem.closed_at.desc(), WorkItem.id.desc()).limit(AT_MOST)


def rows(mark: Any, named: Condition) -> Any:
    """Who a case is about and who nominated it are joined only where the reader may know."""
    subject = aliased(Organization)
    return (
        select(
            WorkItem.ref,
            WorkItem.id,
            WorkItem.version,
            ApplicationRow.ref,
            ApplicationRow.id,
            ApplicationRow.number,
            func.coalesce(Person.name, subject.name, ""),
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
            progress.papers(),
            progress.looked_at("ok"),
            progress.looked_at("flag"),
            progress.lights_at_submission(),
            WorkItem.about,
        )
        .select_from(WorkItem)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .join(Round, Round.id == ApplicationRow.round_id)
        .outerjoin(Person, and_(Person.id == ApplicationRow.person_id, named))
        .outerjoin(subject, and_(subject.id == ApplicationRow.subject_organization_id, named))
        .outerjoin(Organization, and_(Organization.id == ApplicationRow.nominator_id, named))
    )
