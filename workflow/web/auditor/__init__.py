"""The records as the auditor reads them: chains, who looked at what, whether everything holds. Changes nothing."""

from flask import Blueprint

blueprint = Blueprint("auditor", __name__, url_prefix="/audit")

from workflow.web.auditor import records
