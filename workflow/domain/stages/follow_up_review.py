"""A recognition under review: opened by a person, by the clock or by what was entered; decided by somebody else.

Keep changes nothing, adjust says what, remove only begins a revocation with its hearing and its two deciders
(LANGUAGE 5.5). The clock opens a review where an exit's `when` has turned true, whatever its `then` says, and once for
the same readings: what was looked at and kept is not asked again until a figure behind it changes.
"""

import hashlib
from datetime import date, datetime, timedelta

from workflow.domain import rules
from workflow.domain.application import Application, Duty
from workflow.domain.calendar import end_of, local_day
from workflow.domain.duty_days import stay_end
from workflow.domain.errors import Reason
from workflow.domain.program.schema import FollowUpStage
from workflow.domain.program.schema.after import Exit
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages.base import Act, Work, answering
from workflow.domain.stages.follow_up_ground import here, may_act, reasoned, valid
from workflow.domain.words import Words

ABOUT = "review"
DECISIONS = KEEP, ADJUST, REMOVE = "keep", "adjust", "remove"


def open_review(work: Work, cause: str, under: str | None = None, readings: str | None = None, said: str = "") -> None:
    """Ask the office that runs the program to decide; a cause that comes while one is open joins it.

    `cause` says what brought it (`exit:low_twice`, `points:breach`, `mark:50`, `duty:half_year:3`, `stage:camp1`),
    `under` the exit that it falls under, `readings` a digest of the figures behind it, `said` the opener's words.
    """
    if valid(work) is None:
        return
    leaving, role = work.state.leaving, work.book.run_by
    asked = {"duty": Duty.REVIEW.value, "role": role, "organization": work.before.places.get(role), "about": ABOUT}
    opens = None if leaving is not None else [{**asked, "stage": here(work)}]
    work.tell("review_opened", {"basis": said}, exit=under, cause=cause, readings=readings, opens=opens)


# -- the clock ---------------------------------------------------------------------------------------------------------
def fall(work: Work) -> None:
    """Exits whose condition has turned true; an unknown condition opens nothing."""
    for exit_ in work.definition.exits.values():
        if exit_.when is None or work.state.leaving is not None:
            continue
        inputs = work.book.inputs_after(work.application, local_day(work.now))
        rule = work.book.rule(exit_.when, rules.Place.EXIT)
        if rule.evaluate(inputs).answer is not rules.Answer.MEETS:
            continue
        readings = f"{exit_.key}:{_digest(rule, dict(inputs))}"
        if readings not in work.state.after.reviewed:
            open_review(work, f"exit:{exit_.key}", exit_.key, readings)


def look(book: Rulebook, application: Application, today: date) -> date | None:
    """Conditions may read anything: where there is one, every day."""
    return today if any(exit_.when is not None for exit_ in book.definition.exits.values()) else None


def _lapsing(book: Rulebook, application: Application, now: datetime) -> tuple[date, str] | None:
    """(last day, readings) of a stay that asks for a review when its time is over; None once that was opened."""
    state, entry = application.state, application.state.entry
    stage = book.definition.stages.get(state.stage or "")
    if entry is None or not isinstance(stage, FollowUpStage) or stage.lapse != "review":
        return None
    end, readings = stay_end(book.definition, book.calendar, state, entry, now), f"stage:{entry.no}"
    return (end, readings) if end is not None and readings not in state.after.reviewed else None


def fall_lapsed(work: Work) -> None:
    """The length of the stay is over, and nobody has completed it."""
    found = _lapsing(work.book, work.application, work.now)
    if found is not None and local_day(work.now) > found[0]:
        open_review(work, f"stage:{work.before.state.stage}", readings=found[1])


def look_lapsed(book: Rulebook, application: Application, today: date) -> date | None:
    found = _lapsing(book, application, end_of(today))
    return max(found[0] + timedelta(days=1), today) if found is not None else None


def _digest(rule: rules.Rule, inputs: dict[str, object]) -> str:
    read = {name: value for name, value in rule.inputs_of(inputs).items() if name != "as_of"}
    return hashlib.sha256(repr(sorted(read.items())).encode("utf-8")).hexdigest()[:16]


# -- the decision ------------------------------------------------------------------------------------------------------
def _reviewing(work: Work) -> bool:
    item, leaving = work.item, work.before.state.leaving
    return (
        valid(work) is not None
        and item is not None
        and item.is_open
        and leaving is not None
        and leaving.decides == item.no
    )


def _may_decide(work: Work) -> bool:
    """Another than whoever opened it."""
    leaving = work.before.state.leaving
    return may_act(work) and (leaving is None or leaving.opened_by != work.actor.account_id)


def _decided(work: Work, decision: str, **more: str | None) -> None:
    words = {"reason": work.text("reason"), "measures": work.text("measures")}
    work.tell("review_decided", words, item=work.action.item, decision=decision, **more)


def _keep_follows(work: Work) -> None:
    _decided(work, KEEP)


def _adjust_missing(work: Work) -> list[Reason]:
    """`level` is another grade, `measures` what else changes; one of them must be said."""
    if work.text("level") or work.text("measures"):
        return reasoned(work)
    return [*reasoned(work), Reason(Words("请写明调整什么：改等级，或者写清别的措施"), "measures")]


def _adjust_follows(work: Work) -> None:
    _decided(work, ADJUST, level=work.text("level") or None)


def removals(work: Work) -> dict[str, Exit]:
    """The exits under which a recognition can be taken away."""
    return {key: each for key, each in work.definition.exits.items() if each.then in ("review", "revoke")}


def _removal(work: Work) -> str:
    """The exit that was named now, else the one under which the review was opened."""
    leaving = work.before.state.leaving
    return work.text("exit") or (leaving.exit if leaving is not None else "")


def _remove_missing(work: Work) -> list[Reason]:
    if _removal(work) in removals(work):
        return reasoned(work)
    return [*reasoned(work), Reason(Words("请选按哪一条出库"), "exit")]


def _remove_follows(work: Work) -> None:
    _decided(work, REMOVE, exit=_removal(work))


ON_ITEM = answering(
    {Duty.REVIEW},
    Act(KEEP, Words("保留"), _reviewing, _may_decide, _keep_follows, reasoned),
    Act(ADJUST, Words("调整"), _reviewing, _may_decide, _adjust_follows, _adjust_missing),
    Act(REMOVE, Words("提请出库"), _reviewing, _may_decide, _remove_follows, _remove_missing),
)
