"""A stay in a follow-up: tasks ticked off, who mentors, where the person is placed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TaskDone:
    """One line of the stage's `tasks`, counted from 1."""

    no: int
    by: int | None
    at: datetime
    files: tuple[str, ...] = ()  # references of the evidence that came with it


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the person works during the stay; `code` is what an answer of type organization holds."""

    organization: int
    code: str


@dataclass(frozen=True)
class Growth:
    entry_no: int
    tasks: tuple[TaskDone, ...] = ()
    mentor: int | None = None
    mentor_role: str | None = None
    placed: Placed | None = None

    def has_done(self, no: int) -> bool:
        return any(task.no == no for task in self.tasks)
