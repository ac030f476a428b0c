"""One page for whoever puts people forward: what to answer, the places, the own list."""

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.policy import Permission
from workflow.services import nominating, nominating_confirming, putting_forward
from workflow.web import page
from workflow.web.nominator import blueprint
from workflow.web.reviewer import undoing
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/nominate", visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def home() -> Response:
    shown = nominating.home(page.actor(), page.now(), request.args.get("after"))
    awaited = nominating_confirming.awaited(page.actor(), page.now())
    desks = putting_forward.desks(page.actor(), page.now())
    return page.render("pages/nominator/home.html", shown=shown, awaited=awaited, desks=desks, undo=undoing.offered())
