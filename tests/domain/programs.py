"""The six programs of `programs/`, loaded once, and small changed copies of them."""

from functools import cache
from pathlib import Path

from workflow.domain.program.load import load
from workflow.domain.program.schema import Definition

FOLDER = Path(__file__).parents[2] / "programs"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def text(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text("utf-8")


@cache
def program(name: str) -> Definition:
    return read(text(name))


def read(source: str) -> Definition:
    loaded = load(source)
    assert loaded.definition is not None, [str(problem.words) for problem in loaded.problems]
    return loaded.definition


def changed(name: str, *replacements: tuple[str, str]) -> Definition:
    """The program with pieces of its text replaced; each piece must stand there exactly once."""
    source = text(name)
    for old, new in replacements:
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}"
        source = source.replace(old, new)
    return read(source)
