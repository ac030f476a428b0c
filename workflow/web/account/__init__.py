"""The door and what belongs to one's own account."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from workflow.web.account import catcher, door, inbox, joining, own, points
