"""What the filters of a list of work ask of its rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from models.applications import ApplicationRow, VerdictRow
from models.base import literal_state
from models.organizations import Organization
from models.queries.queue_items import Condition
from models.rounds import Round
from models.work import WorkItem


@dataclass(frozen=True)
class Narrowed:
    """The filters of a page; None is not asked for."""

    round: str | None = None
    stage: str | None = None
    track: str | None = None
    channel: str | None = None
    nominator: str | None = None
    precheck: str | None = None
    employer: str | None = None  # the organization in whose line the case lies
    late: str | None = None
    flagged: str | None = None  # something of it was marked to be corrected in this stay


def narrowing(wanted: Narrowed, now: datetime) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.round:
        conditions.append(ApplicationRow.round_id.in_(select(Round.id).where(Round.ref == wanted.round)))
    if wanted.stage:
        conditions.append(WorkItem.stage_key == wanted.stage)
    if wanted.track:
        conditions.append(ApplicationRow.track == wanted.track)
    if wanted.channel:
        conditions.append(ApplicationRow.channel == wanted.channel)
    if wanted.nominator:
        those = select(Organization.id).where(Organization.ref == wanted.nominator)
        conditions.append(ApplicationRow.nominator_id.in_(those))
    if wanted.precheck:
        conditions.append(ApplicationRow.precheck == wanted.precheck)
    if wanted.employer:
        those = select(Organization.id).where(Organization.ref == wanted.employer)
        conditions.append(ApplicationRow.line_organization_id.in_(those))
    if wanted.late:
        conditions.append(WorkItem.due_at < now)
    if wanted.flagged:
        conditions.append(is_flagged())
    return conditions


def is_flagged() -> Condition:
    said = select(VerdictRow.key).where(
        VerdictRow.application_id == WorkItem.application_id,
        VerdictRow.entry_no == WorkItem.entry_no,
        VerdictRow.verdict == literal_state("flag"),
    )
    return exists(said.correlate(WorkItem))
