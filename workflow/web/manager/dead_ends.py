"""What cannot go on in the rounds that run, all in one place."""

from werkzeug.wrappers import Response

from workflow.domain.policy import Permission
from workflow.services import dead_ends as service
from workflow.web import page
from workflow.web.context import may
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/dead-ends", visitor=Visitor.MANAGER)
def dead_ends() -> Response:
    found = service.found(page.actor(), page.now())
    return page.render("pages/manager/dead_ends.html", found=found, invites=may(Permission.ACCOUNT_MANAGE))
