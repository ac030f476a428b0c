"""An applicant with unmistakable values, a judge who must not know whose case it is, and a colleague who is too near:
everything that either can ask for is fetched and searched, byte by byte."""

import base64
import html
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from zipfile import ZipFile

import pypdfium2
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import Base, reading
from models.files import Attachment
from models.people import Person
from models.work import WorkItem
from tests import applying
from tests.applying import ROOT, bind
from tests.faults.test_fuzz import NAMED_BY
from tests.services.houses import account, ref_of
from tests.web.front import csrf, sign_in
from workflow.config import Settings
from workflow.domain import blindness
from workflow.domain.actor import Actor
from workflow.domain.policy import sheet as sights
from workflow.services import actions, files, files_opening, identity, queues_lines, reading_veiled, submissions
from workflow.services import reading as sheets
from workflow.services.reading_veiled import BlindReader
from workflow.services.reading_whole import Reader
from workflow.web.routes import declarations

pytestmark = pytest.mark.once  # what a page leaves out is decided above the tables
NAME, PINYIN = "欧阳拾叶", "ouyangshiye"
ID_NUMBER, PHONE = applying.id_number(731), "13805719876"
EMPLOYER, TRAINER = "蓝埠家纺集团", "锦澜服装培训中心"
ARTIST = "Zongzi Atelier 4471"
TYPED = "由欧阳 拾叶在蓝埠家纺集团完成，电话 138-0571-9876，证件 " + ID_NUMBER
BLIND = "    raters: 1\n    choose: assign\n    blind: true\n    reveal: later"


def program() -> str:
    """时尚工程师认定, judged blind right after the employer has agreed, by one expert who is named."""
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    route = "route: [employer_confirm, formal, eligibility, theory, practical, expert,"
    assert route in text
    text = text.replace(route, "route: [employer_confirm, expert, formal, eligibility, theory, practical,")
    return re.sub(r"    raters: 5\n.*?\n    reveal: later[^\n]*", BLIND, text, count=1, flags=re.DOTALL)


TOKENS = ("/confirm/", "/forgotten/", "/invitations/", "/register/")
"""Here a reference is taken for a one-time token: the page says that it is none."""


SHEET = {"act": "submit", "points.effect": "82", "points.teaching": "80", "reason.effect": "见第三页"}
Guesses = Mapping[str, tuple[str, ...]]  # table -> references
TOGETHER = 2  # filters of a list: what three of them leave, two have shown


# -- the seed ----------------------------------------------------------------------------------------------------------
def picture() -> BytesIO:
    exif = Image.Exif()
    exif[0x013B], exif[0x010E] = ARTIST, NAME
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=exif)
    return BytesIO(out.getvalue())


def document() -> BytesIO:
    """A document that names its author where nobody sees it."""
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PDF", author=ARTIST, title=f"{NAME}的作品集", creator=EMPLOYER)
    return BytesIO(out.getvalue())


@dataclass
class Stage:
    """One case before its blind judge; beside them a colleague who holds nothing, and one who is too near."""

    app: Flask
    ref: str
    item: str
    employer: Actor
    now: datetime
    secrets: Mapping[str, str]
    guesses: Guesses  # references that lead to the case
    nominator_ref: str
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    declared: bool = False

    def client(self, who: str) -> FlaskClient:
        if who not in self.clients:
            self.clients[who] = self.app.test_client()
            sign_in(self.clients[who], who)
        return self.clients[who]


@pytest.fixture
def staged(app: Flask, settings: Settings, now: datetime) -> Iterator[Stage]:
    with time_machine.travel(now, tick=True):
        with app.app_context():
            made = _staged(app, now, settings)
        yield made


def _staged(app: Flask, now: datetime, settings: Settings) -> Stage:
    place = applying.intake(now, settings.uploads_dir, program())
    house = {who: account(now, who, name=f"评委{who[-1]}") for who in ("expert1", "expert2")}
    near = account(now, "near", name="近亲评委", organization_id=place.employer_id)
    experts = {who: bind(one, "expert", place, now) for who, one in {**house, "near": near}.items()}
    clerk = bind(account(now, "nearclerk", name="近亲受理", organization_id=place.trainer_id), "intake", place, now)
    manager = bind(account(now, "manager", name="周明"), "manager", place, now)
    boss = bind(account(now, "boss", name="林主管"), "employer_admin", place, now, place.employer_id)
    person = account(now, "person", name=NAME, phone=PHONE)
    ref = applying.started(place, person, now, channel="employer")
    _fill(ref, person, now)
    submissions.submit(ref, person, now)
    item = _item(ref)
    actions.perform(item, "pass", boss, now, inputs={"record": {"opinion": f"同意推荐{NAME}", "seal": ("s1",)}})
    seats = {"raters": {"expert": [experts["expert1"]]}}
    done = actions.perform_pool([ref], "expert", "assign", manager, now, inputs=seats)
    assert done.done == (ref,), done.left_aside
    assert clerk.account_id is not None
    guesses = _guesses(ref)
    secrets = _secrets(ref, person) | {f"reference {number}": each for number, each in enumerate(every(guesses))}
    return Stage(app, ref, _held_by(experts["expert1"]), boss, now, secrets, guesses, place.employer_ref)


def _fill(ref: str, person: Actor, now: datetime) -> None:
    work: dict[str, Any] = {
        "results": [{"item": TYPED, "date": "2025-03", "part": f"{NAME}负责", "effect": "打样从 4 次减到 1 次"}],
        "works": [{"title": f"{EMPLOYER}春装", "about": TYPED, "deposit_no": "D-1"}],
        "post": NAME,
    }
    applying.filled(ref, person, now, name=NAME, id_no=ID_NUMBER, mobile=PHONE, **work)
    for path in ("works.1.file", "id_copy", "training_cert", "employment_proof", "portfolio"):
        files.attach(ref, path, f"{NAME}-{path}.jpg", picture(), person, now)
    files.attach(ref, "portfolio", f"{NAME}-{EMPLOYER}.pdf", document(), person, now)
    files.attach(ref, "portfolio", f"隐名-{NAME}.pdf", document(), person, now, purpose=files.BLIND)


def _item(ref: str) -> str:
    with reading() as session:
        wanted = select(WorkItem.ref).join(ApplicationRow).where(ApplicationRow.ref == ref, WorkItem.state == "open")
        return session.scalars(wanted.order_by(WorkItem.no.desc())).first() or ""


def _held_by(actor: Actor) -> str:
    with reading() as session:
        return session.scalars(select(WorkItem.ref).where(WorkItem.holder_id == actor.account_id)).one()


def _secrets(ref: str, person: Actor) -> dict[str, str]:
    with reading() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
        found = session.get_one(Person, row.person_id)
        assert row.number
        assert row.receipt
        return {
            "name": NAME, "pinyin": PINYIN, "ID number": ID_NUMBER, "birthday": ID_NUMBER[6:14], "phone": PHONE,
            "employer": EMPLOYER, "trainer": TRAINER, "codes": applying.EMPLOYER, "author": ARTIST,
            "number": row.number, "receipt": row.receipt, "person": found.ref, "account": ref_of(person), "case": ref,
        }  # fmt: skip


def _guesses(ref: str) -> Guesses:
    """References that others have: of the case, of its files but the anonymous copy, of the items of others."""
    with reading() as session:
        case = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == ref)).one()
        originals = select(Attachment.ref).where(Attachment.application_id == case, Attachment.purpose != files.BLIND)
        others = select(WorkItem.ref).where(WorkItem.application_id == case, WorkItem.role_key != "expert")
        return {
            "application": (ref,),
            "attachment": tuple(session.scalars(originals)),
            "work_item": tuple(session.scalars(others)),
        }


def every(guesses: Guesses) -> tuple[str, ...]:
    return tuple(chain.from_iterable(guesses.values()))


def _references() -> dict[str, list[str]]:
    tables = {name: Base.metadata.tables[name] for name in set(NAMED_BY.values()) if name in Base.metadata.tables}
    with reading() as session:
        return {name: list(session.scalars(select(table.c.ref).limit(4))) for name, table in tables.items()}


# -- the search --------------------------------------------------------------------------------------------------------
def readings(blob: bytes) -> Iterator[str]:
    """Every text that lies in these bytes: as they are, unpacked, quoted, in a cookie, in a document."""
    yield blob.decode("utf-8", "replace")
    yield blob.decode("utf-16-le", "replace")
    if blob.startswith(b"PK"):
        with ZipFile(BytesIO(blob)) as archive:
            yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if blob.startswith(b"%PDF-"):
        document = pypdfium2.PdfDocument(blob)
        yield " ".join(document.get_metadata_dict().values())
        yield from (page.get_textpage().get_text_bounded() for page in document)
    if blob.startswith(b"\xff\xd8"):
        yield str(dict(Image.open(BytesIO(blob)).getexif()))


def cookies(text: str) -> Iterator[str]:
    for value in re.findall(r"session=([^;]+)", text):
        body = value.lstrip(".").split(".")[0]
        with suppress(ValueError, zlib.error):
            plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            yield (zlib.decompress(plain) if value.startswith(".") else plain).decode("utf-8", "replace")


@lru_cache
def flat_secret(text: str) -> str:
    return flat(text)


def flat(text: str) -> str:
    """Without quoting, without what people put between signs."""
    text = unicodedata.normalize("NFKC", html.unescape(unquote(text.replace("\\u", "\\u"))))
    with suppress(UnicodeError):
        text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"[\s·.\-_]+", "", text).lower()


def found_in(blob: bytes, head: str, secrets: Mapping[str, str]) -> set[str]:
    texts = [flat(each) for each in (*readings(blob), head, *cookies(head))]
    return {what for what, secret in secrets.items() if any(flat_secret(secret) in text for text in texts)}


# -- the walk ----------------------------------------------------------------------------------------------------------
@dataclass
class Walk:
    """Whoever walks here asks for every address that there is, with every reference that they were shown or guess."""

    client: FlaskClient
    secrets: Mapping[str, str]
    guesses: Guesses = field(default_factory=dict)
    one_will_do: bool = False  # the first leak ends the walk
    seen: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    leaks: dict[str, set[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def everywhere(self, app: Flask, refs: Mapping[str, list[str]]) -> "Walk":
        views = ("done", "human", "absent", "late", "waiting")
        return self.along(*self._rules(app, refs), *(f"/review?view={view}" for view in views))

    def along(self, *paths: str) -> "Walk":
        """These addresses, and every one that they lead to."""
        waiting = list(paths)
        while waiting and not (self.leaks and self.one_will_do):
            path = waiting.pop()
            if path not in self.seen and len(self.seen) < 1_500:
                waiting += self.ask(path)
        return self

    def _rules(self, app: Flask, refs: Mapping[str, list[str]]) -> Iterator[str]:
        """Each rule with references of its own kind, known and guessed; with that of the case where it has none."""
        for declared in declarations(app):
            if "GET" not in declared.methods or declared.endpoint in ("static", "account.catcher"):
                continue
            parts = declared.rule.split("/")
            named = next((at for at, part in enumerate(parts) if part.startswith("<")), 0)
            kind = NAMED_BY.get(parts[named - 1], "")
            guesses = self.guesses.get(kind) or self.guesses["application"]
            for ref in [*refs.get(kind, ["x"]), *guesses] if named else [""]:
                rest = ("1" if "<" in part else part for part in parts)
                yield "/".join(ref if at == named else part for at, part in enumerate(rest))

    def ask(self, path: str, **form: str) -> list[str]:
        """One request; its answer is searched, and the addresses in it are walked to later."""
        where = urlsplit(path)
        target = where.path + (f"?{where.query}" if where.query else "")
        if form:
            form["csrf_token"] = csrf(self.client, "/account/settings")
        answer = self.client.post(target, data=form) if form else self.client.get(target)
        assert answer.status_code < 500, (path, answer.status)
        self.seen[path] = answer.status_code
        told = {what: each for what, each in self.secrets.items() if each not in unquote(path)}
        leaked = found_in(answer.data, str(answer.headers), told)
        if leaked:
            self.leaks[f"{answer.status_code} {path}"] = leaked
        self.sizes[path] = len(answer.data)
        return [*self._links(target, answer.data, answer.content_type), *self._onwards(target, answer.headers)]

    def _links(self, base: str, data: bytes, kind: str) -> list[str]:
        if "html" not in kind:
            return []
        hrefs = re.findall(r'(?:href|src|action|data-[a-z]+)="(/[^"#]*)', data.decode())
        wanted = (each for each in hrefs if not each.startswith(("/static", "/logout")) and each.count("=") <= TOGETHER)
        return [urljoin(base, html.unescape(each)) for each in wanted]

    def _onwards(self, base: str, headers: Any) -> list[str]:
        return [urljoin(base, headers["Location"])] if headers.get("Location") else []


def walk_of_the_judge(staged: Stage, *, wide: bool = True) -> Walk:
    """All that the blind judge can reach, the refusals of what they must not do included; or what links lead to."""
    with staged.app.app_context():
        refs = _references()
        with reading() as session:
            refs["work_item"] = [staged.item]
            copies = select(Attachment.ref).where(Attachment.purpose == files.BLIND)
            refs["attachment"] = list(session.scalars(copies))
    walk = Walk(staged.client("expert1"), staged.secrets, staged.guesses, one_will_do=not wide)
    item = f"/review/items/{staged.item}"
    if not staged.declared:
        walk.along(item, *(f"/files/{ref}" for ref in refs["attachment"]))
        assert walk.seen[f"{item}/declare"] == 200, "nothing was asked before the first look"
        walk.ask(f"{item}/declare", case=staged.item)
        walk.seen, staged.declared = {}, True
    walk.along("/review", item, *(f"/files/{ref}" for ref in refs["attachment"]))
    if not wide:
        return walk
    walk.everywhere(staged.app, refs)
    walk.ask(f"/review?nominator={staged.nominator_ref}")
    walk.ask(f"{item}/act", act="review", seen_version="99", note="迟了")
    walk.ask(f"{item}/act", act="review", seen_version="1")
    walk.ask(f"{item}/act", act="pass", seen_version="1")
    walk.ask(f"{item}/look", look="id_no", **{"why.id_no": "看看"})
    walk.ask("/review/bulk", pick=staged.item)
    walk.ask(f"{item}/rate", **{"act": "save", "points.effect": "1e9", "note": "先存着"})
    walk.ask(f"{item}/rate", **{"act": "submit", "points.effect": "不是数"})
    for language in ("en", "zh_Hans"):
        walk.client.set_cookie("language", language)
        walk.ask(item)
    onwards = walk.ask(f"{item}/rate", **SHEET)
    assert walk.seen[f"{item}/rate"] == 303, "the sheet was not handed in"
    walk.before, walk.seen = walk.seen, {}  # what was there before the sheet was handed in looks different now
    walk.along(*onwards, "/review?view=done", item, f"/review/applications/{staged.item}")
    walk.ask(f"{item}/rate", **SHEET)
    return walk


# -- the tests ---------------------------------------------------------------------------------------------------------
def test_nothing_that_a_blind_judge_can_reach_says_whose_it_is(staged: Stage) -> None:
    walk = walk_of_the_judge(staged)
    assert walk.leaks == {}
    guessed = {
        path: status for path, status in walk.before.items() if any(each in path for each in every(staged.guesses))
    }
    assert len(guessed) > 50
    opened = {path for path, status in guessed.items() if status not in (403, 404)}
    assert {path for path in opened if not path.startswith(TOKENS)} == set()
    shown = {path: status for path, status in walk.before.items() if staged.item in path}
    assert shown[f"/review/items/{staged.item}"] == 200  # there was something to see
    assert any(path.endswith("/pages/1") and status == 200 for path, status in walk.before.items())
    assert staged.item in staged.client("expert1").get("/review?view=done").text


def test_a_search_of_a_blind_judge_answers_as_if_the_case_were_not_there(staged: Stage) -> None:
    client = staged.client("expert1")
    for secret in ("name", "pinyin", "number", "phone", "ID number"):
        typed, nobody = staged.secrets[secret], "诸葛无人"
        asked = _plain(client.get("/review/find", query_string={"q": typed}).text)
        empty = _plain(client.get("/review/find", query_string={"q": nobody}).text)
        assert asked.replace(typed, nobody) == empty, secret
    narrowed = client.get("/review", query_string={"nominator": staged.nominator_ref}).text
    assert staged.item not in narrowed
    assert staged.item in client.get("/review").text


def _plain(page: str) -> str:
    return re.sub(r'(name="(?:csrf_token|request_key)" value|nonce|data-csrf|content)="[^"]*"', "", unquote(page))


@pytest.mark.parametrize("who", ["near", "nearclerk"])
def test_no_trace_of_a_case_leads_to_who_is_too_near(staged: Stage, who: str) -> None:
    """Of the same employer, of the same school: not in lists, not in counts, not in a search."""
    with staged.app.app_context():
        refs = _references()
    secrets = {what: each for what, each in staged.secrets.items() if what not in ("employer", "trainer", "codes")}
    guesses = {**staged.guesses, "work_item": (*staged.guesses["work_item"], staged.item)}
    walk = Walk(staged.client(who), secrets, guesses).everywhere(staged.app, refs)
    assert walk.leaks == {}
    queue = staged.client(who).get("/review").text
    assert not re.search(r"<b>[1-9]\d*</b>", queue), "a count says that there is something"
    for typed in (NAME, PINYIN, staged.secrets["number"]):
        found = _plain(staged.client(who).get("/review/find", query_string={"q": typed}).text)
        nobody = _plain(staged.client(who).get("/review/find", query_string={"q": "诸葛无人"}).text)
        assert found.replace(typed, "诸葛无人") == nobody


PLANTS: Mapping[str, Any] = {
    "a field that nobody hides": lambda at: (
        at.setattr(sights, "is_hidden", lambda field: False),
        at.setattr(reading_veiled, "Veil", lambda words: blindness.Veil(())),
    ),
    "the veil": lambda at: at.setattr(blindness.Veil, "over", lambda self, value: value),
    "a row of the queue": lambda at: at.setattr(queues_lines, "_unnamed", lambda row: row),
    "the whole sheet": lambda at: at.setattr(sheets, "blinded", lambda actor, case: False),
    "the name of a file": lambda at: at.setattr(BlindReader, "_file", Reader._file),
    "the document itself": lambda at: at.setattr(files_opening, "PDF", "none"),
    "the original file": lambda at: at.setattr(
        identity, "copies_of", lambda session, case: {"portfolio": tuple(session.scalars(select(Attachment.ref)))}
    ),
}


def test_each_planted_leak_is_found(staged: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    missed = []
    for name, plant in sorted(PLANTS.items()):
        with monkeypatch.context() as at:
            plant(at)
            if walk_of_the_judge(staged, wide=False).leaks == {}:
                missed.append(name)
    assert missed == []
    assert walk_of_the_judge(staged, wide=False).leaks == {}, "what was planted is gone again"


@pytest.mark.parametrize(
    "blob",
    [
        NAME.encode(),
        f"&#{ord('欧')};阳拾叶".encode(),
        b"%E6%AC%A7%E9%98%B3%E6%8B%BE%E5%8F%B6",
        NAME.encode("utf-16-le"),
        b'{"name": "\\u6b27\\u9633\\u62fe\\u53f6"}',
        "欧 阳 拾 叶".encode(),
        document().getvalue(),
        picture().getvalue(),
    ],
    ids=["plain", "entity", "quoted", "wide", "json", "spaced", "document", "picture"],
)
def test_the_search_sees_what_lies_there(blob: bytes) -> None:
    assert found_in(blob, "", {"name": NAME, "author": ARTIST})


def test_the_search_sees_into_a_cookie(app: Flask) -> None:
    with app.test_request_context():
        signer = app.session_interface.get_signing_serializer(app)
        cookie = signer.dumps({"undo": [NAME] * 20})
    assert found_in(b"", f"Set-Cookie: session={cookie}; Path=/", {"name": NAME}) == {"name"}
