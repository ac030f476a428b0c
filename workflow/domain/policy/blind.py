"""Who judges a case without being told whose it is."""

from workflow.domain.actor import Actor
from workflow.domain.application import Application, Item
from workflow.domain.policy.holdings import is_barred, is_filler, is_person, nominates, runs
from workflow.domain.policy.items import was_asked
from workflow.domain.policy.subjects import CaseSubject
from workflow.domain.program.schema import Definition, ScoreStage


def is_blind(definition: Definition, item: Item) -> bool:
    """Whether this item asks for a judgment on a case whose person stays unnamed; who closes the stage sees all."""
    stage = definition.stages.get(item.stage)
    return isinstance(stage, ScoreStage) and stage.blind and item.role in stage.raters


def sees_blind(actor: Actor, definition: Definition, application: Application) -> bool:
    """Judges it without being told whose it is: holds a blind sheet of it, or came to it in no other way."""
    if is_person(actor, application) or is_filler(actor, application):
        return False
    if not any(is_blind(definition, item) for item in application.state.items):
        return False
    asked = [item for item in application.state.items if was_asked(actor, definition, application, item)]
    blind = [item for item in asked if is_blind(definition, item)]
    if not blind:
        return False
    if any(item.holder_id == actor.account_id and item.state != "cancelled" for item in blind):
        return True
    if len(blind) < len(asked) or nominates(actor, CaseSubject(definition, application)):
        return False
    return not runs(actor, definition, application) or is_barred(actor, definition, application)
