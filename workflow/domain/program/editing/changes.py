"""What an editor may ask for: one change of the file, by path. Positions in a list are digits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workflow.domain.errors import Refusal
from workflow.domain.program.problems import Path
from workflow.domain.words import Words


class CannotEdit(Refusal):
    """The change does not fit the file as it stands; nothing was written."""


@dataclass(frozen=True)
class Put:
    """Set, or add in the schema's order. A mapping is merged word by word into the one that stands there."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Remove:
    path: Path


@dataclass(frozen=True)
class Add:
    """An entry of a section, or (`key` empty) an item of a list; before a sibling's key or an item's word or place."""

    path: Path
    key: str
    value: Any
    before: str | None = None


@dataclass(frozen=True)
class Move:
    path: Path
    before: str | None = None


@dataclass(frozen=True)
class Rename:
    """Another key, here and wherever the file mentions it."""

    path: Path
    key: str


@dataclass(frozen=True)
class Duplicate:
    """A copy right behind the original; with a name of its own, if one is given."""

    path: Path
    key: str
    name: str | None = None


Edit = Put | Remove | Add | Move | Rename | Duplicate


@dataclass(frozen=True)
class Splice:
    """At this place of the text before, `old` gave way to `new`. The splices of one change stand in order, apart."""

    at: int
    old: str
    new: str


@dataclass(frozen=True)
class Edited:
    text: str
    splices: tuple[Splice, ...]
    words: tuple[Words, ...]


class Touched(CannotEdit):
    """What was to be undone is not as the change left it."""


def applied(text: str, splices: Sequence[Splice]) -> str:
    for splice in reversed(splices):
        text = text[: splice.at] + splice.new + text[splice.at + len(splice.old) :]
    return text


def undone(text: str, splices: Sequence[Splice]) -> str:
    """The text before the change, from the text right after it."""
    return applied(text, inverse(text, splices))


def inverse(text: str, splices: Sequence[Splice]) -> tuple[Splice, ...]:
    back = inverted(splices)
    if any(text[splice.at : splice.at + len(splice.old)] != splice.old for splice in back):
        raise Touched(Words("这一处后来又改过，不能单独撤销"))
    return back


def inverted(splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """What takes them back, upon the text right after them."""
    back, grown = [], 0
    for splice in splices:
        back.append(Splice(splice.at + grown, splice.new, splice.old))
        grown += len(splice.new) - len(splice.old)
    return tuple(back)


def carried(splices: Sequence[Splice], later: Sequence[Splice]) -> tuple[Splice, ...]:
    """Splices of a text, moved to where their places are after a later change; refused where it touched them."""
    moved = []
    for splice in splices:
        start, stop, shift = splice.at, splice.at + len(splice.old), 0
        for other in later:
            end = other.at + len(other.old)
            if end <= start:
                shift += len(other.new) - len(other.old)
            elif other.at < stop:
                raise Touched(Words("这一处后来又改过，不能单独撤销"))
        moved.append(Splice(start + shift, splice.old, splice.new))
    return tuple(moved)


class Pieces:
    """One text through several changes, one after another, told at the end as the splices of a single one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept: list[tuple[int, int] | str] = [(0, len(text))]

    def splice(self, splices: Sequence[Splice]) -> None:
        for change in reversed(splices):
            self._one(change)

    def _one(self, change: Splice) -> None:
        before, rest = _cut(self.kept, change.at)
        _, after = _cut(rest, len(change.old))
        self.kept = [*before, change.new, *after]

    def told(self) -> tuple[Splice, ...]:
        splices, at, new = [], 0, ""
        for piece in [*self.kept, (len(self.text), len(self.text))]:
            if isinstance(piece, str):
                new += piece
                continue
            start, stop = piece
            if (new or start > at) and new != self.text[at:start]:
                splices.append(Splice(at, self.text[at:start], new))
            at, new = stop, ""
        return tuple(splices)


Kept = list[tuple[int, int] | str]


def _cut(pieces: Kept, at: int) -> tuple[Kept, Kept]:
    before: Kept = []
    for place, piece in enumerate(pieces):
        length = len(piece) if isinstance(piece, str) else piece[1] - piece[0]
        if at >= length:
            before.append(piece)
            at -= length
            continue
        if isinstance(piece, str):
            halves: Kept = [piece[:at], piece[at:]]
        else:
            halves = [(piece[0], piece[0] + at), (piece[0] + at, piece[1])]
        return [*before, *halves[: 1 if at else 0]], [*halves[1:], *pieces[place + 1 :]]
    return before, []
