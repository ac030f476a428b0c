"""create_app: what holds for every request, whatever page it asks for."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from workflow.app import create_app
from workflow.config import ROOT, Settings

ID_NUMBER = "330113199003077512"


@pytest.fixture
def strict(settings: Settings, app: Flask) -> FlaskClient:
    """The same house as production sees it."""
    own = {
        name: f"{name} of this test 0123456789 abcdef"
        for name in ("session_key", "field_key", "index_key", "audit_key")
    }
    chosen = replace(settings, production=True, demo=False, base_url="https://talent.example.gov.cn", **own)
    return create_app(chosen).test_client()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the formatter of the log really writes."""
    [handler] = [one for one in logging.getLogger().handlers if one.get_name() == "talent"]
    assert isinstance(handler, logging.StreamHandler)
    written, level = io.StringIO(), logging.getLogger().level
    old = handler.setStream(written)
    logging.getLogger().setLevel(logging.DEBUG)
    yield written
    logging.getLogger().setLevel(level)
    handler.setStream(old)


def _logged(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_static_file_is_kept_for_a_year_under_the_address_of_its_content(app: Flask, client: FlaskClient) -> None:
    name = min(path.name for path in (ROOT / "static").iterdir() if path.is_file())
    with app.test_request_context():
        address = url_for("static", filename=name)
    assert "v=" in address
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Disposition" not in client.get(address).headers, "a link that offers it for keeping names it"
    for other in (f"/static/{name}", f"/static/{name}?v=0"):
        assert client.get(other).headers["Cache-Control"] == "no-cache"


def test_a_static_file_that_is_missing_has_no_digest(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        assert url_for("static", filename="no-such.css") == "/static/no-such.css"
    assert client.get("/static/no-such.css?v=1").status_code == 404


def test_production_asks_for_https_and_knows_its_own_name(strict: FlaskClient) -> None:
    answer = strict.get("/healthz", base_url="https://talent.example.gov.cn")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert strict.get("/healthz", base_url="https://evil.example").status_code == 400


def test_production_cookies_are_bound_to_the_host(strict: FlaskClient) -> None:
    config = strict.application.config
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert config["SESSION_COOKIE_SECURE"]
    assert config["SESSION_COOKIE_HTTPONLY"]


def test_a_body_that_is_too_large_is_refused(settings: Settings, app: Flask) -> None:
    small = create_app(replace(settings, max_request_bytes=1000)).test_client()
    assert small.post("/login", data={"x": "y" * 2000}).status_code == 413


def test_health_needs_no_session_and_names_nobody(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"database": "up", "clock": "late"})
    assert "Set-Cookie" not in answer.headers


def test_health_says_so_when_the_database_is_gone(settings: Settings, tmp_path: Path, app: Flask) -> None:
    lost = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/nowhere/talent.db")).test_client()
    answer = lost.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"database": "down"})


def test_the_log_names_the_route_and_never_what_was_asked(client: FlaskClient, lines: io.StringIO) -> None:
    client.get(f"/healthz?q={ID_NUMBER}")
    client.get(f"/nobody/{ID_NUMBER}", headers={"X-Request-ID": ID_NUMBER})
    requests = [line for line in _logged(lines) if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [("/healthz", 200), (None, 404)]
    assert len({line["request_id"] for line in requests}) == 2
    assert ID_NUMBER not in lines.getvalue()


def test_an_answer_carries_the_number_under_which_it_was_logged(client: FlaskClient, lines: io.StringIO) -> None:
    answer = client.get("/healthz")
    [line] = [line for line in _logged(lines) if line["event"] == "request"]
    assert answer.headers["X-Request-ID"] == line["request_id"]


def test_an_exception_is_logged_by_its_places_and_not_by_its_words(app: Flask, lines: io.StringIO) -> None:
    try:
        int(f"cannot read {ID_NUMBER}")
    except ValueError:
        app.logger.exception("could not be read")
    [line] = _logged(lines)
    assert (line["event"], line["error"]) == ("could not be read", "ValueError")
    assert "test_app.py" in str(line["at"])
    assert ID_NUMBER not in lines.getvalue()


def test_a_message_of_a_library_is_cut_before_its_values(app: Flask, lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("constraint failed\n[parameters: %s]", ID_NUMBER)
    [line] = _logged(lines)
    assert (line["event"], line["level"]) == ("constraint failed", "warning")
