"""A scanner of the house is asked before anybody opens a file, and what nobody could look at stays out."""

import shlex
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from tests.applying import intake, picture, started, stored_files
from tests.services.houses import account
from workflow.domain.errors import InvalidInput
from workflow.services import files
from workflow.storage import scanning
from workflow.storage.scanning import Infected, Unanswered

BAD = b"X5O!P%@AP-a sign that the scanner knows"
COMMAND = "import sys; sys.exit(int(b'X5O!' in open(sys.argv[1], 'rb').read()))"


class Clamd:
    """Speaks what clamd speaks, over a real socket, and knows one sign."""

    def __init__(self, says: bytes | None = None) -> None:
        self.says = says
        self.asked = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"clamd://127.0.0.1:{self.door.getsockname()[1]}"
        self.open = True
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Only when nobody waits at the door any more: its number may be given to the next one at once."""
        self.open = False
        socket.create_connection(self.door.getsockname()).close()
        self.thread.join()
        self.door.close()

    def _serve(self) -> None:
        while True:
            line, _ = self.door.accept()
            if not self.open:
                line.close()
                return
            self.asked += 1
            with line, line.makefile("rb") as file:
                assert file.read(10) == b"zINSTREAM\0"
                held = b""
                while size := int.from_bytes(file.read(4), "big"):
                    held += file.read(size)
                said = b"stream: Eicar-Test FOUND\0" if b"X5O!" in held else b"stream: OK\0"
                line.sendall(self.says or said)


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    made = Clamd()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_scanner_afterwards() -> Iterator[None]:
    yield
    scanning.configure("")


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean"
    path.write_bytes(b"a" * (scanning.CHUNK + 7))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad"
    path.write_bytes(b"a" * scanning.CHUNK + BAD)
    return path


def test_clamd_is_sent_the_whole_file(clamd: Clamd, clean: Path, bad: Path) -> None:
    scanning.configure(clamd.address)
    scanning.look(clean)
    with pytest.raises(Infected):
        scanning.look(bad)


def test_a_command_answers_by_its_exit_code(clean: Path, bad: Path) -> None:
    scanning.configure(shlex.join([sys.executable, "-c", COMMAND]))
    scanning.look(clean)
    with pytest.raises(Infected):
        scanning.look(bad)


def test_without_a_scanner_nothing_is_asked(clamd: Clamd, clean: Path, bad: Path) -> None:
    scanning.configure(clamd.address)
    scanning.look(clean)
    scanning.configure("")
    scanning.look(bad)
    assert clamd.asked == 1


@pytest.mark.parametrize("address", ["clamd:///nobody/listens/here", "a-scanner-that-is-not-there", "sh -c 'exit 2'"])
def test_a_scanner_that_does_not_answer_keeps_the_file_out(clean: Path, address: str) -> None:
    scanning.configure(address)
    with pytest.raises(Unanswered):
        scanning.look(clean)


def test_an_answer_that_is_neither_yes_nor_no_is_none(clean: Path) -> None:
    odd = Clamd(says=b"INSTREAM size limit exceeded. ERROR\0")
    scanning.configure(odd.address)
    with pytest.raises(Unanswered):
        scanning.look(clean)
    odd.close()


@pytest.mark.parametrize(("address", "said"), [("sh -c 'exit 1'", "查出病毒"), ("sh -c 'exit 2'", "现在查不了毒")])
def test_a_file_that_was_not_found_clean_leaves_nothing_behind(
    database: str, now: datetime, tmp_path: Path, address: str, said: str
) -> None:
    here = intake(now, tmp_path / "files")
    person = account(now, "ye", name="叶梓桐")
    draft = started(here, person, now)
    scanning.configure(address)
    with pytest.raises(InvalidInput) as refused:
        files.attach(draft, "portfolio", "a.png", BytesIO(picture()), person, now)
    assert said in str(refused.value.reasons[0].words)
    assert stored_files(here) == []
    scanning.configure("true")
    assert files.attach(draft, "portfolio", "a.png", BytesIO(picture()), person, now).ref
