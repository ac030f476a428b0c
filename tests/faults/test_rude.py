"""Whatever is typed into the forms of scoring, joint checks, meetings, notices, certificates and result tables: a page
answers, with a refusal or a next step, and never a fault of ours."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.journeys.driver import Form, Page
from tests.services.issued import Grounds
from tests.services.jointly import JointPlot
from tests.services.listed import Listing
from tests.services.panels import Panel
from tests.services.seated import assembly
from tests.services.taught import School
from tests.web.front import sign_in
from tests.web.town import give_passwords

PAGES = 16
TEXTS = ("甲\0乙", "<script>alert(1)</script>", "9" * 400, "²", "x" * 20_000)
AWAY = ("/logout", "/display", "/login", "/settings", "/sessions", "/password")
"""What signs out or only changes how pages look."""


HOUSES: dict[str, tuple[Callable[[datetime], object], tuple[str, ...]]] = {}


def house(*logins: str) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    def note(build: Callable[[datetime], object]) -> Callable[[datetime], object]:
        HOUSES[build.__name__] = (build, logins)
        return build

    return note


@house("court", "manager")
def joint_check(now: datetime) -> object:
    made = JointPlot(now)
    made.everybody(made.asked(2)[0])
    return made


@house("manager")
def meeting(now: datetime) -> object:
    return assembly(now, {"pattern": [9000, 8800, 8000]})


@house("manager", "p1")
def notice(now: datetime) -> object:
    made = Listing(now - timedelta(seconds=1))
    made.waiting(2)
    made.publish()
    return made


@house("manager", "p1")
def certificate(now: datetime) -> object:
    made = Grounds(now)
    made.issue(made.before_award(1))
    made.before_award(2)
    return made


@house("school", "manager")
def results(now: datetime) -> object:
    made = School(now)
    made.bring(2)
    return made


@house("expert_1", "manager")
def scoring(now: datetime) -> object:
    made = Panel(now)
    made.at_panel(2)
    made.at_expert(1)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HOUSES))
def test_no_form_of_a_later_stage_ends_in_a_fault(app: Flask, name: str) -> None:
    build, logins = HOUSES[name]
    with app.app_context():
        build(datetime.now(UTC))
        give_passwords()
    sent = 0
    for login in logins:
        client = app.test_client()
        sign_in(client, login)
        for form in forms(client):
            sent += sum(1 for _ in shots(client, form))
    assert sent > 10, "there was no form to be rude to"


def forms(client: FlaskClient) -> Iterator[Form]:
    """Every form that is sent from a page to which links lead, one of each address and set of names."""
    waiting, seen, known = ["/review", "/manage/rounds", "/my", "/notices", "/"], set[str](), set[object]()
    while waiting and len(seen) < PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code in (302, 303):
            waiting.insert(0, str(answer.headers["Location"]))
        if answer.status_code != 200 or "html" not in answer.content_type:
            continue
        page = Page(f"http://localhost{path}", 200, answer.text)
        links = (urlsplit(urljoin(page.url, url)) for _, url in page.links)
        waiting += [
            link.path + (f"?{link.query}" if link.query else "") for link in links if link.netloc == "localhost"
        ]
        for form in page.forms:
            key = (re.sub(r"/[\w-]{16}(?=/|$)", "/REF", urlsplit(form.action).path), *sorted(form.names()))
            if form.method == "post" and not urlsplit(form.action).path.startswith(AWAY) and key not in known:
                known.add(key)
                yield form


def shots(client: FlaskClient, form: Form) -> Iterator[None]:
    """The form as it stands with one rude text in every field; then as another kind of content."""
    fixed = {"csrf_token", "request_key"}
    token = next((control.value for control in form.controls if control.name == "csrf_token"), "")
    buttons = {button.name: button.value for button in form.buttons if button.name}
    path = urlsplit(form.action).path
    for text in TEXTS:
        data = dict.fromkeys(form.names() - fixed, text) | buttons | {"csrf_token": token}
        expect_no_fault(client, path, data=data)
        yield
    whole = {control.name: control.value for control in form.controls if control.name} | buttons
    for name in sorted(form.names() - fixed):
        expect_no_fault(client, path, data={**whole, name: (BytesIO(b"PK"), "甲.xlsx"), "csrf_token": token})
        yield
    expect_no_fault(client, path, data=b'{"a": [1', content_type="application/json")
    yield


def expect_no_fault(client: FlaskClient, path: str, **sent: object) -> None:
    answer = client.post(path, **sent)
    assert answer.status_code < 500, f"POST {path} {str(sent)[:600]}"
    assert "html" not in answer.content_type or "<script>alert(1)" not in answer.text, path
