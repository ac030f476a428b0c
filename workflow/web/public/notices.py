"""Short pages that stand still: accessibility, personal data, how records are kept."""

from werkzeug.wrappers import Response

from workflow.web import page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/accessibility", visitor=Visitor.PUBLIC)
def accessibility() -> Response:
    return page.render("pages/public/accessibility.html")


@route(blueprint, "/privacy", visitor=Visitor.PUBLIC)
def privacy() -> Response:
    return page.render("pages/public/privacy.html")


@route(blueprint, "/record-keeping", visitor=Visitor.PUBLIC)
def record_keeping() -> Response:
    return page.render("pages/public/record_keeping.html")
