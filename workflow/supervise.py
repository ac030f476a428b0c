"""Keeps a few processes running until it is told to stop, and leaves none behind.

Each child leads a process group of its own and, on Linux, is told to end when its manager dies. Which children run
stands in a file beside the data, so that the next manager ends what a killed one could not.
"""

import ctypes
import errno
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import IO, Any

FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
STABLE_SECONDS = 30.0
GRACE_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_MARK = "TALENT_RUN"
_PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another manager looks after this folder."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"process {pid}" if pid else "another process")
        self.pid = pid


@dataclass(frozen=True)
class Program:
    """What to keep running. `once`: until it has ended well; it is not begun before `ready` says so."""

    name: str
    command: Sequence[str]
    once: bool = False
    ready: Callable[[], bool] = lambda: True


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    is_over: bool = False


@dataclass
class Supervisor:
    """`with Supervisor(folder) as supervisor: supervisor.run(programs)`; inside, this folder is ours alone."""

    folder: Path
    environ: Mapping[str, str]
    grace: float = GRACE_SECONDS
    _children: list[_Child] = field(default_factory=list)
    _stop: int = 0
    _mark: str = field(default_factory=lambda: secrets.token_hex(8))
    _lock: IO[str] | None = None

    def __enter__(self) -> "Supervisor":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.folder / "lock", self._known())
        for name, pid in end_orphans(self._known(), self.grace):
            say("ended an orphan of an earlier run", child=name, pid=pid)
        self._note()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end_children()
        self._pid_file.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    @property
    def _pid_file(self) -> Path:
        return self.folder / "processes.json"

    def _known(self) -> dict[str, Any]:
        try:
            known: dict[str, Any] = json.loads(self._pid_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known

    def _note(self) -> None:
        """Replaced as a whole, so that a manager killed while writing leaves the older list."""
        running = [child for child in self._children if child.process]
        known = {
            "manager": os.getpid(),
            "mark": self._mark,
            "children": [
                {"name": child.program.name, "pid": child.process.pid, "start": started_at(child.process.pid)}
                for child in running
                if child.process
            ],
        }
        draft = self._pid_file.with_suffix(".new")
        draft.write_text(json.dumps(known), encoding="utf-8")
        draft.replace(self._pid_file)

    def once(self, command: Sequence[str]) -> tuple[int, str]:
        """Run one command to its end: its exit code and what it printed. It does not outlive the manager either."""
        ask = _end_with(os.getpid())
        done = subprocess.run(  # noqa: S603 - own commands
            command, env=self._own_environ(), preexec_fn=ask, stdout=subprocess.PIPE, text=True, check=False
        )
        return done.returncode, done.stdout

    def run(self, programs: Iterable[Program], while_running: Callable[[], None] = lambda: None) -> int:
        """Until SIGINT or SIGTERM; a child that ends is started again, later each time it fails soon."""
        self._children = [_Child(program) for program in programs]
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        while not self._stop:
            for child in self._children:
                self._look_after(child)
            while_running()
            time.sleep(_LOOK_SECONDS)
        say("stopping")
        self._end_children()
        return 0

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop += 1

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at and not child.is_over and child.program.ready():
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        _end_group(child.process.pid, signal.SIGKILL)
        child.process = None
        if child.program.once and code == 0:
            child.is_over = True
            self._note()
            return
        child.failures = 0 if now - child.began >= STABLE_SECONDS else child.failures
        wait = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2**child.failures)
        child.failures += 1
        child.start_at = now + wait
        self._note()
        say("child ended", child=child.program.name, code=code, again_in_seconds=wait)

    def _start(self, child: _Child) -> None:
        child.began = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - own commands
            child.program.command,
            env=self._own_environ(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - the manager has one thread
        )
        self._note()
        say("child started", child=child.program.name, pid=child.process.pid)

    def _own_environ(self) -> dict[str, str]:
        return {**self.environ, _MARK: self._mark}

    def _end_children(self) -> None:
        """TERM to each leader, which ends its own workers in order; then KILL to whatever is left of its group."""
        running = [child.process for child in self._children if child.process]
        for process in running:
            process.terminate()
        until = time.monotonic() + self.grace
        while any(process.poll() is None for process in running) and time.monotonic() < until and self._stop < 2:
            time.sleep(_LOOK_SECONDS)
        for process in running:
            _end_group(process.pid, signal.SIGKILL)
            process.wait()
        for child in self._children:
            child.process = None


def say(event: str, **facts: Any) -> None:
    """One line of the log, in the form of all its lines."""
    line = {"event": event, "logger": "manager", **facts, "timestamp": datetime.now(UTC).isoformat()}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _locked(path: Path, known: Mapping[str, Any]) -> IO[str]:
    """The operating system takes the lock back from a manager that was killed; a file with a number would stay."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno not in {errno.EAGAIN, errno.EACCES}:
            raise
        raise AlreadyRunning(known.get("manager")) from None
    return file


def _end_with(parent: int) -> Callable[[], None]:
    """To be run in the child before its program: on Linux it gets SIGTERM when the manager dies, however it dies."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if libc:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


# --- what a killed manager left behind


def end_orphans(known: Mapping[str, Any], grace: float) -> list[tuple[str, int]]:
    """End the noted children that still run; a process that only has the same number is left alone."""
    mark = str(known.get("mark", ""))
    found = [(entry["name"], pid) for entry in known.get("children", ()) for pid in _members(entry, mark)]
    for _name, pid in found:
        _signal(pid, signal.SIGTERM)
    until = time.monotonic() + grace
    while any(is_alive(pid) for _name, pid in found) and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    for _name, pid in found:
        if is_alive(pid):
            _signal(pid, signal.SIGKILL)
    return found


def _members(entry: Mapping[str, Any], mark: str) -> list[int]:
    """The child and the processes of its group, told from strangers by start time and by the mark they inherited."""
    leader = int(entry["pid"])
    if sys.platform != "linux":
        return [leader] if entry["start"] and started_at(leader) == entry["start"] else []
    return [
        pid for pid in _all_pids() if _group_of(pid) == leader and (pid != leader or _same(entry)) and _has(pid, mark)
    ]


def _same(entry: Mapping[str, Any]) -> bool:
    return bool(started_at(int(entry["pid"])) == entry["start"])


def _has(pid: int, mark: str) -> bool:
    try:
        return f"{_MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _all_pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def started_at(pid: int) -> str | None:
    """When the process started, in whatever form the system says it; together with the number it names one process."""
    if sys.platform == "linux":
        fields = _stat(pid)
        return fields[19] if fields else None
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - fixed
    return found.stdout.strip() or None


def _group_of(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[2]) if fields else None


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat after the name, which may hold blanks and parentheses: state, parent, group, …, start (19)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """False also for one that has ended and was not collected yet."""
    if sys.platform == "linux":
        fields = _stat(pid)
        return bool(fields) and fields[0] != "Z"
    return _signal(pid, 0)


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except OSError:
        return False
    return True


def _end_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except OSError as error:
        if error.errno not in {errno.ESRCH, errno.EPERM}:
            raise
