"""What has been kept as long as it must. The clock lists it once a day; nothing goes before two people have signed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.base import reading, writing
from models.clock import Heartbeat
from models.evidence import StreamKind
from models.queries import recipients
from models.queries import retention as queries
from models.queries.recipients import Seat
from models.queries.retention import Seen
from models.retention import RetentionLine
from models.rounds import Round
from workflow.domain import retention as rules
from workflow.domain.actor import SYSTEM
from workflow.domain.application import Status
from workflow.domain.calendar import local_day
from workflow.domain.lengths import Length
from workflow.domain.retention import Held
from workflow.domain.rulebook import Rulebook
from workflow.services import evidence, heartbeats, outbox
from workflow.services.casework import open_cases
from workflow.services.rulebooks import book_of

AT_ONCE = 500
_LISTED = "retention"


@dataclass(frozen=True)
class Due:
    case: int
    kind: str
    round_id: int
    kept_until: date


def carry_out(now: datetime) -> int:
    """How many lines came or went; so many at a time, and nothing more on a day on which everything was looked at."""
    with reading() as session:
        last = session.get(Heartbeat, _LISTED)
        if last is not None and local_day(last.scanned_at) >= local_day(now):
            return 0
        found = {(each.case, each.kind): each for each in due(session, now)}
    with writing() as session:
        moved = _take_down(session, found) + _put_up(session, found, now)
        if moved < AT_ONCE:
            heartbeats.locked(session, _LISTED, now).scanned_at = now
        return moved


def _take_down(session: Session, found: Mapping[tuple[int, str], Due]) -> int:
    """Somebody went on with a draft, opened a case again, stopped its destruction: it is not over any more."""
    free = (RetentionLine.destroyed_at.is_(None), RetentionLine.destruction_id.is_(None))
    stand = session.execute(select(RetentionLine.id, RetentionLine.application_id, RetentionLine.kind).where(*free))
    gone = [line for line, case, kind in stand if (case, kind) not in found][:AT_ONCE]
    for start in range(0, len(gone), 100):
        session.execute(delete(RetentionLine).where(RetentionLine.id.in_(gone[start : start + 100]), *free))
    return len(gone)


def _put_up(session: Session, found: Mapping[tuple[int, str], Due], now: datetime) -> int:
    stand = {
        (case, kind): (line, until)
        for line, case, kind, until in session.execute(
            select(RetentionLine.id, RetentionLine.application_id, RetentionLine.kind, RetentionLine.kept_until).where(
                RetentionLine.destroyed_at.is_(None)
            )
        )
    }
    fresh = [each for place, each in sorted(found.items()) if place not in stand][:AT_ONCE]
    for each in fresh:
        session.add(
            RetentionLine(
                application_id=each.case,
                round_id=each.round_id,
                kind=each.kind,
                kept_until=each.kept_until,
                listed_at=now,
            )
        )
        body = {"class": each.kind, "kept_until": each.kept_until.isoformat()}
        evidence.tell(session, StreamKind.APPLICATION_ACCESS, each.case, "deletion_listed", SYSTEM, now, body=body)
    _tell(session, Counter(each.round_id for each in fresh), now)
    for place, (line, until) in stand.items():
        if place in found and found[place].kept_until != until:
            session.execute(
                update(RetentionLine).where(RetentionLine.id == line).values(kept_until=found[place].kept_until)
            )
    return len(fresh)


def _tell(session: Session, fresh: Mapping[int, int], now: datetime) -> None:
    """Once a day and round, those who must look through the list: it destroys nothing by itself."""
    for round_id, count in sorted(fresh.items()):
        round_ = session.get_one(Round, round_id)
        run_by = book_of(session, round_.version_id).definition.run_by
        holders = recipients.holding(session, Seat(run_by, round_.program_id, round_.id), now)
        for account in recipients.to_be_told(session, holders, 0, False):
            outbox.post(
                session,
                "retention_due",
                now,
                recipient_id=account,
                params={"round": round_.ref, "count": count},
                once=f"retention:{round_.id}:{local_day(now)}:{account}",
            )


# -- what is due -------------------------------------------------------------------------------------------------------
def due(session: Session, now: datetime, only: Collection[int] | None = None) -> Iterator[Due]:
    """Everything whose last day is over; `only` within these cases. A case that goes whole takes its parts along."""
    today = local_day(now)
    going = set[int]()
    for each in _whole(session, only):
        if each.kept_until < today:
            going.add(each.case)
            yield each
    for part in (*_files(session, only), *_accounts(session, only), *_reasons(session, only)):
        if part.kept_until < today and (part.case not in going or part.kind == "audit"):
            yield part


def held(session: Session, row: ApplicationRow) -> Held:
    return _held(queries.seen(session, row.id))


def reckoning(book: Rulebook) -> Callable[[date, Length], date]:
    return lambda day, length: book.calendar.add(day, length).date


def _held(seen: Seen) -> Held:
    closed = local_day(seen.closed_at) if seen.closed_at is not None else None
    return Held(Status(seen.status), local_day(seen.saved_at), closed, seen.recognized, seen.recognized_until)


def _whole(session: Session, only: Collection[int] | None) -> Iterator[Due]:
    for seen in queries.whole(session, only):
        book = book_of(session, seen.version_id)
        known = rules.kept_until(_held(seen), book.definition.retention, reckoning(book))
        if known is not None:
            yield Due(seen.id, known[0], seen.round_id, known[1])


def _files(session: Session, only: Collection[int] | None) -> Iterator[Due]:
    books = {version: book_of(session, version) for version in queries.versions(session)}
    places = {version: rules.file_places(book.definition) for version, book in books.items()}
    classed = {
        version: [place for place, kind in known.items() if kind in rules.FILES] for version, known in places.items()
    }
    last = dict[tuple[int, str], Due]()
    for part in queries.files(session, classed, only):
        book, kind = books[part.version_id], places[part.version_id][part.place]
        length = getattr(book.definition.retention, kind)
        until = reckoning(book)(local_day(part.closed_at), length)
        last[part.id, kind] = Due(part.id, kind, part.round_id, until)
    yield from last.values()


def _accounts(session: Session, only: Collection[int] | None) -> Iterator[Due]:
    books = {version: book_of(session, version) for version in queries.versions(session)}
    places = {version: rules.account_places(book.definition) for version, book in books.items()}
    cases = queries.paid(session, places, only)
    for start in range(0, len(cases), 100):
        for case in open_cases(session, cases[start : start + 100]):
            last = rules.paid_out(case.book.definition, case.application.state)
            if last is not None:
                until = reckoning(case.book)(last, case.book.definition.retention.bank_account)
                yield Due(case.row.id, "bank_account", case.row.round_id, until)


def _reasons(session: Session, only: Collection[int] | None) -> Iterator[Due]:
    for case, round_id, version, at in queries.looked(session, only):
        book = book_of(session, version)
        until = reckoning(book)(local_day(at), book.definition.retention.audit)
        yield Due(case, "audit", round_id, until)
