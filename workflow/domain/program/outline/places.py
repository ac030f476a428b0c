"""Where one is in a draft: which part of the language stands at a path, and what is written there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.domain.program import schema as s
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.controls import controls, fact_controls
from workflow.domain.program.outline.data import field_type, kind_of_stage, label_of, standing_at
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label, Part
from workflow.domain.program.schema.fields import Fact
from workflow.domain.words import Words


@dataclass(frozen=True)
class Place:
    """`raw` is what the draft writes there, as it is written: a name alone, a mapping, or nothing yet."""

    path: Path
    part: type[Part]
    raw: Any
    asked: tuple[Control, ...]

    @property
    def data(self) -> Mapping[str, Any]:
        """A bare text is the name."""
        if isinstance(self.raw, Mapping):
            return self.raw
        return {} if self.raw is None or isinstance(self.raw, list) else {"name": self.raw}

    @property
    def key(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def name(self) -> Label:
        return label_of(self.key, self.raw)

    def control(self, word: str) -> Control | None:
        return next((one for one in self.asked if one.word == word), None)

    @property
    def leaves(self) -> tuple[Control, ...]:
        """What can be changed on this place's own page."""
        return tuple(one for one in self.asked if one.kind != "entries")

    @property
    def sections(self) -> tuple[Control, ...]:
        """The keyed sections inside, each entry of which is a place of its own."""
        return tuple(one for one in self.asked if one.kind == "entries")


def place(data: Any, path: Path) -> Place | None:
    """None where the language has no such place, or the draft no such entry."""
    here = Place((), s.Definition, data, controls(s.Definition))
    at = 0
    while at < len(path):
        control = here.control(path[at])
        if control is None or control.part is None:
            return None
        steps = 2 if control.kind == "entries" else 1
        if len(path) < at + steps or control.kind not in ("entries", "part"):
            return None
        raw = standing_at(data, path[: at + steps])
        if raw is None and steps == 2:
            return None
        here = _entered(path[: at + steps], control, raw)
        at += steps
    return here


def _entered(path: Path, control: Control, raw: Any) -> Place:
    part = part_of(control, raw)
    if control.part is Fact:
        return Place(path, Fact, raw, fact_controls(part))
    return Place(path, part, raw, controls(part))


def part_of(control: Control, raw: Any) -> type[Part]:
    """The class that a keyed entry is read as: by its type, by its kind."""
    if control.part is s.Field or control.part is Fact:
        usual = "number" if control.word == "facts" and control.owner == "Nominator" else "text"
        return s.FieldTypes.classes[field_type(raw, usual)]
    if control.part is s.Stage:
        kind = kind_of_stage(raw)
        return s.StageKinds.classes[kind] if kind else s.Stage
    return control.inner


@dataclass(frozen=True)
class Item:
    """One entry of a keyed section."""

    key: str
    path: Path
    name: Label
    raw: Any


def items(data: Any, path: Path) -> Iterator[Item]:
    found = standing_at(data, path)
    for key, raw in found.items() if isinstance(found, Mapping) else ():
        yield Item(str(key), (*path, str(key)), label_of(str(key), raw), raw)


def trail(data: Any, path: Path) -> Iterator[tuple[Path, Label | Words]]:
    """The places one went through to come here, each with its name."""
    for length in range(1, len(path) + 1):
        found = place(data, path[:length])
        if found is None:
            continue
        control = place_above(data, path[:length])
        is_entry = found.raw is not None and control is not None and control.kind == "entries"
        yield path[:length], (found.name if is_entry or control is None else control.name)


def place_above(data: Any, path: Path) -> Control | None:
    """The control that this place stands behind."""
    for back in (2, 1):
        above = place(data, path[:-back]) if len(path) >= back else None
        control = above.control(path[-back]) if above is not None else None
        if control is not None and control.kind == ("entries" if back == 2 else "part"):
            return control
    return None


__all__ = ["Item", "Place", "items", "part_of", "place", "place_above", "trail"]
