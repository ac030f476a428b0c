"""What came in is shown to a virus scanner before anybody opens it, where the installation has one.

Two ways: a clamd that listens (`clamd://host:3310`, `clamd:///run/clamav/clamd.ctl`), or a command that is given the
file's path and answers by its exit code (0 clean, 1 infected, anything else a fault). A scanner that does not answer
keeps the file out: what nobody looked at is not taken.
"""

import shlex
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 256 * 1024
SECONDS = 60
PORT = 3310
Scan = Callable[[Path], bool]
"""Whether the file is clean; Unanswered where nobody can say."""


class Infected(Exception):
    """The scanner knows something in it."""


class Unanswered(Exception):
    """The scanner is not there, too slow, or says something else than yes or no."""


_scan: list[Scan] = []


def configure(address: str) -> None:
    """Handed in once by the app; an empty address: no scanner."""
    _scan[:] = [scanner(address)] if address else []


def scanner(address: str) -> Scan:
    if address.startswith("clamd:"):
        return lambda path: _asked_of_clamd(address, path)
    words = shlex.split(address)
    return lambda path: _asked_of_command(words, path)


def look(path: Path) -> None:
    """Raises Infected or Unanswered; without a scanner nothing."""
    for scan in _scan:
        if not scan(path):
            raise Infected


def _asked_of_command(words: list[str], path: Path) -> bool:
    try:
        done = subprocess.run([*words, str(path)], capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - named by who installs
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Unanswered(str(fault)) from None
    if done.returncode not in (0, 1):
        raise Unanswered(f"exit code {done.returncode}")
    return done.returncode == 0


def _asked_of_clamd(address: str, path: Path) -> bool:
    """INSTREAM: pieces with their length before them, an empty one at the end; the answer ends with OK or FOUND."""
    try:
        with closing(_connected(address)) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(CHUNK):
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
            said = _answer(line)
    except OSError as fault:
        raise Unanswered(str(fault)) from None
    if said.endswith("OK"):
        return True
    if said.endswith("FOUND"):
        return False
    raise Unanswered(said)


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or PORT), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(SECONDS)
    line.connect(parts.path)
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < CHUNK:
        piece = line.recv(4096)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
