"""Who may do what: one rule for each permission. False for whatever is not said to be allowed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from workflow.domain.actor import ADMINISTRATOR, Actor, Office
from workflow.domain.application import CLOSED, UNSUBMITTED, Duty, Item, Status
from workflow.domain.policy.blind import sees_blind
from workflow.domain.policy.departments import is_department
from workflow.domain.policy.holdings import (
    covers,
    holds,
    is_barred,
    is_bound_within,
    is_filler,
    is_mentor,
    is_of,
    is_person,
    nominates,
    runs,
    sees_line,
    speaks_for,
)
from workflow.domain.policy.items import is_seat, may_hold_item, was_asked
from workflow.domain.policy.subjects import (
    CaseSubject,
    MeetingSubject,
    NoticeSubject,
    OrganizationSubject,
    Permission,
    RoundSubject,
    Subject,
)
from workflow.domain.program.schema import CheckStage, Field, NoticeStage, ScoreStage
from workflow.domain.unpublished import seen_from_outside


def can(actor: Actor, permission: Permission, subject: Subject = None) -> bool:
    """False for whatever is not said to be allowed."""
    return _TABLE[permission](actor, subject)


# -- a case and its items ----------------------------------------------------------------------------------------------
def _acts(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, CaseSubject) or not may_hold_item(actor, subject):
        return False
    proposal = subject.application.state.proposal_before(subject.item) if subject.item is not None else None
    return proposal is None or proposal.by != actor.account_id


def _hands_over(actor: Actor, subject: Subject) -> bool:
    """The holder of an item, or whoever runs the program, may give it to another holder of the same role.

    Not a blind judge: who could take it over, and who could not, would say where the case comes from.
    """
    if not isinstance(subject, CaseSubject) or subject.item is None or subject.item.role == "applicant":
        return False
    if sees_blind(actor, subject.definition, subject.application) or is_seat(subject.definition, subject.item):
        return False
    if may_hold_item(actor, subject):
        return True
    return runs(actor, subject.definition, subject.application) and not is_barred(
        actor, subject.definition, subject.application
    )


def reads(actor: Actor, subject: Subject) -> bool:
    """The person, who filled, who nominates; once submitted, who runs the program and who was ever asked to act."""
    if not isinstance(subject, CaseSubject):
        return False
    application, definition = subject.application, subject.definition
    if is_person(actor, application) or is_filler(actor, application):
        return True
    if application.state.status is Status.DRAFT:
        return False
    if nominates(actor, subject):
        return True
    if application.state.status in UNSUBMITTED:
        return False
    near = is_barred(actor, definition, application)
    if (runs(actor, definition, application) or is_mentor(actor, application)) and not near:
        return True
    return any(was_asked(actor, definition, application, item) for item in application.state.items)


def _asks_who(actor: Actor, subject: CaseSubject, field: Field) -> bool:
    """A department finds a person by the number, as long as its answer is owed."""
    definition, application = subject.definition, subject.application
    return field.standard == "id_no" and any(
        is_department(definition, item) and may_hold_item(actor, replace(subject, item=item))
        for item in application.state.open_items()
    )


def _fills(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, CaseSubject):
        return False
    application = subject.application
    if application.state.status not in UNSUBMITTED:
        return False
    return is_filler(actor, application) or (is_person(actor, application) and application.filler_id is None)


def _corrects(actor: Actor, subject: Subject) -> bool:
    """Of the person's side whoever it was returned to; who speaks for an organization answers for all who do."""
    if not isinstance(subject, CaseSubject):
        return False
    application = subject.application
    supplies = application.state.status is Status.OPEN and bool(application.state.asks)
    if application.state.status is not Status.CORRECTING and not supplies:
        return False
    to = next((each.holder_id for each in application.state.open_items() if each.duty is Duty.CORRECT), None)
    if is_filler(actor, application) or is_person(actor, application):
        return to in (None, actor.account_id) or speaks_for(actor, application.subject_organization_id)
    return False


def _withdraws(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, CaseSubject):
        return False
    status = seen_from_outside(subject.definition, subject.application.state).status
    if status in CLOSED or status in (Status.DRAFT, Status.RECOGNIZED):
        return False
    if subject.application.state.recognition is not None:
        return False
    return is_person(actor, subject.application) or is_filler(actor, subject.application)


def _runs_case(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, CaseSubject) or subject.application.state.status in UNSUBMITTED:
        return False
    definition, application = subject.definition, subject.application
    return (
        runs(actor, definition, application)
        and not is_barred(actor, definition, application)
        and not is_filler(actor, application)
    )


def _files_person(actor: Actor, subject: Subject) -> bool:
    """Who runs the program; the office of programs where everybody may know that the program exists. Nobody too near,
    nobody who must not be told whose case it is."""
    if not isinstance(subject, CaseSubject) or subject.application.person_id is None:
        return False
    if subject.application.state.status in UNSUBMITTED or sees_blind(actor, subject.definition, subject.application):
        return False
    if is_barred(actor, subject.definition, subject.application) or is_filler(actor, subject.application):
        return False
    by_office = Office.PROGRAMS in actor.offices and subject.definition.program.visibility == "public"
    return by_office or runs(actor, subject.definition, subject.application)


def _destroys(actor: Actor, subject: Subject) -> bool:
    """Who runs the program; the office of programs where everybody may know that the program exists. Of a draft nobody
    is told more than that it is there. Nobody destroys what is said of themselves."""
    if not isinstance(subject, CaseSubject) or actor.kind != "account":
        return False
    definition, application = subject.definition, subject.application
    if is_barred(actor, definition, application) or is_filler(actor, application):
        return False
    if actor.person_id is not None and actor.person_id == application.person_id:
        return False
    by_office = Office.PROGRAMS in actor.offices and definition.program.visibility == "public"
    return by_office or runs(actor, definition, application)


def _closes_score(actor: Actor, subject: Subject) -> bool:
    """Whoever the program says closes this stage of scoring: seats raters, opens sheets again, counts them."""
    if not isinstance(subject, CaseSubject):
        return False
    definition, application = subject.definition, subject.application
    stage = definition.stages.get(application.state.stage or "")
    if not isinstance(stage, ScoreStage) or is_barred(actor, definition, application, stage.closed_by):
        return False
    if is_filler(actor, application) and not is_of(definition, stage.closed_by):
        return False
    place = application.places.get(stage.closed_by)
    return holds(actor, definition, application, stage.closed_by, place)


def _reads_sealed(actor: Actor, subject: Subject) -> bool:
    """One L4 value in full: the person, the roles in the field's `see` or who runs the program, who must judge it."""
    if not isinstance(subject, CaseSubject) or subject.field is None:
        return False
    definition, application = subject.definition, subject.application
    if is_person(actor, application) or (
        is_filler(actor, application) and application.state.status in {*UNSUBMITTED, Status.CORRECTING}
    ):
        return True
    if not reads(actor, subject) or sees_blind(actor, definition, application):
        return False
    seers = subject.field.see or (definition.run_by,)
    if any(holds(actor, definition, application, role, application.places.get(role)) for role in seers):
        return True
    if _asks_who(actor, subject, subject.field):
        return True
    return any(_must_judge(actor, subject, subject.field, item) for item in application.state.open_items())


def _must_judge(actor: Actor, subject: CaseSubject, field: Field, item: Item) -> bool:
    """Whoever owes a verdict on a thing may look at it, as long as the verdict is owed."""
    stage = subject.definition.stages.get(item.stage)
    if not isinstance(stage, CheckStage) or item.role == "applicant":
        return False
    verified = field.type == "file" if stage.verify == "files" else stage.verify == "all" or field.key in stage.verify
    return verified and stage.verify != "none" and may_hold_item(actor, replace(subject, item=item))


# -- rounds, meetings, organizations, lists ----------------------------------------------------------------------------
def _runs_round(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, RoundSubject):
        return False
    return any(
        holding.role == subject.run_by
        and holding.program_id in (None, subject.program_id)
        and (holding.round_id is None or holding.round_id == subject.round_id)
        for holding in actor.holdings
    )


def _keeps_meeting(actor: Actor, subject: Subject) -> bool:
    """Whoever holds the secretary's role there; an office found through an organization only through that one."""
    if not isinstance(subject, MeetingSubject):
        return False
    return any(
        (holding.role == subject.secretary or (subject.path is not None and holding.role == ADMINISTRATOR))
        and holding.program_id in (None, subject.program_id)
        and holding.round_id in (None, subject.round_id)
        and (subject.path is None or is_bound_within(holding, subject.path))
        for holding in actor.holdings
    )


def _manages_organization(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, OrganizationSubject):
        return False
    return any(
        holding.role == ADMINISTRATOR and holding.organization_path is not None and covers(holding, subject.path)
        for holding in actor.holdings
    )


def may_handle_objection(actor: Actor, subject: CaseSubject, stage: NoticeStage) -> bool:
    """The office that settles objections: nobody too near the case, neither its person nor who filled it."""
    definition, application, role = subject.definition, subject.application, stage.objection.by
    if is_person(actor, application) or is_filler(actor, application):
        return False
    held = holds(actor, definition, application, role, application.places.get(role))
    return held and not is_barred(actor, definition, application, role)


def _handles_objection(actor: Actor, subject: Subject) -> bool:
    if not isinstance(subject, CaseSubject):
        return False
    stages = subject.definition.stages_of(subject.application.channel)
    return any(may_handle_objection(actor, subject, each) for each in stages if isinstance(each, NoticeStage))


def _reads_notice(actor: Actor, subject: Subject) -> bool:
    """Everybody, or those inside: who holds something in the program, or through an organization behind the list."""
    if not isinstance(subject, NoticeSubject):
        return False
    if subject.to == "public" or _runs_round(actor, RoundSubject(subject.program_id, subject.round_id, subject.run_by)):
        return True
    if subject.to == "internal" and not subject.apart:
        return any(holding.program_id == subject.program_id for holding in actor.holdings)
    return any(reads_line(actor, subject, path) for path in subject.paths)


def reads_line(actor: Actor, subject: NoticeSubject, path: str | None) -> bool:
    """One line of a list that its reader may open."""
    if subject.to == "public" or (subject.to == "internal" and not subject.apart):
        return True
    of_the_whole = subject.to == "internal" and any(
        holding.program_id == subject.program_id and holding.organization_path is None for holding in actor.holdings
    )
    return of_the_whole or sees_line(actor, path)


# -- the table ---------------------------------------------------------------------------------------------------------
def _office(*offices: Office) -> Callable[[Actor, Subject], bool]:
    return lambda actor, subject: any(office in actor.offices for office in offices)


def _either(*rules: Callable[[Actor, Subject], bool]) -> Callable[[Actor, Subject], bool]:
    return lambda actor, subject: any(rule(actor, subject) for rule in rules)


def _signed_in(actor: Actor, subject: Subject) -> bool:
    return actor.kind == "account"


def _holds_anything(actor: Actor, subject: Subject) -> bool:
    return actor.kind == "account" and bool(actor.holdings)


_TABLE: Mapping[Permission, Callable[[Actor, Subject], bool]] = {
    Permission.ACCOUNT_MANAGE: _office(Office.ACCOUNTS),
    Permission.APPLICATION_CORRECT: _corrects,
    Permission.APPLICATION_FILL: _fills,
    Permission.APPLICATION_READ: reads,
    Permission.APPLICATION_RUN: _runs_case,
    Permission.APPLICATION_WITHDRAW: _withdraws,
    Permission.AUDIT_READ: _office(Office.AUDIT),
    Permission.CALENDAR_MANAGE: _office(Office.PROGRAMS),
    Permission.ITEM_ACT: _acts,
    Permission.ITEM_HAND_OVER: _hands_over,
    Permission.MEETING_KEEP: _keeps_meeting,
    Permission.NOTICE_READ: _reads_notice,
    Permission.OBJECTION_HANDLE: _handles_objection,
    Permission.OFFICE_GRANT: _office(Office.PERMISSIONS),
    Permission.ORGANIZATION_APPROVE: _office(Office.ACCOUNTS, Office.PROGRAMS),
    Permission.ORGANIZATION_MANAGE: _either(_office(Office.ACCOUNTS), _manages_organization),
    Permission.ORGANIZATION_PROPOSE: _signed_in,
    Permission.PERSON_CORRECT: _office(Office.PROGRAMS),
    Permission.PERSON_ERASE: _office(Office.PERMISSIONS, Office.PROGRAMS),
    Permission.PERSON_FILE: _files_person,
    Permission.PERSON_IMPORT: _either(_office(Office.PROGRAMS), _runs_round),
    Permission.PERSON_MERGE: _office(Office.PERMISSIONS, Office.PROGRAMS),
    Permission.PROGRAM_PUBLISH: _office(Office.PROGRAMS),
    Permission.QUEUE_EXPORT: _runs_round,
    Permission.QUEUE_READ: _holds_anything,
    Permission.RETENTION_SIGN: _destroys,
    Permission.ROLE_BIND: _either(_office(Office.PERMISSIONS, Office.PROGRAMS), _runs_round),
    Permission.ROUND_OPEN: _office(Office.PROGRAMS),
    Permission.ROUND_RUN: _either(_office(Office.PROGRAMS), _runs_round),
    Permission.SCORE_CLOSE: _closes_score,
    Permission.SEALED_READ: _reads_sealed,
}
