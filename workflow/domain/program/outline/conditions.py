"""Simple rules as a table: what is looked at, how it is compared, with what; rows joined by and, or by or.

`read` gives the table of an expression that is no more than that, None of any other; `write` makes the expression.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.outline.choices import Choices, choices
from workflow.domain.program.outline.data import field_type, form_fields, label_of, section
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words

HOWS: Mapping[str, Words] = {
    ">=": Words("至少是"),
    "<=": Words("至多是"),
    ">": Words("大于"),
    "<": Words("小于"),
    "==": Words("是"),
    "!=": Words("不是"),
    "in": Words("是其中之一"),
    "has": Words("里有"),
    "yes": Words("为“是”"),
    "no": Words("为“否”"),
    "given": Words("已经填了"),
    "rows": Words("的行数至少是"),
}


_ALONE = frozenset({"yes", "no", "given", "rows"})
"""Compared with nothing, or with one."""


@dataclass(frozen=True)
class Piece:
    left: str
    how: str
    value: str = ""


@dataclass(frozen=True)
class Table:
    join: str  # && or ||
    pieces: tuple[Piece, ...]


_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_VALUE = r"-?\d+(?:\.\d+)?|'[^'\\]*'|\"[^\"\\]*\""
_COMPARED = re.compile(rf"({_NAME})\s*(>=|<=|==|!=|>|<)\s*({_VALUE})")
_AMONG = re.compile(rf"({_NAME})\s+in\s+\[\s*((?:{_VALUE})(?:\s*,\s*(?:{_VALUE}))*)\s*\]")
_HELD = re.compile(rf"({_VALUE})\s+in\s+({_NAME})")
_COUNTED = re.compile(rf"count\(({_NAME})\)\s*>=\s*(\d+)")
_PLAIN = re.compile(rf"(!?)\s*({_NAME})")


def read(text: str) -> Table | None:
    """None where the expression says more than rows of comparisons."""
    parts = _split(text.strip())
    if parts is None:
        return None
    join, written = parts
    pieces = [_piece(part.strip()) for part in written]
    return None if any(piece is None for piece in pieces) else Table(join, tuple(p for p in pieces if p is not None))


def _split(text: str) -> tuple[str, list[str]] | None:
    """At && or at ||, outside of quotes; an expression with both, or with parentheses, is no table."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: "\x00" * len(quoted[0]), text)
    if "&&" in bare and "||" in bare:
        return None
    join = "||" if "||" in bare else "&&"
    parts, at = [], 0
    for found in re.finditer(re.escape(join), bare):
        parts.append(text[at : found.start()])
        at = found.end()
    return join, [*parts, text[at:]]


def _piece(text: str) -> Piece | None:
    if match := _COMPARED.fullmatch(text):
        return Piece(match[1], match[2], _bare(match[3]))
    if match := _AMONG.fullmatch(text):
        return Piece(match[1], "in", "、".join(_bare(value) for value in re.findall(_VALUE, match[2])))
    if match := _HELD.fullmatch(text):
        return Piece(match[2], "has", _bare(match[1]))
    if match := _COUNTED.fullmatch(text):
        return Piece(match[1], "rows", match[2])
    if match := _PLAIN.fullmatch(text):
        if match[2].startswith("given."):
            return Piece(match[2].removeprefix("given."), "given") if not match[1] else None
        return Piece(match[2], "no" if match[1] else "yes") if match[2] not in ("true", "false") else None
    return None


def _bare(written: str) -> str:
    return written[1:-1] if written[0] in "'\"" else written


def is_whole(table: Table) -> bool:
    """Whether every row says what it compares with; a table without rows says nothing."""
    return bool(table.pieces) and all(piece.value.strip() or piece.how in _ALONE for piece in table.pieces)


def write(table: Table) -> str:
    return f" {table.join} ".join(_written(piece) for piece in table.pieces if piece.left)


def _written(piece: Piece) -> str:
    left, value = piece.left, piece.value.strip()
    if piece.how in ("yes", "no"):
        return f"{'!' if piece.how == 'no' else ''}{left}"
    if piece.how == "given":
        return f"given.{left}"
    if piece.how == "rows":
        return f"count({left}) >= {value or 1}"
    if piece.how == "has":
        return f"{_literal(value)} in {left}"
    if piece.how == "in":
        return f"{left} in [{', '.join(_literal(one) for one in re.split('[、,，]', value) if one.strip())}]"
    return f"{left} {piece.how} {_literal(value)}"


def _literal(value: str) -> str:
    value = value.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", value) or value in ("true", "false"):
        return value
    return "'" + re.sub(r"['\\]", "", value) + "'"


def readable(data: Any, at: Path) -> Choices:
    """What an expression of this place may read, by name; what it may read only later, the live check says."""
    return tuple(_readable(data, at))


def _readable(data: Any, at: Path) -> Iterator[tuple[str, Label | Words]]:
    for key, field in form_fields(data).items():
        if not (isinstance(field, Mapping) and field.get("stats_only") is True) and field_type(field) != "consent":
            yield key, label_of(key, field)
    yield "person.age", Words("年龄")
    yield "track", Words("申报类别")
    yield "channel", Words("申报渠道")
    for where in ("facts", "round"):
        for key, field in section(data, where).items():
            yield f"{where}.{key}", label_of(key, field)
    for channel in section(data, "channels").values():
        for key, field in section(channel, "nominator", "facts").items():
            yield f"nominator.{key}", label_of(key, field)
    if at[:1] in (("stages",), ("duties",), ("exits",)):
        for key, stage in section(data, "stages").items():
            for word, field in section(stage, "record").items():
                names = {"stage": label_of(key, stage), "name": label_of(word, field)}
                yield f"records.{key}.{word}", Words("%(stage)s：%(name)s", **names)
        for key, name in choices(data, "sheets"):
            yield f"total.{key}", Words("“%(sheet)s”的总分", sheet=name)
