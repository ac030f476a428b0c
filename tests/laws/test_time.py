"""No naive datetime anywhere, and no clock in the rules: `now` is an argument."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow.config import ROOT

ROOMS = ("workflow", "models", "forms", "tasks", "migrations")
NAIVE = {"utcnow", "utcfromtimestamp"}
NEEDS_ZONE = {"now": 0, "fromtimestamp": 1}
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
CHANCE_AND_MACHINE = {"random", "secrets", "os", "time", "uuid", "socket", "subprocess"}


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def _is_datetime(node: ast.Call) -> bool:
    assert isinstance(node.func, ast.Attribute)
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name in {"datetime", "date", "dt"}


def naive(source: str | bytes) -> list[int]:
    found = []
    for node, name in _calls(ast.parse(source)):
        if not _is_datetime(node):
            continue
        zoned = len(node.args) > NEEDS_ZONE.get(name, 0) or any(word.arg in {"tz", "tzinfo"} for word in node.keywords)
        if name in NAIVE or name == "today" or (name in NEEDS_ZONE and not zoned):
            found.append(node.lineno)
    return found


def clocks(source: str | bytes) -> list[int]:
    tree = ast.parse(source)
    read = [node.lineno for node, name in _calls(tree) if name in CLOCKS and _owner_is_module_or_type(node)]
    imported = [
        node.lineno
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Import) and any(alias.name.split(".")[0] in CHANCE_AND_MACHINE for alias in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in CHANCE_AND_MACHINE)
    ]
    return sorted(read + imported)


def _owner_is_module_or_type(node: ast.Call) -> bool:
    assert isinstance(node.func, ast.Attribute)
    owner = node.func.value
    return isinstance(owner, ast.Name) and owner.id in {"datetime", "date", "time", "dt"}


def _files(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from (ROOT / room).rglob("*.py")


def test_no_moment_is_without_its_zone() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in _files(*ROOMS) for line in naive(path.read_bytes())]
    assert found == []


def test_the_rules_read_no_clock_and_throw_no_dice() -> None:
    files = list(_files("workflow/domain"))
    assert len(files) > 20
    assert [f"{path.relative_to(ROOT)}:{line}" for path in files for line in clocks(path.read_bytes())] == []


@pytest.mark.parametrize(
    "source",
    ["datetime.now()", "datetime.utcnow()", "dt.datetime.now()", "date.today()", "datetime.fromtimestamp(3)"],
)
def test_a_naive_moment_is_found(source: str) -> None:
    assert naive(source) == [1]


@pytest.mark.parametrize(
    "source", ["datetime.now(UTC)", "datetime.now(tz=UTC)", "datetime.fromtimestamp(3, UTC)", "page.now()"]
)
def test_a_moment_with_its_zone_is_fine(source: str) -> None:
    assert naive(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "date.today()",
        "import random",
        "from os import environ",
        "import time",
        "from uuid import uuid4",
    ],
)
def test_a_clock_in_the_rules_is_found(source: str) -> None:
    assert clocks(source) == [1]
