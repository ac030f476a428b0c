"""`up` as somebody runs it: the whole house on a fresh data folder."""

import os
import signal
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.faults.processes import Started, environment, python, until
from workflow.config import SECRET_FILES

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc"),
]
Up = Callable[..., Started]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def up(tmp_path: Path, port: int) -> Iterator[Up]:
    started: list[Started] = []

    def start(*options: str, **environ: str) -> Started:
        command = python("-m", "workflow", "up", "--data", str(tmp_path / "data"), "--port", str(port), *options)
        started.append(Started(command, tmp_path, environment(**environ)))
        return started[-1]

    yield start
    for house in started:
        house.clean()


def get(port: int, path: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return 0, ""


def _answers(port: int) -> bool:
    return get(port, "/healthz")[0] == 200


def _scans(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'talent.db'}?mode=ro", uri=True, timeout=10)) as connection:
        row = connection.execute("SELECT scans FROM heartbeat WHERE name = 'scan'").fetchone()
        return int(row[0]) if row else 0


def _pid(house: Started, name: str) -> int:
    return int([line["pid"] for line in house.lines("child started") if line["child"] == name][-1])


def test_the_house_runs_survives_kills_and_leaves_nothing(up: Up, port: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    house = up("--no-demo")  # while a demonstration fills itself, the clock rests
    until(lambda: _answers(port))
    assert get(port, "/")[0] == 200, "without a redirect"
    until(lambda: f"http://127.0.0.1:{port}" in house.text)
    until(lambda: _scans(data) >= 2)
    assert "on time" in get(port, "/healthz")[1]

    for name in SECRET_FILES:
        secret = data / "secrets" / name
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert secret.read_text() not in house.text
    assert stat.S_IMODE((data / "talent.db").stat().st_mode) == 0o600

    second = up()
    assert second.process.wait(120) == 2
    assert f"already in use by a running 'up' (process {house.process.pid})" in second.text

    os.kill(_pid(house, "web"), signal.SIGKILL)
    until(lambda: house.lines("child ended"))
    until(lambda: _answers(port))
    before = _scans(data)
    os.kill(_pid(house, "worker"), signal.SIGKILL)
    os.kill(_pid(house, "beat"), signal.SIGKILL)
    until(lambda: _scans(data) > before)

    house.tell(signal.SIGKILL)
    until(lambda: not house.descendants())
    again = up()
    until(lambda: _answers(port))
    until(lambda: "demo 3/" in again.text)
    os.kill(_pid(again, "demo"), signal.SIGKILL)
    until(lambda: "demo 5/" in again.text)  # it went on
    assert again.text.count("demo 1/") == 1
    assert again.tell(signal.SIGINT) == 0
    assert again.descendants() == []


def test_a_busy_port_is_a_sentence_and_nothing_is_left_running(up: Up, port: int) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        house = up("--no-demo")
        assert house.process.wait(120) == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in house.text
    assert "Traceback" not in house.text
    assert house.descendants() == []


def test_production_refuses_with_every_reason_at_once(up: Up) -> None:
    house = up(TALENT_ENV="production", SECRET_KEY="changeme", TALENT_DEMO="1")
    assert house.process.wait(120) == 2
    for said in ("SECRET_KEY is too short or a default", "Demo accounts", "TALENT_BASE_URL must begin with https://"):
        assert said in house.text
    assert "Traceback" not in house.text


def test_a_folder_that_cannot_be_written_is_a_sentence(up: Up, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    house = up("--no-demo")
    assert house.process.wait(120) == 2
    assert "cannot be written" in house.text
    assert "Traceback" not in house.text
