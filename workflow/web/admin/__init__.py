"""The offices: accounts and who holds which duty, organizations and who speaks for them, people from lists."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/office")

from workflow.web.admin import (
    accounts,
    calendar,
    duties,
    erasing,
    lists,
    merging,
    naming,
    organizations,
    proposals,
    speaking,
)
