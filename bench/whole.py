"""Work of the studio that takes seconds, each done once and timed whole: no ratio, since nothing is like it.

`what_if`: 10,000 past applications, marked and counted, judged once more under a draft with other weights, another pass
mark and another condition; every row of every table but the studio's own has the same digest afterwards.
`dry_run`: 1,000 made-up people of each program that comes with the product, to the end of their recognition.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import select

from bench import past
from bench.grounds import grounds
from models.base import reading
from models.tables import Base
from workflow.domain.actor import Actor
from workflow.domain.calendar import official
from workflow.domain.dryrun import try_out
from workflow.domain.program.editing import Put
from workflow.domain.program.load import load
from workflow.services.studio import background, drafts, editing, supposing, trials

PAST, PEOPLE = 10_000, 1_000
_PROGRAMS = Path(__file__).parents[1] / "programs"
_OF_THE_STUDIO = {"program_draft", "program_draft_change", "program_trial", "stream", "event"}
_ROWS_AT_ONCE = 2_000


def what_if(backend: str) -> Iterator[str]:
    with grounds(backend) as made:
        ground = made.fresh()
        with ground.app.app_context():
            officer, version, few = past.found(datetime.now(UTC))
            past.fill(ground.url, few, PAST)
            made.settle(ground)
            before = _digests()
            began, used = perf_counter(), process_time()
            found = _asked(officer, version)
            yield _line(f"what_if {backend}", PAST, perf_counter() - began, process_time() - used)
            same = "the same" if before == _digests() else "OTHER THAN BEFORE"
            yield f"  {found['differing']:,} would differ; rows of {len(before)} tables and chains of cases: {same}"


def _asked(officer: Actor, version: int) -> dict[str, Any]:
    now, sheet = datetime.now(UTC), ("scoring", "sheets", "pattern")
    draft = drafts.start(officer, now, version_id=version)
    edits = [
        Put((*sheet, "criteria", "effect", "weight"), 10),
        Put((*sheet, "criteria", "modeling_3d", "weight"), 40),
        Put((*sheet, "pass"), 80),
        Put(("eligibility", "rules", "E2", "rule"), "years >= 9"),
    ]
    editing.edit(draft, edits, 0, officer, now)
    trial = supposing.start(draft, officer, now)
    background.carry_out(datetime.now(UTC))
    result = trials.shown(trial, officer).result
    assert result is not None
    return result


def _digests() -> dict[str, str]:
    """Of each table, row by row; of the chains those that are about cases."""
    found = {}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in _OF_THE_STUDIO]
    events, streams = Base.metadata.tables["event"], Base.metadata.tables["stream"]
    of_cases = select(events).join(streams).where(streams.c.kind == "application")
    wanted = [(table.name, select(table).order_by(*table.primary_key.columns)) for table in tables]
    for name, rows in [*wanted, ("event", of_cases.order_by(events.c.stream_id, events.c.seq))]:
        digest = hashlib.sha256()
        with reading() as session:
            for row in session.execute(rows.execution_options(yield_per=_ROWS_AT_ONCE)):
                digest.update(repr(tuple(row)).encode())
        found[name] = digest.hexdigest()
    return found


def dry_run(_backend: str) -> Iterator[str]:
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for path in sorted(_PROGRAMS.glob("*.yaml")):
        definition = load(path.read_text("utf-8")).definition
        assert definition is not None
        began, used = perf_counter(), process_time()
        result = try_out(definition, official(), size=PEOPLE, seed="7", now=monday)
        name = f"dry_run {path.stem}"
        yield _line(name, len(result.fates), perf_counter() - began, process_time() - used) + f"  {result.acts:,} acts"


def _line(name: str, n: int, took: float, used: float) -> str:
    return f"{name:<32} {n:>7,} {took:>7.1f} s {used:>7.1f} s of processor"


WHOLE: dict[str, Callable[[str], Iterator[str]]] = {"what_if": what_if, "dry_run": dry_run}


def run(names: list[str], backend: str) -> None:
    for name in names:
        for line in WHOLE[name](backend):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
