"""Every word of the program language is alive: what a file may say is read by something that acts on it.

Read means: outside the rooms that load, check, compare and read back a file, something asks an object for an attribute
of this name. A word that several parts share counts for each where one of them is asked; what is asked of things that
are never a part of a program (`row.seats` is a table's) does not count.
"""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from inspect import isclass
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from mypy import build, main, nodes, types

from tests.sizes import at_full_size
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


# -- asked of the very part, by type -----------------------------------------------------------------------------------
IN_TEMPLATES = {
    "ConsentField.text": "pages/applicant/controls.html",
    "Criterion.beside": "pages/duties/task.html",
    "Duty.note": "pages/duties/task.html",
    "Field.hint": "pages/applicant/controls.html",
    "Field.purpose": "pages/applicant/controls.html",
    "Section.purpose": "pages/applicant/section.html",
}
"""Shown, never reckoned with: types do not reach into templates. Where each is."""
THROUGH = {
    "Channel.route": "Definition.route_of",
    "CheckStage.send_back_to": "effects asks any stage for it by name",
    "Correction.due": "Rulebook asks any stage for its correction by name",
    "Definition.language": "the reader of files refuses what it does not know",
    "Definition.route": "Definition.route_of",
    "Intake.every": "Intake.mode",
    "Intake.from_": "Intake.from_facts",
    "Program.run_by": "Definition.run_by",
    "Retention.refused": "asked for by how a case ended",
    "Sample.if_failed": "effects asks any stage for its sample by name",
}
"""Read where no type says so, or by a property in the language's own room that somebody asks."""
EVERYWHERE = frozenset({"type", "kind", "due", "required"})
"""Narrowed by a part, asked of its parent."""


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.skipif(at_full_size(False, True), reason="types the whole house: at full size only (TEST_FULL=1)")
def test_every_word_is_read_of_its_own_part_and_not_of_a_namesake() -> None:
    """By the types that mypy finds: `stage.note` keeps no `DraftRow.note` alive."""
    read = typed_reads()
    dead = {f"{name}.{word}" for name, part in parts().items() for word in own_words(part)} - read
    dead -= {one for one in dead if one.partition(".")[2] in EVERYWHERE}
    assert dead - set(DEAD) - set(BY_NAME) - set(THROUGH) == set(IN_TEMPLATES), (
        "read by nobody, or no longer only shown"
    )
    for one, path in IN_TEMPLATES.items():
        word = one.partition(".")[2]
        assert re.search(rf"\w\.{word}\b", (ROOT / "templates" / path).read_text("utf-8")), (one, path)


def typed_reads() -> set[str]:
    """`Class.word` for each attribute of a part that something acting asks of a value of that type."""
    sources, options = main.process_options([])
    options.export_types, options.preserve_asts = True, True
    options.incremental, options.cache_dir = False, os.devnull
    done = build.build(sources, options)
    assert not done.errors
    found: set[str] = set()
    for module, tree in done.files.items():
        path = Path(tree.path).absolute() if tree.path else ROOT
        acting = LANGUAGE not in path.parents or path in ACTING
        if module.partition(".")[0] in ROOMS and acting:
            found.update(_read_in(tree, done.types))
    return found


def _read_in(tree: nodes.MypyFile, known: dict[nodes.Expression, types.Type]) -> Iterator[str]:
    left: list[Any] = list(tree.defs)
    seen: set[int] = set()
    while left:
        node = left.pop()
        if isinstance(node, list | tuple):
            left += node
        elif (isinstance(node, nodes.Node) and not isinstance(node, nodes.SymbolNode | nodes.RefExpr)) or isinstance(
            node, nodes.FuncBase | nodes.Decorator | nodes.MemberExpr
        ):
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, nodes.MemberExpr) and node.expr in known:
                yield from _of_parts(node.name, known[node.expr])
            left += [getattr(node, name, None) for name in _names(type(node))]


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(
        name for name in dir(kind) if not name.startswith("_") and name not in ("info", "node", "type", "names")
    )


def _of_parts(word: str, kind: types.Type) -> Iterator[str]:
    proper = types.get_proper_type(kind)
    if isinstance(proper, types.UnionType):
        for one in proper.items:
            yield from _of_parts(word, one)
    elif isinstance(proper, types.TypeVarType):
        yield from _of_parts(word, proper.upper_bound)
    elif isinstance(proper, types.Instance):
        own = (base for base in proper.type.mro if word in base.names and base.fullname.startswith(schema.__name__))
        yield from (f"{base.name}.{word}" for base in list(own)[:1])
