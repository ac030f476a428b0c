"""What the filters of a list of work ask of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select

from models.applications import ApplicationRow, VerdictRow
from models.base import literal_state
from models.organizations import Organization
from models.queries.queue_items import NOW, Condition
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

    @property
    def asked(self) -> frozenset[str]:
        return frozenset(name for name, value in vars(self).items() if value)

    @property
    def values(self) -> dict[str, str | None]:
        return {f"asked_{name}": value for name, value in vars(self).items()}


def is_flagged() -> Condition:
    said = select(VerdictRow.key).where(
        VerdictRow.application_id == WorkItem.application_id,
        VerdictRow.entry_no == WorkItem.entry_no,
        VerdictRow.verdict == literal_state("flag"),
    )
    return exists(said.offset(0).correlate(WorkItem))


NARROWING: Mapping[str, Condition] = {
    "round": ApplicationRow.round_id.in_(select(Round.id).where(Round.ref == bindparam("asked_round"))),
    "stage": WorkItem.stage_key == bindparam("asked_stage"),
    "track": ApplicationRow.track == bindparam("asked_track"),
    "channel": ApplicationRow.channel == bindparam("asked_channel"),
    "nominator": ApplicationRow.nominator_id.in_(
        select(Organization.id).where(Organization.ref == bindparam("asked_nominator"))
    ),
    "precheck": ApplicationRow.precheck == bindparam("asked_precheck"),
    "employer": ApplicationRow.line_organization_id.in_(
        select(Organization.id).where(Organization.ref == bindparam("asked_employer"))
    ),
    "late": WorkItem.due_at < NOW,
    "flagged": is_flagged(),
}
NAMING = frozenset({"nominator", "precheck", "employer", "flagged"})
"""A filter by these says nothing of a case whose row does not."""
