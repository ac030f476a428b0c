"""Commands for whoever runs the house. Each translates its arguments, calls one service and prints the result."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, url_for
from flask.cli import with_appcontext

from workflow import cli_dryrun, upkeep
from workflow.cli_clock import clock
from workflow.cli_demo import demo
from workflow.config import ROOT, Settings
from workflow.domain.actor import SYSTEM, Actor, Office
from workflow.domain.calendar import local_day, official
from workflow.domain.errors import NotReady, Refusal
from workflow.domain.foreseen import recurrences
from workflow.domain.program.load import Loaded, load, neighbors
from workflow.domain.program.problems import Problem
from workflow.domain.program.readback import read_back
from workflow.i18n import SOURCE, Catalogue, choose, load_catalogue
from workflow.services import accounts, evidence, imports, installation
from workflow.services import programs as publishing
from workflow.services import replay as replaying
from workflow.services.demo import filling
from workflow.services.imports_organizations import OrganizationList
from workflow.services.imports_people import PeopleList
from workflow.terminal import spoken

_WITHOUT_HOUSE = {("programs", "check"), ("programs", "read"), ("programs", "try")}
_AT_THE_MACHINE = Actor("system", offices=frozenset({Office.ACCOUNTS}))  # whoever can run this owns the machine
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


# --- the reader at the terminal


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load_catalogue(ROOT / "translations")


def _say(what: Any) -> str:
    """In Chinese, or in the language of the terminal where that is another of ours."""
    terminal = os.environ.get("TALENT_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return _catalogue().say(what, choose(None, [terminal]) if terminal.startswith("en") else SOURCE)


def _refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is a sentence and exit code 1, not a traceback."""

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            click.echo(_say(refusal.words), err=True)
            for reason in refusal.reasons if isinstance(refusal, NotReady) else ():
                click.echo(f"  {reason.where or '-'}: {_say(reason.words)}", err=True)
            sys.exit(1)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


# --- programs


@click.group()
def programs() -> None:
    """Program files: check, read back, publish."""


@programs.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for editors and scripts.")
def check(file: Path, as_json: bool) -> None:
    """Say everything that is wrong with FILE: code, place, line, what was probably meant."""
    beside = sorted({*file.resolve().parent.glob("*.yaml"), *(ROOT / "programs").glob("*.yaml")} - {file.resolve()})
    loaded = load(_text(file), neighbors(path.read_text(encoding="utf-8", errors="replace") for path in beside))
    click.echo(_as_json(loaded) if as_json else _as_lines(file, loaded))
    sys.exit(0 if loaded.ok else 1)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        click.echo(f"{file}: not UTF-8 text (byte {error.start}).", err=True)
        sys.exit(1)


def _as_json(loaded: Loaded) -> str:
    problems = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "path": list(problem.path),
            "line": problem.line,
            "message": _say(problem.words),
            "guess": problem.guess,
        }
        for problem in loaded.problems
    ]
    return json.dumps({"ok": loaded.ok, "digest": loaded.digest, "problems": problems}, ensure_ascii=False, indent=2)


def _as_lines(file: Path, loaded: Loaded) -> str:
    errors = len(loaded.errors)
    lines = [_as_line(file, problem) for problem in loaded.problems]
    lines.append(f"{file}: {errors} error(s), {len(loaded.problems) - errors} warning(s)")
    return "\n".join(lines)


def _as_line(file: Path, problem: Problem) -> str:
    guess = f"  → {problem.guess}?" if problem.guess else ""
    return f"{file}:{problem.line}: {problem.code} {problem.severity} {problem.where}: {_say(problem.words)}{guess}"


@programs.command()
@click.argument("file", type=_FILE)
def read(file: Path) -> None:
    """Read FILE back in plain Chinese, for the clerk to sign before it is published."""
    loaded = load(_text(file))
    if loaded.definition is None or not loaded.ok:
        click.echo(_as_lines(file, loaded), err=True)
        sys.exit(1)
    click.echo(read_back(loaded.definition), nl=False)
    ahead = recurrences(loaded.definition, official(), local_day(datetime.now(UTC)))
    if ahead:
        click.echo("\n今后12个月（按今天和现有的工作日历）")
    for one in ahead:
        moved = f"（原为{one.nominal}，遇休息日移）" if one.day != one.nominal else ""
        click.echo(f"- {one.day}{moved} {one.name.zh}，{one.due}前办完{'，暂定' if one.provisional else ''}")


programs.add_command(cli_dryrun.of(_say))


@programs.command()
@click.argument("file", type=_FILE)
@with_appcontext
def publish(file: Path) -> None:
    """Publish FILE as the next immutable version of its program; nothing if the newest already says exactly this."""
    source = _text(file)
    loaded = load(source)
    if loaded.problems:
        click.echo(_as_lines(file, loaded), err=True)
    if not loaded.ok:
        sys.exit(1)
    published = publishing.publish(source, SYSTEM, datetime.now(UTC))
    done = "published" if published.is_new else "is already published as it stands; nothing was done"
    click.echo(f"{published.key} version {published.number} {done}")


# --- the installation


@click.command()
@click.option("--no-backup", "back_up", is_flag=True, flag_value=False, default=True, help="Migrate without a backup.")
@click.option("--demo", "fills_itself", is_flag=True, help="Say where the demonstration is.")
@click.option(
    "--no-links", "links", is_flag=True, flag_value=False, default=True, help="Make no links to sign in with."
)
@with_appcontext
def prepare(back_up: bool, fills_itself: bool, links: bool) -> None:
    """Back the database up if it must be migrated, and migrate it. `up` does this by itself."""
    settings: Settings = current_app.extensions["settings"]
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to the app
    try:
        copy = upkeep.migrate(app, settings.data_dir / "backups", datetime.now(UTC), back_up_first=back_up)
    except upkeep.CannotBackUp as error:
        raise click.ClickException(str(error)) from error
    version = upkeep.revisions(app)[1]
    click.echo(spoken(f"The tables are those of version {version}.", f"数据库是第 {version} 版的表。"))
    if copy:
        click.echo(
            spoken(
                f"The database was migrated; the copy from before is {copy}.", f"数据库已升级；升级前的副本：{copy}。"
            )
        )
    if fills_itself and filling.is_ours():
        tour, door = _address(settings, "public.tour"), _address(settings, "account.login")
        click.echo(
            spoken(
                f"A demonstration with made-up people. Take the tour: {tour}\n"
                f"or be anybody with one click: {door}\n"
                "For an empty house: up --no-demo --data ANOTHER_FOLDER",
                f"演示环境，人和单位都是虚构的。五分钟导览：{tour}\n"
                f"或者点一下就以任何人的身份进去：{door}\n"
                "要一套空的：up --no-demo --data 另一个文件夹",
            )
        )
    elif links:
        _say_how_to_sign_in(settings)
    elif installation.nobody_came_yet():
        click.echo(
            spoken(
                "Nobody has signed in yet: 'manage.py prepare' makes the links to do so.",
                "还没有人登录过：用 manage.py prepare 生成登录链接。",
            )
        )


def _say_how_to_sign_in(settings: Settings) -> None:
    """Until somebody has come in: the one-time links of those who hold the house."""
    founders = installation.first_run(datetime.now(UTC))
    if founders:
        click.echo(
            spoken(
                "Nobody has signed in yet. Each link sets the password of one account, once, within 7 days:",
                "还没有人登录过。每个链接给一个账号设口令，只能用一次，7 天内有效：",
            )
        )
    for founder in founders:
        link = _address(settings, "account.invitation", token=founder.token)
        click.echo(f"  {founder.name}  {founder.login:<9} {link}")
    if not founders:
        door = _address(settings, "account.login")
        click.echo(spoken(f"Sign in at {door}", f"登录：{door}"))


def _address(settings: Settings, endpoint: str, **values: str) -> str:
    with current_app.test_request_context(base_url=settings.base_url):
        return url_for(endpoint, _external=True, **values)


@click.group("accounts")
def accounts_group() -> None:
    """Accounts, for when nobody can sign in who could help."""


@accounts_group.command()
@click.argument("login")
@with_appcontext
@_refusing
def link(login: str) -> None:
    """A fresh one-time link by which the owner of LOGIN sets a new password; all their sessions end."""
    found = [
        line for line in accounts.listed(_AT_THE_MACHINE, term=login) if login in {line.login, line.phone, line.email}
    ]
    if not found:
        raise click.ClickException(f"There is no account {login}.")
    invited = accounts.invite_again(_AT_THE_MACHINE, datetime.now(UTC), found[0].ref)
    click.echo(_address(current_app.extensions["settings"], "account.invitation", token=invited.token))


# --- lists


@click.group()
def people() -> None:
    """The people whom applications are about."""


@click.group()
def organizations() -> None:
    """Employers, trainers, associations, departments, townships and villages."""


def _import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.argument("file", type=_FILE),
        click.option("--good-rows-only", is_flag=True, help="Write the good rows even if others are bad."),
        click.option("--dry-run", is_flag=True, help="Only say what would happen."),
        click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the bad rows."),
    ):
        command = option(command)
    return command


@people.command("import")
@_import_options
@with_appcontext
@_refusing
def import_people(file: Path, good_rows_only: bool, dry_run: bool, errors: Path | None) -> None:
    """Read a list of people from FILE.xlsx. Read again, it changes nothing."""
    _import(PeopleList(), file, good_rows_only, dry_run, errors)


@organizations.command("import")
@_import_options
@with_appcontext
@_refusing
def import_organizations(file: Path, good_rows_only: bool, dry_run: bool, errors: Path | None) -> None:
    """Read a list of organizations from FILE.xlsx, with their numbers and administrators."""
    _import(OrganizationList(), file, good_rows_only, dry_run, errors)


def _import(kind: imports.ListKind, file: Path, good_rows_only: bool, dry_run: bool, errors: Path | None) -> None:
    """Exit 1 when a row is bad, whether or not the good ones were written."""
    data, now = file.read_bytes(), datetime.now(UTC)
    looked = imports.preview(kind, data, SYSTEM, now)
    bad_rows = imports.error_file(kind, data, SYSTEM, now, _say) if errors and looked.bad else None
    written = False
    if not dry_run:
        mode: imports.Mode = "good_rows_only" if good_rows_only else "all_or_nothing"
        written = imports.run(kind, data, mode, SYSTEM, now).written
    for line in looked.bad:
        click.echo(f"{file}:{line.number}: {line.verdict}: {'; '.join(_say(each.words) for each in line.reasons)}")
    if errors and bad_rows:
        errors.write_bytes(bad_rows)
        click.echo(f"The bad rows are in {errors}.")
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(looked.counts.items()))
    click.echo(f"{counts}: {'written' if written else 'nothing was written'}")
    sys.exit(1 if looked.bad else 0)


# --- evidence


@click.group()
def audit() -> None:
    """Is everything on record, and is the record whole?"""


@audit.command()
@click.option("--anchors", type=_FILE, help="Also compare with this file of anchors, kept off the database.")
@with_appcontext
def verify(anchors: Path | None) -> None:
    """Exit 1 and name the first bad row of each chain of events that was changed, cut or reordered."""
    broken = evidence.verify(anchors or _anchors())
    for one in broken:
        click.echo(f"{one.stream} #{one.seq or '-'}: {one.why}")
    streams, events = evidence.counts()
    click.echo(f"{streams} chains, {events} events, {len(broken)} broken")
    sys.exit(1 if broken else 0)


@audit.command()
@with_appcontext
def replay() -> None:
    """Exit 1 and name every column in which a table is not what its events say."""
    count, differences = replaying.replay(datetime.now(UTC))
    for one in differences:
        click.echo(f"{one.case} {one.where}: events say {one.told!r}, the table says {one.stands!r}")
    click.echo(f"{count} cases replayed, {len(differences)} differences")
    sys.exit(1 if differences else 0)


@audit.command()
@with_appcontext
def anchor() -> None:
    """Note the heads of all chains in DATA/anchors.jsonl. Keep a copy of that file off this machine."""
    path = _anchors()

    def write(line: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    noted = evidence.anchor(datetime.now(UTC), write)
    click.echo(f"{noted.streams} chains, {noted.events} events anchored in {path}")


def _anchors() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data_dir / "anchors.jsonl"


# --- hanging them up


_COMMANDS: tuple[click.Command, ...] = (programs, prepare, accounts_group, demo, people, organizations, audit, clock)


def needs_no_house(arguments: Sequence[str]) -> bool:
    """A program file can be checked, and any command explained, where there is no database, no secret, no setting."""
    asks_how = "--help" in arguments and arguments[0] in {command.name for command in _COMMANDS}
    return tuple(arguments[:2]) in _WITHOUT_HOUSE or asks_how


def without_house(arguments: Sequence[str]) -> int:
    every = click.Group(commands={str(command.name): command for command in _COMMANDS})
    every.main(list(arguments), prog_name="manage.py")
    return 0


def register(app: Flask) -> None:
    """Hang the commands on `flask` (and so on `python3 manage.py`)."""
    for command in _COMMANDS:
        app.cli.add_command(command)
