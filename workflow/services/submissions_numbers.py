"""The number of an application and the receipt of a day, each given once."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.rounds import Round, Sequence
from workflow.domain.calendar import local_day
from workflow.services.casework import Case


def take_number(session: Session, case: Case) -> str:
    """`{code}{yy}-{round}-{seq:4}`; a round called 2026-2 is round 2 of 26."""
    taken = session.scalar(
        update(Round)
        .where(Round.id == case.round.id)
        .values(next_number=Round.next_number + 1)
        .returning(Round.next_number)
        .execution_options(synchronize_session=False)
    )
    year, _, part = case.round.key.partition("-")
    opened = local_day(case.round.opens_at)
    short = year[-2:] if year.isdecimal() and len(year) == 4 and part else f"{opened:%y}"
    code = case.book.definition.program.code.upper()
    return f"{code}{short}-{part or case.round.key}-{(taken or 2) - 1:04d}"


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
