"""What a program will bring round, by the calendar of this house."""

from datetime import datetime

from models.base import reading
from workflow.domain.calendar import local_day
from workflow.domain.foreseen import Foreseen, recurrences
from workflow.domain.program.schema import Definition
from workflow.services.rulebooks import calendar_of


def year_ahead(definition: Definition, now: datetime) -> tuple[Foreseen, ...]:
    """The next twelve months."""
    with reading() as session:
        return recurrences(definition, calendar_of(session), local_day(now))
