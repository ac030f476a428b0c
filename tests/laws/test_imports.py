"""Imports run down only. The contracts stand in pyproject.toml; this proves that they hold and that they bite."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workflow.config import ROOT

JOINERS = {"workflow/__main__.py", "wsgi.py"}
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


WRONG = (
    ("workflow/domain/words.py", "import flask"),
    ("workflow/domain/words.py", "import sqlalchemy"),
    ("workflow/domain/words.py", "import time"),
    ("workflow/domain/words.py", "import models.base"),
    ("workflow/domain/words.py", "import workflow.services.clock"),
    ("models/clock.py", "import workflow.services.clock"),
    ("models/clock.py", "import workflow.domain.transitions"),
    ("workflow/services/clock.py", "import workflow.web"),
    ("workflow/services/clock.py", "import flask_login"),
    ("workflow/services/clock.py", "import flask"),
    ("workflow/services/clock.py", "import workflow.config"),
    ("workflow/web/__init__.py", "import workflow.app"),
    ("workflow/cli.py", "import workflow.app"),
    ("forms/__init__.py", "import models.base"),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contracts say of a copy of the house, sound but for the wrong imports."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("workflow", "models", "forms", "tasks", "bench"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, line in WRONG:
        with (folder / path).open("a") as wrong:
            wrong.write(f"\n{line}\n")
    done = _lint(folder)
    assert done.returncode == 1
    return done.stdout


@pytest.mark.parametrize(("path", "line"), WRONG)
def test_a_wrong_import_is_found(told: str, path: str, line: str) -> None:
    importer = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert re.search(rf"{importer} -> {line.removeprefix('import ')}\b", told), told[-3000:]


def test_nobody_imports_what_joins_everything() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for name in ("workflow", "models", "forms", "tasks")
        for path in (ROOT / name).rglob("*.py")
        if str(path.relative_to(ROOT)) not in JOINERS
        for node in ast.walk(ast.parse(path.read_bytes()))
        if (isinstance(node, ast.Import) and any(alias.name in {"wsgi", "manage"} for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in {"wsgi", "manage"})
    ]
    assert found == []


def test_the_ground_package_stays_empty() -> None:
    assert (ROOT / "workflow" / "__init__.py").read_text() == ""
