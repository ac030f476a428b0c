"""The reviewer's room: what is to be done, and the desk at which it is done."""

from flask import Blueprint, request

blueprint = Blueprint("reviewer", __name__)

LARGEST_UPLOAD = 60 * 1024 * 1024
"""What a stage records, such as a stamped form, may come with an act; the field's own limit is checked as it comes."""


@blueprint.url_value_preprocessor
def _allow_uploads(endpoint: str | None, _values: object) -> None:
    if endpoint in ("reviewer.act", "reviewer.by_hand", "reviewer.carry"):
        request.max_content_length = LARGEST_UPLOAD


import workflow.web.reviewer.carrying
import workflow.web.reviewer.casting
import workflow.web.reviewer.clarifications
import workflow.web.reviewer.declaring
import workflow.web.reviewer.desk
import workflow.web.reviewer.handing
import workflow.web.reviewer.joint
import workflow.web.reviewer.keeping
import workflow.web.reviewer.objections
import workflow.web.reviewer.points
import workflow.web.reviewer.queue
import workflow.web.reviewer.rating
import workflow.web.reviewer.results
import workflow.web.reviewer.trainings
import workflow.web.reviewer.whole
