"""Imports run down only. The contracts stand in pyproject.toml; this proves that they hold and that they bite."""

import ast
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


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("workflow/domain/words.py", "import flask"),
        ("workflow/domain/words.py", "import sqlalchemy"),
        ("workflow/domain/words.py", "import time"),
        ("workflow/domain/words.py", "import models.base"),
        ("workflow/domain/words.py", "from workflow.services import clock"),
        ("models/clock.py", "from workflow.services import clock"),
        ("models/clock.py", "import workflow.domain.transitions"),
        ("workflow/services/clock.py", "import workflow.web"),
        ("workflow/services/clock.py", "import flask_login"),
        ("workflow/services/clock.py", "from flask import request"),
        ("workflow/services/clock.py", "import workflow.config"),
        ("workflow/web/__init__.py", "import workflow.app"),
        ("workflow/cli.py", "import workflow.app"),
        ("forms/__init__.py", "import models.base"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, path: str, line: str) -> None:
    for name in ("workflow", "models", "forms", "tasks"):
        for source in (ROOT / name).rglob("*.py"):
            copy = tmp_path / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    wrong = tmp_path / path
    wrong.write_text(f"{wrong.read_text()}\n{line}\n")
    assert _lint(tmp_path).returncode == 1


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
