"""Which version the running cases of a program are decided under, case by case."""

from flask import request
from werkzeug.wrappers import Response

from workflow.services.studio import pinned
from workflow.web import page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS


@route(blueprint, "/programs/<ref>/cases", **BUILDS)
def pinned_cases(ref: str) -> Response:
    version, number = request.args.get("version", type=int), request.args.get("page", 1, type=int)
    return page.render("pages/studio/pinned.html", found=pinned.listed(ref, page.actor(), version=version, page=number))
