"""From a clean clone in an empty home directory, with the machine's own Python and a package index."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.faults.processes import Started, until
from tests.faults.test_up import free_port
from workflow.config import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.slow]
INDEX_VARIABLES = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the project as they are now: no environment, no data, nothing that git ignores."""
    folder = tmp_path_factory.mktemp("clone") / "talent"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with an empty HOME; what says where packages come from stays, and so does pip's cache."""
    cache = subprocess.run(["python3", "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False)
    kept = {name: value for name, value in os.environ.items() if name.startswith(INDEX_VARIABLES)}
    cached = {"PIP_CACHE_DIR": cache.stdout.strip()} if cache.returncode == 0 else {}
    path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part)
    return {**cached, **kept, "PATH": path, "HOME": str(tmp_path_factory.mktemp("home")), "LANG": "C.UTF-8"}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def house(clone: Path, bare: dict[str, str], port: int, tmp_path: Path) -> Iterator[Started]:
    command = ["python3", str(clone / "manage.py"), "up", "--port", str(port), "--data", str(tmp_path / "data")]
    started = Started(command, tmp_path, bare)
    yield started
    started.clean()


def _home_page(port: int) -> int:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return int(answer.status) if answer.url.endswith(f":{port}/") else 0
    except (URLError, OSError):
        return 0


def test_up_answers_within_three_minutes(house: Started, port: int) -> None:
    began = time.monotonic()
    try:
        until(lambda: _home_page(port) == 200 or house.process.poll() is not None, 180)
    finally:
        print(f"{time.monotonic() - began:.1f} s to the first page")  # noqa: T201 - the figure of this test
    assert house.process.poll() is None, house.text[-2000:]
    assert house.tell(signal.SIGINT) == 0
    assert house.descendants() == []


def test_a_half_made_environment_is_repaired_once_and_a_good_one_kept(clone: Path, bare: dict[str, str]) -> None:
    """With one package, which is quicker; that the whole lock makes a house is shown above."""
    environment = clone / ".venv"
    shutil.rmtree(environment, ignore_errors=True)
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").write_text("not a program")
    small = re.search(r"^click==(?:.*\\\n)+.*\n", (clone / "requirements.lock").read_text(), flags=re.MULTILINE)
    assert small
    (clone / "small.lock").write_text(small[0])
    command = ["python3", "-c", "import manage; manage.install('small.lock')"]
    runs = [subprocess.Popen(command, cwd=clone, env=bare, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=600)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("Making" in text for text in said) == 1
    asked = [str(environment / "bin" / "python"), "-c", "import click"]
    assert subprocess.run(asked, env=bare, check=False).returncode == 0

    for stamp in environment.glob(".*.installed"):  # as if somebody had made it by hand, with things of their own in it
        stamp.unlink()
    (environment / "mine").write_text("kept")
    done = subprocess.run(command, cwd=clone, env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, "Making" in done.stdout) == (0, False), done.stderr
    assert (environment / "mine").read_text() == "kept"
