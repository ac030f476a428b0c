"""What an edit did, in a sentence for the log."""

import re
from collections.abc import Mapping
from typing import Any

from workflow.domain.lengths import Length
from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import Add, Duplicate, Edit, Move, Put, Remove, Rename
from workflow.domain.program.glossary import KINDS, PARAMETERS, TYPES, VALUES
from workflow.domain.program.phrases import length_words
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

LONGEST = 40
_SECTIONS: Mapping[str, Words] = {
    "program": Words("项目"),
    "route": Words("路线"),
    "eligibility": Words("申报条件"),
    "scoring": Words("评分办法"),
    "quota": Words("名额"),
    "points": Words("积分"),
    "fairness": Words("回避规定"),
    "appeal": Words("申诉"),
    "calendar": Words("日历"),
    "retention": Words("保存期限"),
    "messages": Words("通知文字"),
    "remind": Words("提醒"),
    "escalate": Words("升级催办"),
}
_SPELLED: Mapping[str, Words] = {"key": Words("键"), "zh": Words("中文"), "en": Words("英文")}
_KINDS_OF_ENTRIES = frozenset(KINDS) - {"options"}


def said(data: Any, change: Edit) -> Words:
    """`data`: the file as it stood before."""
    path = change.path
    match change:
        case Put():
            return _put(data, path, change.value)
        case Add(key=key, value=value) if key:
            return Words("新增%(kind)s「%(subject)s」", kind=_kind(path), subject=_name(value, key))
        case Add(value=value):
            return Words("%(what)s里加了%(item)s", what=_what(data, path), item=_shown(data, path, value))
        case Remove():
            return _removed(data, path)
        case Move():
            return Words("调整了%(what)s的次序", what=_entry(data, path))
        case Rename(key=key):
            return Words("%(what)s的键从 %(old)s 改成了 %(new)s", what=_entry(data, path), old=path[-1], new=key)
        case Duplicate(key=key, name=name):
            return Words("复制了%(what)s，新的是「%(name)s」", what=_entry(data, path), name=name or key)


def _put(data: Any, path: Path, value: Any) -> Words:
    if path[-1:] == ("name",) and plain.at(data, path) is not plain.NOTHING:
        old = plain.at(data, path)
        return Words("「%(old)s」改名为「%(new)s」", old=_text(old), new=_text(value))
    if _is_entry(path) and plain.at(data, path) is plain.NOTHING:
        return Words("新增%(kind)s「%(subject)s」", kind=_kind(path[:-1]), subject=_name(value, path[-1]))
    shown = _shown(data, path, value)
    if shown is None:
        return Words("%(what)s有改动", what=_what(data, path))
    return Words("%(what)s改为%(new)s", what=_what(data, path), new=shown)


def _removed(data: Any, path: Path) -> Words:
    old = plain.at(data, path)
    if path[-1].isdigit():
        shown = _shown(data, path, old)
        what = _what(data, path[:-1])
        if shown is not None:
            return Words("%(what)s里去掉了%(item)s", what=what, item=shown)
        return Words("%(what)s有改动", what=what)
    return Words("去掉了%(what)s", what=_entry(data, path))


def label(data: Any, path: Path) -> Words:
    """The place itself in words: 「形式审查」的期限."""
    return _what(data, path)


def _what(data: Any, path: Path) -> Words:
    if _is_entry(path):
        return _entry(data, path)
    while len(path) > 1 and path[-1].isdigit():
        path = path[:-1]
    what = _word(path[-1])
    for depth in range(len(path) - 1, 0, -1):
        if _is_entry(path[:depth]):
            subject = _name(plain.at(data, path[:depth]), path[depth - 1])
            return Words("「%(subject)s」的%(what)s", subject=subject, what=what)
    if len(path) > 1 and path[0] in _SECTIONS:
        return Words("%(section)s的%(what)s", section=_SECTIONS[path[0]], what=what)
    return Words("%(what)s", what=what)


def _entry(data: Any, path: Path) -> Words:
    if not _is_entry(path):
        return _what(data, path)
    return Words("%(kind)s「%(subject)s」", kind=_kind(path[:-1]), subject=_name(plain.at(data, path), path[-1]))


def _is_entry(path: Path) -> bool:
    return len(path) > 1 and path[-2] in _KINDS_OF_ENTRIES and not path[-1].isdigit() and _is_section(path[:-1])


def _is_section(path: Path) -> bool:
    """`tracks`, `stages`… are sections at the top; `fields`, `criteria`… wherever they stand."""
    return path[-1] not in ("tracks", "roles", "channels", "round", "stages", "benefits", "duties") or len(path) == 1


def _kind(path: Path) -> Any:
    return KINDS.get(path[-1]) or _word(path[-1]) if path else Words("部分")


def _word(word: str) -> Any:
    return _SPELLED.get(word) or PARAMETERS.get(word) or _SECTIONS.get(word) or KINDS.get(word) or word


def _name(value: Any, key: str) -> str:
    if isinstance(value, Mapping):
        value = value.get("name", value.get("zh", key))
    return _text(value) if isinstance(value, str | Mapping) else key


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("zh", "")
    return str(value)


def _shown(data: Any, path: Path, value: Any) -> Any:
    """The value as people say it; None where it is too much for a sentence."""
    if isinstance(value, bool):
        return Words("是") if value else Words("否")
    if isinstance(value, list | tuple):
        items = [_shown(data, path, item) for item in value]
        return tuple(items) if items and len(items) <= 12 and None not in items else None
    if isinstance(value, Mapping):
        return _text(value) if set(value) <= {"zh", "en"} else None
    text = str(value)
    if re.fullmatch(r"-?\d+(wd|d|mo|y)", text):
        return length_words(Length.parse(text))
    named = _known(data, text)
    if named is not None:
        return named
    known = TYPES if path[-1] in ("type", "kind") else VALUES
    return known.get(text) or (text if len(text) <= LONGEST and "\n" not in text else None)


def _known(data: Any, key: str) -> str | None:
    for section in ("roles", "stages", "tracks", "channels"):
        entries = plain.at(data, (section,))
        if isinstance(entries, Mapping) and key in entries:
            return _name(entries[key], key)
    return None
