"""Rounds from their plan to their closing: who may act in them, who nominates, which cases stand where."""

from flask import Blueprint, request

blueprint = Blueprint("manager", __name__, url_prefix="/manage")

LARGEST_UPLOAD = 60 * 1024 * 1024


@blueprint.url_value_preprocessor
def _allow_uploads(endpoint: str | None, _values: object) -> None:
    """What a stage records comes with the act; each field's own limit is checked as it comes."""
    if endpoint in ("manager.award_record", "manager.joint_conclude", "manager.record_meeting"):
        request.max_content_length = LARGEST_UPLOAD


from workflow.web.manager import (
    applications,
    award,
    award_bundle,
    award_recognized,
    award_record,
    clarifying,
    clock,
    dead_ends,
    facts,
    found,
    joint,
    ledger,
    lists,
    months,
    nominating,
    notices,
    opening,
    overview,
    panel,
    panel_after,
    panel_calling,
    panel_counting,
    panel_lines,
    panel_record,
    payouts,
    person_file,
    planning,
    recusals,
    report,
    retention,
    rounds,
    sampling,
    scoring,
    staffing,
)
