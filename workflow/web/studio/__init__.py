"""The studio: whoever is in charge of programs builds and changes them here, part by part, and publishes them."""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from workflow.web.studio import (
    acts,
    adopting,
    conflicts,
    desk,
    drafts,
    pinned,
    publishing,
    scoring,
    supposing,
    trials,
    whole,
)
