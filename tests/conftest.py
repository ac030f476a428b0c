"""What every test may ask for. CONTRIBUTING.md says how to use it."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Thread

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import keys
from tests.databases import Place, PostgresqlPlace, SqlitePlace, bare_app, in_memory, let_go, postgresql_server
from workflow.config import Settings
from workflow.services import passwords

ONE_DATABASE = ("documents", "domain", "forms", "web")
"""Rooms that the pass on PostgreSQL leaves out. They touch no database, or stand, as the pages do, on services and
queries that their own tests try on both; each page is opened on both by `tests/faults/test_fuzz.py` and the journeys.
"""
_TOUCH_DATABASE = {"database", "app", "client", "address"}
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first needs a third less of the processor
CHROMIUM = os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="which database to test on")


def pytest_configure(config: pytest.Config) -> None:
    os.environ["LC_ALL"] = "C.UTF-8"  # what a command says is in no developer's own language
    gc.disable()  # collecting makes half a million objects, and all of them stay
    # No deadline: nothing depends on how busy the machine is. The same examples each time, so that a red run is red
    # again; HYPOTHESIS_PROFILE=wild looks for new ones.
    hypothesis_settings.register_profile("steady", deadline=None, derandomize=True)
    hypothesis_settings.register_profile("wild", deadline=None)
    hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
    config.addinivalue_line("markers", "database: touches the database; set by itself from the fixtures in use")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        room = str(item.path).removeprefix(f"{Path(__file__).parent}/").partition("/")[0]
        for apart in ("browser", "faults"):
            assert room == apart or not item.get_closest_marker(apart), f"{item.nodeid} belongs into tests/{apart}"
        if room in ONE_DATABASE:
            item.add_marker("once")
        if _TOUCH_DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
        if item.get_closest_marker("browser") and not CHROMIUM and not os.environ.get("REQUIRE_ALL"):
            item.add_marker(pytest.mark.skip(reason="Chromium is not on this machine"))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)  # nobody waits for a long one at the end


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture
def now() -> datetime:
    """Friday, 20 November 2026, 10:00 in Hangzhou, unless TEST_MOMENT names another one (2026-11-21T16:05+00:00)."""
    given = os.environ.get("TEST_MOMENT")
    return datetime.fromisoformat(given).astimezone(UTC) if given else datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest, now: datetime) -> Iterator[None]:
    """The clock of this process goes on from `now`: no test depends on the hour or the weekday it runs at.

    Those that start processes of their own share the machine's clock with them.
    """
    if request.node.get_closest_marker("faults"):
        yield
    else:
        with time_machine.travel(now, tick=True):
            yield


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    place: Place
    if request.config.getoption("--database") == "sqlite":
        place = SqlitePlace()
    else:
        server = postgresql_server()
        assert server, "no PostgreSQL answers; TEST_POSTGRESQL_URL names another one"
        place = PostgresqlPlace(server)
    yield place
    place.remove()


@pytest.fixture(scope="session")
def ground(settings: Settings) -> Flask:
    """Tables, migrations, keys and quick password hashes, without a front door."""
    keys.hand_in()
    passwords.configure(passwords.CHEAP)
    return bare_app(settings.database_url)


@pytest.fixture
def database(place: Place, ground: Flask) -> Iterator[str]:
    """A fresh database and an app context on it: services and models can be called at once. Its address."""
    place.refresh()
    let_go(ground)
    with ground.app_context():
        yield place.url
    let_go(ground)


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    with in_memory() as folder:
        made = Path(folder, "data")
        made.mkdir()
        yield made


@pytest.fixture(scope="session")
def settings(place: Place, data_dir: Path) -> Settings:
    """Those of the tests: keys that are no secret, everything else as it comes."""
    return Settings(
        data_dir=data_dir,
        database_url=place.url,
        session_key="session key of the tests, long enough",
        field_key=keys.FIELD,
        index_key=keys.INDEX,
        audit_key=keys.AUDIT,
        base_url="http://localhost",
        testing=True,
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def house(settings: Settings) -> Flask:
    """The whole application, made once: a test that changes it makes its own with `create_app(settings)`."""
    from workflow.app import create_app  # noqa: PLC0415 - the rules' own tests run without the front door

    return create_app(settings)


@pytest.fixture
def app(house: Flask, database: str, data_dir: Path) -> Iterator[Flask]:
    """The application on a fresh database and an empty data folder."""
    shutil.rmtree(data_dir)
    data_dir.mkdir()
    let_go(house)  # a late answer of the test before may have opened the file that was just replaced
    yield house
    let_go(house)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application behind a real socket, one thread per request: `http://127.0.0.1:port`."""
    under_way = UnderWay()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=under_way.handler())
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    under_way.wait()


class UnderWay:
    """Counts the requests that are being answered: the next test must not share its database with a late one."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0

    def handler(self) -> type[WSGIRequestHandler]:
        """Counts around the whole answer: a browser that hangs up in the middle keeps it from being closed."""
        add = self._add

        class Counted(WSGIRequestHandler):
            def run_wsgi(self) -> None:
                add(1)
                try:
                    super().run_wsgi()
                finally:
                    add(-1)

        return Counted

    def _add(self, step: int) -> None:
        with self._changed:
            self._count += step
            self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._count == 0, timeout=60), "a request never came to an end"
