"""The nominator's room: what waits for an answer, whom one has put forward, and how many places are left."""

from flask import Blueprint

blueprint = Blueprint("nominator", __name__)

from workflow.web.nominator import (
    bulk,
    confirming,
    home,
    listing,
    putting_forward,
)
