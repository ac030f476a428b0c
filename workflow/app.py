"""The only joiner: settings in, an application out."""

import hashlib
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_migrate import Migrate
from jinja2 import StrictUndefined
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import get_host

import models.tables  # noqa: F401 - every table must be known before the first query
from models import secrets
from models.base import TransactionError, db, open_database, refuse_open_transaction
from workflow import channels, cli, i18n, logs, storage, web
from workflow.channels.catcher import Catcher
from workflow.channels.smtp import Server, Smtp
from workflow.config import ROOT, Settings, from_environment
from workflow.services import composing, passwords
from workflow.services.studio import publishing
from workflow.storage import scanning
from workflow.storage.local import LocalFolder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

YEAR_SECONDS = 365 * 24 * 3600
_HSTS = "max-age=31536000; includeSubDomains"


def create_app(settings: Settings | None = None) -> Flask:
    """The application of these settings, or of the environment's; raises BadSettings rather than start wrongly."""
    chosen = (settings or from_environment()).checked()
    app = Flask("workflow", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.extensions["settings"] = chosen
    app.config.update(_flask_config(chosen))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.start_logging(chosen.log_level)
    logs.log_requests(app)
    secrets.configure(secrets.Keyring.of(chosen.field_key, chosen.index_key, chosen.audit_key))
    passwords.configure(passwords.CHEAP if chosen.testing else passwords.Cost())
    storage.configure(LocalFolder(chosen.uploads_dir))
    scanning.configure(chosen.scanner)
    publishing.configure(chosen.second_person)
    open_database(app, chosen.database_url, chosen.threads)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    _watch_transactions(app)
    catalogue = i18n.register(app, ROOT / "translations")
    _serve_static(app)
    web.register(app)
    cli.register(app)
    channels.configure(_channels(chosen))
    composing.configure(web.house(app, catalogue.say))
    _stand_behind_proxy(app, chosen)
    return app


def _channels(settings: Settings) -> Iterator[channels.Channel]:
    """Mail where a server is named. In production nothing else: a text message needs a gateway of the place."""
    host = str(urlsplit(settings.base_url).hostname)
    if settings.smtp_url:
        yield Smtp(Server.of(settings.smtp_url), settings.mail_from, host)
    if not settings.production:
        caught = settings.data_dir / "caught"
        if not settings.smtp_url:
            yield Catcher("email", caught)
        yield Catcher("sms", caught)


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _flask_config(settings: Settings) -> dict[str, Any]:
    config: dict[str, Any] = {
        "SECRET_KEY": settings.session_key,
        "TESTING": settings.testing,
        "MAX_CONTENT_LENGTH": settings.max_request_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_form_bytes,
        "MAX_FORM_PARTS": 5000,
        "WTF_CSRF_TIME_LIMIT": None,  # bound to the session; a form may stay open over lunch
        "SESSION_COOKIE_NAME": "__Host-session" if settings.production else "session",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BASE_URL": settings.base_url,
        "DEMO": settings.demo,
        "PRODUCTION": settings.production,
        "DATA_DIR": settings.data_dir,
        "VERSION": _version(),
    }
    if settings.production:
        config["PREFERRED_URL_SCHEME"] = "https"
    return config


def _watch_transactions(app: Flask) -> None:
    """No transaction outlives its request; in tests one that does fails the test."""

    @app.teardown_appcontext
    def check(_error: BaseException | None) -> None:
        try:
            refuse_open_transaction()
        except TransactionError:
            app.logger.exception("a transaction was left open by %s", request.endpoint if request else "a command")
            if app.testing:
                raise


def _serve_static(app: Flask) -> None:
    """The address of a static file carries its digest, so that a browser may keep the file for a year."""
    folder = Path(str(app.static_folder))

    @lru_cache(maxsize=1000)
    def digest(name: str, _changed: int) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    def digest_of(name: str) -> str | None:
        try:
            found = os.stat(f"{folder}/{name}")
        except (OSError, ValueError):
            return None
        return digest(name, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", digest_of(values["filename"]))

    @app.after_request
    def keep_or_ask(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in {200, 304}:
            named = (request.view_args or {}).get("filename", "")
            fresh = request.args.get("v") == digest_of(named)
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "no-cache"
            del response.headers["Content-Disposition"]  # a link that offers the file for keeping names it
        return response


def _stand_behind_proxy(app: Flask, settings: Settings) -> None:
    wsgi_app: WSGIApplication = app.wsgi_app
    if settings.production:
        wsgi_app = _only_named_hosts(wsgi_app, [str(urlsplit(settings.base_url).hostname), "localhost", "127.0.0.1"])

        @app.after_request
        def only_https(response: Response) -> Response:
            response.headers["Strict-Transport-Security"] = _HSTS
            return response

    if hops := settings.trusted_proxies:
        wsgi_app = ProxyFix(wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = wsgi_app  # type: ignore[assignment, method-assign]  # as Flask documents


def _only_named_hosts(inner: "WSGIApplication", hosts: list[str]) -> "WSGIApplication":
    """A made-up Host header gets no page at all: a page would build its links with it."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            get_host(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), trusted_hosts=hosts)
        except SecurityError:
            return Response("Unknown host.\n", 400, mimetype="text/plain")(environ, start_response)
        return inner(environ, start_response)

    return call
