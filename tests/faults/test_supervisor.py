"""The supervisor with real processes: nothing stays dead, nothing stays behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Started, environment, marked, python, until
from workflow.supervise import AlreadyRunning, Supervisor, end_orphans, is_alive, started_at

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc"),
]
SLEEPER = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
MANAGER = """
import json, os, sys
from pathlib import Path
from workflow.supervise import AlreadyRunning, Program, Supervisor
folder, sources = Path(sys.argv[1]), json.loads(sys.argv[2])
programs = [Program(name, (sys.executable, "-c", source)) for name, source in sources.items()]
try:
    with Supervisor(folder, dict(os.environ), grace=3.0) as supervisor:
        sys.exit(supervisor.run(programs))
except AlreadyRunning:
    sys.exit("in use")
"""
Manage = Callable[..., Started]


@pytest.fixture
def manage(tmp_path: Path) -> Iterator[Manage]:
    started: list[Started] = []

    def start(**sources: str) -> Started:
        command = python("-c", MANAGER, str(tmp_path / "run"), json.dumps(sources))
        started.append(Started(command, tmp_path, environment()))
        return started[-1]

    yield start
    for manager in started:
        manager.clean()


def _pid(manager: Started, name: str, nth: int = 1) -> int:
    def found() -> list[int]:
        return [line["pid"] for line in manager.lines("child started") if line["child"] == name][nth - 1 :]

    return int(until(found)[0])


def _gone(pid: int) -> bool:
    return not is_alive(pid)


def _deaf(manager: Started) -> None:
    until(lambda: "deaf\n" in manager.text)


def test_a_killed_child_is_started_again_and_the_log_says_so(manage: Manage) -> None:
    manager = manage(web=SLEEPER, beat=SLEEPER)
    first, other = _pid(manager, "web"), _pid(manager, "beat")
    os.kill(first, signal.SIGKILL)
    second = _pid(manager, "web", nth=2)
    [ended] = manager.lines("child ended")
    assert (ended["child"], ended["code"], ended["again_in_seconds"]) == ("web", -9, 0.5)
    assert second != first
    assert not _gone(other), "its neighbor goes on undisturbed"


def test_a_child_that_fails_at_once_is_started_later_each_time(manage: Manage) -> None:
    manager = manage(web="raise SystemExit(3)")
    until(lambda: len(manager.lines("child ended")) >= 3)
    waits = [line["again_in_seconds"] for line in manager.lines("child ended")]
    assert waits[:3] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_told_manager_ends_all_and_leaves_no_process(manage: Manage, number: int) -> None:
    manager = manage(web=SLEEPER, deaf=DEAF)
    _deaf(manager)
    assert manager.tell(number) == 0
    assert manager.descendants() == []


def test_children_of_a_killed_manager_end_by_themselves(manage: Manage) -> None:
    manager = manage(web=SLEEPER, beat=SLEEPER)
    _pid(manager, "web"), _pid(manager, "beat")
    assert len(manager.descendants()) == 2
    manager.tell(signal.SIGKILL)
    until(lambda: not manager.descendants())


def test_the_next_manager_ends_what_a_killed_one_left_behind(manage: Manage) -> None:
    killed = manage(deaf=DEAF)
    orphan = _pid(killed, "deaf")
    _deaf(killed)
    killed.tell(signal.SIGKILL)
    assert not _gone(orphan), "deaf to the signal of its manager's death"
    successor = manage(web=SLEEPER)
    _pid(successor, "web")
    assert _gone(orphan)
    [line] = successor.lines("ended an orphan of an earlier run")
    assert (line["child"], line["pid"]) == ("deaf", orphan)


def test_a_group_is_ended_even_if_its_leader_is_gone(manage: Manage) -> None:
    """As gunicorn's worker is when somebody killed gunicorn itself and the manager with it."""
    leader = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {DEAF!r}]); time.sleep(600)"
    killed = manage(web=leader)
    pid = _pid(killed, "web")
    _deaf(killed)
    killed.tell(signal.SIGKILL)
    until(lambda: _gone(pid))
    [grandchild] = killed.descendants()
    _pid(manage(web=SLEEPER), "web")
    assert _gone(grandchild)


def test_a_stranger_with_a_noted_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    try:
        noted = {"name": "web", "pid": stranger.pid, "start": started_at(stranger.pid)}
        assert end_orphans({"mark": "of another run", "children": [noted]}, grace=0.1) == []
        assert end_orphans({"mark": "", "children": [{**noted, "start": "1"}]}, grace=0.1) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_manager_of_the_folder_is_refused(manage: Manage, tmp_path: Path) -> None:
    manager = manage(web=SLEEPER)
    pid = _pid(manager, "web")
    with pytest.raises(AlreadyRunning) as refused, Supervisor(tmp_path / "run", {}):
        pass
    assert refused.value.pid == manager.process.pid
    assert not _gone(pid)


def test_a_broken_note_does_not_stop_the_next_start(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "processes.json").write_text('{"children": [')
    assert _pid(manage(web=SLEEPER), "web") in marked_any(tmp_path)


def marked_any(folder: Path) -> list[int]:
    return [pid for log in folder.glob("*.log") for pid in marked(log.stem)]
