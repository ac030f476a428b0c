"""Nothing is open that does not say to whom."""

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from workflow.app import create_app
from workflow.config import Settings
from workflow.domain.actor import ANONYMOUS, Actor, Holding, Office
from workflow.domain.policy import Permission
from workflow.web.routes import Door, Visitor, admits, page

APPLICANT = Actor("account", 1, person_id=1)
HOLDER = Actor("account", 2, holdings=(Holding("intake"),))
SPEAKER = Actor("account", 6, holdings=(Holding("employer_admin", organization_id=7, organization_path="/1/7/"),))
ACCOUNTS = Actor("account", 3, offices=frozenset({Office.ACCOUNTS}))
AUDITOR = Actor("account", 4, offices=frozenset({Office.AUDIT}))
PROGRAMS = Actor("account", 5, offices=frozenset({Office.PROGRAMS}))
LINK = Actor("link", application_id=1)
ALL = {"nobody": ANONYMOUS, "link": LINK, "applicant": APPLICANT, "holder": HOLDER, "accounts": ACCOUNTS}
ALL |= {"speaker": SPEAKER, "auditor": AUDITOR, "programs": PROGRAMS}
SIGNED_IN = {"applicant", "holder", "speaker", "accounts", "auditor", "programs"}


@pytest.mark.parametrize(
    ("visitor", "let_in"),
    [
        (Visitor.PUBLIC, set(ALL)),
        (Visitor.LINK, set(ALL)),
        (Visitor.ACCOUNT, SIGNED_IN),
        (Visitor.APPLICANT, SIGNED_IN),
        (Visitor.NOMINATOR, {"speaker"}),
        (Visitor.REVIEWER, {"holder", "speaker"}),
        (Visitor.MANAGER, {"holder", "speaker", "programs"}),
        (Visitor.ADMIN, {"accounts", "programs"}),
        (Visitor.AUDITOR, {"auditor"}),
    ],
)
def test_a_room_lets_in_whom_it_names(visitor: Visitor, let_in: set[str]) -> None:
    assert {name for name, actor in ALL.items() if admits(Door(visitor), actor)} == let_in


def test_a_permission_narrows_the_room() -> None:
    door = Door(Visitor.ADMIN, Permission.ACCOUNT_MANAGE)
    assert admits(door, ACCOUNTS)
    assert not admits(door, PROGRAMS)


@pytest.fixture
def odd_house(settings: Settings, database: str) -> Flask:
    """A house with three doors of its own: one declared, one not, one for the auditor."""
    app = create_app(settings)
    odd = Blueprint("odd", __name__)
    odd.add_url_rule("/undeclared", "undeclared", lambda: "open!")
    page(odd, "/declared", visitor=Visitor.PUBLIC)(declared)
    page(odd, "/records", visitor=Visitor.AUDITOR, methods=("GET", "POST"))(records)
    app.register_blueprint(odd)
    return app


def declared() -> str:
    return "declared"


def records() -> str:
    return "records"


def test_an_undeclared_route_has_the_face_of_a_missing_one(odd_house: Flask) -> None:
    client = odd_house.test_client()
    assert client.get("/declared").text == "declared"
    undeclared, missing = client.get("/undeclared"), client.get("/missing")
    assert (undeclared.status_code, missing.status_code) == (404, 404)
    assert "open!" not in undeclared.text


def test_a_closed_room_asks_to_sign_in_and_leads_back(odd_house: Flask) -> None:
    answer = odd_house.test_client().get("/records?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/records?page%3D2")


def test_one_view_has_one_door() -> None:
    room = Blueprint("room", __name__)

    def view() -> str:
        return ""

    page(room, "/a", visitor=Visitor.PUBLIC)(view)
    with pytest.raises(ValueError, match="two doors"):
        page(room, "/b", visitor=Visitor.AUDITOR)(view)


def test_what_a_page_does_not_do_is_not_found(client: FlaskClient) -> None:
    assert client.delete("/login").status_code in (400, 404)
    assert client.get("/logout").status_code == 404
