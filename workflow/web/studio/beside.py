"""Each finding beside the control that it concerns: which page that is on, which control, and what its link is."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from forms.studio.boxes import Box
from forms.studio.parts import Paid, PartBox
from workflow.domain.program.outline.beside import concerned
from workflow.domain.program.outline.data import standing_at
from workflow.domain.program.outline.places import place, place_above
from workflow.domain.program.problems import Path
from workflow.domain.words import Words
from workflow.services.studio.checking import Finding
from workflow.web.studio.tabs import TABS, place_at

SHEETS: Path = ("scoring", "sheets")
IN_TABLE = ("name", "weight", "by", "at", "rubric")
"""What the table of a score sheet shows of a criterion."""
_OPEN = frozenset(group for tab in TABS for group in tab.groups)


def page_of(data: Any, path: Path) -> Path:
    """The part whose page has the control; a part inside a part is changed on the page of the outer one."""
    for length in range(len(path), 0, -1):
        here = path[:length]
        above = place_above(data, here)
        inside = above is not None and above.kind == "part" and here not in _OPEN
        if place_at(data, here) is not None and not inside:
            return here
    return ()


def control_of(data: Any, code: str, path: Path) -> Path:
    """The path of the control, however deep inside it the finding points."""
    found = place(data, path)
    return concerned(code, path, {one.word: one for one in found.asked}) if found is not None else path


def anchor(data: Any, code: str, path: Path) -> str:
    """The id of the control on the page of `page_of`."""
    page, path = page_of(data, path), control_of(data, code, path)
    if not page or (len(path) <= len(page) and place(data, page) is not None):
        return ""
    words, at = list[str](), page if place(data, page) is not None else ()
    for word in path[len(at) :]:
        here = place(data, (*at, *words))
        if here is None or here.control(word) is None:
            break
        words.append(word)
    return f"p-{'-'.join(words)}" if words else ""


def in_sheet(path: Path) -> bool:
    """On the page where a score sheet is a table."""
    return path[:2] == SHEETS and len(path) > 2 and (len(path) < 6 or path[5] in IN_TABLE)


def sheet_anchor(path: Path) -> str:
    if path[3:] == ("criteria",):
        return "meter"
    if len(path) > 4:
        word = path[5] if len(path) > 5 else "name"
        return f"c-{path[4]}-{'l0' if word == 'rubric' else word}"
    return "pass" if path[3:] == ("pass",) else ""


def shared_out(
    data: Any, at: Path, findings: Iterable[Finding], boxes: Sequence[Box], tell: Callable[[Finding], "Told"]
) -> Sequence["Told"]:
    """Gives each control what concerns it; what concerns the part as a whole is left over."""
    left = []
    for one in findings:
        path = control_of(data, one.code, one.path)
        if not one.path or path[: len(at)] != at:
            continue
        box = _deepest(boxes, path)
        if box is not None:
            box.found = (*box.found, tell(one))
        elif path == at:
            left.append(tell(one))
    return left


def _deepest(boxes: Sequence[Box], path: Path) -> Box | None:
    for box in boxes:
        if path[: len(box.path)] != box.path:
            continue
        if isinstance(box, PartBox):
            return _deepest(box.boxes, path) or box
        if isinstance(box, Paid) and isinstance(box.raw, dict):
            return _deepest(box.rhythm.boxes, path) or box
        return box
    return None


# -- as a page tells it ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Way:
    """One way out: `press` is what its button sends, `url` where its link leads."""

    words: Words
    press: str = ""
    url: str = ""


@dataclass(frozen=True)
class Told:
    """`marked`: the expression before, at and behind the sign that is wrong."""

    finding: Finding
    place: Words | None
    url: str
    ways: tuple[Way, ...]
    marked: tuple[str, str, str] | None

    @property
    def is_error(self) -> bool:
        return self.finding.severity == "error"


_SIGN = re.compile(r"[A-Za-z_][\w.]*|'[^']*'?|\"[^\"]*\"?|\d+(?:\.\d+)?|[&|=<>!]+|\S")


def marked(data: Any, finding: Finding) -> tuple[str, str, str] | None:
    text = standing_at(data, finding.path)
    at = finding.column - 1
    if not isinstance(text, str) or not 0 <= at <= len(text):
        return None
    sign = _SIGN.match(text, at)
    end = sign.end() if sign is not None else at
    return text[:at], text[at:end], text[end:]
