"""The controls of the studio: one class per kind of value, found through one registry (`forms/studio/paper.py`).

A box holds what is `typed` as plain texts. `shown` makes them from what the draft writes, `take` from what was sent,
`value` turns them into what a file writes; None means that nothing is written. What a box cannot show is `odd`: it is
left as it is, and is changed in the text of the file.
"""

from collections.abc import Callable, Sequence
from typing import Any

from forms.studio.lines import READ, Misunderstood, text_of
from workflow.domain.program.outline import conditions
from workflow.domain.program.outline.conditions import Piece, Table
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.values import value_name
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words

Sent = Any  # a MultiDict
Named = tuple[str, Label | Words]
Choose = Callable[[Control, Path], Sequence[Named]]
NEEDED = Words("这一项必须写")
KINDS: dict[str, type["Box"]] = {}
"""The registry: a new kind of value is one class, one line in `forms/studio/paper.py`, one macro of its shape."""


def box_for(control: Control, name: str, at: Path, choose: Choose) -> "Box":
    return KINDS[control.kind](control, name, at, choose)


class Box:
    """`name` is the control's name on paper, `at` the path of the part it stands in."""

    shape = "line"
    found: Sequence[Any] = ()  # what the check of the draft says of it

    def __init__(self, control: Control, name: str, at: Path, choose: Choose) -> None:
        self.control, self.name, self.at, self.choose = control, name, at, choose
        self.typed: Any = self.blank()
        self.raw: Any = None
        self.odd = False
        self.errors: list[Words] = []

    @property
    def id(self) -> str:
        return self.name.replace(".", "-").replace("~", "_")

    @property
    def path(self) -> Path:
        return (*self.at, self.control.word)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors) or any(one.is_error for one in self.found)

    @property
    def brief(self) -> str:
        """What is written, in one line, where no control can show it."""
        written = str(self.raw)
        return written if len(written) <= 200 else f"{written[:200]}…"

    def named(self, value: str) -> Words | Label:
        if value in ("true", "false"):
            return Words("是") if value == "true" else Words("否")
        return value_name(self.control.owner, self.control.word, value)

    def blank(self) -> Any:
        return ""

    def load(self, raw: Any) -> None:
        self.raw = raw
        shown = self.blank() if raw is None else self.shown(raw)
        self.odd = shown is None
        self.typed = self.blank() if shown is None else shown

    def take(self, sent: Sent) -> None:
        """After `load`: what was sent instead. A box that the page did not hold stays as it is."""
        if self.odd and not sent.get(f"{self.name}~anew"):
            return
        if self.stands_in(sent):
            self.odd = False
            self.typed = self.taken(sent)

    def stands_in(self, sent: Sent) -> bool:
        return self.name in sent

    def shown(self, raw: Any) -> Any:
        return text_of(raw)

    def taken(self, sent: Sent) -> Any:
        return sent.get(self.name, "").replace("\r\n", "\n").strip()

    def value(self) -> Any:
        if self.typed == "":
            return None
        return READ.get(self.control.kind, READ["word"])(self.typed)

    @property
    def is_blank(self) -> bool:
        return bool(self.typed == self.blank())

    def changed(self) -> bool:
        before = self.blank() if self.raw is None else self.shown(self.raw)
        return not self.odd and bool(self.typed != before)

    def result(self) -> Any:
        """The value, None where the usual one is as good; a fault is told at the control."""
        try:
            value = self.value()
        except Misunderstood as error:
            self.errors.append(error.words)
            return None
        if value is None and self.control.required and self.raw is not None:
            self.errors.append(NEEDED)
        return None if value is not None and value == self.control.default and self.raw is None else value


class LongLine(Box):
    """An expression: room for more than one line, though it is one."""

    shape = "formula"

    def taken(self, sent: Sent) -> str:
        return " ".join(super().taken(sent).split("\n"))


class Ruled(LongLine):
    """An expression with the table it may be put together from. The button `build` writes the table as the text."""

    shape = "ruled"
    hows = tuple(conditions.HOWS.items())
    pieces: Sequence[Piece] = ()
    join = "&&"

    def load(self, raw: Any) -> None:
        super().load(raw)
        self._show()

    def _show(self) -> None:
        self.built = conditions.read(self.typed) if self.typed else Table("&&", ())
        table = self.built or Table("&&", ())
        self.join = table.join
        self.pieces = (*table.pieces, *(Piece("", ">=") for _ in range(max(1, 3 - len(table.pieces)))))

    @property
    def lefts(self) -> Sequence[Named]:
        return tuple(self.choose(self.control, self.at))

    @property
    def left_keys(self) -> frozenset[str]:
        return frozenset(key for key, _ in self.lefts)

    def taken(self, sent: Sent) -> str:
        """The text; where it was left as it was, what the table says instead, if it was changed and is complete.

        `from` is the text that the table was drawn from: a table that was not touched says nothing.
        """
        text = super().taken(sent)
        table = self._table(sent)
        if sent.get("build") == self.name:
            return conditions.write(table) or text
        drawn = sent.get(f"{self.name}~from")
        before = conditions.read(drawn) if drawn else Table("&&", ())
        touched = drawn is not None and before is not None and table != before
        return conditions.write(table) if touched and text == self.typed and conditions.is_whole(table) else text

    def _table(self, sent: Sent) -> Table:
        count = sent.get(f"{self.name}~pieces", "")
        rows = [
            Piece(*(sent.get(f"{self.name}~{at}.{word}", "") for word in ("left", "how", "value")))
            for at in range(min(int(count), 20) if count.isdecimal() else 0)
        ]
        join = "||" if sent.get(f"{self.name}~join") == "||" else "&&"
        return Table(join, tuple(row for row in rows if row.left))

    def take(self, sent: Sent) -> None:
        super().take(sent)
        self._show()


class Flag(Box):
    shape = "flag"

    def blank(self) -> str:
        return "y" if self.control.default is True else ""

    def shown(self, raw: Any) -> str | None:
        return ("y" if raw else "") if isinstance(raw, bool) else None

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~" in sent

    def taken(self, sent: Sent) -> str:
        return "y" if sent.get(self.name) else ""

    def value(self) -> bool | None:
        said = self.typed == "y"
        return None if said is (self.control.default is True) and self.raw is None else said


class Choice(Box):
    """One of a closed list, or one of what the draft has."""

    shape = "choice"

    @property
    def options(self) -> Sequence[Named]:
        """With what is written though it is not there: nothing is lost by looking."""
        known = tuple(self.choose(self.control, self.at))
        if self.typed and self.typed not in {key for key, _ in known}:
            return (*known, (self.typed, Words("%(word)s（没有这一项）", word=self.typed)))
        return known

    def value(self) -> str | None:
        return self.typed or None


class Several(Box):
    shape = "several"
    as_list = True

    def blank(self) -> list[str]:
        return list(self.control.default or ())

    def shown(self, raw: Any) -> list[str] | None:
        if isinstance(raw, str):
            return [raw]
        return [str(item) for item in raw] if isinstance(raw, list) else None

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~" in sent

    def taken(self, sent: Sent) -> list[str]:
        """What stood there keeps its order; what is new comes after it, in the order of the list."""
        ticked = [key for key in sent.getlist(self.name) if key]
        before = (self.shown(self.raw) if self.raw is not None else None) or []
        return [key for key in before if key in ticked] + [key for key in ticked if key not in before]

    @property
    def options(self) -> Sequence[Named]:
        known = tuple(self.choose(self.control, self.at))
        keys = {key for key, _ in known}
        gone = tuple((key, Words("%(word)s（没有这一项）", word=key)) for key in self.typed if key not in keys)
        return (*known, *gone)

    def value(self) -> Any:
        if not self.typed:
            return [] if self.control.default else None
        alone = len(self.typed) == 1 and not self.as_list and not isinstance(self.raw, list)
        return self.typed[0] if alone else list(self.typed)


class References(Several):
    as_list = False


class Ordered(Several):
    """A route: what is in it and in which order, by numbers that one types or buttons that one presses."""

    shape = "ordered"

    def taken(self, sent: Sent) -> list[str]:
        placed = []
        for at, key in enumerate(sent.getlist(f"{self.name}~")):
            number = sent.get(f"{self.name}~{key}", "").strip()
            if key and number:
                placed.append((int(number) if number.isdecimal() else 9999, at, key))
        return [key for _, _, key in sorted(placed)]

    def place_of(self, key: str) -> str:
        return str(self.typed.index(key) + 1) if key in self.typed else ""

    def value(self) -> list[str] | None:
        return list(self.typed) or None
