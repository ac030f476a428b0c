"""What falls due after a recognition: to answer one thing, and one person's time after the recognition on a page.

The rooms of whoever is asked, in or outside an office: persons on a phone, mentors, units, the office itself.
"""

from flask import Blueprint, request

blueprint = Blueprint("duties", __name__)

LARGEST_UPLOAD = 60 * 1024 * 1024
"""Evidence may come with an answer; the field's own limit is checked as it comes."""


@blueprint.url_value_preprocessor
def _allow_uploads(endpoint: str | None, _values: object) -> None:
    if endpoint in ("duties.task", "duties.act"):
        request.max_content_length = LARGEST_UPLOAD


import workflow.web.duties.following
import workflow.web.duties.rounds
import workflow.web.duties.tasks
