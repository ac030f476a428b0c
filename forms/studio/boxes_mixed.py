"""Boxes of values that are written in more than one way: a word or a list, a number and its unit, two languages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.studio.boxes import Box, Named, Sent
from forms.studio.lines import READ, Misunderstood, a_date, fraction, length, length_of, text_of
from workflow.domain.lengths import Length
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words

OWN: Mapping[str, Callable[[str], Any]] = {"majority": fraction, "lasts": length, "as_of": a_date}


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
