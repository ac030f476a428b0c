"""Two wordings of one text, side by side in one line: what stays, what went and what came. Pure.

Chinese is compared sign by sign, numbers and Latin words whole. What two changes leave standing between them is told
with them where it is shorter than a word: a sentence shredded into single signs is read by nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from workflow.domain.program.compare import Change
from workflow.domain.program.schema import Label

_WORD = re.compile(r"[A-Za-z0-9_.%]+|\s+|.", re.DOTALL)
_SHORT = 12
"""Up to so many signs the sentence beside it says enough."""
_ISLAND = 2
Kind = Literal["same", "out", "in"]


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


def pieces_of(change: Change) -> tuple[Piece, ...]:
    """Nothing where there are no two wordings, or where they are short."""
    old, new = _text(change.old), _text(change.new)
    if old is None or new is None:
        return _listed(change)
    if isinstance(change.old, Label) and isinstance(change.new, Label) and change.old.zh == change.new.zh:
        old, new = change.old.en or "", change.new.en or ""
    return marked(old, new) if max(len(old), len(new)) > _SHORT else ()


def _text(said: object) -> str | None:
    if isinstance(said, Label):
        return said.zh
    return said if isinstance(said, str) else None


def _listed(change: Change) -> tuple[Piece, ...]:
    """A list of names, such as a route: name by name."""
    old, new = (change.words.params.get(word) for word in ("old", "new"))
    if not isinstance(old, tuple | list) or not isinstance(new, tuple | list):
        return ()
    found = _marked([str(each) for each in old], [str(each) for each in new])
    last = len(found) - 1
    return tuple(Piece(kind, "、".join(names) + ("、" if at < last else "")) for at, (kind, names) in enumerate(found))


def marked(old: str, new: str) -> tuple[Piece, ...]:
    found = _marked(_WORD.findall(old), _WORD.findall(new))
    return tuple(Piece(kind, "".join(words)) for kind, words in found)


Part = tuple[Kind, Sequence[str]]


def _marked(old: Sequence[str], new: Sequence[str]) -> list[Part]:
    """Of neighbors, what went stands before what came."""
    found: list[Part] = []
    gone, come = list[str](), list[str]()
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (step, a, b, c, d) in enumerate(steps):
        island = step == "equal" and len("".join(old[a:b])) <= _ISLAND and 0 < number < len(steps) - 1
        if step != "equal" or island:
            gone += old[a:b]
            come += new[c:d]
            continue
        found += _told(gone, come)
        gone, come = [], []
        found.append(("same", old[a:b]))
    return [*found, *_told(gone, come)]


def _told(gone: Sequence[str], come: Sequence[str]) -> Iterator[Part]:
    if gone:
        yield "out", list(gone)
    if come:
        yield "in", list(come)
