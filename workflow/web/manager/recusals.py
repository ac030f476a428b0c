"""Who stepped out of a case, and letting one of them back in."""

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import NotReady, Reason
from workflow.services import declarations, objecting
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/applications/<ref>/recusals", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def recusals(ref: str) -> Response:
    out = declarations.out_of(ref, page.actor())
    reasons: tuple[Reason, ...] = ()
    account, reason = request.form.get("account", ""), request.form.get("reason", "")[:2000]
    page.if_refused(latest=url_for("manager.recusals", ref=ref))
    if request.method == "POST":
        try:
            declarations.readmit(ref, account, reason, page.actor(), page.now(), request_key=page.request_key())
        except NotReady as refusal:
            reasons = refusal.reasons
        else:
            page.tell("已解除回避。他再来办这一件，要重新声明")
            return page.go("manager.recusals", ref=ref)
    return page.render(
        "pages/manager/recusals.html",
        status=422 if reasons else None,
        ref=ref,
        out=out,
        objected=objecting.for_office(ref, page.actor()),
        account=account,
        reason=reason,
        reasons=reasons,
    )
