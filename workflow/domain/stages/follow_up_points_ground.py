"""What every act on points asks and tells: what an item is worth, an entry told, what follows a balance, and time."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflow.domain import answers, rules
from workflow.domain.after import points as ledger_of
from workflow.domain.after.points import CORRECTION, Ledger, PointsEntry
from workflow.domain.application import Application, Duty, Item
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import CaseSubject, is_filler, is_person, may_hold_item
from workflow.domain.policy.items import MENTOR
from workflow.domain.program.schema.after import PointItem, Points
from workflow.domain.rulebook import Rulebook
from workflow.domain.rules import canonical
from workflow.domain.stages.base import Work
from workflow.domain.stages.follow_up_ground import here, valid
from workflow.domain.stages.follow_up_growth import growing
from workflow.domain.stages.follow_up_review import open_review
from workflow.domain.words import Words

ASKS = "asks"
"""The remark that holds what an item asks, as JSON: the chain keeps a digest of it."""


def points_of(work: Work) -> Points | None:
    """The program's points, as long as the recognition stands."""
    return work.definition.points if valid(work) is not None else None


def ledger(work: Work) -> Ledger:
    return work.state.after.points


def today(work: Work) -> date:
    return local_day(work.now)


def since(application: Application) -> date | None:
    known = application.state.recognition
    return known.on if known is not None else None


def about(no: int) -> str:
    return f"points:{no}"


def entry_of(work: Work) -> PointsEntry | None:
    """The entry that the item asks about."""
    kind, _, no = ((work.item.about if work.item is not None else None) or "").partition(":")
    return ledger(work).entry(int(no)) if kind == "points" and no.isdecimal() else None


def may_as(work: Work, role: str) -> bool:
    """Whether the actor could be asked to act in this role, without an item that asks."""
    case = work.before
    entry = case.state.entry
    asked = Item(
        no=0,
        entry_no=entry.no if entry is not None else 0,
        stage=here(work),
        duty=Duty.ACT,
        role=role,
        opened_at=work.now,
        organization_id=case.places.get(role),
    )
    return not is_person(work.actor, case) and may_hold_item(work.actor, CaseSubject(work.definition, case, asked))


def is_own(work: Work) -> bool:
    """The person, and whoever fills for somebody without an account."""
    case = work.before
    return is_person(work.actor, case) or (case.account_id is None and is_filler(work.actor, case))


# -- what an item is worth ---------------------------------------------------------------------------------------------
def worth(work: Work, item: PointItem, asks: Mapping[str, Any]) -> Decimal | None:
    """Two decimals; None where the expression cannot be worked out from what was given."""
    if isinstance(item.points, Decimal):
        return item.points
    scope = rules.scope_for(work.definition, rules.Place.POINTS, item=item.key)
    try:
        rule = rules.compile(str(item.points), scope, "number")
        value = rule.value({f"entry.{key}": value for key, value in asks.items()})
    except (ArithmeticError, LookupError):
        return None
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) > ledger_of.LARGEST:
        return None
    return ledger_of.rounded(value)


def worth_of_text(typed: str) -> Decimal | None:
    """A number of points as somebody types it: of either sign, at most two decimals."""
    match = re.fullmatch(r"([-+−]?)(\d{1,9}(?:\.\d{1,2})?)", typed)
    return None if match is None else Decimal(match[2]) * (1 if match[1] in ("", "+") else -1)


def cut(work: Work, item: PointItem, value: Decimal, on: date) -> Decimal:
    """With `40 points/month` the rest counts; entries have no rest."""
    if item.limit is None or item.limit.unit == "entries":
        return value
    return ledger_of.within(value, ledger_of.left_of(item.limit, ledger(work), item.key, on))


def is_full(work: Work, item: PointItem, on: date) -> bool:
    limit = item.limit
    return limit is not None and limit.unit == "entries" and not ledger_of.left_of(limit, ledger(work), item.key, on)


def wrong_entry(work: Work, item: PointItem, on: date, asks: Mapping[str, Any], *, late: bool = False) -> list[Reason]:
    """Everything that stands in the way of one entry; `late`: a locked period is what it is for."""
    reasons = [*_wrong_day(work, on, late=late), *wrong_asks(work, item.key, asks)]
    if item.evidence and not work.inputs.get("evidence"):
        reasons.append(Reason(Words("“%(item)s”要附证明材料", item=item.name), "evidence"))
    if is_full(work, item, on):
        most = item.limit.amount if item.limit is not None else 0
        reasons.append(Reason(Words("“%(item)s”这一期最多%(most)s次，已经满了", item=item.name, most=most), "points"))
    if not reasons and worth(work, item, asks) is None:
        reasons.append(Reason(Words("“%(item)s”按填写的内容算不出分数，请核对", item=item.name), "points"))
    return reasons


def _wrong_day(work: Work, on: date, *, late: bool) -> list[Reason]:
    points, start = points_of(work), since(work.before)
    if points is None or start is None:
        return []
    if on > today(work):
        return [Reason(Words("发生的日子不能晚于今天"), "on")]
    if on < start:
        return [Reason(Words("%(day)s 才认定，之前的不记分", day=start.isoformat()), "on")]
    if not late and ledger_of.is_locked(points, on, today(work)):
        return [Reason(Words("那一期已经锁定，只能补记更正"), "on")]
    return []


def wrong_asks(work: Work, key: str, asks: Mapping[str, Any]) -> list[Reason]:
    flaws = answers.entry_questions(work.definition, key).flaws(asks, {}, today(work))
    return [Reason(flaw.words, f"{ASKS}.{flaw.where}") for flaw in flaws]


# -- an entry told -----------------------------------------------------------------------------------------------------
def spelled(work: Work, key: str, asks: Mapping[str, Any]) -> str:
    stored = answers.encode(answers.entry_questions(work.definition, key).fields, asks)
    return json.dumps(stored, ensure_ascii=False, sort_keys=True) if stored else ""


def asked_again(work: Work, no: int, points: Points) -> list[dict[str, Any]]:
    role = points.entry.confirmed_by
    asked = {"duty": Duty.AGREE.value, "role": role, "stage": here(work), "about": about(no)}
    if role == MENTOR:
        return [{**asked, "holder": work.before.state.after.mentor}]
    return [{**asked, "organization": work.before.places.get(role)}]


def tell_entry(
    work: Work,
    item: PointItem,
    source: str,
    on: date,
    asks: Mapping[str, Any],
    *,
    kind: str = "points_entered",
    session: int | None = None,
) -> None:
    """One entry that waits for its confirmation; what a limit cuts off is told beside what is left."""
    points = work.definition.points
    value = worth(work, item, asks)
    if points is None or value is None:
        return
    counted = cut(work, item, value, on)
    no = len(ledger(work).entries) + 1
    work.tell(
        kind,
        {
            "reason": work.text("reason"),
            ASKS: spelled(work, item.key if session is None else asked_by(work, item), asks),
        },
        no=no,
        points=item.key,
        value=canonical(counted),
        asked=canonical(value) if counted != value else None,
        source=source if source != CORRECTION else None,
        on=on.isoformat(),
        session=session,
        evidence=list(work.inputs.get("evidence") or ()) or None,
        opens=asked_again(work, no, points),
    )


def asked_by(work: Work, item: PointItem) -> str:
    """The session whose fields an item from a session is worked out from."""
    found = (key for key, each in work.definition.sessions.items() if item.key in (each.gives, each.absence))
    return next(found, item.key)


# -- what follows a changed balance ------------------------------------------------------------------------------------
def standing(work: Work) -> Decimal:
    points = work.definition.points
    if points is None:
        return Decimal(0)
    return ledger_of.balance(points, ledger(work), today(work), work.book.calendar)


def follow_balance(work: Work) -> None:
    """The tier and the marks that the balance has come to, told once each time it comes there."""
    points = points_of(work)
    if points is None:
        return
    now = standing(work)
    tier = ledger_of.tier_of(points, now)
    key, told = tier.key if tier is not None else None, ledger(work).tier
    if key != told:
        work.tell("tier_changed", tier=key, before=told, balance=canonical(now))
    reached = ledger_of.reached_marks(points, now)
    for mark in points.marks:
        below = canonical(mark.below)
        if below in reached and below not in ledger(work).reached:
            work.tell("mark_reached", below=below, then=mark.then, balance=canonical(now))
            if mark.then == "review":
                open_review(work, f"mark:{below}")


# -- time --------------------------------------------------------------------------------------------------------------
def fall(work: Work) -> None:
    """What has expired, which periods are over, where the balance stands after that."""
    points, start = points_of(work), since(work.before)
    if points is None or start is None:
        return
    gone = _gone(points, ledger(work), work.book, today(work))
    if gone:
        work.tell("points_expired", nos=[entry.no for entry in gone], balance=canonical(standing(work)))
    told = set(ledger(work).locked)
    for period in ledger_of.ended_periods(points, start, today(work)):
        if period.key not in told:
            came_to = ledger_of.balance(points, ledger(work), period.last, work.book.calendar)
            work.tell("points_locked", period=period.key, balance=canonical(came_to))
    if growing(work) is not None:
        follow_balance(work)


def _gone(points: Points, known: Ledger, book: Rulebook, day: date) -> list[PointsEntry]:
    if points.expires is None:
        return []
    ends = ledger_of.bookings(points, known, book.calendar)
    return [entry for entry, _, last in ends if last is not None and last < day and not entry.expired]


def look(book: Rulebook, application: Application, day: date) -> date | None:
    points, start = book.definition.points, since(application)
    if points is None or start is None:
        return None
    known = application.state.after.points
    days = [_next_expiry(points, known, book), _next_lock(points, known, start, day)]
    if _is_behind(points, known, book, day):
        days.append(day)
    return min((max(each, day) for each in days if each is not None), default=None)


def _next_expiry(points: Points, known: Ledger, book: Rulebook) -> date | None:
    if points.expires is None:
        return None
    ends = ledger_of.bookings(points, known, book.calendar)
    last = min((end for entry, _, end in ends if end is not None and not entry.expired), default=None)
    return last + timedelta(days=1) if last is not None else None


def _next_lock(points: Points, known: Ledger, start: date, day: date) -> date | None:
    if points.lock is None:
        return None
    told = set(known.locked)
    waiting = next((p for p in ledger_of.ended_periods(points, start, day) if p.key not in told), None)
    period = waiting or ledger_of.period_of(max(day, start), points.lock)
    return period.last + timedelta(days=1)


def _is_behind(points: Points, known: Ledger, book: Rulebook, day: date) -> bool:
    """Whether tier or marks are not yet told as they are: at the very start, or after a change of the program."""
    now = ledger_of.balance(points, known, day, book.calendar)
    tier = ledger_of.tier_of(points, now)
    untold = set(ledger_of.reached_marks(points, now)) - set(known.reached)
    return (tier.key if tier is not None else None) != known.tier or bool(untold)
