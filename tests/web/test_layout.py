"""Each page of the public and the account, in both languages: strict, whole, and as large as its reader wants."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.services.houses import account
from tests.web.front import SIDES, Page, csrf, faults_of, open_round, sign_in, speak
from workflow.services import passwords

OPEN = ("/", "/login", "/register", "/forgotten", "/settings", "/accessibility", "/privacy", "/caught")
OWN = ("/account/password", "/account/sessions")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _cheap() -> None:
    passwords.configure(passwords.CHEAP)


@pytest.fixture
def someone(client: FlaskClient) -> FlaskClient:
    account(datetime.now(UTC), "wang", name="Wang")
    sign_in(client, "wang")
    return client


@pytest.mark.parametrize("language", SIDES)
@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everybody_is_strict_in_each_language(client: FlaskClient, path: str, language: str) -> None:
    speak(client, language)
    answer = client.get(path)
    assert answer.status_code == 200
    assert faults_of(answer.text) == []
    assert Page(answer.text).all("html")[0]["lang"] == ("en" if language == "en" else "zh-Hans")


@pytest.mark.parametrize("language", SIDES)
@pytest.mark.parametrize("path", OWN)
def test_a_page_of_ones_own_is_strict_in_each_language(someone: FlaskClient, path: str, language: str) -> None:
    speak(someone, language)
    answer = someone.get(path)
    assert answer.status_code == 200
    assert faults_of(answer.text) == []


@pytest.mark.parametrize("path", OPEN)
def test_an_english_page_holds_no_chinese_but_the_way_back(client: FlaskClient, path: str) -> None:
    speak(client, "en")
    left = [word for word in Page(client.get(path).text).words if CHINESE.search(word)]
    assert set(left) <= {"中文", "简体中文"}


def test_the_policy_stands_on_every_answer(client: FlaskClient) -> None:
    for path in ("/", "/nothing-here", "/static/app.css"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "data:" not in policy


def test_pages_are_not_kept_by_browsers_but_files_are(client: FlaskClient) -> None:
    assert "no-store" in client.get("/").headers["Cache-Control"]
    stylesheet = next(link["href"] for link in Page(client.get("/").text).all("link") if "app.css" in link["href"])
    assert "immutable" in client.get(stylesheet).headers["Cache-Control"]


def set_display(client: FlaskClient, **wished: str) -> None:
    answer = client.post("/display", data={"csrf_token": csrf(client), "next": "/privacy", **wished})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy")


def classes_of(client: FlaskClient) -> str:
    return Page(client.get("/privacy").text).all("html")[0].get("class", "")


def test_large_text_and_contrast_are_a_form_and_stay(client: FlaskClient) -> None:
    set_display(client, size="125")
    assert classes_of(client) == "big"
    set_display(client, contrast="1")
    assert classes_of(client) == "big contrast"
    set_display(client, size="150", contrast="0")
    assert classes_of(client) == "bigger"


def test_a_size_that_is_not_offered_changes_nothing(client: FlaskClient) -> None:
    set_display(client, size="900", language="xx")
    assert classes_of(client) == ""


def test_display_follows_the_account_to_another_browser(someone: FlaskClient) -> None:
    set_display(someone, size="150", language="en", keys="0")
    other = someone.application.test_client()
    sign_in(other, "wang")
    shown = Page(other.get("/privacy").text).all("html")[0]
    assert (shown["class"], shown["lang"], shown["data-keys"]) == ("bigger", "en", "off")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1", ""])
def test_a_way_back_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = client.post("/display", data={"csrf_token": csrf(client), "next": target, "size": "125"})
    assert answer.headers["Location"] == "/"


def test_links_are_drawn_only_to_pages_that_are_there(someone: FlaskClient) -> None:
    open_round(datetime.now(UTC))
    for start in ("/", "/account/password", "/settings"):
        for link in Page(someone.get(start).text).all("a"):
            path = link["href"].partition("#")[0]
            assert not path or someone.get(path).status_code == 200, f"{start} leads to {path}"


@pytest.mark.parametrize(
    ("path", "current"), [("/verify", ["/verify"]), (f"/verify/{'A' * 32}", ["/verify"]), ("/", ["/"])]
)
def test_a_page_under_a_list_is_marked_in_the_head(client: FlaskClient, path: str, current: list[str]) -> None:
    assert re.findall(r'<li><a href="([^"]+)" aria-current="page"', client.get(path).text) == current
    assert "aria-current" not in client.get("/login").text
