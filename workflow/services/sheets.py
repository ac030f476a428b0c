"""What one case looks like to one reader, as plain values: made by `reading`, shown by pages, exports and mails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflow.domain.calendar import local_day
from workflow.domain.program.schema import Definition, Label
from workflow.domain.program.schema.fields import Fields
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services.quota_watch import Pressure
from workflow.services.showing import Section, Shown, Text

SOON = 2  # working days


@dataclass(frozen=True)
class Left:
    """What is left of a term: kind calm, soon, late, hold; `days` are working days, also those overdue."""

    kind: str
    days: int
    until: datetime | None
    provisional: bool = False


@dataclass(frozen=True)
class Judged:
    """What somebody said of a file, a field or a rule. `stale`: of answers that have changed since."""

    verdict: str
    text: str
    by: str | None
    at: datetime


@dataclass(frozen=True)
class SeenFile:
    ref: str
    path: str
    place: Text
    name: str
    media_type: str
    size: int
    pages: int | None
    sealed: bool  # L4: opens only after a reason was given
    replaced: bool = False
    whole: bool = True  # may be had as the file it is, not only as pictures of its pages

    @property
    def pictures(self) -> int:
        """How many page images there are to look at."""
        if self.media_type.startswith("image/"):
            return 1
        return self.pages or 0 if self.media_type == "application/pdf" else 0


@dataclass(frozen=True)
class Place:
    """One thing that needs a verdict, with the files that lie there."""

    path: str
    name: Text
    files: tuple[SeenFile, ...]
    judged: Judged | None
    needed: bool


@dataclass(frozen=True)
class Light:
    """One rule: what it says, from which inputs, and what a person decided."""

    key: str
    name: Label
    clause: Label | None
    result: str  # meets, fails, look
    inputs: tuple[tuple[Text, Shown], ...]
    missing: tuple[Text, ...]
    settled_at: Label | None
    judged: Judged | None
    asked: bool  # this stage judges it

    @property
    def shown(self) -> str:
        return self.judged.verdict if self.judged is not None else self.result


@dataclass(frozen=True)
class Knot:
    kind: str
    words: Words
    at: datetime
    by: str | None
    remarks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Milestone:
    kind: str
    name: Label
    future: bool
    at: datetime | None


@dataclass(frozen=True)
class OpenItem:
    """One obligation: who owes it and by when. `mine`: the reader may answer it."""

    ref: str
    no: int
    version: int
    stage: Label | Words
    stage_kind: str
    duty: str
    by: Label | Words
    organization: str | None
    holder: str | None
    left: Left | None
    hint: str | None
    mine: bool
    about: str | None = None  # what of the time after the recognition it asks for
    note: Label | None = None  # what the program says to whoever acts here


@dataclass(frozen=True)
class Button:
    """An act that stands open, with the program's own word; `item` is the reference it is posted to."""

    name: str
    label: Words | Label
    item: str | None
    version: int


@dataclass(frozen=True)
class Proposed:
    what: str
    words: Words | Label
    by: str
    at: datetime
    stage: Label | None
    remarks: tuple[tuple[str, str], ...]
    flags: tuple[tuple[Text, str], ...]
    ground: str | None


@dataclass(frozen=True)
class Changed:
    path: str
    name: Text
    before: Shown | None
    after: Shown | None
    asked: bool  # it was among what was flagged
    files_before: tuple[SeenFile, ...] = ()
    files_after: tuple[SeenFile, ...] = ()


@dataclass(frozen=True)
class Sheet:
    ref: str
    number: str | None
    receipt: str | None
    program: Label
    program_ref: str
    round_name: str
    round_ref: str
    channel: Label
    track: Label | None
    nominator: str | None
    name: str
    status: str
    stage: Label | None
    stage_kind: str | None
    version: int
    revision: int
    submitted_at: datetime | None
    official: bool
    sections: tuple[Section, ...]
    files: Mapping[str, SeenFile]
    copies: Mapping[str, tuple[SeenFile, ...]]  # by path, where one is asked for beside the file
    places: tuple[Place, ...]
    lights: tuple[Light, ...]
    thread: tuple[Knot, ...]
    route: tuple[Milestone, ...]
    items: tuple[OpenItem, ...]
    buttons: tuple[Button, ...]
    flagged: tuple[tuple[Text, str], ...]
    changes: tuple[Changed, ...]
    proposal: Proposed | None = None
    returns: int = 0
    awaits_draw: bool = False  # of a sample, which who runs the program draws
    ranked: tuple[int, int] | None = None  # which place on its nominator's list, of how many
    mends: tuple[str, ...] = ()  # to whom it may be returned: filler, person
    reopenable: tuple[tuple[str, Label], ...] = ()
    record: Fields = field(default_factory=dict)
    recorded: Mapping[str, Any] = field(default_factory=dict)
    record_files: Mapping[str, SeenFile] = field(default_factory=dict)
    grounds: tuple[str, ...] = ()
    tight: tuple[Pressure, ...] = ()  # of what this case needs: more want a place than there are
    shows_facts: bool = False  # what departments know has a page of its own
    opens: frozenset[str] = frozenset()  # fields of level L4 that open to this reader once a reason is given
    stage_key: str | None = None
    blind: bool = False  # the reader judges it without being told whose it is
    definition: Definition | None = field(default=None, repr=False)

    def item(self, ref: str) -> OpenItem | None:
        return next((each for each in self.items if each.ref == ref), None)

    def button(self, name: str, item: str | None = None) -> Button | None:
        return next((b for b in self.buttons if b.name == name and (item is None or b.item in (item, None))), None)


def left_until(book: Rulebook, due: datetime | None, now: datetime) -> Left | None:
    """Working days left until a due time, or passed since it."""
    if due is None:
        return None
    calendar = book.calendar
    today, day = local_day(now), local_day(due - timedelta(microseconds=1))  # 24:00 ends the day before
    if due < now:
        return Left("late", max(1, calendar.working_days_between(day, today)), due)
    days = calendar.working_days_left(now, day)
    return Left("soon" if days <= SOON else "calm", days, due, calendar.provisional(today, day))
