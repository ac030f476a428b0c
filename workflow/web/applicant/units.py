"""Finding an organization by a part of its name, and a place from the one above it: as one types or chooses."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from workflow.services import organizations, places
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


@route(blueprint, "/apply/places", visitor=Visitor.APPLICANT)
def places_below() -> Response:
    """The lists of one place, for the form's script; without it the page itself comes back with the next list."""
    steps = places.steps(request.args.get("code", ""), request.args.get("depth", "county"))
    return page.render("pages/applicant/places.html", steps=steps, name=request.args.get("name", ""))
