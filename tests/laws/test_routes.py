"""A route without a declared visitor is refused at run time, and fails the build here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from models.base import db
from tests.services.houses import account
from tests.web.front import sign_in
from workflow.domain.actor import Office
from workflow.services import passwords
from workflow.web.rooms import ROOMS
from workflow.web.routes import Visitor, declarations

OPEN_TO_ALL = {Visitor.PUBLIC, Visitor.LINK}
PUBLIC_ACTS = {
    "account.forgotten",
    "account.invitation",
    "account.login",
    "account.logout",
    "account.register",
    "account.register_code",
    "account.reset_code",
    "applicant.confirm",
    "applicant.confirm_award",
    "applicant.confirm_file",
    "public.check",
    "public.enter_demo",
    "public.fingerprint",
    "public.object_to",
    "public.set_display",
    "public.tour",
    "public.verify",
}
"""What somebody who is not signed in may send; a new one is a decision, made here."""


def test_every_route_declares_its_visitor(house: Flask) -> None:
    undeclared = [one.rule for one in declarations(house) if one.door is None]
    assert not undeclared, f"no visitor declared: {undeclared}"


def test_every_room_is_hung(house: Flask) -> None:
    assert {room.name for room in ROOMS} <= set(house.blueprints)
    assert len({one.endpoint for one in declarations(house)}) > 5


def test_what_the_public_may_do_is_named_here(house: Flask) -> None:
    acts = {
        one.endpoint
        for one in declarations(house)
        if one.door and one.door.visitor in OPEN_TO_ALL and set(one.methods) - {"GET"}
    }
    assert acts <= PUBLIC_ACTS
    assert len(acts) > 5


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """Every statement that changes a row, while a test looks around."""
    changes: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            changes.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield changes
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("office", [None, *Office])
def test_a_look_changes_nothing_and_never_falls_over(
    client: FlaskClient, written: list[str], office: Office | None
) -> None:
    """Each page without an id in its address, for each office of the house; only the session's last-seen may move."""
    passwords.configure(passwords.CHEAP)
    account(datetime.now(UTC), "someone", office=office)
    sign_in(client, "someone")
    written.clear()
    looks = [one.rule for one in declarations(client.application) if "GET" in one.methods and "<" not in one.rule]
    fallen = {path: answer.status_code for path in looks if (answer := client.get(path)).status_code >= 500}
    assert not fallen
    assert [one for one in written if "web_session" not in one] == []
    assert len(looks) > 8


def test_the_law_would_see_a_look_that_writes(app: Flask, written: list[str]) -> None:
    account(datetime.now(UTC), "someone")
    assert any("INSERT INTO account" in one for one in written)
