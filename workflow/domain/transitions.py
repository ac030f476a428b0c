"""`decide`: the only way to a new state. Pure: the same case, action, actor and time always give the same outcome."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Item, Outcome
from workflow.domain.errors import MovedOn, NotAllowed, NotFound, NotReady
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.sentences import decision_words
from workflow.domain.stages import (
    award,
    check,
    follow_up,
    follow_up_review,
    frame,
    intake,
    joint_check,
    kinds,
    notice,
    objecting,
    score,
    vote,
)
from workflow.domain.stages.base import Act, Work
from workflow.domain.words import Words

STAGE_KINDS = (
    check.CHECK,
    joint_check.JOINT_CHECK,
    score.SCORE,
    notice.NOTICE,
    award.AWARD,
    follow_up.FOLLOW_UP,
    vote.VOTE,
)
"""The kinds whose acts are alive. A new kind is one file in `stages/` and its name here."""

_EVERYWHERE: dict[str, Act] = {
    act.name: act for room in (intake, frame, objecting, joint_check, score, award, follow_up) for act in room.ACTS
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that this actor may do now, with the program's own word for it."""

    name: str
    label: Words | Label
    item: int | None


def decide(book: Rulebook, application: Application, action: Action, actor: Actor, now: datetime) -> Outcome:
    """What follows from the action, as facts and the state they lead to.

    Raises NotFound (no such act or item), NotAllowed, MovedOn (its time has passed), NotReady (with every reason).
    """
    work = Work(book, application, action, actor, now)
    act = _act(work)
    if act.on_item and work.item is None:
        raise NotFound
    if not act.allowed(work):
        raise NotAllowed(_refusal(work))
    if not act.stands(work):
        raise MovedOn
    reasons = act.missing(work)
    if reasons:
        raise NotReady(reasons)
    act.follows(work)
    return work.outcome()


def offers(book: Rulebook, application: Application, actor: Actor, now: datetime) -> list[Offer]:
    """Every act that stands open to the actor: the buttons of the page, asked of the same rules as the act itself."""
    found = offers_beside(book, application, actor, now)
    for item in application.state.open_items():
        found += offers_on(book, application, item, actor, now)
    return found


def offers_beside(book: Rulebook, application: Application, actor: Actor, now: datetime) -> list[Offer]:
    """The acts on the case as a whole."""
    acts = _on_case(application.state.recognition is not None)
    found = (_offer(Work(book, application, Action(act.name), actor, now), act) for act in acts)
    return [offer for offer in found if offer is not None]


def is_offered(book: Rulebook, application: Application, name: str, actor: Actor, now: datetime) -> bool:
    """Whether one act on the case as a whole stands open to the actor."""
    act = _EVERYWHERE[name]
    work = Work(book, application, Action(name), actor, now)
    return not act.on_item and act.stands(work) and act.allowed(work)


def offers_on(book: Rulebook, application: Application, item: Item, actor: Actor, now: datetime) -> list[Offer]:
    """The acts that answer one item."""
    acts = _that_answer(book.stage(item.stage).kind, item.duty, application.state.recognition is not None)
    found = (_offer(Work(book, application, Action(act.name, item.no), actor, now), act) for act in acts)
    return [offer for offer in found if offer is not None]


def label_of(book: Rulebook, application: Application, action: Action, actor: Actor, now: datetime) -> Words | Label:
    """What an act is called on this case, in the program's own word."""
    work = Work(book, application, action, actor, now)
    return _label(work, _act(work))


def missing(book: Rulebook, application: Application, action: Action, actor: Actor, now: datetime) -> NotReady | None:
    """What still stands in the way of an act, without doing it."""
    work = Work(book, application, action, actor, now)
    reasons = _act(work).missing(work)
    return NotReady(reasons) if reasons else None


def _acts_on(book: Rulebook, item: Item) -> tuple[Act, ...]:
    return (*kinds.of(book.stage(item.stage).kind).acts, *(act for act in _EVERYWHERE.values() if act.on_item))


@cache
def _on_case(recognized: bool) -> tuple[Act, ...]:
    return tuple(act for act in _EVERYWHERE.values() if not act.on_item and recognized >= act.recognized)


@cache
def _that_answer(kind: str, duty: Duty, recognized: bool) -> tuple[Act, ...]:
    """Of the acts on an item those that can stand at all."""
    acts = (*kinds.of(kind).acts, *(act for act in _EVERYWHERE.values() if act.on_item))
    return tuple(act for act in acts if duty in act.duties and recognized >= act.recognized)


def _act(work: Work) -> Act:
    name = work.action.name
    if name in _EVERYWHERE:
        return _EVERYWHERE[name]
    if work.stage is not None:
        for act in kinds.of(work.stage.kind).acts:
            if act.name == name:
                return act
    raise NotFound


def _offer(work: Work, act: Act) -> Offer | None:
    if not act.stands(work) or not act.allowed(work):
        return None
    return Offer(act.name, _label(work, act), work.action.item)


def _label(work: Work, act: Act) -> Words | Label:
    worded = work.stage.words.get(act.name) if work.stage is not None and act.on_item else None
    leaving = work.before.state.leaving
    if leaving is not None and act.name in follow_up_review.DECISIONS:
        return decision_words(work.definition, leaving.exit, act.name)
    return worded or act.label


def _refusal(work: Work) -> Words:
    """Who may not even see the case learns nothing; everybody else is told why not."""
    if work.action.name != "start" and not can(work.actor, Permission.APPLICATION_READ, work.subject):
        raise NotFound
    proposal = work.before.state.proposal
    if proposal is not None and proposal.by == work.actor.account_id:
        return Words("拟办和复核要由两个人办，请等同事复核")
    return Words("你不能办这一步：不在你手上、要回避，或你已办过不能同办的环节")


def subject_of(book: Rulebook, application: Application, item: Item | None = None) -> CaseSubject:
    return CaseSubject(book.definition, application, item)
