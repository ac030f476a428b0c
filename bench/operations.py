"""What is measured: each operation is one thing that one person does, as often as asked for, on cases of their own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, select

from bench.seeding import Town
from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.work import WorkItem
from tests.applying import SECTIONS
from workflow.domain.application import Action
from workflow.domain.transitions import decide
from workflow.services import sessions
from workflow.services.casework import open_case

Go = Callable[[], None]
AT_ONCE = 200
"""A pure decision is too short for a clock: so many are timed together and the time is divided."""


@dataclass(frozen=True)
class Operation:
    name: str
    times: int
    prepare: Callable[[Flask, Town], Iterator[Go]]
    at_once: int = 1


# -- people at the door ------------------------------------------------------------------------------------------------
def _browser(app: Flask, account_id: int) -> FlaskClient:
    """Somebody who is signed in."""
    with app.app_context(), writing() as session:
        account = session.get_one(Account, account_id)
        token = sessions.start(session, account, datetime.now(UTC), "127.0.0.1", "bench", None)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return client


def _form_token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, path
    return found[1]


def _refs(app: Flask, most: int, *conditions: ColumnElement[bool]) -> list[tuple[str, int, str]]:
    """(item or case, its account, its case) of the newest cases that fit."""
    with app.app_context(), reading() as session:
        rows = session.execute(
            select(WorkItem.ref, ApplicationRow.filler_id, ApplicationRow.ref)
            .select_from(ApplicationRow)
            .outerjoin(WorkItem, (WorkItem.application_id == ApplicationRow.id) & (WorkItem.state == "open"))
            .where(*conditions)
            .order_by(ApplicationRow.id.desc())
            .limit(most)
        )
        return [(row[0], row[1] or 0, row[2]) for row in rows]


def _drafts(app: Flask, most: int) -> list[tuple[FlaskClient, str]]:
    found = _refs(app, most, ApplicationRow.status == "draft")
    return [(_browser(app, account), ref) for _item, account, ref in found]


# -- the operations ----------------------------------------------------------------------------------------------------
def _queue(app: Flask, town: Town) -> Iterator[Go]:
    client = _browser(app, town.clerk_id)

    def open_queue() -> None:
        answer = client.get("/review")
        assert answer.status_code == 200
        assert answer.text.count("data-item=") == 50

    while True:
        yield open_queue


def _review(app: Flask, town: Town) -> Iterator[Go]:
    client = _browser(app, town.clerk_id)
    items = _refs(app, 50, WorkItem.stage_key == "formal", WorkItem.duty == "act", WorkItem.holder_id.is_(None))

    def open_item(ref: str) -> Go:
        def go() -> None:
            answer = client.get(f"/review/items/{ref}")
            assert answer.status_code == 200, answer.text

        return go

    yield from cycle([open_item(ref) for ref, _account, _case in items])


def _save(app: Flask, _town: Town) -> Iterator[Go]:
    """A page of the form keeps itself while somebody types: other words each time."""
    client, ref = _drafts(app, 1)[0]
    path = f"/apply/{ref}/form/person"
    token = _form_token(client, path)
    names = cycle(["叶梓桐", "叶子桐"])

    def save() -> None:
        data = {"csrf_token": token, **SECTIONS["person"], "name": next(names)}
        answer = client.post(f"{path}/save", data=data)
        assert answer.status_code == 200, answer.text

    while True:
        yield save


def _submit(app: Flask, _town: Town) -> Iterator[Go]:
    """Each draft is handed in once."""

    def hand_in(client: FlaskClient, ref: str) -> Go:
        path = f"/apply/{ref}/check"
        shown = client.get(path).text
        token, key = (re.search(rf'name="{name}" value="([^"]+)"', shown) for name in ("csrf_token", "request_key"))
        assert token
        assert key

        def go() -> None:
            answer = client.post(path, data={"csrf_token": token[1], "request_key": key[1]})
            assert answer.status_code == 303, answer.text

        return go

    yield from [hand_in(client, ref) for client, ref in _drafts(app, 1 + SUBMITTED)[1:]]


def _decide_pure(app: Flask, town: Town) -> Iterator[Go]:
    """The rules alone: a clerk passes a case whose files were all looked at."""
    now = datetime.now(UTC)
    with app.app_context():
        actor = sessions.actor_of(town.clerk_id, now)
        with reading() as session:
            case = open_case(session, town.cases["formal"][0])
    item = next(each.no for each in case.application.state.open_items())
    places = case.application.files
    action = Action("pass", item, {"verdicts": {path: {"verdict": "ok"} for path in places}})
    assert decide(case.book, case.application, action, actor, now).state.stage == "eligibility"

    def decide_often() -> None:
        for _ in range(AT_ONCE):
            decide(case.book, case.application, action, actor, now)

    while True:
        yield decide_often


SUBMITTED = 30
OPERATIONS = {
    each.name: each
    for each in (
        Operation("queue", 40, _queue),
        Operation("review", 40, _review),
        Operation("save", 40, _save),
        Operation("submit", SUBMITTED, _submit),
        Operation("decide_pure", 15, _decide_pure, AT_ONCE),
    )
}
