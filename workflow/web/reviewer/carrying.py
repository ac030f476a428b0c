"""A file for what a stage records, sent ahead of its form: where the line is bad, one picture after the other."""

from typing import BinaryIO, cast

from flask import jsonify, request
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import record_files
from workflow.web import page
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/review/items/<ref>/record/<key>", methods=("POST",), visitor=Visitor.REVIEWER)
def carry(ref: str, key: str) -> tuple[Response, int]:
    """Kept beside the case; it counts once the act names it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NotFound
    try:
        kept = record_files.attach(ref, key, file.filename, cast(BinaryIO, file.stream), page.actor(), page.now())
    except InvalidInput as refusal:
        return jsonify(words=page.say(refusal.reasons[0].words)), 422
    return jsonify(ref=kept, name=file.filename), 200
