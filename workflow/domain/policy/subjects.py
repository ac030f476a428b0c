"""What may be asked about, and of whom or what: the permissions and their subjects."""

from dataclasses import dataclass
from enum import StrEnum

from workflow.domain.application import Application, Item
from workflow.domain.program.schema import Definition, Field


class Permission(StrEnum):
    """`resource:action`, alphabetical."""

    ACCOUNT_MANAGE = "account:manage"
    APPLICATION_CORRECT = "application:correct"
    APPLICATION_FILL = "application:fill"
    APPLICATION_READ = "application:read"
    APPLICATION_RUN = "application:run"  # hold, release, extend, propose to reopen
    APPLICATION_WITHDRAW = "application:withdraw"
    AUDIT_READ = "audit:read"
    CALENDAR_MANAGE = "calendar:manage"
    ITEM_ACT = "item:act"
    ITEM_HAND_OVER = "item:hand_over"
    MEETING_KEEP = "meeting:keep"  # call it, enter what happened, make its result final
    NOTICE_READ = "notice:read"
    OBJECTION_HANDLE = "objection:handle"  # settle objections, and see who objected
    OFFICE_GRANT = "office:grant"
    ORGANIZATION_APPROVE = "organization:approve"
    ORGANIZATION_MANAGE = "organization:manage"  # its own facts and administrators
    ORGANIZATION_PROPOSE = "organization:propose"
    PERSON_CORRECT = "person:correct"  # the name in the register, with the paper it rests on
    PERSON_ERASE = "person:erase"
    PERSON_FILE = "person:file"  # this case, in the file of its person across programs
    PERSON_IMPORT = "person:import"
    PERSON_MERGE = "person:merge"
    PROGRAM_PUBLISH = "program:publish"
    QUEUE_EXPORT = "queue:export"
    QUEUE_READ = "queue:read"
    RETENTION_SIGN = "retention:sign"  # have destroyed what was kept as long as it must be
    ROLE_BIND = "role:bind"
    ROUND_OPEN = "round:open"
    ROUND_RUN = "round:run"
    SCORE_CLOSE = "score:close"
    SEALED_READ = "sealed:read"  # one L4 value in full, with a reason


@dataclass(frozen=True, slots=True)
class CaseSubject:
    definition: Definition
    application: Application
    item: Item | None = None
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class RoundSubject:
    program_id: int
    round_id: int | None
    run_by: str


@dataclass(frozen=True, slots=True)
class OrganizationSubject:
    organization_id: int
    path: str


@dataclass(frozen=True, slots=True)
class NoticeSubject:
    """A published list: for whom it is, and the line paths of the organizations behind those on it. `apart`: of a
    program that only those inside see, who then see no line but those of their own organizations."""

    program_id: int
    round_id: int
    run_by: str
    to: str  # public, internal, organization
    paths: frozenset[str] = frozenset()
    apart: bool = False


@dataclass(frozen=True, slots=True)
class MeetingSubject:
    """A vote stage of one round. `path`: of the organization through which the keeping office is found, if any."""

    program_id: int
    round_id: int
    secretary: str
    path: str | None = None


Subject = CaseSubject | RoundSubject | OrganizationSubject | NoticeSubject | MeetingSubject | None
