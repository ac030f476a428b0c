"""A thousand ID numbers and phone numbers go in through the front door: where do they come out?

No ID number stands anywhere in clear. Phone numbers stand in the database and nowhere else.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest
import time_machine
from flask import Flask
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.engine import make_url

from models.base import Base, reading, writing
from models.people import Person
from tasks import make_celery
from tests import applying as papers
from tests.faults.test_fuzz import NAMED_BY
from tests.journeys import applying
from tests.journeys.applying import Candidate
from tests.journeys.driver import Browser
from tests.journeys.made_up import Trainee, Unit, name
from tests.journeys.town import PEOPLE_HEADER, Town
from tests.listening import listening
from tests.services.sheets import id_number, sheet
from workflow.config import Settings
from workflow.web.routes import declarations

SEEDED = 1_000
BANK_ACCOUNTS = tuple(f"6222021202{n:09d}" for n in range(100_000_007, 100_000_015))
EMPLOYER = Unit("蓝埠家纺集团", "用人单位", papers.EMPLOYER, 100, "", "")
TRAINER = Unit("锦澜服装培训中心", "培训机构", papers.TRAINER, 100, "", "")
_NUMBER = rb"\d{17}[\dXx]|\d{19}|1\d{10}"


# -- the search --------------------------------------------------------------------------------------------------------
def runs(pattern: bytes, blob: bytes) -> Iterator[bytes]:
    """Every place where the pattern fits, those that overlap included."""
    for one in re.finditer(b"(?=(" + pattern + b"))", blob):
        yield one[1]


def plain(blob: bytes) -> set[str]:
    """Whatever looks like an ID number, a bank account or a phone, as ASCII."""
    return {run.decode().upper() for part in _NUMBER.split(b"|") for run in runs(part, blob)}


def wide(blob: bytes) -> set[str]:
    """The same as UTF-16 of either byte order."""
    return {
        text
        for run in re.findall(rb"(?:[\dXx]\x00){11,}|(?:\x00[\dXx]){11,}", blob)
        for text in plain(run.replace(b"\0", b""))
    }


def in_hex(blob: bytes) -> set[str]:
    found: set[str] = set()
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){11,}", blob):
        for text in (run, run[1:]):
            found |= plain(bytes.fromhex(text[: len(text) // 2 * 2].decode()))
    return found


def in_base64(blob: bytes) -> set[str]:
    found: set[str] = set()
    for run in re.findall(rb"[A-Za-z0-9+/_-]{15,}", blob):
        for start in range(4):
            text = run[start:].translate(bytes.maketrans(b"-_", b"+/"))
            text = text[:-1] if len(text) % 4 == 1 else text
            decoded = base64.b64decode(text + b"=" * (-len(text) % 4))
            found |= plain(decoded) | wide(decoded)
    return found


SEARCHES: Sequence[Callable[[bytes], set[str]]] = (plain, wide, in_hex, in_base64)


def leaks(blob: bytes, secret: frozenset[str]) -> set[str]:
    return {number for part in unpacked(blob) for search in SEARCHES for number in search(part)} & secret


def unpacked(blob: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what a spreadsheet holds packed."""
    yield blob
    if blob.startswith(b"PK"):
        with ZipFile(BytesIO(blob)) as archive:
            yield from (archive.read(member) for member in archive.namelist())


ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "hex capitals": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 within": lambda text: base64.b64encode(b"ab" + text.encode() + b"cde"),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "spreadsheet": lambda text: sheet(("号码",), (text,)),
    "among digits": lambda text: b"99" + text.encode() + b"123",
}


@pytest.mark.parametrize("how", sorted(ENCODINGS))
@pytest.mark.parametrize("number", [id_number(77), "13912345678", BANK_ACCOUNTS[0]])
def test_the_search_finds_what_is_planted(how: str, number: str) -> None:
    packed = ENCODINGS[how](number)
    blob = packed if how == "spreadsheet" else bytes(range(256)) * 8 + packed + bytes(range(256))
    assert leaks(blob, frozenset({number})) == {number}


# -- the seed ----------------------------------------------------------------------------------------------------------
def seeded(n: int) -> Trainee:
    return Trainee(n, name(n), id_number(n * 37 + 5), f"139{n * 7919 % 10**8:08d}", "服装制版", EMPLOYER.name)


class Leaky(Town):
    """A round whose form also asks for a bank account, and people who fill it, rightly and wrongly, and look around."""

    def seed(self, now: datetime, settings: Settings) -> list[Trainee]:
        everybody = [seeded(n) for n in range(SEEDED)]
        self.founded()
        text = (papers.ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
        asks = "standard: [name, id_type, id_no, gender, mobile]"
        assert asks in text
        with self.app.app_context():
            place = papers.intake(now, settings.uploads_dir, text.replace(asks, asks.replace("]", ", bank_account]")))
        self.round, self.units = place.round_ref, [EMPLOYER, TRAINER]
        self._list(everybody)
        self._applications(everybody)
        self._mistakes(everybody)
        return everybody

    def _list(self, everybody: Sequence[Trainee]) -> None:
        rows = [(t.name, t.id_no, t.gender, t.phone, t.employer, t.trade) for t in everybody]
        spoilt = [*rows, ("王芳", rows[0][1], "女", "13000000000", "没有这家", "工艺")]
        self.upload("programs", "/office/people/list", "学员", sheet(PEOPLE_HEADER, *spoilt))  # stays staged
        self.upload("programs", "/office/people/list", "学员", sheet(PEOPLE_HEADER, *rows))
        page = self.run("programs")
        assert f"已写入 {len(rows)} 行" in page.text

    def _applications(self, everybody: Sequence[Trainee]) -> None:
        """Five hand it in; one leaves a draft, one with a number that fails its check and still is somebody's."""
        chosen = [Candidate(one, "self", EMPLOYER) for one in everybody[:7]]
        applying.register(self, chosen)
        for one, bank in zip(chosen, BANK_ACCOUNTS, strict=False):
            browser = self[one.key]
            last = applying.fill(self, browser, one, {"bank_account": bank})
            if one.person.at < 5:
                applying.submit(browser, last)
        page = self[chosen[6].key].open(last.action.replace("/check", "/form/person"))
        wrong = {"id_no": everybody[7].id_no[:-1] + "?", "bank_account": BANK_ACCOUNTS[7]}
        self[chosen[6].key].send(page.form("/form/person"), wrong, press="存草稿")

    def _mistakes(self, everybody: Sequence[Trainee]) -> None:
        """Numbers typed where they do not belong: at the door, into a search, into an address."""
        stranger = self.browser("stranger")
        for one in everybody[8:12]:
            login = stranger.open("/login").form("/login")
            stranger.send(login, {"login": one.id_no, "password": one.id_no}, expect=422)
            stranger.open(f"/programs/{one.id_no}?q={one.phone}", expect=404)
        for one in everybody[12:16]:
            self["programs"].open(f"/office/people?q={one.id_no}")
            self["programs"].open(f"/office/people?q={one.phone}")


# -- where one looks ---------------------------------------------------------------------------------------------------
def database(place_url: str) -> Iterator[tuple[str, bytes]]:
    """The files of SQLite as they lie there, the log not yet written back; on PostgreSQL every table, copied out."""
    url = make_url(place_url)
    if url.get_backend_name() == "sqlite":
        for path in Path(str(url.database)).parent.glob(f"{Path(str(url.database)).name}*"):
            yield path.name, path.read_bytes()
        return
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        for table in Base.metadata.sorted_tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table.name))) as rows:
                yield table.name, b"".join(bytes(row) for row in rows)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def pages(app: Flask, browser: Browser, refs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, bytes]]:
    """Everything that somebody can ask for, lists and files included, with references of the right kind."""
    for declared in declarations(app):
        if "GET" not in declared.methods or declared.endpoint in ("static", "account.catcher"):
            continue
        parts = declared.rule.split("/")
        named = next((at for at, part in enumerate(parts) if part.startswith("<")), 0)
        for ref in refs.get(NAMED_BY.get(parts[named - 1], ""), ["x"]) if named else [""]:
            path = "/".join(ref if at == named else "1" if "<" in part else part for at, part in enumerate(parts))
            yield f"{browser.who} {path}", browser.peek(path)


def references() -> dict[str, list[str]]:
    with reading() as session:
        return {
            table.name: list(session.scalars(select(table.c.ref).limit(3)))
            for table in Base.metadata.sorted_tables
            if "ref" in table.c
        }


# -- the test ----------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_no_number_of_anybody_comes_out(app: Flask, settings: Settings, now: datetime) -> None:
    make_celery(app).send_task("tasks.clock.tick")  # something lies in the queue folder
    with listening() as written, time_machine.travel(now, tick=True):
        town = Leaky(app)
        everybody = town.seed(now, settings)
        phones = frozenset(one.phone for one in everybody)
        secret = frozenset(one.id_no for one in everybody) | frozenset(BANK_ACCOUNTS)
        stood = dict(database(settings.database_url))
        shown = dict(_looked_at(town, everybody))
    stored = dict(files(settings.data_dir))
    places = {**stood, **stored, **shown, "the log": written.getvalue().encode()}
    assert {place: found for place, blob in places.items() if (found := leaks(blob, secret))} == {}
    outside = {place: blob for place, blob in places.items() if place not in stood}
    assert {place: found for place, blob in outside.items() if (found := leaks(blob, phones))} == {}
    assert phones <= {number for blob in stood.values() for number in plain(blob)}  # there was something to find
    assert any(name.startswith("queue/") for name in stored)
    assert sum(name.startswith("files/") for name in stored) >= 8
    assert len(shown) > 150
    assert written.getvalue().count('"request"') > len(shown)


def _looked_at(town: Leaky, everybody: Sequence[Trainee]) -> Iterator[tuple[str, bytes]]:
    """What those see who have no business with these numbers: the auditor and an applicant; their own left out."""
    with town.app.app_context():
        refs = references()
    applicant = town[f"trainee{everybody[5].at}"]
    yield from pages(town.app, town["audit"], refs)
    for place, blob in pages(town.app, applicant, refs):
        yield place, blob.replace(everybody[5].phone.encode(), b"")


@pytest.mark.parametrize("where", ["log", "database", "file"])
def test_the_search_of_the_house_finds_one_that_is_planted(
    app: Flask, settings: Settings, now: datetime, where: str
) -> None:
    number = id_number(4711)
    with listening() as written, app.app_context():
        if where == "log":
            app.logger.warning("refused %s", number)
        elif where == "database":
            with writing() as session:
                session.add(Person(ref="planted", name=number, name_sort="", created_at=now))
        else:
            (settings.data_dir / "queue" / "in").mkdir(parents=True)
            (settings.data_dir / "queue" / "in" / "1.msg").write_bytes(base64.b64encode(number.encode()))
        stood, stored = dict(database(settings.database_url)), dict(files(settings.data_dir))
    blobs = {"log": [written.getvalue().encode()], "database": stood.values(), "file": stored.values()}
    secret = frozenset({number})
    assert {place for place, found in blobs.items() if any(leaks(blob, secret) for blob in found)} == {where}
