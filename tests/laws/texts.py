"""Every text for people in the sources, by file: what templates, Words and the few other speakers say in Chinese."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
SPEAKERS = {"Words": 0, "_": 0, "gettext": 0, "tell": 0, "needed": 0, "same_as": 1}
"""Function -> which of its arguments is the text."""
PLACE = re.compile(r"%\((\w+)\)[sd]")


def sources() -> list[str]:
    """Every file that may say something, from the root."""
    rooms = ("workflow", "forms", "models")
    paths = [*(ROOT / "templates").rglob("*.html"), *(path for room in rooms for path in (ROOT / room).rglob("*.py"))]
    return sorted(str(path.relative_to(ROOT)) for path in paths)


@cache
def said_in(source: str) -> frozenset[str]:
    path = ROOT / source
    return frozenset(_said_in_template(path) if path.suffix == ".html" else _said_in(path))


def _said_in_template(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for row in babel_extract(file, ("_", "gettext"), (), {"trim_blocks": "true", "lstrip_blocks": "true"}):
            yield row[2] if isinstance(row[2], str) else str(row[2][0])


def _said_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and (at := SPEAKERS.get(_name(node.func), -1)) >= 0:
            text = node.args[at] if len(node.args) > at else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and _is_chinese(text.value):
                yield text.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff，。；：？！、（）“”]", text) is not None


@cache
def translated(language: str = "en") -> dict[str, dict[str, str]]:
    """File -> source -> translation."""
    found = {}
    for path in sorted((ROOT / "translations" / language).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file)
        found[path.name] = {str(one.id): str(one.string) for one in catalog if one.id}
    return found
