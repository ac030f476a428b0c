"""The ten seconds after an act: who did it may take it back from whichever page comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import session

from workflow.domain.stages.frame import UNDO_WINDOW
from workflow.domain.words import Words
from workflow.web import page

_KEPT = "undo"
MOST = 50


@dataclass(frozen=True)
class Undoable:
    words: Words
    refs: tuple[str, ...]
    seconds: int


def offer(refs: Sequence[str], words: Words) -> None:
    """Remember in the session what was just done; it offers itself for ten seconds."""
    until = page.now() + UNDO_WINDOW
    said = {name: str(value) for name, value in words.params.items()}
    session[_KEPT] = [until.isoformat(), list(refs)[:MOST], words.text, said]


def offered() -> Undoable | None:
    kept = session.get(_KEPT)
    if not kept:
        return None
    until, refs, text, params = kept
    left = (datetime.fromisoformat(until) - page.now()).total_seconds()
    if left <= 0:
        session.pop(_KEPT)
        return None
    return Undoable(Words(text, **params), tuple(refs), max(1, round(left)))


def take() -> tuple[str, ...]:
    """The cases to undo; they are offered once."""
    kept = session.pop(_KEPT, None)
    return tuple(kept[1]) if kept else ()
