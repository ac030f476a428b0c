"""Finding an organization by a part of its name: names for the form as one types, and a page where no script runs."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from workflow.services import organizations
from workflow.web import page
from workflow.web.applicant import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

SHOWN = 20


@route(blueprint, "/apply/organizations", visitor=Visitor.APPLICANT)
def units() -> Response:
    typed = request.args.get("q", "").strip()[:80]
    found = organizations.search(page.actor(), typed, limit=SHOWN) if typed else []
    names = [line.name for line in found if line.kind != "district"]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(names=names)
    return page.render("pages/applicant/units.html", typed=typed, names=names)
