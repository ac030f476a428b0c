"""Results that stand and are not yet made known (`reveal: later`): what those outside see instead.

Until the results are published the applicant, who filled, who nominates and the public see the case where it was being
judged, whatever followed inside.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from workflow.domain.application import Entry, Item, State, Status, altered
from workflow.domain.program.schema import Definition


class Told(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def entry_no(self) -> int | None: ...


Fact = TypeVar("Fact", bound=Told)

DECIDED = frozenset({"pass", "refuse", "not_called"})
STILL_SEEN = frozenset({Status.WITHDRAWN, Status.HELD, Status.CORRECTING})
"""What the person did, or must know of, shows all the same."""
NEVER_SAID = frozenset({"raters_drawn", "raters_assigned", "review_submitted", "review_reopened", "rater_replaced"})
"""Who judges and what each of them gave stays inside for good."""
DECIDING = frozenset({"scored", "meeting_decided", "passed", "refused", "alternate_listed"})
SAID_ALL_THE_SAME = frozenset(
    {"withdrawn", "held", "released", "returned", "corrected", "correction_lapsed", "extended"}
)


def withheld_entries(definition: Definition, state: State, stage: str | None = None) -> tuple[Entry, ...]:
    """The stays whose result was decided and is not published, in order; of one stage or of all."""
    return tuple(
        entry
        for entry in (state.entries if definition.held_back else ())
        if entry.stage in definition.held_back
        and stage in (None, entry.stage)
        and (entry.effect in DECIDED or any(vote.entry_no == entry.no for vote in state.votes))
        and entry.no not in state.published
    )


def withheld(definition: Definition, state: State) -> Entry | None:
    """The stay at which those outside still see the case."""
    return next(iter(withheld_entries(definition, state)), None)


def seen_from_outside(definition: Definition, state: State) -> State:
    """The state as those outside may know it."""
    entry = withheld(definition, state)
    if entry is None:
        return state
    entries = (*state.entries[: entry.no - 1], altered(entry, left_at=None, effect=None))
    kept = tuple(item for item in state.items if _is_known(item, entry, state))
    status = state.status if state.status in STILL_SEEN else Status.OPEN
    gone = status is Status.WITHDRAWN
    return altered(
        state,
        status=status,
        stage=None if gone else entry.stage,
        entries=entries,
        items=kept,
        closed_at=state.closed_at if gone else None,
        scores=tuple(scored for scored in state.scores if scored.entry_no < entry.no),
        proposal=None,
        reopening=None,
        prior=None,
    )


def heard_outside(definition: Definition, state: State, facts: Iterable[Fact]) -> list[Fact]:
    """Of the facts of a case, oldest first, those that may be told outside as the case stands."""
    entry = withheld(definition, state)
    told, hidden = [], False
    for fact in facts:
        hidden = hidden or (entry is not None and fact.entry_no == entry.no and fact.kind in DECIDING)
        if fact.kind not in NEVER_SAID and (not hidden or fact.kind in SAID_ALL_THE_SAME):
            told.append(fact)
    return told


def _is_known(item: Item, entry: Entry, state: State) -> bool:
    return item.entry_no < entry.no or (item.is_open and item.role == "applicant")


def standing_outside(status: str, stage: str | None, withheld_stage: str | None) -> tuple[str, str | None]:
    """As those outside know it: where it was judged, while the result is not published."""
    if withheld_stage is None or status == Status.WITHDRAWN.value:
        return status, stage
    return (status if status in {each.value for each in STILL_SEEN} else Status.OPEN.value), withheld_stage
