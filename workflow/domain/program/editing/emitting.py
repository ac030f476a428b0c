"""Values written the way the shipped files are written: plain where that is safe, in braces where it fits a line."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode

from workflow.domain.program.editing.changes import CannotEdit
from workflow.domain.words import Words

WIDTH = 120
STEP = 2
_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~<]|-[A-Za-z0-9]")
_UNSAFE = re.compile(r":(?=\s|$)|\s#|[\x00-\x1f\x7f\x85\u2028\u2029\ufeff]")
_CLOCK = re.compile(r"[-+]?\d+(:\d+)+")
_RESOLVER = YAML(typ="rt", pure=True).resolver


def is_plain(text: str, *, in_braces: bool) -> bool:
    """Whether the text can stand without quotes and is read back as the same text."""
    if not text or text != text.strip() or not _START.match(text) or _UNSAFE.search(text) or _CLOCK.fullmatch(text):
        return False
    if in_braces and re.search(r"[,\[\]{}]", text):
        return False
    return str(_RESOLVER.resolve(ScalarNode, text, (True, False))).endswith(":str")


def quoted(text: str, quote: str = '"') -> str:
    if quote == "'" and not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text):
        return "'" + text.replace("'", "''") + "'"
    if quote == '"' and '"' in text and "\\" not in text and "'" not in text and "\n" not in text:
        return quoted(text, "'")
    return '"' + "".join(_ESCAPED.get(sign, sign) if sign >= " " else _escaped(sign) for sign in text) + '"'


_ESCAPED = {
    '"': '\\"',
    "\\": "\\\\",
    "\x7f": "\\x7f",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
    "\ufeff": "\\uFEFF",
}


def _escaped(sign: str) -> str:
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(sign) or f"\\x{ord(sign):02x}"


def scalar(value: Any, *, in_braces: bool, quote: str | None = None) -> str:
    """`quote`: the quotes the text stood in before, kept where there were any."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise CannotEdit(Words("这样的内容写不进方案文件"))
    if quote in ("'", '"'):
        return quoted(value, quote)
    return value if is_plain(value, in_braces=in_braces) else quoted(value)


def key(text: str, *, in_braces: bool) -> str:
    """A number or a word for a key; both read back as they are written."""
    if re.fullmatch(r"\d+(\.\d+)?|true|false|null|~", text):
        return text
    return text if is_plain(text, in_braces=in_braces) and ":" not in text else quoted(text)


def inline(value: Any) -> str:
    """On one line, in braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(str(k), in_braces=True)}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value, in_braces=True)


def is_collection(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def nests(value: Any) -> bool:
    return isinstance(value, Mapping) and any(isinstance(item, Mapping) for item in value.values())


def after_colon(value: Any, column: int, indent: int, *, braces: bool, room_for_comment: bool = True) -> str:
    """What stands behind `key:` in a block; `column` where the colon ends, `indent` where the word's own lines begin.

    `braces` where the neighbors are written in braces; `room_for_comment` is False where none may follow.
    """
    if not is_collection(value):
        if isinstance(value, str) and "\n" in value and room_for_comment and is_literal(value):
            return " " + literal(value, indent)
        return " " + scalar(value, in_braces=False)
    one = inline(value)
    if not value or (column + 1 + len(one) <= WIDTH and (braces or not nests(value))):
        return " " + one
    return "\n" + block(value, indent)


def block(value: Any, indent: int, *, braces: bool = False) -> str:
    """Whole lines of a collection, without the last line's end."""
    pad = " " * indent
    if isinstance(value, Mapping):
        return "\n".join(pad + entry(str(k), v, indent, braces=braces or _flat(value)) for k, v in value.items())
    return "\n".join(pad + item(v, indent, braces=braces) for v in value)


def _flat(section: Mapping[str, Any]) -> bool:
    """Entries of a section stand in braces where each of them fits a line."""
    return all(not is_collection(value) or len(inline(value)) <= WIDTH - 2 * STEP for value in section.values())


def entry(name: str, value: Any, indent: int, *, braces: bool, room_for_comment: bool = True) -> str:
    """`key: value`, its further lines indented below `indent`, the first one not."""
    start = key(name, in_braces=False) + ":"
    behind = after_colon(value, indent + len(start), indent + STEP, braces=braces, room_for_comment=room_for_comment)
    return start + behind


def item(value: Any, indent: int, *, braces: bool) -> str:
    """`- value`, its further lines indented below `indent`, the first one not."""
    if not is_collection(value):
        return "- " + scalar(value, in_braces=False)
    one = inline(value)
    if not value or indent + STEP + len(one) <= WIDTH:
        return "- " + one
    return "- " + block(value, indent + STEP).lstrip(" ")


def is_literal(text: str) -> bool:
    lines = text.split("\n")
    printable = not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text)
    return printable and text == text.strip() and all(line == line.rstrip() for line in lines)


def literal(text: str, indent: int) -> str:
    pad = " " * indent
    return "|-\n" + "\n".join(pad + line if line else "" for line in text.split("\n"))
