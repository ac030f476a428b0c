"""One application as frozen data: what its events say (`State`) and what it is about (`Application`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from workflow.domain.after import NOTHING_YET, After
from workflow.domain.departments import DepartmentAnswer, EarlierAnswer
from workflow.domain.errors import Reason
from workflow.domain.events import Event
from workflow.domain.known import Known
from workflow.domain.recognition import Leaving, Recognition, Renewal
from workflow.domain.told import UNNOTICED, Noticed, Objecting, Panel, Posting, Review, Scored, Voted

Frozen = TypeVar("Frozen")


def altered(thing: Frozen, **changes: Any) -> Frozen:
    """A changed copy of a frozen value without slots: `dataclasses.replace` at a tenth of its cost.

    The fold makes some forty copies for one decision, and dry runs make millions of decisions.
    """
    copy = object.__new__(type(thing))
    object.__setattr__(copy, "__dict__", thing.__dict__ | changes)
    return copy


class Status(StrEnum):
    DRAFT = "draft"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    OPEN = "open"
    CORRECTING = "correcting"
    HELD = "held"
    ALTERNATE = "alternate"
    NOT_CALLED = "not_called"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    RECOGNIZED = "recognized"
    ENDED = "ended"


UNSUBMITTED = frozenset({Status.DRAFT, Status.AWAITING_CONFIRMATION})
RUNNING = frozenset({Status.OPEN, Status.CORRECTING, Status.HELD, Status.ALTERNATE})
CLOSED = frozenset({Status.NOT_CALLED, Status.REFUSED, Status.LAPSED, Status.WITHDRAWN, Status.ENDED})


class Duty(StrEnum):
    """What an item asks of its holder."""

    ACT = "act"  # what the stage is there for
    CONFIRM = "confirm"  # look at a colleague's proposal (four eyes)
    CORRECT = "correct"  # put right the flagged items
    REOPEN = "reopen"  # agree that a finished stage is done again
    APPEAL = "appeal"  # look again at a refusal, by other people
    ANSWER = "answer"  # what falls due after the recognition: a duty, an assessment
    AGREE = "agree"  # the second signature under what somebody answered or entered after the recognition
    PAY = "pay"  # one payment of a benefit
    REVIEW = "review"  # keep, adjust or remove a recognition that is under review


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which the stage's clock stands still."""

    since: datetime
    until: datetime | None
    why: str  # "hold" or "correction"


@dataclass(frozen=True)
class Entry:
    """One stay in one stage. A stage passed over because of its `when` leaves an entry with effect `skipped`."""

    no: int
    stage: str
    position: int
    entered_at: datetime
    left_at: datetime | None = None
    effect: str | None = None
    pauses: tuple[Pause, ...] = ()
    restarted_at: datetime | None = None  # a deferral gives the same length again from here
    due_until: date | None = None  # a date set by an extension or a deferral; replaces the computed one
    flagged: tuple[frozenset[str], ...] = ()  # what each return flagged, oldest first
    actors: frozenset[int] = frozenset()
    decided_by: frozenset[int] = frozenset()

    @property
    def returns(self) -> int:
        return len(self.flagged)


@dataclass(frozen=True)
class Item:
    """One obligation: of one holder, or of whoever holds `role` there (organization, the case's round and track)."""

    no: int
    entry_no: int
    stage: str
    duty: Duty
    role: str
    opened_at: datetime
    organization_id: int | None = None
    holder_id: int | None = None
    state: str = "open"  # open, done, cancelled
    version: int = 1
    closed_at: datetime | None = None
    closed_by: int | None = None
    result: str | None = None
    due_on: date | None = None  # a day of its own, whatever the stage's length says
    about: str | None = None  # what of the time after the recognition it asks for, such as `duty:quarterly:3`

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of one file, field or rule. `revision` is the answers it was given on."""

    entry_no: int
    kind: str  # file, field, rule
    key: str
    verdict: str  # ok, flag; for a rule: meets, fails
    revision: int
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person has proposed and another must confirm."""

    what: str  # an effect of the stage, or "reopen"
    by: int
    at: datetime
    entry_no: int
    stage: str | None = None  # the stage to reopen or to send back to
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What the events of one case say. `version` counts recorded actions, `seq` counts events."""

    status: Status = Status.DRAFT
    version: int = 0
    seq: int = 0
    stage: str | None = None
    entries: tuple[Entry, ...] = ()
    items: tuple[Item, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    flags: tuple[str, ...] = ()
    proposal: Proposal | None = None  # of an effect of the present stage
    reopening: Proposal | None = None  # of doing a finished stage again
    recused: frozenset[int] = frozenset()
    stepped_out: frozenset[int] = frozenset()  # of those, who said themselves that they are too near
    reviews: tuple[Review, ...] = ()
    panels: tuple[Panel, ...] = ()
    scores: tuple[Scored, ...] = ()
    published: frozenset[int] = frozenset()  # stays whose result was made known (`reveal: later`)
    published_at: datetime | None = None
    votes: tuple[Voted, ...] = ()  # of meetings, the newest last
    departments: tuple[DepartmentAnswer, ...] = ()  # of joint checks, the newest last
    before_hold: Status | None = None
    held_with_nominator: bool = False  # as one of all cases of a nominator that was suspended
    place_taken: bool = False
    had_place: bool = False  # one of the nominator's places was taken at some time
    place_period: str | None = None  # the period in which it counts, where places are counted apart
    drawn: bool | None = None
    noticed: Noticed = UNNOTICED
    revision: int = 0
    asks: tuple[str, ...] = ()  # questions that a new version of the rules asks anew and that nobody has answered yet
    asks_until: date | None = None  # by when they are wanted
    awaited: frozenset[int] = frozenset()  # who must still confirm: 0 is the person, others rows of the team's table
    number: str | None = None
    receipt: str | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    appeals: int = 0
    provided: tuple[str, ...] = ()  # what the person gave at the award, by key
    recognition: Recognition | None = None
    leaving: Leaving | None = None
    renewal: Renewal | None = None
    renews: int | None = None  # the case whose recognition this one is to take the place of
    after: After = NOTHING_YET
    last_by: int | None = None
    last_at: datetime | None = None
    last_kinds: tuple[str, ...] = ()
    prior: "State | None" = field(default=None, repr=False, compare=False)

    @property
    def entry(self) -> Entry | None:
        """The stay that runs now."""
        if self.stage is not None:
            for entry in reversed(self.entries):
                if entry.left_at is None:
                    return entry
        return None

    def open_items(self) -> Iterator[Item]:
        return (item for item in self.items if item.is_open)

    def item(self, no: int) -> Item | None:
        if 0 < no <= len(self.items) and self.items[no - 1].no == no:  # they are numbered as they come
            return self.items[no - 1]
        return next((item for item in self.items if item.no == no), None)

    def furthest_position(self) -> int:
        """The highest position of the route that was reached; 0 before the first stage."""
        return max((entry.position for entry in self.entries), default=0)

    def verdict(self, kind: str, key: str) -> Verdict | None:
        """The standing verdict of the current stay, if it was given on the present answers or they did not change."""
        entry = self.entry
        if entry is None:
            return None
        return next(
            (v for v in reversed(self.verdicts) if v.entry_no == entry.no and v.kind == kind and v.key == key), None
        )

    def proposal_before(self, item: Item) -> Proposal | None:
        """The proposal that this item asks somebody else to confirm."""
        return {Duty.CONFIRM: self.proposal, Duty.REOPEN: self.reopening}.get(item.duty)

    def posting(self) -> Posting | None:
        """The line that stands in a notice during the present stay, if any."""
        entry = self.entry
        standing = (p for p in reversed(self.noticed.postings) if entry is not None and p.entry_no == entry.no)
        return next((posting for posting in standing if not posting.taken_down), None)

    def open_objections(self) -> tuple[Objecting, ...]:
        return tuple(each for each in self.noticed.objections if each.is_open)

    def reviews_of(self, entry_no: int) -> tuple[Review, ...]:
        """The sheets that count at one stay, the earliest first."""
        return tuple(review for review in self.reviews if review.entry_no == entry_no and review.counts)

    def panel_of(self, entry_no: int) -> Panel | None:
        return next((panel for panel in reversed(self.panels) if panel.entry_no == entry_no), None)

    def scored_at(self, stage: str) -> Scored | None:
        """The newest result of a stage."""
        return next((scored for scored in reversed(self.scores) if scored.stage == stage), None)

    @property
    def totals(self) -> Mapping[str, int]:
        """Sheet -> its newest total in hundredths, of every sheet that is complete: what `total.<sheet>` reads."""
        found: dict[str, int] = {}
        for scored in self.scores:
            if scored.complete:
                found[scored.sheet] = scored.total
            else:
                found.pop(scored.sheet, None)
        return found

    def answers_of_departments(self) -> tuple[DepartmentAnswer, ...]:
        """Those that count in the present stay of a joint check."""
        entry = self.entry
        return tuple(each for each in self.departments if each.current and entry and each.entry_no == entry.no)

    def acted_in(self, stage: str) -> frozenset[int]:
        return frozenset(account for entry in self.entries if entry.stage == stage for account in entry.actors)


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a case must know of its intake. Instants are UTC; `settings` holds the values of the program's `round:`."""

    id: int
    state: str = "open"
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """Places counted per organization of a field, or anew each period: how many in each, and how many are taken."""

    places: int
    taken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Application:
    """One person, one round, one track, one channel, pinned to one version; everything `decide` may ask about."""

    id: int
    program_id: int
    version_id: int
    round: RoundFacts
    channel: str
    track: str
    state: State = State()
    person_id: int | None = None
    subject_organization_id: int | None = None  # instead of a person, where organizations apply
    apart: bool = False  # put forward without a word and without an account: their own account finds nothing of it
    account_id: int | None = None  # the account of the person it is about
    filler_id: int | None = None  # the account that fills the form
    nominator_id: int | None = None
    nominator: Mapping[str, Any] = field(default_factory=dict)  # facts of the nominating organization
    places: Mapping[str, int | None] = field(default_factory=dict)  # role -> organization found through `of:`
    paths: Mapping[int, str] = field(default_factory=dict)  # organization -> its line path, such as `/1/12/`
    values: Mapping[str, Any] = field(default_factory=dict)  # typed answers of the newest submitted revision
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field -> attachments it holds
    facts: Mapping[str, Any] = field(default_factory=dict)  # what is known outside the form, without a day
    known: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)  # the same with their days, oldest first
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # stage -> what was recorded there
    person: Mapping[str, Any] = field(default_factory=dict)  # birth_date
    checks: Mapping[str, bool | str] = field(default_factory=dict)
    earlier_answers: tuple[EarlierAnswer, ...] = ()  # of departments, about the same person in other cases
    conflicts: frozenset[int] = frozenset()  # accounts against whom a conflict of interest stands
    counted_id: int | None = None  # whose places it takes, where that is not the nominator (`counted_per`)
    listed: bool | None = None  # whether the nominator has handed in its list; None: its channel wants none
    ranked: tuple[int, int] | None = None  # which place on that list, of how many
    places_left: int | None = None  # of the nominator's quota; None = no quota
    counted: "Counted | None" = None  # in place of it, where places are counted apart
    problems: tuple[Reason, ...] = ()  # what is wrong with the answers about to be submitted or sent back
    changed: tuple[str, ...] = ()  # fields that differ from the last submitted revision


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody wants to do. `item` names the work item it answers; None for acts on the whole case."""

    name: str
    item: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows: the facts to record, the state they lead to, and what people recorded beside them."""

    events: tuple[Event, ...]
    state: State
    records: Mapping[str, Any] = field(default_factory=dict)  # typed values of the stage's `record:` fields
    conflicts: tuple[tuple[int, str], ...] = ()  # (account, ground) to note
    hold_nominator: bool = False  # hold all open cases of this nominator in this program
    sealed: Mapping[str, str] = field(default_factory=dict)  # words that only a few may read, such as an objection's
    answered: Mapping[str, Any] = field(default_factory=dict)  # typed values of the duty that was answered
