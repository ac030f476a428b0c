"""Every word of the program language is alive: what a file may say is read by something that acts on it.

Read means: outside the rooms that load, check, compare and read back a file, something asks an object for an attribute
of this name. A word that several parts share counts for each where one of them is asked; what is asked of things that
are never a part of a program (`row.seats` is a table's) does not count.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from inspect import isclass
from pathlib import Path
from pkgutil import iter_modules

from workflow.domain.program import schema
from workflow.domain.program.schema.base import Part

ROOT = Path(__file__).parents[2]
ROOMS = ("workflow", "forms", "models", "tasks")
LANGUAGE = ROOT / "workflow" / "domain" / "program"
ACTING = {LANGUAGE / name for name in ("outside.py", "rebase.py", "shape.py")}
"""In the language's own room, but for what acts on cases."""
OTHERS = frozenset({"self", "row", "form", "request", "nav", "site", "page", "session"})
"""Never a part of a program, whatever it is asked for."""
DEAD = {
    "ScoreStage.together": "raters who sit together hand in one by one like all others; nothing is reckoned otherwise",
}
BY_NAME = {
    "Retention.id_image": "asked for by the class of a file",
    "Retention.lapsed": "asked for by how a case ended",
    "Retention.withdrawn": "asked for by how a case ended",
}


@cache
def parts() -> dict[str, type[Part]]:
    rooms = [import_module(f"{schema.__name__}.{room.name}") for room in iter_modules(schema.__path__)]
    every = {name: each for room in rooms for name, each in vars(room).items() if isclass(each)}
    return {name: each for name, each in every.items() if issubclass(each, Part) and each is not Part}


def own_words(part: type[Part]) -> Iterator[str]:
    """Those it brings itself; what it inherits is its parent's."""
    return (name for name in part.model_fields if name in part.__annotations__ and name != "key")


@cache
def asked() -> frozenset[str]:
    found: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if LANGUAGE not in path.parents or path in ACTING:
                found.update(_asked_in(ast.parse(path.read_text("utf-8"))))
    for path in (ROOT / "templates").rglob("*.html"):
        pairs = re.findall(r"(\w+)\.([a-z_]+)", path.read_text("utf-8"))
        found.update(name for holder, name in pairs if holder not in OTHERS)
    return frozenset(found)


def _asked_in(tree: ast.Module) -> Iterator[str]:
    modules = {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            holder = node.value.id if isinstance(node.value, ast.Name) else ""
            if holder not in OTHERS and holder not in modules:
                yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            yield from (each.value for each in node.args[1:2] if isinstance(each, ast.Constant))


def unread() -> set[str]:
    return {f"{name}.{word}" for name, part in parts().items() for word in own_words(part) if word not in asked()}


def test_every_word_of_the_language_is_read_by_something_that_acts_on_it() -> None:
    assert unread() - set(DEAD) - set(BY_NAME) == set(), "read by nobody: build it, or say in DEAD why it stands"


def test_nothing_is_called_dead_that_is_read() -> None:
    assert {*DEAD, *BY_NAME} <= unread(), "these live: take them off the list"
