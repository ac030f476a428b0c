"""Is the house alive? For whoever watches the machine: no names, no numbers about people."""

from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from workflow import upkeep
from workflow.services import clock
from workflow.web.page import now
from workflow.web.routes import Visitor, page

blueprint = Blueprint("health", __name__)


@page(blueprint, "/readyz", visitor=Visitor.PUBLIC)
def readyz() -> tuple[Response, int]:
    """503 while requests should go elsewhere: no database, or one whose tables are not of this code."""
    try:
        current, wanted = upkeep.revisions(current_app._get_current_object())  # type: ignore[attr-defined]
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return jsonify(ready=False, why="database"), 503
    if current != wanted:
        return jsonify(ready=False, why="migrations"), 503
    return jsonify(ready=True), 200


@page(blueprint, "/healthz", visitor=Visitor.PUBLIC)
def healthz() -> tuple[Response, int]:
    """503 only if pages cannot work either; a clock that is late makes things late, no more."""
    try:
        late = clock.is_late(now())
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return jsonify(database="down"), 503
    return jsonify(database="up", clock="late" if late else "on time"), 200
