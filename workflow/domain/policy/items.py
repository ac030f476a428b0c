"""Whose a work item is: to answer now, or asked for at some time."""

from workflow.domain.actor import Actor
from workflow.domain.application import Application, Duty, Item
from workflow.domain.policy.holdings import (
    acted_where_never_both,
    holds,
    is_barred,
    is_filler,
    is_mentor,
    is_of,
    is_person,
)
from workflow.domain.policy.subjects import CaseSubject
from workflow.domain.program.schema import Definition, ScoreStage, VoteStage

MENTOR = "mentor"
"""The reserved role of whoever was named to mentor one case (LANGUAGE 2.1); no pool holds it."""


def may_hold_item(actor: Actor, subject: CaseSubject) -> bool:
    """Whether this item is the actor's to answer, now or as a colleague in the same pool."""
    item, application, definition = subject.item, subject.application, subject.definition
    if item is None:
        return False
    if item.role == "applicant":
        return is_person(actor, application) or is_filler(actor, application)
    if item.role == MENTOR:
        return is_mentor(actor, application) and not is_barred(actor, definition, application)
    if item.holder_id not in (None, actor.account_id) and (
        is_seat(definition, item) or not _stands_in(actor, item.holder_id)
    ):
        return False
    if not holds(actor, definition, application, item.role, item.organization_id):
        return False
    if is_barred(actor, definition, application, item.role):
        return False
    if has_sheet_beside(definition, application, item, actor.account_id):
        return False
    if is_filler(actor, application) and not is_of(definition, item.role):
        return False
    return acted_where_never_both(actor, definition, application, item.stage) is None


def _stands_in(actor: Actor, absent: int | None) -> bool:
    return any(holding.for_id == absent for holding in actor.holdings)


def was_asked(actor: Actor, definition: Definition, application: Application, item: Item) -> bool:
    """Now or at any earlier stage, also where the item was another's of the same pool."""
    if item.role == "applicant" or is_barred(actor, definition, application, item.role):
        return False
    if item.holder_id is not None and item.holder_id == actor.account_id:
        return True
    return not is_seat(definition, item) and holds(actor, definition, application, item.role, item.organization_id)


# -- raters ------------------------------------------------------------------------------------------------------------
def is_seat(definition: Definition, item: Item) -> bool:
    """Whether the item is one account's alone, by draw or assignment: no colleague answers it, or sees its case."""
    if item.role == MENTOR:
        return True
    stage = definition.stages.get(item.stage)
    return isinstance(stage, ScoreStage) and stage.choose != "everyone" and item.duty is Duty.ACT


def has_sheet_beside(definition: Definition, application: Application, item: Item, account: int | None) -> bool:
    """Of several raters of one stay nobody is two: has handed in, or holds, another sheet of it."""
    if item.duty is not Duty.ACT or not isinstance(definition.stages.get(item.stage), ScoreStage):
        return False
    state = application.state
    handed_in = (
        each.by == account and each.source is None
        for each in state.reviews
        if each.entry_no == item.entry_no and each.item_no != item.no and each.state != "reopened"
    )
    held = (
        each.holder_id == account
        for each in state.open_items()
        if each.entry_no == item.entry_no and each.duty is Duty.ACT and each.no != item.no
    )
    return account is not None and (any(handed_in) or any(held))


def judged_by(actor: Actor, definition: Definition, application: Application) -> tuple[Item, ...]:
    """Open items by which the actor judges this case as one of a pool: before the first look they say whether they are
    too near. Who acts by office says nothing here, as no declared conflict takes an office out."""
    return tuple(
        item
        for item in application.state.open_items()
        if _asks_a_judge(definition, item) and may_hold_item(actor, CaseSubject(definition, application, item))
    )


def _asks_a_judge(definition: Definition, item: Item) -> bool:
    stage = definition.stages.get(item.stage)
    if item.duty is not Duty.ACT or is_of(definition, item.role):
        return False
    if isinstance(stage, ScoreStage):
        return item.role in stage.raters
    return isinstance(stage, VoteStage) and item.role in stage.by and item.role != stage.secretary
