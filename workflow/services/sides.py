"""From which side somebody reads a case: as its own person, as an official asked to act, or from inside the office."""

from workflow.domain.actor import Actor
from workflow.domain.application import Duty
from workflow.domain.policy import (
    CaseSubject,
    holds,
    is_barred,
    is_filler,
    is_of,
    is_person,
    may_hold_item,
    sees_as_department,
    sees_blind,
)
from workflow.services.casework import Case


def is_official(actor: Actor, case: Case) -> bool:
    """Reads it because of a role, not because the case is their own or of their own side."""
    application, definition = case.application, case.book.definition
    if not (is_person(actor, application) or is_filler(actor, application)):
        return True
    items = (CaseSubject(definition, application, item) for item in application.state.open_items())
    return any(
        each.item is not None and each.item.duty is not Duty.CORRECT and _as_official(actor, each) for each in items
    )


def is_inside(actor: Actor, case: Case) -> bool:
    """Of the office: bound to a role of this program that is not found through an organization of the case."""
    definition, application = case.book.definition, case.application
    if is_barred(actor, definition, application) or sees_blind(actor, definition, application):
        return False
    if sees_as_department(actor, definition, application):
        return False
    roles = {holding.role for holding in actor.holdings if not is_of(definition, holding.role)}
    return any(holds(actor, definition, application, role, None) for role in roles if role in definition.roles)


def _as_official(actor: Actor, subject: CaseSubject) -> bool:
    return subject.item is not None and subject.item.role != "applicant" and may_hold_item(actor, subject)
