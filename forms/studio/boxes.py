"""The controls of the studio: one class per kind of value, found through one registry (`forms/studio/paper.py`).

A box holds what is `typed` as plain texts. `shown` makes them from what the draft writes, `take` from what was sent,
`value` turns them into what a file writes; None means that nothing is written. What a box cannot show is `odd`: it is
left as it is, and is changed in the text of the file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.studio.lines import READ, Misunderstood, a_date, fraction, length, length_of, text_of
from workflow.domain.lengths import Length
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
        if sent.get("build") != self.name:
            return super().taken(sent)
        count = sent.get(f"{self.name}~pieces", "")
        rows = [
            Piece(*(sent.get(f"{self.name}~{at}.{word}", "") for word in ("left", "how", "value")))
            for at in range(min(int(count), 20) if count.isdecimal() else 0)
        ]
        join = "||" if sent.get(f"{self.name}~join") == "||" else "&&"
        return conditions.write(Table(join, tuple(row for row in rows if row.left))) or super().taken(sent)

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


class WordsOrSome(Box):
    """`all`, `none`, or a list of some; yes, no, or some roles."""

    shape = "words_or_some"

    def blank(self) -> dict[str, Any]:
        return {"word": "", "some": []}

    def shown(self, raw: Any) -> dict[str, Any] | None:
        if isinstance(raw, bool):
            return {"word": "true" if raw else "false", "some": []}
        if isinstance(raw, str) and raw in self.control.options:
            return {"word": raw, "some": []}
        if isinstance(raw, str):
            return {"word": "some", "some": [raw]}
        return {"word": "some", "some": [str(item) for item in raw]} if isinstance(raw, list) else None

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~" in sent

    def taken(self, sent: Sent) -> dict[str, Any]:
        word = sent.get(f"{self.name}~word", "")
        return {"word": word, "some": sent.getlist(self.name) if word == "some" else []}

    @property
    def words(self) -> Sequence[str]:
        return self.control.options or ("false", "true")

    @property
    def options(self) -> Sequence[Named]:
        known = [pair for pair in self.choose(self.control, self.at) if pair[0] not in self.words]
        keys = {key for key, _ in known}
        gone = [(key, Words("%(word)s（没有这一项）", word=key)) for key in self.typed["some"] if key not in keys]
        return (*known, *gone)

    def value(self) -> Any:
        word = self.typed["word"]
        if word == "some":
            if not self.typed["some"]:
                raise Misunderstood(Words("请勾上是哪些"))
            return list(self.typed["some"])
        return {"true": True, "false": False}.get(word, word) if word else None


class LengthBox(Box):
    """An amount and its unit; a mark also says before or after."""

    shape = "length"

    @property
    def usual(self) -> Length | None:
        """What holds where nothing is written."""
        return length_of(self.control.default) if self.control.default is not None else None

    def blank(self) -> dict[str, str]:
        unit = self.usual.unit if self.usual is not None else "wd"
        return {"amount": "", "unit": unit, "side": "after" if self.control.word == "late" else "before"}

    def shown(self, raw: Any) -> dict[str, str] | None:
        found = length_of(raw)
        if found is None:
            return None
        side = "after" if found.amount > 0 and self.control.kind == "mark" else "before"
        return {"amount": str(abs(found.amount)), "unit": found.unit, "side": side}

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~amount" in sent

    def taken(self, sent: Sent) -> dict[str, str]:
        read = {word: sent.get(f"{self.name}~{word}", "").strip() for word in ("amount", "unit", "side")}
        return {**self.blank(), **{word: text for word, text in read.items() if text}}

    @property
    def is_blank(self) -> bool:
        return bool(self.typed["amount"] == "")

    def changed(self) -> bool:
        return super().changed() and not (self.is_blank and self.raw is None)

    def value(self) -> str | None:
        if self.is_blank:
            return None
        if not self.typed["amount"].isdecimal() or self.typed["unit"] not in ("wd", "d", "mo", "y"):
            words = Words("“%(given)s”不是时长：请写一个数，再选单位", given=self.typed["amount"])
            raise Misunderstood(words)
        amount = int(self.typed["amount"])
        sign = "-" if self.control.kind == "mark" and self.typed["side"] == "before" and amount else ""
        return length(f"{sign}{amount}{self.typed['unit']}")


class WordOrLine(Box):
    """One of a few words, or a value of its own beside them: a majority, how long, as of which day."""

    shape = "word_or_line"

    def blank(self) -> dict[str, str]:
        return {"word": "", "own": ""}

    def shown(self, raw: Any) -> dict[str, str] | None:
        text = text_of(raw)
        if text is None:
            return None
        return {"word": text, "own": ""} if text in self.control.options else {"word": "own", "own": text}

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~word" in sent

    def taken(self, sent: Sent) -> dict[str, str]:
        own = sent.get(f"{self.name}~own", "").strip()
        word = sent.get(f"{self.name}~word", "")
        return {"word": word, "own": own if word == "own" else ""}

    def value(self) -> Any:
        if self.typed["word"] != "own":
            return self.typed["word"] or None
        if not self.typed["own"]:
            raise Misunderstood(Words("选了自己写，请在旁边写上"))
        return OWN[self.control.kind](self.typed["own"])


OWN: Mapping[str, Callable[[str], Any]] = {"majority": fraction, "lasts": length, "as_of": a_date}


class LabelBox(Box):
    """A text people see, in Chinese and English."""

    shape = "label"

    def blank(self) -> dict[str, str]:
        return {"zh": "", "en": ""}

    def shown(self, raw: Any) -> dict[str, str] | None:
        if isinstance(raw, Mapping):
            odd = set(raw) - {"zh", "en"} or any(text_of(value) is None for value in raw.values())
            return None if odd else {word: str(raw.get(word, "")) for word in ("zh", "en")}
        text = text_of(raw)
        return None if text is None else {"zh": text, "en": ""}

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~zh" in sent

    def taken(self, sent: Sent) -> dict[str, str]:
        return {w: " ".join(sent.get(f"{self.name}~{w}", "").split()) for w in ("zh", "en")}

    def value(self) -> Any:
        if self.typed["en"] and not self.typed["zh"]:
            raise Misunderstood(Words("请先写中文"))
        if self.typed["en"]:
            return {"zh": self.typed["zh"], "en": self.typed["en"]}
        return self.typed["zh"] or None


class LongLabel(LabelBox):
    shape = "long_label"


class Lines(Box):
    """Texts people see, one a line, English behind a bar."""

    shape = "lines"

    def shown(self, raw: Any) -> str | None:
        rows = [self.row(item) for item in raw] if isinstance(raw, list) else None
        return None if rows is None or None in rows else "\n".join(row for row in rows if row is not None)

    def row(self, item: Any) -> str | None:
        if isinstance(item, Mapping):
            return f"{item.get('zh')} | {item['en']}" if set(item) == {"zh", "en"} else None
        return text_of(item)

    def value(self) -> list[Any] | None:
        return [self.read(line.strip()) for line in self.typed.split("\n") if line.strip()] or None

    def read(self, line: str) -> Any:
        zh, bar, en = (part.strip() for part in line.partition("|"))
        return {"zh": zh, "en": en} if bar and en else zh


class Options(Lines):
    """The options of a choice: a plain word is its own key."""

    def row(self, item: Any) -> str | None:
        if not isinstance(item, Mapping) or "key" not in item:
            return super().row(item)
        name = super().row(item.get("name"))
        return None if name is None or set(item) - {"key", "name"} else f"{item['key']} = {name}"

    def read(self, line: str) -> Any:
        key, equals, name = (part.strip() for part in line.partition("="))
        if equals and not name:
            raise Misunderstood(Words("“%(line)s”等号后面没写名称", line=line))
        if equals:
            return {"key": key, "name": super().read(name)}
        said = super().read(line)
        return {"key": said["zh"], "name": said} if isinstance(said, dict) else said


class Explain(Box):
    """Levels that need a reason, and the mark from which a number needs one."""

    shape = "explain"

    def blank(self) -> dict[str, Any]:
        return {"levels": [], "from": ""}

    def shown(self, raw: Any) -> dict[str, Any] | None:
        said = [str(item) for item in ([raw] if isinstance(raw, str) else raw if isinstance(raw, list) else [])]
        marks = [item[2:].strip() for item in said if item.startswith(">=")]
        if len(marks) > 1 or not said:
            return None
        return {"levels": [item for item in said if not item.startswith(">=")], "from": "".join(marks)}

    def stands_in(self, sent: Sent) -> bool:
        return f"{self.name}~from" in sent

    def taken(self, sent: Sent) -> dict[str, Any]:
        return {"levels": sent.getlist(self.name), "from": sent.get(f"{self.name}~from", "").strip()}

    @property
    def options(self) -> Sequence[Named]:
        known = tuple(self.choose(self.control, self.at))
        keys = {key for key, _ in known}
        return (*known, *((level, Label(zh=level)) for level in self.typed["levels"] if level not in keys))

    def value(self) -> list[str] | None:
        marks = [f">={READ['number'](self.typed['from'])}"] if self.typed["from"] else []
        return [*self.typed["levels"], *marks] or None
