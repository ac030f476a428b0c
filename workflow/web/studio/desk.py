"""One draft: its tabs, the list on the left, the part that is open, what is wrong with it, and what changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.studio.paper import StudioPaper, paper_of
from forms.studio.parts import Changed
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission
from workflow.domain.program import schema as s
from workflow.domain.program.editing import Edit, Put, Remove, label
from workflow.domain.program.glossary import TYPES
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.data import kind_of_stage, section
from workflow.domain.program.outline.places import Item, Place, items, part_of, place, place_above, trail
from workflow.domain.program.problems import Path
from workflow.domain.program.source import read
from workflow.domain.words import Words
from workflow.services.studio import checking, drafts, editing, publishing
from workflow.services.studio.checking import Checked, Finding
from workflow.services.studio.drafts import Draft
from workflow.services.studio.publishing import Plan
from workflow.web import page
from workflow.web.routes import Visitor
from workflow.web.routes import page as route
from workflow.web.studio import beside, blueprint
from workflow.web.studio.beside import Told, Way
from workflow.web.studio.choosing import Named, chooser
from workflow.web.studio.completing import completions
from workflow.web.studio.pictures import Picture, pictures
from workflow.web.studio.tabs import BY_KEY, TABS, Group, Tab, groups, joined, kinds_of, place_at, split, tab_of

BUILDS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.PROGRAM_PUBLISH}
MARKS: Mapping[str, str] = {"error": "no", "warning": "soon"}
REACHES: Mapping[str, Words] = {
    "free": Words("立即生效"),
    "ahead": Words("还没走到那里的件生效"),
    "round": Words("一批一起改，已经打分投票的不改"),
    "ask": Words("由主办选定哪些件改"),
    "pinned": Words("只对新的申报"),
}
FIRST = frozenset(
    [
        "key",
        "name",
        "owner",
        "policy",
        "kind",
        "type",
        "by",
        "due",
        "may",
        "correction",
        "signers",
        "rules",
        "verify",
        "raters",
        "choose",
        "sheet",
        "blind",
        "combine",
        "min_valid",
        "quorum",
        "pass",
        "ballot",
        "rank_by",
        "days",
        "show",
        "objection",
        "certificate",
        "benefits",
        "lasts",
        "tasks",
        "options",
        "required",
        "level",
        "purpose",
        "hint",
        "unit",
        "rows",
        "length",
        "lines",
        "text",
        "value",
        "of",
        "seats",
        "intake",
        "filled_by",
        "nominator",
        "quota",
        "rule",
        "settled_at",
        "clause",
        "otherwise",
        "weight",
        "rubric",
        "track",
        "tracks",
        "total",
        "alternates",
        "as_of",
        "levels",
        "explain",
        "every",
        "on",
        "once",
        "when",
        "before",
        "amount",
        "paid",
        "then",
        "subject",
        "run_by",
        "one_per_person",
        "accept",
        "blind_copy",
        "points",
        "from",
        "limit",
        "columns",
        "standard",
        "words",
        "route",
        "remind",
        "escalate",
        "messages",
        "conflicts",
        "never_both",
        "within",
        "count",
        "day_ends",
        "base",
        "cap",
        "entry",
        "marks",
        "lead",
        "detail_for",
    ]
)
"""What is shown at once; the rest of a part opens by a press, and what a draft writes is always shown."""
LAST = frozenset(("when", "words", "remind", "escalate"))
"""Of a stage: what every kind has, and few change, comes after what makes it the kind it is."""


@dataclass(frozen=True)
class Inner:
    """A keyed section inside the part that is open."""

    name: Words
    hint: Words | None
    path: Path
    entries: Sequence[Item]
    kinds: Sequence[tuple[str, Words]]


class Desk:
    """What a page of a draft needs; each thing is worked out once, when a template asks."""

    def __init__(self, ref: str, at: str | None = None, tab: str | None = None) -> None:
        self.actor = page.actor()
        self.draft: Draft = drafts.shown(ref, self.actor)
        self.data = read(self.draft.text).data
        path = split(at or "")
        self.tab: Tab = BY_KEY.get(tab or "") or (tab_of(path) if path else TABS[0])
        self.channel = request.args.get("channel", "")
        self.groups: tuple[Group, ...] = tuple(groups(self.data, self.tab, self.channel))
        self.path = path or self._first()
        self.place: Place | None = place_at(self.data, self.path)

    def _first(self) -> Path:
        return next((line.path for group in self.groups for line in group.lines), ())

    @property
    def ref(self) -> str:
        return self.draft.ref

    @property
    def at(self) -> str:
        return joined(self.path)

    @cached_property
    def choose(self) -> Callable[..., Sequence[Named]]:
        return chooser(self.data)

    def paper(self, sent: Any = None) -> StudioPaper:
        if self.place is None:
            raise NotFound
        return paper_of(self.place.leaves, self.place.data, self.place.path, self.choose, sent)

    @cached_property
    def checked(self) -> Checked:
        return checking.findings(self.ref, self.actor, page.now())

    @property
    def nearest(self) -> Sequence[Finding]:
        """Those of the open part first."""
        here = [one for one in self.checked.findings if self.path and one.path[: len(self.path)] == self.path]
        return [*here, *(one for one in self.checked.findings if one not in here)]

    def wrong_below(self, path: Path) -> Literal["no", "soon", ""]:
        """Whether something below this path is wrong, and how badly."""
        found = {one.severity for one in self.checked.findings if path and one.path[: len(path)] == path}
        return "no" if "error" in found else "soon" if found else ""

    def wrong_in_tab(self, tab: Tab) -> Literal["no", "soon", ""]:
        found = {self.wrong_below(path) for path in tab.groups}
        return "no" if "no" in found else "soon" if "soon" in found else ""

    @cached_property
    def inner(self) -> tuple[Inner, ...]:
        """Keyed sections of the open part, and of the parts inside it."""
        if self.place is None or not self.place.path:
            return ()
        found = [(self.place.path, one) for one in self.place.sections]
        for control in self.place.asked:
            if control.kind == "part" and isinstance(self.place.data.get(control.word), Mapping):
                within = place(self.data, (*self.place.path, control.word))
                found += [(within.path, one) for one in within.sections] if within is not None else []
        return tuple(
            Inner(one.name, one.hint, path, tuple(items(self.data, path)), kinds_of(one))
            for above, one in found
            if (path := (*above, one.word)) not in self.tab.groups
        )

    @property
    def sheets(self) -> Iterator[Item]:
        return items(self.data, ("scoring", "sheets"))

    @property
    def trail(self) -> Sequence[tuple[Path, Any]]:
        return tuple(trail(self.data, self.path))

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        return pictures(self.data)

    @property
    def channels(self) -> Sequence[Item]:
        """Those with a route of their own, where the stages are put in order."""
        return [one for one in items(self.data, ("channels",)) if "route" in section(self.data, *one.path)]

    @cached_property
    def plan(self) -> Plan:
        return publishing.plan(self.ref, self.actor)

    @property
    def _control(self) -> Control | None:
        return place_above(self.data, self.path)

    @property
    def is_entry(self) -> bool:
        return self._control is not None and self._control.kind == "entries"

    @property
    def heading(self) -> Any:
        """What the open part is called."""
        if self.place is None:
            return self.tab.words
        if not self.place.path:
            return self.place.asked[0].name
        return self.place.name if self.is_entry or self._control is None else self._control.name

    @property
    def sort(self) -> Words | None:
        """Which kind of stage, which type of field."""
        part = self.place.part if self.place is not None else None
        if part is None or not self.is_entry:
            return None
        if issubclass(part, s.Stage):
            kind = kind_of_stage(self.place.raw if self.place is not None else None)
            return TYPES[kind] if kind else None
        return None

    def go(self, path: Path, code: str = "") -> str:
        """The page that a path of the file is changed on, at its control."""
        if beside.in_sheet(path):
            return url_for("studio.sheet", ref=self.ref, sheet=path[2], _anchor=beside.sheet_anchor(path) or None)
        where = beside.page_of(self.data, path)
        if not where:
            return url_for("studio.draft", ref=self.ref, tab=tab_of(path).key)
        return self.url(where, _anchor=beside.anchor(self.data, code, path) or None)

    def told(self, one: Finding) -> Told:
        """A finding with its place and its ways out."""
        ways = [
            Way(way.words, press=f"{number}/{one.code}/{joined(one.path)}")
            if way.edits
            else Way(way.words, url=self.go(way.goes))
            for number, way in enumerate(one.remedies)
        ]
        if one.code == "O07":
            ways.append(Way(Words("去录放假安排"), url=url_for("admin.calendar")))
        place = self.says(one.path) if one.path else None
        return Told(one, place, self.go(one.path, one.code), tuple(ways), beside.marked(self.data, one))

    def says(self, path: Path) -> Words:
        return label(self.data, path)

    def url(self, path: Path | str = "", **values: Any) -> str:
        at = path if isinstance(path, str) else joined(path)
        return url_for("studio.draft", ref=self.ref, at=at or None, **values)


def seen() -> int:
    """The revision that the page showed; 0 is older than any."""
    return page.seen_version() or 0


@route(blueprint, "/<ref>", methods=("GET", "POST"), **BUILDS)
def draft(ref: str) -> Response:
    desk = Desk(ref, request.args.get("at"), request.args.get("tab"))
    if request.method == "POST" and desk.place is not None:
        return _saved(desk)
    if desk.tab.key == "scoring" and not request.args.get("at") and (first := next(desk.sheets, None)) is not None:
        return page.go("studio.sheet", ref=ref, sheet=first.key)
    if desk.path[:2] == ("scoring", "sheets") and len(desk.path) == 3 and "plain" not in request.args:
        return page.go("studio.sheet", ref=ref, sheet=desk.path[2])
    return shown(desk, desk.paper() if desk.place is not None else None)


def _saved(desk: Desk) -> Response:
    paper = desk.paper(request.form)
    edits = edits_of(desk, paper.changes())
    if edits:
        editing.edit(desk.ref, edits, seen(), desk.actor, page.now())
        if not paper.reasons:
            return page.go("studio.draft", ref=desk.ref, at=desk.at, tab=desk.tab.key, channel=desk.channel or None)
        fresh = Desk(desk.ref, desk.at, desk.tab.key)
        paper = fresh.paper(request.form)
        paper.changes()  # what was not understood is told once more, on the page as it is now
        return shown(fresh, paper)
    if paper.reasons:
        return shown(desk, paper)
    return page.go("studio.draft", ref=desk.ref, at=desk.at, tab=desk.tab.key, channel=desk.channel or None)


def edits_of(desk: Desk, changes: Sequence[Changed]) -> list[Edit]:
    edits: list[Edit] = [Remove(path) if value is None else Put(path, value) for path, value in changes]
    return [*edits, *_left_behind(desk, changes)]


def _left_behind(desk: Desk, changes: Sequence[Changed]) -> list[Edit]:
    """Another kind of stage or type of field drops the words that only the old one has."""
    here = desk.place
    said = {path[-1]: value for path, value in changes if here is not None and path[:-1] == here.path}
    if here is None or not said.keys() & {"kind", "type", "standard"} or not issubclass(here.part, s.Stage | s.Field):
        return []
    raw = {**here.data, **{word: value for word, value in said.items() if value is not None}}
    control = place_above(desk.data, here.path)
    if control is None:
        return []
    known = {*part_of(control, raw).known_words(), "by", "per"}
    return [Remove((*here.path, word)) for word in here.data if word not in known and word not in said]


def shown(desk: Desk, paper: StudioPaper | None, **more: Any) -> Response:
    boxes = paper.boxes if paper is not None else []
    at = desk.place.path if desk.place is not None else desk.path
    whole = beside.shared_out(desk.data, at, desk.checked.findings, boxes, desk.told)
    first = [box for box in boxes if box.control.required or box.raw is not None or box.control.word in FIRST]
    first += [box for box in boxes if box not in first and (box.found or getattr(box, "all_found", ()))]
    first.sort(key=lambda box: box.control.word in LAST)
    return page.render(
        "pages/studio/draft.html",
        desk=desk,
        draft=desk.draft,
        reaches=REACHES,
        form=paper,
        first=first,
        rest=[box for box in boxes if box not in first],
        completions=completions(desk.data, at, boxes),
        whole=[one for one in whole if desk.place is not None and desk.place.path],
        tabs=TABS,
        **more,
    )
