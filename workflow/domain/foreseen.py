"""What a program brings round in the coming months, before anybody is recognized: to look at before it is saved."""

from dataclasses import dataclass
from datetime import date

from workflow.domain.calendar import WorkCalendar, add_months
from workflow.domain.duty_days import RENEWAL
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Definition, Label
from workflow.domain.recurrence import Occurrence, occurrences


@dataclass(frozen=True)
class Foreseen:
    """`due`: the last day to answer or to pay. Provisional: a year on the way has no official calendar yet."""

    name: Label
    nominal: date
    day: date
    due: date
    provisional: bool


def recurrences(definition: Definition, calendar: WorkCalendar, start: date, months: int = 12) -> tuple[Foreseen, ...]:
    """Every duty and payment with a rhythm, from a day on. `first_after` counts from each recognition: left out."""
    end = add_months(start, months)
    found: list[tuple[Label, Length, Occurrence]] = []
    for duty in definition.duties.values():
        if duty.key != RENEWAL and duty.every is not None and duty.on is not None and duty.roll is not None:
            found += [
                (duty.name, duty.due, each)
                for each in occurrences(calendar, duty.every, duty.on, duty.roll, start, end)
            ]
    for benefit in definition.benefits.values():
        paid = benefit.rhythm
        if paid is not None:
            found += [
                (benefit.name, benefit.due, each)
                for each in occurrences(calendar, paid.every, paid.on, paid.roll, start, end)
            ]
    count = definition.calendar.count
    lines = (
        Foreseen(name, each.nominal, each.date, calendar.term(each.date, due, count).date, each.provisional)
        for name, due, each in found
    )
    return tuple(sorted(lines, key=lambda line: (line.day, str(line.name))))
