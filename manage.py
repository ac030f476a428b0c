#!/usr/bin/env python3
"""Two commands on a fresh machine, with nothing but Python and a package index:

    python3 manage.py up      makes the environment, then runs web, worker and clock until Ctrl-C
    python3 manage.py test    the same with the development tools, then every check and test
    python3 manage.py faults  only the tests that kill processes and start the house anew

Anything else is handed to the application: `python3 manage.py programs check FILE`, `python3 manage.py db check`, …
This file uses the standard library alone and runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST = (3, 11)


def main(arguments: list[str]) -> None:
    refuse_what_cannot_work()
    command = arguments[0] if arguments else "--help"
    if command in {"-h", "--help"}:
        print(__doc__)
        return
    if command in {"test", "faults"}:
        install("requirements.lock", "requirements-dev.lock")
        hand_over("tests.run", [*(["-m", "faults"] if command == "faults" else []), *arguments[1:]])
    install("requirements.lock")
    if command == "bench":
        hand_over("bench", arguments[1:])
    hand_over("workflow", arguments)


def refuse_what_cannot_work() -> None:
    """Each in one sentence that says what to do."""
    version = ".".join(map(str, sys.version_info[:2]))
    if sys.version_info < OLDEST:
        sys.exit(f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {version}.")
    if os.name != "posix":
        sys.exit("This runs on Linux and macOS; on Windows use WSL.")
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships Python without it
        import venv  # noqa: F401, PLC0415 - as above
    except ImportError:
        sys.exit(f"Python's venv is missing. On Debian or Ubuntu: sudo apt install python{version}-venv")


def hand_over(module: str, arguments: list[str]) -> None:
    """Become the environment's Python, so that signals reach the program itself."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", module, *arguments])


# --- the environment


def install(*locks: str) -> None:
    """Every lock installed, one run at a time.

    An environment that works is kept, whoever made it, and only what a lock wants is put into it; one that was left
    half-made is made anew.
    """
    import fcntl  # noqa: PLC0415 - only after Windows was refused

    ENVIRONMENT.mkdir(exist_ok=True)
    with (ENVIRONMENT / ".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        missing = [lock for lock in locks if not stands(lock)]
        if not missing:
            return
        if not runs():
            make_environment()
            missing = list(locks)
        for lock in missing:
            install_lock(lock)


def stamp(lock: str) -> Path:
    return ENVIRONMENT / f".{lock}.installed"


def stands(lock: str) -> bool:
    return PYTHON.exists() and stamp(lock).exists() and stamp(lock).read_text() == wanted(lock)


def wanted(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest() + "\n" + sys.version


def runs() -> bool:
    """Its Python starts, is not too old, and has a pip."""
    asks = f"import sys, pip._internal.cli.main; sys.exit(sys.version_info < {OLDEST})"
    return PYTHON.exists() and quietly(str(PYTHON), "-c", asks) == 0


def quietly(*command: str) -> int:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode
    except OSError:  # a file in its place that is no program
        return 1


def make_environment() -> None:
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        sys.exit(f"{ENVIRONMENT} is not complete, and this command runs in it. Use another Python: python3 manage.py …")
    print(f"Making {ENVIRONMENT} …", flush=True)
    for path in ENVIRONMENT.iterdir():
        if path.name != ".lock":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    made = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"The environment cannot be made:\n{made.stdout}{made.stderr}")


def install_lock(lock: str) -> None:
    """The stamp goes first and comes back last: whatever happens between, the next run sees that it is not done."""
    print(f"Installing {lock} …", flush=True)
    stamp(lock).unlink(missing_ok=True)
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet"]
    command = [str(PYTHON), "-m", "pip", "install", *options, "-r", str(ROOT / lock)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("Installing failed; the lines above say why. PIP_INDEX_URL names another package index.")
    stamp(lock).write_text(wanted(lock))


if __name__ == "__main__":
    main(sys.argv[1:])
