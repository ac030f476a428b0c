"""`python3 manage.py test`: lint, types, import contracts, then every test on each database this machine has.

The passes stand in two lanes that run at the same time: one keeps the processor busy, the other mostly waits (for
browsers, for processes that start and end). What a pass said is printed when it has ended. Whatever the machine lacks
is said in one line each before the last line, which counts the tests of all passes.

A few tests that failed are run once more, alone, after everything else: a machine that was busy is no fault of the
product (docs/decisions/0018). What passes only then is named before the last line, with what it said at first.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree

import redis

from tests.conftest import CHROMIUM, ONE_DATABASE
from tests.databases import postgresql_server
from tests.sizes import at_full_size
from workflow.config import ROOT

CHECKS = (
    ("lint", ("-m", "ruff", "check", ".")),
    ("types", ("-m", "mypy")),
    ("import contracts", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
)
FEW = 3  # failed tests of one pass that may be tried again: more than these are no accident
LONG_STORIES = ("journeys/test_fashion_engineer.py", "journeys/test_villages.py")
"""On PostgreSQL one whole story is told in every run; these two, with `TEST_FULL=1`."""
APART = "browser or faults"  # these wait more than they compute
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What was compiled is kept: the passes start hundreds of processes."""
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass
class Step:
    """One command of a lane, and what came of it."""

    name: str
    command: Sequence[str]
    report: Path | None = None  # pytest's own, which counts
    code: int = 0
    said: Path = field(default_factory=Path)
    seconds: float = 0
    unsteady: list[str] = field(default_factory=list)

    def run(self, lane: "Lane") -> None:
        began = time.monotonic()
        with self.said.open("wb") as said:
            command = [sys.executable, *self.command]
            process = subprocess.Popen(command, cwd=ROOT, env=ENVIRON, stdout=said, stderr=said)
            lane.running = process
            self.code = process.wait()
        self.seconds = time.monotonic() - began

    def run_again(self, lane: "Lane") -> None:
        """The few tests that failed, in one process and with nothing beside them."""
        first = failures(self.report) if self.report else []
        if self.code != 1 or not 0 < len(first) <= FEW:
            return
        alone = ("--last-failed", "-n", "0", f"--junitxml={self.said.with_suffix('.again.xml')}")
        again = Step(f"once more: {self.name}", [*self.command, *alone], said=self.said.with_suffix(".again.txt"))
        again.run(lane)
        print(f"— {again.name}: {again.seconds:.0f} s\n{again.said.read_text('utf-8', 'replace')}", flush=True)
        if again.code == 0:
            self.code, self.unsteady = 0, first

    def count(self) -> Count:
        found = read(self.report) if self.report else Count()
        return found + Count(passed=len(self.unsteady), failed=-len(self.unsteady))

    @property
    def broken(self) -> bool:
        """As a whole: failed tests are counted by themselves."""
        return self.code != 0 if self.report is None else self.code not in {0, 1, 5}


class Lane(Thread):
    """Steps one after the other, beside another lane."""

    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__(daemon=True)
        self.steps = steps
        self.running: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def run(self) -> None:
        for step in self.steps:
            if self.stopped:
                return
            step.run(self)
            output = step.said.read_text("utf-8", "replace")
            print(f"— {step.name}: {step.seconds:.0f} s\n{output}", flush=True)

    def stop(self) -> None:
        self.stopped = True
        if self.running is not None:
            with suppress(ProcessLookupError):
                self.running.terminate()
            self.running.wait()


def main(arguments: Sequence[str]) -> int:
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the steps of the moment end too
    lacking = lacks()
    if lacking and os.environ.get("REQUIRE_ALL"):
        say_lacks(lacking)
        return 1
    if arguments:  # somebody looks at a few tests: pytest's own output, on the database they name
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
    with tempfile.TemporaryDirectory() as folder:
        lanes = [Lane(steps) for steps in plan(Path(folder))]
        try:
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()
            for lane in lanes:
                for step in lane.steps:
                    step.run_again(lane)
        finally:
            for lane in lanes:
                lane.stop()
        steps = [step for lane in lanes for step in lane.steps]
        count = sum((step.count() for step in steps), Count())
    say_lacks(lacking)
    broken = [step for step in steps if step.broken]
    for step in broken:
        print(f"FAILED: {step.name} (exit {step.code})")
    for step in steps:
        for test in step.unsteady:
            print(f"UNSTEADY, passed only when run once more: {test}")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped in {time.monotonic() - began:.0f} s")
    return 1 if broken or count.failed else 0


def plan(folder: Path) -> list[list[Step]]:
    """What runs beside what. What mostly waits comes first: both lanes end with two workers that are busy."""
    two = ["-n", "2", "--dist", "worksteal"]
    computing = [pytest(folder, "tests on SQLite", [*two, "-m", f"not ({APART})", "--ignore=tests/browser"])]
    faults = [pytest(folder, "faults", ["-m", "faults", "tests/faults"])]
    if postgresql_server():
        kills = ["--database", "postgresql", "tests/faults/test_clock.py"]
        faults.append(pytest(folder, "kills on PostgreSQL", kills))
        again = [*two, "--database", "postgresql", "-m", f"database and not (once or {APART})"]
        rooms = [f"--ignore=tests/{room}" for room in ("browser", *ONE_DATABASE, *at_full_size((), LONG_STORIES))]
        computing.append(pytest(folder, "tests on PostgreSQL", [*again, *rooms]))
    checks = [Step(name, command, said=folder / f"{name}.txt") for name, command in CHECKS]
    browser = pytest(folder, "browser", [*two, "-m", "browser", "tests/browser"])
    return [computing, [*faults, *checks, browser]]


def pytest(folder: Path, name: str, options: Sequence[str]) -> Step:
    report = folder / f"{name}.xml"
    command = ["-m", "pytest", *options, f"--junitxml={report}", "-o", f"cache_dir={folder / name}.cache"]
    return Step(f"{name} (pytest {' '.join(options)})", command, report, said=folder / f"{name}.txt")


def lacks() -> list[str]:
    found = []
    if not CHROMIUM:
        found.append("Chromium: the browser tests were skipped (apt install chromium-headless-shell fonts-noto-cjk)")
    if not postgresql_server():
        found.append("PostgreSQL: the second pass was skipped (TEST_POSTGRESQL_URL names a server)")
    if not redis_answers():
        found.append("Redis: the tests of its broker were skipped (TEST_REDIS_URL names a server)")
    return found


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def say_lacks(lacking: Sequence[str]) -> None:
    for lack in lacking:
        print(f"This machine lacks {lack}")


def read(report: Path) -> Count:
    """How many; a pass that wrote no report has failed as a whole."""
    if not report.exists():
        return Count(failed=1)
    found = Count()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        found += Count(max(0, total - failed - skipped), failed, skipped)
    return found


def failures(report: Path) -> list[str]:
    """The tests that failed, by file and name."""
    if not report.exists():
        return []
    cases = ElementTree.parse(report).getroot().iter("testcase")
    failed = (one for one in cases if one.find("failure") is not None or one.find("error") is not None)
    return [f"{one.get('classname')}::{one.get('name')}" for one in failed]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
