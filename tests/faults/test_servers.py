"""The same house on PostgreSQL and Redis: only the environment differs."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy.engine import make_url

from tests.databases import new_name, postgresql_server
from tests.faults.processes import Started, environment, python, until
from tests.faults.test_up import free_port, get
from tests.run import REDIS_URL, redis_answers

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc"),
    pytest.mark.skipif(
        not os.environ.get("REQUIRE_ALL") and not (postgresql_server() and redis_answers()),
        reason="PostgreSQL or Redis does not answer",
    ),
]


@pytest.fixture
def empty_database() -> Iterator[str]:
    server = str(postgresql_server())
    name = new_name()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with closing(redis.Redis.from_url(REDIS_URL)) as server:
        server.flushdb()
        yield server
        server.flushdb()


def _scans(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT scans FROM heartbeat WHERE name = 'scan'").fetchone()
        return int(row[0]) if row else 0


def test_the_house_runs_on_servers(empty_database: str, broker: redis.Redis, tmp_path: Path) -> None:
    port = free_port()
    command = python("-m", "workflow", "up", "--data", str(tmp_path / "data"), "--port", str(port), "--no-demo")
    given = environment(DATABASE_URL=empty_database, CELERY_BROKER_URL=REDIS_URL)
    house = Started(command, tmp_path, given)
    try:
        until(lambda: get(port, "/healthz")[0] == 200)
        assert get(port, "/")[0] == 200
        until(lambda: _scans(empty_database) >= 2)
        assert b"_kombu.binding.celery" in broker.keys("*"), "the wake-ups really travel through Redis"
        assert not (tmp_path / "data" / "talent.db").exists()
        assert house.tell(signal.SIGTERM) == 0
        assert house.descendants() == []
    finally:
        house.clean()
