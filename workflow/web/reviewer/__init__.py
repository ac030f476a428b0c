"""The reviewer's room: what is to be done, and the desk at which it is done."""

from flask import Blueprint, request

blueprint = Blueprint("reviewer", __name__)

LARGEST_UPLOAD = 60 * 1024 * 1024
"""What a stage records, such as a stamped form, may come with an act; the field's own limit is checked as it comes."""


@blueprint.url_value_preprocessor
def _allow_uploads(endpoint: str | None, _values: object) -> None:
    if endpoint in ("reviewer.act", "reviewer.by_hand", "reviewer.carry"):
        request.max_content_length = LARGEST_UPLOAD


import workflow.web.reviewer.carrying  # noqa: E402 - the views hang themselves on the blueprint
import workflow.web.reviewer.casting  # noqa: E402
import workflow.web.reviewer.declaring  # noqa: E402
import workflow.web.reviewer.desk  # noqa: E402
import workflow.web.reviewer.handing  # noqa: E402
import workflow.web.reviewer.joint  # noqa: E402
import workflow.web.reviewer.keeping  # noqa: E402
import workflow.web.reviewer.objections  # noqa: E402
import workflow.web.reviewer.points  # noqa: E402
import workflow.web.reviewer.queue  # noqa: E402
import workflow.web.reviewer.rating  # noqa: E402
import workflow.web.reviewer.results  # noqa: E402
import workflow.web.reviewer.trainings  # noqa: E402
import workflow.web.reviewer.whole  # noqa: E402, F401
