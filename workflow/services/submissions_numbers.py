"""The number of an application and the receipt of a day, each given once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.rounds import Round, Sequence
from workflow.domain.calendar import local_day
from workflow.services.casework import Case


def take_number(session: Session, case: Case) -> str:
    """`{code}{yy}-{round}-{seq:4}`; a round called 2026-2 is round 2 of 26."""
    year, _, part = case.round.key.partition("-")
    opened = local_day(case.round.opens_at)
    short = year[-2:] if year.isdecimal() and len(year) == 4 and part else f"{opened:%y}"
    code = case.book.definition.program.code.upper()
    while True:
        count = _next(session, case)
        if case.book.definition.program.visibility == "internal":
            count = scattered(count, case.round.ref)
        number = f"{code}{short}-{part or case.round.key}-{count:04d}"
        taken = select(ApplicationRow.id).where(ApplicationRow.number == number)
        if session.scalar(taken) is None:  # those given before numbers were scattered stay as they are
            return number


def _next(session: Session, case: Case) -> int:
    taken = session.scalar(
        update(Round)
        .where(Round.id == case.round.id)
        .values(next_number=Round.next_number + 1)
        .returning(Round.next_number)
        .execution_options(synchronize_session=False)
    )
    return (taken or 2) - 1


def scattered(count: int, key: str) -> int:
    """Another number for each from 1 to 9999, in an order that only the house knows: of a program that not everybody
    may know, two numbers must not tell how many lie between them. Beyond that within the next ten thousand."""
    block, within = divmod(count, 10_000)
    if within == 0:
        return count
    return block * 10_000 + (_shuffled(within, key) or _shuffled(0, key))


def _shuffled(value: int, key: str) -> int:
    """A keyed order of 0 to 9999: four turns, each of which can be taken back, so that no two meet."""
    left, right = divmod(value, 100)
    for turn in range(4):
        step = int(secrets.digest("number", f"{key}:{turn}:{right}")[:8], 16)
        left, right = right, (left + step) % 100
    return left * 100 + right


def take_receipt(session: Session, now: datetime) -> str:
    """`R-2026-1112-0457`: counted by the day."""
    day = local_day(now)
    name = f"receipt:{day.isoformat()}"
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = on.insert(Sequence).values(name=name, next_value=2)
    taken = session.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_={"next_value": Sequence.next_value + 1}).returning(
            Sequence.next_value
        )
    ).scalar_one()
    return f"R-{day:%Y-%m%d}-{taken - 1:04d}"
