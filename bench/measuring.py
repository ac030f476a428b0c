"""How long it takes, and how many statements it sends. The bare page is timed right before each operation, so that
whatever else the machine does strikes both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.bare import bare_page
from bench.grounds import Ground
from bench.operations import Go, Operation
from bench.seeding import Town
from models.base import db

WARM_UPS = 3


@dataclass(frozen=True)
class Measured:
    op: str
    n: int
    p50_ms: float
    queries: int
    ratio: float


@dataclass
class _Series:
    """One operation at one size, under way."""

    operation: Operation
    n: int
    app: Flask
    bare: Go
    goes: Iterator[Go]
    took: list[float] = field(default_factory=list)
    bare_took: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def once(self) -> None:
        go = next(self.goes)
        self.bare_took.append(_timed(self.bare))
        with _counted(self.app) as sent:
            self.took.append(_timed(go) / self.operation.at_once)
        self.sent.append(len(sent))

    def measured(self) -> Measured:
        took, bare = median(self.took), median(self.bare_took)
        return Measured(self.operation.name, self.n, took * 1000, int(median(self.sent)), took / bare)


def measure(operation: Operation, grounds: dict[int, Ground], town: Town) -> list[Measured]:
    """Size after size, round after round: a slow moment of the machine strikes every size alike."""
    every = [_begun(operation, n, ground, town) for n, ground in grounds.items()]
    for _ in range(operation.times - WARM_UPS):
        for series in every:
            series.once()
    return [series.measured() for series in every]


def _begun(operation: Operation, n: int, ground: Ground, town: Town) -> _Series:
    page = bare_page(ground.url, "intake").test_client()

    def bare() -> None:
        assert page.get("/").text.count("<tr>") == 50

    series = _Series(operation, n, ground.app, bare, operation.prepare(ground.app, town))
    for _ in range(WARM_UPS):
        bare()
        next(series.goes)()
    return series


def _timed(go: Go) -> float:
    began = perf_counter()
    go()
    return perf_counter() - began


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement not in {"BEGIN", "BEGIN IMMEDIATE"}:
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
