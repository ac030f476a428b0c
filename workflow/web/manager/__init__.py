"""Rounds from their plan to their closing: who may act in them, who nominates, which cases stand where."""

from flask import Blueprint

blueprint = Blueprint("manager", __name__, url_prefix="/manage")

from workflow.web.manager import (  # noqa: E402, F401 - the views hang themselves on the blueprint
    applications,
    award,
    award_bundle,
    award_recognized,
    clock,
    joint,
    ledger,
    lists,
    nominating,
    notices,
    opening,
    overview,
    panel,
    panel_after,
    panel_calling,
    panel_counting,
    panel_lines,
    payouts,
    planning,
    recusals,
    report,
    rounds,
    scoring,
    staffing,
)
