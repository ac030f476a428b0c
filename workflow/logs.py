"""One JSON line per thing that happened. No personal data: a route's pattern, never its values; ids, never names."""

import logging
import secrets
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

REQUEST_ID_HEADER = "X-Request-ID"
_QUIET = ("werkzeug", "gunicorn.access", "sqlalchemy.engine", "alembic.runtime.plugins")


def start_logging(level: str) -> None:
    """Ours and the libraries' lines through one formatter. Calling it again changes nothing but the level."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name("talent")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if one.get_name() == "talent"]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("alembic.runtime.migration").addFilter(_is_a_migration)


def _is_a_migration(line: logging.LogRecord) -> bool:
    """Not each question of how the database stands, such as every /readyz asks."""
    return line.levelno > logging.INFO or str(line.msg).startswith("Running")


def log_requests(app: Flask) -> None:
    """Each request has an id of its own making (never the client's) and one line when it is answered."""
    log = structlog.stdlib.get_logger("access")

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers[REQUEST_ID_HEADER] = g.request_id
            log.info(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                ms=round((time.perf_counter() - g.began) * 1000, 1),
            )
        return response


def _trace_without_values(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback as places only: the text of an exception may quote what a person typed."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error"] = type(error).__name__
        line["at"] = _places(error)
    return line


def _places(error: BaseException) -> list[str]:
    found = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return found[-12:]


def _without_values(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Werkzeug and SQLAlchemy put statements and their values into messages: keep the first line only."""
    event = str(line.get("event", ""))
    line["event"] = event.split("\n", 1)[0][:500]
    return line


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _trace_without_values,
]
