"""`up`: secrets, database, then web, worker and beat until Ctrl-C."""

import argparse
import os
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from workflow.config import ROOT, BadSettings, Settings, from_environment, make_secrets
from workflow.supervise import AlreadyRunning, Program, Supervisor
from workflow.terminal import spoken

_FOLDERS = ("run", "tmp", "queue/in", "queue/done", "queue/control", "files", "backups")
_READY_WITHIN_SECONDS = 120.0


class CannotStart(Exception):
    """In one sentence: what is in the way."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    data: Path
    host: str
    port: int
    demo: bool
    back_up: bool


def main(arguments: Sequence[str]) -> int:
    try:
        return up(_understood(arguments), os.environ)
    except BadSettings as error:
        return _refuse(
            spoken("It does not start like this:", "这样起不来："), *(f"- {each}" for each in error.problems)
        )
    except CannotStart as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse(spoken("Stopped before it was running.", "还没有运行起来就停了。"))


def up(wishes: Wishes, environ: Mapping[str, str]) -> int:
    given = _environment(wishes, environ)
    _make_folders(wishes.data)
    make_secrets(wishes.data)
    settings = from_environment(given)
    try:
        with Supervisor(wishes.data / "run", given) as supervisor:
            _refuse_busy_port(wishes.host, wishes.port)
            prepare = (*_python(), "-m", "workflow", "prepare", *_how_to_prepare(settings, wishes))
            code, said = supervisor.once(prepare)
            if code:
                raise CannotStart(
                    spoken(
                        "The database could not be prepared; the lines above say why. Nothing is running.",
                        "数据库没有准备好，原因在上面几行。什么都没有运行。",
                    )
                )
            announcement = Announcement(settings, wishes, said)
            return supervisor.run((*programs(settings, wishes), *_demo(settings, announcement)), announcement)
    except AlreadyRunning as error:
        raise CannotStart(
            spoken(
                f"{wishes.data} is already in use by a running 'up' ({error}). Stop that one first.",
                f"{wishes.data} 正由另一个 up 使用（{error}）。请先停掉那一个。",
            )
        ) from None


def _understood(arguments: Sequence[str]) -> Wishes:
    parser = argparse.ArgumentParser("manage.py up", description="Run web, worker and clock until Ctrl-C.")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("TALENT_DATA") or ROOT / "data"), metavar="DIR"
    )
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no demonstration program and accounts")
    parser.add_argument("--no-backup", dest="back_up", action="store_false", help="migrate without a backup")
    known = parser.parse_args(arguments)
    return Wishes(known.data.resolve(), known.host, known.port, known.demo, known.back_up)


def _how_to_prepare(settings: Settings, wishes: Wishes) -> tuple[str, ...]:
    """A service prints no links: its log is read by others, and new links would end those that were handed out."""
    wanted = {"--no-backup": not wishes.back_up, "--demo": settings.demo, "--no-links": settings.production}
    return tuple(option for option, is_wanted in wanted.items() if is_wanted)


def _demo(settings: Settings, announcement: "Announcement") -> tuple[Program, ...]:
    """The house fills itself once its first page answers; where it is full or in use, this ends at once."""
    if not settings.demo:
        return ()
    fill = (*_python(), "-m", "workflow", "demo", "fill")
    return (Program("demo", fill, once=True, ready=lambda: announcement.answered),)


def _environment(wishes: Wishes, environ: Mapping[str, str]) -> dict[str, str]:
    """What every process of the house is given. TMPDIR beside the queue makes the broker's moves atomic."""
    given = dict(environ)
    given["TALENT_DATA"] = str(wishes.data)
    given["TMPDIR"] = str(wishes.data / "tmp")
    given["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environ.get("PYTHONPATH"))))
    given.setdefault("TALENT_BASE_URL", _address(wishes))
    if not wishes.demo:
        given["TALENT_DEMO"] = "0"
    return given


def _address(wishes: Wishes) -> str:
    host = "127.0.0.1" if wishes.host in {"0.0.0.0", "::", ""} else wishes.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{wishes.port}"


def _make_folders(data: Path) -> None:
    os.umask(0o077)  # the database, its log and the queue are nobody else's business
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _FOLDERS:
            (data / name).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise CannotStart(
            spoken(
                f"The data folder {data} cannot be written: {error.strerror}.",
                f"数据文件夹 {data} 写不进去：{error.strerror}。",
            )
        ) from None


def _refuse_busy_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotStart(
            spoken(f"The address {host} is not known here: {error}.", f"这台机器上没有地址 {host}：{error}。")
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            raise CannotStart(
                spoken(
                    f"Port {port} on {host} cannot be used ({error.strerror}); choose another: --port N.",
                    f"{host} 的端口 {port} 用不了（{error.strerror}），请换一个：--port N。",
                )
            ) from None


def _python() -> tuple[str, ...]:
    """-P: a file of the folder somebody stands in never replaces a module of ours."""
    return (sys.executable, "-P")


def programs(settings: Settings, wishes: Wishes) -> tuple[Program, ...]:
    """One web process on SQLite, which has one writer anyway; a few on PostgreSQL."""
    processes = 1 if settings.database_url.startswith("sqlite") else min(4, max(2, os.cpu_count() or 1))
    web = (
        "gunicorn", "--bind", f"{wishes.host}:{wishes.port}", "--worker-class", "gthread",
        "--workers", str(processes), "--threads", str(settings.threads), "--timeout", "60",
        "--graceful-timeout", "15", "--worker-tmp-dir", str(settings.data_dir / "tmp"), "--no-control-socket",
        "--log-level", "warning", "wsgi:app",
    )  # fmt: skip
    worker = (
        "celery", "--app", "wsgi:celery", "--quiet", "worker", "--pool", "threads", "--concurrency", "4",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
    )  # fmt: skip
    beat = ("celery", "--app", "wsgi:celery", "--quiet", "beat", "--pidfile=", "--loglevel", "WARNING")
    commands = {"web": web, "worker": worker, "beat": beat}
    return tuple(Program(name, (*_python(), "-m", *command)) for name, command in commands.items())


class Announcement:
    """Called again and again while the house runs: says once where it is, as soon as it answers."""

    def __init__(self, settings: Settings, wishes: Wishes, more: str) -> None:
        self._settings, self._wishes, self._more = settings, wishes, more
        self._said = self.answered = False
        self._next = 0.0
        self._late_at = time.monotonic() + _READY_WITHIN_SECONDS

    def __call__(self) -> None:
        now = time.monotonic()
        if self._said or now < self._next:
            return
        self._next = now + 0.3
        if self._answers():
            self._said = self.answered = True
            at, data = _address(self._wishes), self._settings.data_dir
            where = spoken(
                f"Running at {at}   (data in {data}; Ctrl-C stops it)",
                f"已运行：{at}   （数据在 {data}，按 Ctrl-C 停止）",
            )
            _print(f"\n{where}\n{self._more}")
        elif now > self._late_at:
            self._said = True
            _print(
                spoken(
                    "It does not answer yet; the lines above say why. It keeps trying until Ctrl-C.",
                    "还没有应答，原因在上面几行。会一直试到按 Ctrl-C 为止。",
                )
            )

    def _answers(self) -> bool:
        host = "127.0.0.1" if self._wishes.host in {"0.0.0.0", ""} else self._wishes.host  # noqa: S104 - compared
        connection = HTTPConnection(host, self._wishes.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _refuse(*lines: str) -> int:
    for line in lines:
        sys.stderr.write(line + "\n")
    return 2


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
