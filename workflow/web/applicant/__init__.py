"""The applicant's room: begin, fill, submit, follow, correct. And the page of whoever confirms by a one-time link."""

from flask import Blueprint, request

blueprint = Blueprint("applicant", __name__)

LARGEST_UPLOAD = 260 * 1024 * 1024
"""Above the largest `max_mb` of a program; what a single field allows is checked while the file comes in."""

_TAKES_FILES = frozenset(
    {
        "applicant.section",
        "applicant.upload",
        "applicant.correct",
        "applicant.correct_upload",
        "applicant.signed",
    }
)


@blueprint.url_value_preprocessor
def _allow_large_uploads(endpoint: str | None, _values: object) -> None:
    """Before anybody reads the body: only the pages that take files take large ones."""
    if endpoint in _TAKES_FILES:
        request.max_content_length = LARGEST_UPLOAD


import workflow.web.applicant.beginning
import workflow.web.applicant.certificate
import workflow.web.applicant.confirming
import workflow.web.applicant.confirming_award
import workflow.web.applicant.correcting
import workflow.web.applicant.filling
import workflow.web.applicant.signing
import workflow.web.applicant.status
import workflow.web.applicant.submitting
import workflow.web.applicant.trainings
import workflow.web.applicant.units
