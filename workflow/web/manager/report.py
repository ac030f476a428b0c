"""For paper: one page about a round, and one application as its reader may see it."""

from werkzeug.wrappers import Response

from workflow.services import overview as service
from workflow.services import reading
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.manager.overview import drawn
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/report", visitor=Visitor.MANAGER)
def report(ref: str) -> Response:
    seen = service.overview(page.actor(), ref, page.now())
    return page.render("pages/manager/report.html", seen=seen, **drawn(seen))


@route(blueprint, "/applications/<ref>/print", visitor=Visitor.MANAGER)
def print_application(ref: str) -> Response:
    """Nothing that the desk would hide, and no sealed value in full: paper keeps no record of who reads it."""
    return page.render("pages/manager/print.html", sheet=reading.sheet(ref, page.actor(), page.now()))
