"""Sending somebody the link once more by which they confirm what was filled for them."""

from werkzeug.wrappers import Response

from workflow.domain.errors import MovedOn, NotFound, Refusal
from workflow.domain.policy import Permission
from workflow.services import nominating_confirming
from workflow.web import page
from workflow.web.nominator import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(
    blueprint,
    "/nominate/<ref>/link",
    methods=("POST",),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def send_again(ref: str) -> Response:
    try:
        nominating_confirming.send_again(ref, page.actor(), page.now())
    except (MovedOn, NotFound):
        raise
    except Refusal as refusal:
        page.tell(refusal.words.text, "warn", **refusal.words.params)
    else:
        page.tell("确认链接已重发到表里的手机，以前的链接作废")
    return page.go("nominator.home")
