"""The rooms that every stage kind has: what it opens, which acts it offers, what is missing, what follows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Entry, Item, Outcome, State, altered
from workflow.domain.errors import Reason
from workflow.domain.events import Event
from workflow.domain.history import evolve
from workflow.domain.policy import CaseSubject
from workflow.domain.program.schema import Definition, Field, Stage
from workflow.domain.rulebook import Rulebook
from workflow.domain.scoring import Derivation
from workflow.domain.words import Words


class Work:
    """One act in the making: the case as it stood, the facts told so far, and the state they lead to."""

    def __init__(self, book: Rulebook, application: Application, action: Action, actor: Actor, now: datetime) -> None:
        self.book = book
        self.before = application
        self.action = action
        self.actor = actor
        self.now = now
        self.item: Item | None = application.state.item(action.item) if action.item is not None else None
        self.state: State = application.state
        self.version = application.state.version + 1
        self.events: list[Event] = []
        self.records: dict[str, Any] = {}
        self.sealed: dict[str, str] = {}
        self.answered: dict[str, Any] = {}
        self.conflicts: list[tuple[int, str]] = []
        self.hold_nominator = False
        self.counted: Derivation | None = None  # what the sheets come to, once somebody has asked
        self.trial: Work | None = None  # what `stands` found by trying

    @property
    def definition(self) -> Definition:
        return self.book.definition

    @property
    def inputs(self) -> Mapping[str, Any]:
        return self.action.inputs

    @property
    def entry(self) -> Entry | None:
        return self.state.entry

    @cached_property
    def stage(self) -> Stage | None:
        """The stage that the item belongs to, else the one the case is in."""
        key = self.item.stage if self.item is not None else self.before.state.stage
        return self.definition.stages.get(key) if key else None

    @property
    def application(self) -> Application:
        """The case with what has been told so far."""
        return self.before if self.state is self.before.state else altered(self.before, state=self.state)

    @property
    def subject(self) -> CaseSubject:
        return CaseSubject(self.definition, self.before, self.item)

    def tell(self, kind: str, remarks: Mapping[str, str] | None = None, **body: Any) -> None:
        """Record a fact and move on to the state after it. Empty remarks are dropped."""
        event = Event(
            kind,
            self.now,
            self.version,
            self.actor.kind,
            self.actor.account_id,
            {name: value for name, value in body.items() if value is not None},
            self._standing_in(),
            self._entry_no(kind, body),
            {name: text for name, text in (remarks or {}).items() if text},
        )
        self.events.append(event)
        self.state = evolve(self.state, event)

    def _entry_no(self, kind: str, body: Mapping[str, Any]) -> int | None:
        """The stay that a fact is told of; a stage that is entered begins a new one."""
        if kind == "stage_entered":
            return len(self.state.entries) + len(body.get("skipped") or ()) + 1
        entry = self.state.entry
        if entry is not None:
            return entry.no
        return self.item.entry_no if self.item is not None else None

    def _standing_in(self) -> int | None:
        """The absent colleague for whom the actor acts, where the item was not their own to answer."""
        item = self.item
        if item is None or item.holder_id in (None, self.actor.account_id):
            return None
        return item.holder_id if any(h.for_id == item.holder_id for h in self.actor.holdings) else None

    def outcome(self) -> Outcome:
        return Outcome(
            tuple(self.events),
            self.state,
            self.records,
            tuple(self.conflicts),
            self.hold_nominator,
            self.sealed,
            self.answered,
        )

    def text(self, name: str) -> str:
        return str(self.inputs.get(name) or "").strip()

    def needs_text(self, name: str, words: Words) -> list[Reason]:
        return [] if self.text(name) else [Reason(words, name)]


Question = Callable[[Work], bool]


def _nothing(work: Work) -> list[Reason]:
    return []


def _nothing_more(work: Work, stage: Stage) -> None:
    return None


def _no_inputs(stage: Stage | None) -> Mapping[str, Field]:
    return {}


@dataclass(frozen=True)
class Act:
    """One thing that can be done. `stands`: is it time? `allowed`: may this actor? Both are asked by the service that
    performs it and by the page that offers it; the page asks neither where the act can never stand: of items with
    other `duties`, or before a recognition where it is `recognized`."""

    name: str
    label: Words
    stands: Question
    allowed: Question
    follows: Callable[[Work], None]
    missing: Callable[[Work], list[Reason]] = _nothing
    inputs: Callable[[Stage | None], Mapping[str, Field]] = _no_inputs
    on_item: bool = True
    duties: frozenset[Duty] = frozenset(Duty)
    recognized: bool = False


def answering(duties: Iterable[Duty], *acts: Act) -> tuple[Act, ...]:
    """Acts that answer items with these duties only."""
    return tuple(replace(act, duties=frozenset(duties)) for act in acts)


def of_a_recognition(*acts: Act) -> tuple[Act, ...]:
    """Acts that can stand only once there is a recognition, valid or not."""
    return tuple(replace(act, recognized=True) for act in acts)


def opening(work: Work, stage: Stage) -> list[dict[str, Any]]:
    """One item for each role that acts; the applicant's own goes to whoever fills where the person has no account."""
    return [_opening_for(work.before, role) for role in stage.by]


def _opening_for(application: Application, role: str) -> dict[str, Any]:
    if role == "applicant":
        return {"role": role, "holder": application.account_id or application.filler_id}
    return {"role": role, "organization": application.places.get(role)}


@dataclass(frozen=True)
class Kind:
    """One of the seven kinds of stage."""

    key: str
    acts: tuple[Act, ...] = ()
    opens: Callable[[Work, Stage], list[dict[str, Any]]] = opening
    entered: Callable[[Work, Stage], None] = _nothing_more  # what else follows, once the stage is entered


def handed_to(item: Item, duty: Duty, **changes: Any) -> dict[str, Any]:
    """An opening in the same pool as `item`, without its holder unless one is named."""
    return {
        "duty": duty.value,
        "role": item.role,
        "organization": item.organization_id,
        "stage": item.stage,
        **changes,
    }
