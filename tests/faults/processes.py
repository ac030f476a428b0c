"""Real processes for tests about processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from workflow.config import ROOT

MARK = "TALENT_TEST_RUN"


class Started:
    """A process in a group of its own, with its output in a file and a mark that all its descendants inherit."""

    def __init__(self, command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.mark = f"{folder.name}-{time.monotonic_ns()}"
        self.output = folder / f"{self.mark}.log"
        given = {**(os.environ if environ is None else environ), MARK: self.mark}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, env=given, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def lines(self, event: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [line for line in found if line.get("event") == event]

    def descendants(self) -> list[int]:
        """Everything alive that carries the mark, but for the process itself."""
        return [pid for pid in marked(self.mark) if pid != self.process.pid]

    def tell(self, number: int, wait: float = 120) -> int:
        self.process.send_signal(number)
        return self.process.wait(wait)

    def clean(self) -> None:
        for pid in [self.process.pid, *self.descendants()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-P", *arguments]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TALENT_", "DATABASE_URL"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def marked(mark: str) -> list[int]:
    wanted = f"{MARK}={mark}".encode()
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                alive = (path / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
                if alive and wanted in (path / "environ").read_bytes().split(b"\0"):
                    found.append(int(path.name))
    return found


def until(condition: Callable[[], Any], seconds: float = 300) -> Any:
    """The first true answer; fails when none comes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")
