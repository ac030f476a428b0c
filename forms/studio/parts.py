"""A part inside a part: its controls stand together in a frame of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from forms.studio.boxes import Box, Choose, Sent, box_for
from forms.studio.lines import Misunderstood
from forms.studio.tables import Rows
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.controls import controls
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

Changed = tuple[Path, Any]
"""A path and what is to be written there; None: nothing."""


class PartBox(Box):
    """`on`: the part is written. One that always stands (`correction`) needs no switch."""

    shape = "part"

    def __init__(self, control: Control, name: str, at: Path, choose: Choose) -> None:
        asked = [one for one in controls(control.inner) if one.kind != "entries"]
        self.boxes = [box_for(one, f"{name}.{one.word}", (*at, control.word), choose) for one in asked]
        self.on = False
        super().__init__(control, name, at, choose)

    @property
    def switched(self) -> bool:
        """Whether one says by itself that the part is there."""
        return self.control.inner.__name__ in _SWITCHED

    def load(self, raw: Any) -> None:
        self.raw = raw
        data = {} if raw is None else self.opened(raw)
        self.odd = data is None or bool(set(data) - {one.word for one in self._words()})
        self.on = raw is not None
        for box in self.boxes:
            box.load((data or {}).get(box.control.word))

    def _words(self) -> tuple[Control, ...]:
        return controls(self.control.inner)

    def opened(self, raw: Any) -> Mapping[str, Any] | None:
        return raw if isinstance(raw, Mapping) else None

    def closed(self, values: dict[str, Any]) -> Any:
        return values

    def take(self, sent: Sent) -> None:
        if self.odd:
            return
        for box in self.boxes:
            box.take(sent)
        if self.switched and f"{self.name}~" in sent:
            begun = self.raw is None and any(box.changed() for box in self.boxes)
            self.on = bool(sent.get(f"{self.name}~on")) or begun  # what is typed inside is wanted

    def changed(self) -> bool:
        return not self.odd and any(True for _ in self.changes())

    def changes(self) -> Iterator[Changed]:
        """What is different, each word at its own path; the whole part where it is new."""
        if self.odd:
            return
        if self.switched and not self.on:
            if self.raw is not None:
                yield self.path, None
            return
        if self.raw is not None and type(self) is PartBox:
            for box in self.boxes:
                yield from changes_of(box)
            return
        values = self.values()
        if values or (self.switched and self.raw is None):
            if self.raw is None or any(box.changed() for box in self.boxes):
                yield self.path, self.closed(values)
        elif self.raw is not None and any(box.changed() for box in self.boxes):
            yield self.path, None

    def values(self) -> dict[str, Any]:
        """What is written, whether changed or not."""
        found: dict[str, Any] = {}
        for box in self.boxes:
            value = inner_value(box)
            if value is not None:
                found[box.control.word] = value
        return found

    @property
    def all_errors(self) -> list[tuple[str, Words]]:
        return [found for box in self.boxes for found in errors_of(box)]

    @property
    def all_found(self) -> list[Any]:
        return [one for box in self.boxes for one in (*box.found, *(box.all_found if isinstance(box, PartBox) else ()))]


_SWITCHED = frozenset({"Team", "Nominator", "HoldingRule", "Sample", "Placement", "Certificate", "FieldCheck", "Each"})


def inner_value(box: Box) -> Any:
    if box.odd:
        return box.raw
    if isinstance(box, PartBox):
        if box.switched and not box.on:
            return None
        values = box.values()
        return box.closed(values) if values or box.on else None
    return box.result() if box.changed() or box.raw is None else box.raw


def changes_of(box: Box) -> Iterator[Changed]:
    if isinstance(box, PartBox | Paid):
        yield from box.changes()
    elif box.changed():
        yield box.path, box.result()


def errors_of(box: Box) -> list[tuple[str, Words]]:
    """Every fault below a control, with the id of where it stands."""
    own = [(box.id, words) for words in box.errors]
    if isinstance(box, PartBox | Paid):
        return own + box.all_errors
    if isinstance(box, Rows):
        cells = [(cell.id, words) for row in box.rows for cell in row.cells for words in cell.errors]
        return cells or own
    return own


class IntakeBox(PartBox):
    """`batch`, `rolling`, or a mapping."""

    def opened(self, raw: Any) -> Mapping[str, Any] | None:
        if isinstance(raw, str):
            return {"mode": raw}
        if not isinstance(raw, Mapping):
            return None
        mode = {"mode": "monthly"} if raw.get("every") else {"mode": "rolling"}
        return {**mode, **{word: value for word, value in raw.items() if word != "every"}}

    def closed(self, values: dict[str, Any]) -> Any:
        mode = values.pop("mode", "batch")
        if mode == "monthly":
            return {"every": "month", **values}
        return {"from": values["from"]} if values.get("from") else mode


class ChannelQuotaBox(PartBox):
    """A number alone is the places."""

    def opened(self, raw: Any) -> Mapping[str, Any] | None:
        return raw if isinstance(raw, Mapping) else None if isinstance(raw, list) else {"places": raw}

    def closed(self, values: dict[str, Any]) -> Any:
        return values["places"] if set(values) == {"places"} else values


class Paid(Box):
    """Once, in instalments, or at intervals: three ways of one word."""

    shape = "paid"

    def __init__(self, control: Control, name: str, at: Path, choose: Choose) -> None:
        self.rows = Rows(control, f"{name}~instalments", at, choose)
        self.rhythm = PartBox(control, f"{name}~rhythm", at, choose)
        self.way = ""
        super().__init__(control, name, at, choose)

    def load(self, raw: Any) -> None:
        self.raw = raw
        self.way = "" if raw is None else "rhythm" if isinstance(raw, Mapping) else "instalments"
        self.rows.load(raw if self.way == "instalments" else None)
        self.rhythm.load(raw if self.way == "rhythm" else None)
        self.odd = self.rows.odd or self.rhythm.odd

    def take(self, sent: Sent) -> None:
        if f"{self.name}~way" not in sent or self.odd:
            return
        self.was, self.way = self.way, sent.get(f"{self.name}~way", "")
        self.rows.take(sent)
        self.rhythm.take(sent)

    was = ""

    def changed(self) -> bool:
        if self.odd:
            return False
        before = "" if self.raw is None else "rhythm" if isinstance(self.raw, Mapping) else "instalments"
        inside = self.rows.changed() if self.way == "instalments" else any(b.changed() for b in self.rhythm.boxes)
        return self.way != before or (self.way != "" and inside)

    def changes(self) -> Iterator[Changed]:
        if not self.changed():
            return
        if self.way == "":
            yield self.path, None
            return
        try:
            value = self.rows.value() if self.way == "instalments" else self.rhythm.values() or None
        except Misunderstood:
            return
        if value is None and not self.rhythm.all_errors:
            self.errors.append(Words("请写上怎样分期，或改回一次付清"))
        if value is not None:
            yield self.path, value

    @property
    def all_errors(self) -> list[tuple[str, Words]]:
        return [*errors_of(self.rows), *self.rhythm.all_errors]
