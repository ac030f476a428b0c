"""One person, one application: who is in a team's table counts like whom the application is about (LANGUAGE.md 2.1)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.sealed import SealedValue
from workflow.domain import answers
from workflow.domain.application import RUNNING, UNSUBMITTED, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.words import Words
from workflow.services import sealing, worksheets
from workflow.services.casework import Case

_NO_CLAIM = (*(status.value for status in UNSUBMITTED), Status.WITHDRAWN.value, Status.LAPSED.value)

_LEADERS, _MEMBERS = SealedValue.row_no == 0, SealedValue.row_no > 0


def doubled(session: Session, case: Case, kept: Mapping[str, Any], now: datetime) -> Iterator[Reason]:
    """People who stand in this team twice, or in another application where the program allows one.

    Who leads is one of the team; with `leader_counts: false` they are not. Leaders are then told apart from members:
    who leads here may be a member there, and stands in the table only where they work along as well.
    """
    program = case.book.definition.program
    if program.team is None or program.one_per_person == "no":
        return
    seen: set[tuple[bool, str]] = set()
    for path, number in _numbers(case, kept, program.team.members):
        leads = not program.team.leader_counts and "." not in path
        side = None if program.team.leader_counts else _LEADERS if leads else _MEMBERS
        if (leads, number) in seen:
            yield Reason(Words("这个人已经写在前面了"), path)
        elif _applies_already(session, case, number, now, side):
            yield Reason(Words("这个人已在本项目的另一份申报里，不能重复申报"), path)
        seen.add((leads, number))


def _numbers(case: Case, kept: Mapping[str, Any], table: str) -> Iterator[tuple[str, str]]:
    fields = worksheets.questions_of(case).fields
    for path, text in answers.sealed(fields, kept).items():
        field = sealing.field_at(fields, path)
        if getattr(field, "format", None) == "id_no" and (path.count(".") == 0 or path.startswith(f"{table}.")):
            yield path, text


def _applies_already(
    session: Session, case: Case, number: str, now: datetime, side: ColumnElement[bool] | None
) -> bool:
    indexes = [index for _, index in secrets.every_blind(sealing.kind_of(number), number)]
    wanted = (
        select(ApplicationRow.id)
        .join(SealedValue, SealedValue.application_id == ApplicationRow.id)
        .where(
            SealedValue.blind_index.in_(indexes),
            SealedValue.revision == ApplicationRow.answers_rev,
            ApplicationRow.id != case.row.id,
            ApplicationRow.program_id == case.row.program_id,
            ApplicationRow.status.not_in(_NO_CLAIM),
            _claimed_with(case, now),
            *(() if side is None else (side,)),
        )
        .limit(1)
    )
    return session.scalar(wanted) is not None


def _claimed_with(case: Case, now: datetime) -> ColumnElement[bool]:
    rule = case.book.definition.program.one_per_person
    if rule == "round":
        return ApplicationRow.round_id == case.row.round_id
    if rule == "running":
        return ApplicationRow.status.in_(sorted(RUNNING))
    if rule == "year":
        return ApplicationRow.submitted_at >= datetime(local_day(now).year, 1, 1, tzinfo=UTC)
    return ApplicationRow.program_id == case.row.program_id
