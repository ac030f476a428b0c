"""A member of the committee votes: the whole list on one page, each case once."""

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotDeclared, NotReady, Reason
from workflow.services import meetings_casting
from workflow.web import page
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

PREFIX = "vote-"


@route(blueprint, "/review/meetings/<ref>/ballot", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def ballot(ref: str) -> Response:
    votes = {name.removeprefix(PREFIX): request.form[name][:20] for name in request.form if name.startswith(PREFIX)}
    reasons: tuple[Reason, ...] = ()
    page.if_refused(latest=url_for("reviewer.ballot", ref=ref))
    if request.method == "POST":
        try:
            cast = meetings_casting.cast(page.actor(), page.now(), ref, votes, request_key=page.request_key())
        except (InvalidInput, NotReady) as refusal:
            reasons = refusal.reasons
        else:
            page.tell("已投票：%(n)s 件", n=cast)
            return page.go("reviewer.ballot", ref=ref)
    try:
        own = meetings_casting.own(page.actor(), ref)
    except NotDeclared as first:
        return page.go("reviewer.declare", ref=first.item)
    return page.render(
        "pages/reviewer/ballot.html", status=422 if reasons else None, own_ballot=own, votes=votes, reasons=reasons
    )
