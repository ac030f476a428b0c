"""One contract for every channel: taken, or one of two refusals; the key stays the same."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from threading import Thread

import pytest

from workflow.channels import Channel, Envelope, Refused, Unreachable
from workflow.channels.catcher import LARGEST, Catcher, caught
from workflow.channels.smtp import Server, Smtp

pytestmark = pytest.mark.once
LETTER = Envelope("k3y", "chen@example.gov.cn", "今天有 2 件事", "1. 形式审查\n.\n2. 专家评审\n")


class Post(Thread):
    """A small mail server: says yes, or what `answers` says to a command."""

    def __init__(self, **answers: str) -> None:
        super().__init__(daemon=True)
        self.answers, self.taken = answers, list[bytes]()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                self._talk(lines)

    def _talk(self, lines) -> None:
        def say(line: str) -> None:
            lines.write(line.encode() + b"\r\n")
            lines.flush()

        say(self.answers.get("HELLO", "220 here"))
        for line in lines:
            verb = line[:4].decode().strip().upper()
            if verb == "DATA":
                say("354 go on")
                body = b"".join(iter(lines.readline, b".\r\n"))
                answer = self.answers.get("BODY", "250 taken")
                if answer.startswith("250"):
                    self.taken.append(body)
                if not answer:
                    return
                say(answer)
            else:
                say(self.answers.get(verb, "221 bye" if verb == "QUIT" else "250 fine"))
            if verb == "QUIT":
                return

    def end(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # a close alone lets a waiting accept take one caller more
        self._socket.close()
        self.join()


@contextmanager
def post(**answers: str) -> Iterator[tuple[Post, Smtp]]:
    server = Post(**answers)
    server.start()
    yield server, Smtp(Server.of(f"smtp+plain://127.0.0.1:{server.port}"), "talent@example.gov.cn", "talent.example.cn")
    server.end()


# -- the contract ------------------------------------------------------------------------------------------------------
Reader = Callable[[], list[str]]


@pytest.fixture(params=["email", "sms", "smtp"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Channel, Reader]]:
    """A channel, and the keys of what arrived."""
    if request.param == "smtp":
        with post() as (server, smtp):
            yield smtp, lambda: [str(message_from_bytes(one)["Message-ID"]) for one in server.taken]
    else:
        yield Catcher(request.param, tmp_path), lambda: [str(one["key"]) for one in caught(tmp_path, 10)]


def test_an_envelope_arrives_under_its_key_however_often_it_is_sent(channel: tuple[Channel, Reader]) -> None:
    carrier, keys = channel
    carrier.send(LETTER)
    carrier.send(LETTER)
    assert len(keys()) == 2
    assert len(set(keys())) == 1
    assert "k3y" in keys()[0]
    assert carrier.name in {"email", "sms"}


# -- mail --------------------------------------------------------------------------------------------------------------
def read(taken: bytes) -> Message:
    return message_from_bytes(taken, policy=default)


def test_a_mail_is_whole_chinese_and_cannot_be_given_other_headers() -> None:
    with post() as (server, smtp):
        smtp.send(LETTER)
        smtp.send(Envelope("k2", LETTER.to, "一\r\nBcc: everybody@example.com", "x\n"))
    first, second = map(read, server.taken)
    assert first["Subject"] == "今天有 2 件事"
    assert first.get_content().replace("\r\n", "\n") == LETTER.text
    assert (first["Message-ID"], first["Auto-Submitted"]) == ("<k3y@talent.example.cn>", "auto-generated")
    assert second["Bcc"] is None


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"RCPT": "550 nobody"}, Refused),
        ({"RCPT": "450 later"}, Unreachable),
        ({"BODY": "554 no"}, Refused),
        ({"BODY": "451 later"}, Unreachable),
        ({"BODY": ""}, Unreachable),  # hangs up without a word: nobody knows
        ({"MAIL": "550 not you"}, Unreachable),  # our own trouble, not the reader's
        ({"HELLO": "421 busy"}, Unreachable),
    ],
)
def test_a_server_says_never_or_not_now(answers: dict[str, str], fault: type[Exception]) -> None:
    with post(**answers) as (server, smtp), pytest.raises(fault):
        smtp.send(LETTER)
    assert server.taken == []


def test_what_was_taken_is_taken_however_they_say_good_bye() -> None:
    with post(QUIT="500 what") as (server, smtp):
        smtp.send(LETTER)
    assert len(server.taken) == 1


def test_nobody_there() -> None:
    with post() as (server, smtp):
        server.end()
        with pytest.raises(Unreachable):
            smtp.send(LETTER)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://u%40x:p%3A@mail.cn", Server("mail.cn", 465, "tls", "u@x", "p:")),
        ("smtp://mail.cn", Server("mail.cn", 587, "starttls")),
        ("smtp+plain://mail.cn:2525", Server("mail.cn", 2525, "none")),
    ],
)
def test_an_address_says_how_to_speak(url: str, server: Server) -> None:
    assert Server.of(url) == server


# -- the catcher -------------------------------------------------------------------------------------------------------
def test_the_catcher_forgets_the_oldest_half_and_reads_past_a_torn_line(tmp_path: Path) -> None:
    carrier = Catcher("email", tmp_path)
    (tmp_path / "caught.jsonl").write_text('{"key": "torn\n' * (LARGEST // 14 + 2), "utf-8")
    carrier.send(LETTER)
    assert [one["key"] for one in caught(tmp_path, 5)] == ["k3y"]
    assert (tmp_path / "caught.jsonl").stat().st_size < LARGEST * 0.6
    assert caught(tmp_path / "nothing", 5) == []
