"""The box of a secret ballot is opened: its numbers become the tallies of the board."""

from flask import url_for
from werkzeug.wrappers import Response

from workflow.services import meetings_casting
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/meetings/<ref>/count", methods=("POST",), visitor=Visitor.MANAGER)
def count_ballots(ref: str) -> Response:
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    counted = meetings_casting.count(
        page.actor(), page.now(), ref, seen=page.seen_version(), request_key=page.request_key()
    )
    page.tell("已计票：%(n)s 件", n=counted)
    return page.go("manager.meeting", ref=ref)
