"""Joint checks: who was only asked what a department knows, and who may know what departments said."""

from collections.abc import Iterable

from workflow.domain.actor import Actor
from workflow.domain.application import UNSUBMITTED, Application, Item
from workflow.domain.policy.holdings import holds, is_barred, is_filler, is_person, nominates, runs
from workflow.domain.policy.items import was_asked
from workflow.domain.policy.subjects import CaseSubject
from workflow.domain.program.schema import Definition, JointCheckStage


def is_department(definition: Definition, item: Item) -> bool:
    stage = definition.stages.get(item.stage)
    return isinstance(stage, JointCheckStage) and item.role in stage.by and item.role != stage.lead


def sees_as_department(actor: Actor, definition: Definition, application: Application) -> bool:
    """Came to the case only by being asked what a department knows: sees whom it is about, nothing that others say."""
    if is_person(actor, application) or is_filler(actor, application):
        return False
    asked = [item for item in application.state.items if was_asked(actor, definition, application, item)]
    if not asked or not all(is_department(definition, item) for item in asked):
        return False
    if nominates(actor, CaseSubject(definition, application)):
        return False
    return not runs(actor, definition, application) or is_barred(actor, definition, application)


def leads_joint(actor: Actor, definition: Definition, application: Application, stage: JointCheckStage) -> bool:
    """Sees every department's answer, asks again, concludes."""
    return _holds_free(actor, definition, application, (stage.lead,))


def reads_joint(actor: Actor, definition: Definition, application: Application, stage: JointCheckStage) -> bool:
    """Who may know which department said what; what is behind an objection is `reads_joint_detail`."""
    return _holds_free(actor, definition, application, (stage.lead, *stage.detail_for, definition.run_by))


def reads_joint_detail(actor: Actor, definition: Definition, application: Application, stage: JointCheckStage) -> bool:
    return _holds_free(actor, definition, application, stage.detail_for)


def _holds_free(actor: Actor, definition: Definition, application: Application, roles: Iterable[str]) -> bool:
    """Holds one of the roles for this case, and neither filled it nor is too near it."""
    if is_person(actor, application) or is_filler(actor, application) or application.state.status in UNSUBMITTED:
        return False
    return any(
        holds(actor, definition, application, role, application.places.get(role))
        and not is_barred(actor, definition, application, role)
        for role in roles
    )
