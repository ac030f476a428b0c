"""Everything that was made clear in the programs where the reader reviews."""

from flask import request
from werkzeug.wrappers import Response

from workflow.services import clarifications as service
from workflow.web import page
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/review/clarifications", visitor=Visitor.REVIEWER)
def clarifications() -> Response:
    typed = request.args.get("q", "")[:80]
    return page.render("pages/reviewer/clarifications.html", found=service.collected(page.actor(), typed), typed=typed)
