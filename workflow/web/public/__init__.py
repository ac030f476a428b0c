"""What everybody sees: what can be applied for now, one program, and how the pages are shown."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from workflow.web.public import demo, display, fingerprint, guides, home, notice_pages, notices, searching, verify
