"""Two windows on one draft: what a page says that it had shown, beside what stands in the draft now."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.applications import Answers
from workflow.domain import answers
from workflow.domain.errors import Refusal
from workflow.domain.program.schema import Field, TableField
from workflow.domain.words import Words

LONGEST = 20_000  # characters of one typed text


@dataclass(frozen=True)
class Difference:
    """One place where another window saved something else in between."""

    path: str
    name: Any
    theirs: str
    yours: str


class SavedElsewhere(Refusal):
    """Another window saved in between: nothing was overwritten, both texts are here, `seen` saves over it."""

    def __init__(self, differences: tuple[Difference, ...], seen: str) -> None:
        super().__init__(Words("另一个窗口刚存过这一页，有 %(n)s 处不一样", n=len(differences)))
        self.differences = differences
        self.seen = seen


def fingerprint(fields: Mapping[str, Field], body: Mapping[str, Any]) -> str:
    """What a page saw of its section, question by question, without the words themselves."""
    return _joined(_digests({key: item for key, item in fields.items() if _is_typed(item)}, body))


def _digests(fields: Mapping[str, Field], body: Mapping[str, Any]) -> dict[str, str]:
    return {key: _digest(item, body.get(key)) for key, item in fields.items()}


def _is_typed(item: Field) -> bool:
    return item.type not in ("file", "computed")


def _joined(digests: Mapping[str, str]) -> str:
    return ",".join(f"{key}={digest}" for key, digest in digests.items())


def _parted(seen: str) -> dict[str, str]:
    return {key: digest for key, _, digest in (part.partition("=") for part in seen.split(","))}


def _digest(item: Field, value: Any) -> str:
    packed = json.dumps(texts_of(item, value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(packed.encode("utf-8", "replace")).hexdigest()[:10]


def texts_of(item: Field, value: Any) -> Any:
    """The typed text without files; nothing typed is nothing, in whatever way it is written."""
    if isinstance(item, TableField):
        rows = value if isinstance(value, list) else []
        texts = [{key: texts_of(column, row.get(key)) for key, column in _columns(item)} for row in rows]
        while texts and not any(texts[-1].values()):
            texts.pop()
        return texts
    return None if answers.is_blank(value) else value


def _columns(item: TableField) -> list[tuple[str, Field]]:
    return [(key, column) for key, column in item.columns.items() if column.type != "file"]


def clean(item: Field, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [clean(item, one) for one in value]
    if not isinstance(value, str):
        return value
    text = value.replace("\x00", "").replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Refusal(Words("“%(field)s”太长了，最多 %(n)s 个字", field=item.name, n=LONGEST))
    return text


class Told:
    """What a page says that it had shown, beside what stands in the draft now."""

    def __init__(self, fields: Mapping[str, Field], draft: Answers, seen: str | None, window: str | None) -> None:
        self._fields = {key: item for key, item in fields.items() if _is_typed(item)}
        self._draft = draft
        self._shown = _digests(self._fields, draft.body) if seen is None else _parted(seen)
        stale = {key for key, now in _digests(self._fields, draft.body).items() if now != self._shown.get(key)}
        self._stale = stale
        self._by_others = {key for key in stale if not window or draft.windows.get(key) != window}

    def newer(self, typed: Mapping[str, Any], but: str | None) -> frozenset[str]:
        """What was saved meanwhile where this page still holds what it had shown: that stays, nobody wrote here."""
        return frozenset(
            key
            for key in self._stale & set(typed)
            if key != but and _digest(self._fields[key], clean(self._fields[key], typed[key])) == self._shown.get(key)
        )

    def refuse_other_window(self, yours: Mapping[str, Any], newer: frozenset[str]) -> None:
        """Only where it matters: who typed the same again, or nothing, loses nothing."""
        theirs = self._draft.body
        found = tuple(
            Difference(path, name, _shown(old), _shown(new))
            for key, item in self._fields.items()
            if key in self._by_others - newer
            for path, name, old, new in _differences(item, key, theirs.get(key), yours.get(key))
        )
        if found:
            raise SavedElsewhere(found, self.seen(newer))

    def seen(self, newer: frozenset[str]) -> str:
        """What the page has seen from now on: what stands in the draft, but for what it does not show yet."""
        now = _digests(self._fields, self._draft.body)
        return _joined({key: self._shown.get(key, "") if key in newer else digest for key, digest in now.items()})


def _differences(item: Field, path: str, old: Any, new: Any) -> list[tuple[str, Any, Any, Any]]:
    if not isinstance(item, TableField):
        return [] if texts_of(item, old) == texts_of(item, new) else [(path, item.name, old, new)]
    olds, news = list(old or []), list(new or [])
    found = []
    for number in range(1, max(len(olds), len(news)) + 1):
        was = olds[number - 1] if number <= len(olds) else {}
        now = news[number - 1] if number <= len(news) else {}
        for key, column in _columns(item):
            name = Words("%(table)s，第 %(n)s 行：%(name)s", table=item.name, n=number, name=column.name)
            if texts_of(column, was.get(key)) != texts_of(column, now.get(key)):
                found.append((f"{path}.{number}.{key}", name, was.get(key), now.get(key)))
    return found


def _shown(value: Any) -> str:
    return "、".join(str(one) for one in value) if isinstance(value, list) else str(value or "")
