"""The nominator's room: what waits for an answer, whom one has put forward, and how many places are left."""

from flask import Blueprint

blueprint = Blueprint("nominator", __name__)

from workflow.web.nominator import (  # noqa: E402 - they hang themselves on it
    bulk,  # noqa: F401
    confirming,  # noqa: F401
    home,  # noqa: F401
    listing,  # noqa: F401
    putting_forward,  # noqa: F401
)
