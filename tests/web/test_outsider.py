"""Nobody outside finds a trace of people whom their organizations put forward without a word.

Each kind of outsider opens every page there is: before anybody is put forward and after. Neither the pages nor what
they cost may tell the two apart, no page may hold a name, a number or a reference, and whatever is asked for by its
address is missing exactly like something that never was.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import Account
from models.base import Base, reading, writing
from tests.applying import id_number, intake, picture
from tests.laws.queries import counted
from tests.services.houses import account, officers
from tests.services.villages import NAMES, OTHER_VILLAGE, VILLAGE, Villages
from tests.web.front import csrf, sign_in
from tests.web.town import give_passwords
from workflow.domain.actor import ADMINISTRATOR, ANONYMOUS, Actor
from workflow.services import drafts, files, people, sessions, starting
from workflow.web.routes import Declared, admits, declarations

pytestmark = pytest.mark.slow
HERS = id_number(901, "19900301")
MADE_UP = "AAAAAAAAAAAAAAAA"
NOBODY_ASKS = {"static"}
NOT_LOOKED_AT = {"account.logout", "account.own_sessions", "applicant.token"}  # new each time, and about oneself alone
ASKED_BY_SCRIPTS = {"applicant.units"}
OUTSIDERS = {
    "anonymous": None,
    "applicant": "writer",
    "candidate": "herself",
    "another township's officer": "far.officer",
    "another township's committee": "far.party.1",
    "another program's manager": "stranger",
    "an administrator of another township": "far.hall",
}
CANDIDATES = ("顾砚秋", "骆青棠", "闻人知夏", "裴山月")
"""In the screening, in the joint check, before the meeting, in the notice within organizations."""

SEARCHES = ("gyq", "BQ26-1")
LIKELY = {"stage": "screening", "section": "person", "role": "police", "kind": "application", "who": "reviewer"}
COMPARABLE = 2  # statements more than for what never was
BRIEFLY = "application/json"
_PLACES = re.compile(r"<(option|li)[^>]*>[^<]*</\1>")  # a list of places to choose from names no people
_CHANGING = (
    re.compile(r'(name="(?:csrf_token|request_key|window|seen)" value=")[^"]*'),
    re.compile(r'(nonce[-=]["\']?)[\w+/=-]+'),
    re.compile(r"(data-(?:key|window)=\")[^\"]*"),
    re.compile(r"(\d{4}年\d+月\d+日 )\d\d:\d\d"),  # when it was printed
)


@dataclass
class House:
    villages: Villages
    logins: dict[str, FlaskClient]
    own: list[str] = field(default_factory=list)  # references of what outsiders have themselves
    hidden: list[str] = field(default_factory=list)  # cases


@pytest.fixture
def made(app: Flask, now: datetime, tmp_path: Path) -> House:
    here = Villages(now, tmp_path / "files")
    other = intake(now, tmp_path / "files")
    here.join("stranger", "manager", at=(other.program_id, other.round_id))
    here.join("far_hall", ADMINISTRATOR, OTHER_VILLAGE[:9], at=(None, None))
    writer, herself = account(now, "writer", name="韩望舒"), account(now, "herself", name="顾砚秋")
    draft = starting.start(other.round_ref, "self", "pattern", writer, now)
    files.attach(draft, "id_copy", "copy.png", BytesIO(picture()), writer, now)
    drafts.save(draft, {"name": "韩望舒"}, None, writer, now, section="person")
    with writing() as session:
        person = people.ensure(session, people.checked("顾砚秋", "", HERS, now), now)
        session.get_one(Account, herself.account_id).person_id = person.id
    here.now = now - timedelta(hours=1)  # what its officer is told of it has arrived
    far = here.put_forward("far_officer", village=OTHER_VILLAGE, name="水若寒")
    here.now = now
    give_passwords()
    browsers = {kind: app.test_client() for kind in OUTSIDERS}
    for kind, login in OUTSIDERS.items():
        if login:
            sign_in(browsers[kind], login)
    return House(here, browsers, [draft, far, other.round_ref, here.round_ref])


def put_forward(made: House) -> None:
    """One at each of the places where they could be seen."""
    here = made.villages
    for name in CANDIDATES:
        number = {"id_no": HERS} if name == "顾砚秋" else {}
        made.hidden.append(here.put_forward(name=name, gap="主职缺配", **number))
    for ref in made.hidden[1:]:
        here.screen(ref)
    here.joint(made.hidden[3])
    here.meet(made.hidden[3])
    here.publish_consult()
    here.joint(made.hidden[2])
    here.called()


# -- walking -----------------------------------------------------------------------------------------------------------
def routes(app: Flask) -> list[Declared]:
    return sorted(
        (one for one in declarations(app) if "GET" in one.methods and one.endpoint not in NOBODY_ASKS),
        key=lambda one: (one.endpoint, one.rule),
    )


def addresses(rule: str, refs: Sequence[str]) -> Iterator[str]:
    """The rule with each of the references where it asks for one, and something likely in the other places."""
    if "<" not in rule:
        yield rule
        return
    for ref in refs:

        def value(found: re.Match[str], ref: str = ref) -> str:
            return "1" if found[1] == "int" else LIKELY.get(found[2], ref)

        yield re.sub(r"<(?:(\w+):)?(\w+)>", value, rule)


@dataclass(frozen=True)
class Seen:
    status: int
    body: str
    statements: int


def look(browser: FlaskClient, path: str, accept: str = "text/html") -> Seen:
    with counted() as sent:
        answer = browser.get(path, headers={"Accept": accept})
    body = answer.get_data(as_text=True) if (answer.mimetype or "").startswith(("text/", "application/json")) else ""
    for pattern in _CHANGING:
        body = pattern.sub(r"\1", body)
    return Seen(answer.status_code, body, len(sent))


def walk(app: Flask, made: House, kind: str, known: Actor) -> dict[str, Seen]:
    """Every page behind a door that opens, alone and with one's own references; lists are asked for the candidates."""
    found: dict[str, Seen] = {}
    browser = made.logins[kind]
    for one in routes(app):
        if one.door is None or not admits(one.door, known) or one.endpoint in NOT_LOOKED_AT:
            continue
        if "<" in one.rule:
            there = [path for path in addresses(one.rule, made.own) if look(browser, path, BRIEFLY).status == 200]
            found |= {path: look(browser, path) for path in there}
            continue
        found[one.rule] = look(browser, one.rule)
        if 'name="q"' in found[one.rule].body or one.endpoint in ASKED_BY_SCRIPTS:
            found |= {path: look(browser, path) for path in (f"{one.rule}?q={typed}" for typed in SEARCHES)}
    return found


def actors(made: House) -> dict[str, Actor]:
    with reading() as session:
        ids = dict(session.execute(select(Account.login, Account.id)).all())
    now = made.villages.now
    return {kind: sessions.actor_of(ids[login], now) if login else ANONYMOUS for kind, login in OUTSIDERS.items()}


# -- what must not be seen ---------------------------------------------------------------------------------------------
def traces(made: House, kind: str) -> list[str]:
    """Names, numbers and references of everything that belongs to the candidates; one's own name is no trace."""
    found = [name for name in CANDIDATES if (kind, name) != ("candidate", CANDIDATES[0])] + [NAMES[VILLAGE]]
    rows = [made.villages.row(ref) for ref in made.hidden]
    return found + [each for row in rows for each in (row.ref, row.number, row.receipt) if each]


def references(made: House) -> list[str]:
    """One of each kind of thing that belongs to the candidates."""
    here, found = made.villages, [made.hidden[1]]
    ids = [here.row(ref).id for ref in made.hidden]
    with reading() as session:
        for table, column in (
            ("work_item", "application_id"),
            ("attachment", "application_id"),
            ("meeting", None),
            ("notice", None),
        ):
            columns = Base.metadata.tables[table].columns
            wanted = select(columns["ref"]).order_by(columns["id"].desc()).limit(1)
            found.append(session.scalars(wanted.where(columns[column].in_(ids)) if column else wanted).one())
    return found


def test_nobody_outside_finds_a_trace(app: Flask, made: House) -> None:
    known = actors(made)
    before = {kind: walk(app, made, kind, known[kind]) for kind in OUTSIDERS}
    put_forward(made)
    faults = [
        f"{kind} {path}: {why}"
        for kind, browser in made.logins.items()
        for path, seen in before[kind].items()
        for why in told(seen, look(browser, path), traces(made, kind))
    ]
    assert not faults, "\n".join(faults)


def told(before: Seen, after: Seen, marks: list[str]) -> Iterator[str]:
    if after.status != before.status:
        yield f"{before.status} became {after.status}"
    if after.body != before.body:
        yield "another page than before: " + different(before.body, after.body)
    if after.statements != before.statements:
        yield f"{before.statements} statements became {after.statements}"
    yield from (f"shows {mark}" for mark in marks if mark in _PLACES.sub("", after.body))


def different(before: str, after: str) -> str:
    old = set(before.splitlines())
    return " | ".join(line.strip() for line in after.splitlines() if line not in old)[:300]


def test_an_office_without_any_part_finds_nobody_by_name(app: Flask, made: House, now: datetime) -> None:
    """Offices of the whole house may know that a program runs; whom it is about they learn from nobody's list."""
    house = officers(now)
    put_forward(made)
    made.hidden = made.hidden[1:]  # the first stood in the house's own list before
    give_passwords()
    faults = []
    for office, known in {"pro": house.programs, "sec": house.permissions, "sys": house.accounts}.items():
        made.logins[office] = browser = app.test_client()
        sign_in(browser, office)
        marks = [*CANDIDATES[1:], *traces(made, office)[len(CANDIDATES) + 1 :]]
        for path, seen in walk(app, made, office, known).items():
            faults += [f"{office} {path} shows {mark}" for mark in marks if mark in _PLACES.sub("", seen.body)]
        for path in ("/office/people", "/manage/people"):
            for name in CANDIDATES[1:]:
                answer = browser.post(path, data={"csrf_token": csrf(browser, "/settings"), "q": name}).text
                said = answer.replace(f'value="{name}"', "")
                faults += [f"{office} {path} finds {name}"] if name in said else []
    assert not faults, "\n".join(faults)


def test_what_is_theirs_is_missing_like_what_never_was(app: Flask, made: House) -> None:
    put_forward(made)
    known, refs, faults = actors(made), references(made), []
    for one in routes(app):
        if "<" not in one.rule or one.door is None:
            continue
        for kind, browser in made.logins.items():
            if not admits(one.door, known[kind]):
                continue
            nothing, *found = (look(browser, path, BRIEFLY) for path in addresses(one.rule, [MADE_UP, *refs]))
            for ref, seen in zip(refs, found, strict=True):
                body = seen.body.replace(ref, MADE_UP)
                if (seen.status, body) != (nothing.status, nothing.body):
                    faults.append(f"{kind} {one.endpoint} {ref}: {seen.status} {body[:80]} for {nothing.status}")
                elif seen.statements > nothing.statements + COMPARABLE:
                    faults.append(f"{kind} {one.endpoint} {ref}: {seen.statements} statements for {nothing.statements}")
    assert not faults, "\n".join(faults)
