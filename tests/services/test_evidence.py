"""Whoever owns the database can change it; they cannot do so without being found out."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text

from models.base import db, writing
from models.guards import GUARDED, guard_name, make_guards
from tests.domain.cases import all_ok
from tests.services.plots import Plot
from tests.sizes import at_full_size
from workflow.services import actions, evidence, replay


def told(now: datetime, count: int = 6) -> Plot:
    """Some cases with some history."""
    plot = Plot(now)
    for number, ref in enumerate(plot.plant(count)):
        plot.endorse(ref)
        if number % 2:
            item, seen = plot.item(ref)
            actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, inputs={"verdicts": all_ok()})
        elif number % 3 == 0:
            item, seen = plot.item(ref)
            actions.perform(item, "refuse", plot.people["clerk"], now, seen=seen, inputs={"reason": "不在申报范围"})
    return plot


def into(anchors: Path) -> Callable[[str], None]:
    def write(line: str) -> None:
        anchors.write_text(line + "\n", "utf-8")

    return write


def unguarded(connection: Connection) -> None:
    """What an owner of the database can do: take the guards away."""
    for change in ("UPDATE", "DELETE"):
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {guard_name('event', change)}{on}"))


def rows(connection: Connection) -> list[dict[str, Any]]:
    found = connection.execute(text("SELECT stream_id, seq, kind, actor_id, at, body, mac FROM event")).mappings()
    return [dict(row) for row in found]


def tamper(connection: Connection, chance: Random) -> str:
    """One random change of the kind a hand in the database would make."""
    row = chance.choice(rows(connection))
    place = {"stream": row["stream_id"], "seq": row["seq"]}
    at = "WHERE stream_id = :stream AND seq = :seq"
    how = chance.choice(["kind", "body", "actor", "delete", "swap", "insert", "cut", "mac", "head"])
    if how == "kind":
        connection.execute(text(f"UPDATE event SET kind = kind || 'x' {at}"), place)
    elif how == "body":
        body = row["body"] if isinstance(row["body"], dict) else json.loads(row["body"])
        changed = json.dumps({**body, "forged": chance.randrange(10**6)})
        as_json = "CAST(:body AS jsonb)" if connection.dialect.name == "postgresql" else ":body"
        connection.execute(text(f"UPDATE event SET body = {as_json} {at}"), {**place, "body": changed})
    elif how == "actor":
        connection.execute(
            text(f"UPDATE event SET actor_kind = 'account', actor_id = CASE actor_id WHEN 1 THEN 2 ELSE 1 END {at}"),
            place,
        )
    elif how == "delete":
        connection.execute(text(f"DELETE FROM event {at}"), place)
    elif how == "swap":
        other = chance.choice([each for each in rows(connection) if each["mac"] != row["mac"]])
        both = [(row, other), (other, row)]
        for one, with_ in both:
            values = {"stream": one["stream_id"], "seq": one["seq"], "mac": with_["mac"]}
            connection.execute(text(f"UPDATE event SET mac = :mac {at}"), values)
    elif how == "insert":
        columns = "version, kind, actor_kind, actor_id, for_id, at, entry_no, program_version_id, body, mac"
        last = connection.execute(text("SELECT MAX(seq) FROM event WHERE stream_id = :stream"), place).scalar_one()
        connection.execute(
            text(f"INSERT INTO event (stream_id, seq, {columns}) SELECT stream_id, :new, {columns} FROM event {at}"),
            {**place, "new": last + 1},
        )
    elif how == "cut":
        connection.execute(text("DELETE FROM event WHERE stream_id = :stream AND seq >= :seq"), place)
        mac = connection.execute(
            text("SELECT mac FROM event WHERE stream_id = :stream ORDER BY seq DESC LIMIT 1"), place
        ).scalar()
        connection.execute(
            text("UPDATE stream SET seq = :last, head_mac = :mac WHERE id = :stream"),
            {**place, "last": row["seq"] - 1, "mac": mac},
        )
    elif how == "mac":
        connection.execute(text(f"UPDATE event SET mac = :mac {at}"), {**place, "mac": "0" * 64})
    else:
        connection.execute(text("UPDATE stream SET head_mac = :mac WHERE id = :stream"), {**place, "mac": "f" * 64})
    return how


@pytest.mark.slow
def test_random_tamperings_are_each_found(database: str, now: datetime, tmp_path: Path) -> None:
    told(now)
    anchors = tmp_path / "anchors.log"
    evidence.anchor(now, into(anchors))
    assert evidence.verify(anchors) == []
    chance, found, tried = Random(7), 0, set()
    times = at_full_size(300, 100)
    for _ in range(times):
        with db.engine.connect().execution_options(write=True) as connection, connection.begin() as transaction:
            unguarded(connection)
            tried.add(tamper(connection, chance))
            found += bool(evidence.verify_on(connection, anchors))
            transaction.rollback()
    assert (found, len(tried)) == (times, 9)
    assert evidence.verify(anchors) == []


def test_words_beside_an_event_cannot_be_changed_but_may_be_erased(database: str, now: datetime) -> None:
    told(now)
    with writing() as session:
        session.execute(text("UPDATE remark SET body = '改过的理由' WHERE field = 'reason'"))
    assert {broken.why for broken in evidence.verify()} == {"words changed"}
    with writing() as session:
        session.execute(text("DELETE FROM remark WHERE field = 'reason'"))
    assert evidence.verify() == []


def test_restored_yesterday_is_found_by_the_anchor(database: str, now: datetime, tmp_path: Path) -> None:
    plot = told(now, 1)
    anchors = tmp_path / "anchors.log"
    (ref,) = plot.plant(1)
    plot.endorse(ref)
    evidence.anchor(now, into(anchors))
    with writing() as session:
        unguarded(session.connection())
        last = session.execute(text("SELECT id FROM stream WHERE kind = 'application' ORDER BY id DESC")).scalar()
        session.execute(text("DELETE FROM remark"))
        session.execute(text("DELETE FROM event WHERE stream_id = :id"), {"id": last})
        session.execute(text("UPDATE stream SET seq = 0, head_mac = NULL WHERE id = :id"), {"id": last})
    assert evidence.verify() == []
    assert {broken.why for broken in evidence.verify(anchors)} == {"not as anchored"}


@pytest.mark.parametrize("table", sorted(GUARDED))
def test_guards_come_back_after_they_were_taken_away(database: str, table: str) -> None:
    with writing() as session:
        unguarded(session.connection())
        assert guard_name(table, "UPDATE") in make_guards(session.connection())


def test_replay_names_the_column_that_differs(database: str, now: datetime) -> None:
    told(now)
    with writing() as session:
        session.execute(text("UPDATE application SET furthest_pos = furthest_pos + 1 WHERE id = 1"))
    _, differences = replay.replay(now + timedelta(seconds=1))
    assert [difference.where for difference in differences] == ["application.furthest_pos"]
