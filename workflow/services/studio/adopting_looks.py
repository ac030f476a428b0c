"""Where all running cases of a program stand, read off the tables: what is only counted opens no case."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow, StageEntry
from models.duties import DutyRow
from models.points import PointsEntryRow
from models.programs import ProgramVersion
from models.trainings import TrainingSeat
from workflow.domain.program.rebase import Standing
from workflow.services.rulebooks import definition_of
from workflow.services.studio.adopting_plan import Look
from workflow.services.studio.pinned import ALIVE


def running(target: ProgramVersion, after: int = 0) -> Select[int]:
    """The numbers of the cases that another version than this holds, from one on."""
    return select(ApplicationRow.id).where(
        ApplicationRow.program_id == target.program_id,
        ApplicationRow.version_id != target.id,
        ApplicationRow.status.in_(ALIVE),
        ApplicationRow.id > after,
    )


def looks_of(session: Session, target: ProgramVersion, *, after: int = 0, most: int | None = None) -> Sequence[Look]:
    """In the order of their numbers. `audit replay` keeps these tables equal to what `look_at` sees in the events."""
    wanted = running(target, after).order_by(ApplicationRow.id).limit(most)
    columns = (
        ApplicationRow.id, ApplicationRow.ref, ApplicationRow.round_id, ApplicationRow.version_id,
        ApplicationRow.channel, ApplicationRow.stage_key,
    )  # fmt: skip
    numbers = wanted.subquery()
    rows = session.execute(select(*columns).join(numbers, numbers.c.id == ApplicationRow.id).order_by(columns[0])).all()
    entered: dict[int, set[str]] = defaultdict(set)
    opened: dict[int, set[str]] = defaultdict(set)
    stays = select(StageEntry.application_id, StageEntry.stage_key)
    for case, stage in session.execute(stays.join(numbers, numbers.c.id == StageEntry.application_id)):
        entered[case].add(stage)
    duties = select(DutyRow.application_id, DutyRow.duty_key).distinct()
    for case, duty in session.execute(duties.join(numbers, numbers.c.id == DutyRow.application_id)):
        opened[case].add(f"duties.{duty}")
    points = select(PointsEntryRow.application_id, PointsEntryRow.item_key).distinct()
    for case, item in session.execute(points.join(numbers, numbers.c.id == PointsEntryRow.application_id)):
        opened[case].add(f"points.{item}")
    seats = select(TrainingSeat.application_id, ApplicationRow.version_id).distinct()
    seats = seats.join(ApplicationRow, ApplicationRow.id == TrainingSeat.application_id)
    for case, version in session.execute(seats.join(numbers, numbers.c.id == TrainingSeat.application_id)):
        sessions = definition_of(session.get_one(ProgramVersion, version)).sessions
        opened[case] |= {f"sessions.{key}" for key in sessions}
    return [Look(*row, Standing(frozenset(entered[row.id]), frozenset(opened[row.id]))) for row in rows]
