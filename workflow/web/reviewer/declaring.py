"""What a judge says before the first look: no relation, or which cases they step out of."""

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.services import declarations
from workflow.services.declarations import MOST, Paper
from workflow.web import page
from workflow.web.reviewer import blueprint
from workflow.web.reviewer.asking import kept_query, wanted, with_query
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

LONGEST = 500


@route(blueprint, "/review/items/<ref>/declare", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def declare(ref: str) -> Response:
    page.if_refused(latest=url_for("reviewer.declare", ref=ref))
    if request.method == "POST":
        return _declared(ref)
    paper = declarations.paper(ref, page.actor(), page.now())
    if paper is None:
        return page.go_to(with_query("reviewer.item", kept_query(wanted()), ref=ref))
    return _show(paper)


def _declared(ref: str) -> Response:
    refs = request.form.getlist("case")[:MOST]
    if not refs:
        raise NotFound
    near = {one: request.form.get(f"why-{one}", "")[:LONGEST] for one in request.form.getlist("near") if one in refs}
    try:
        left = declarations.declare(refs, near, page.actor(), page.now(), request_key=page.request_key())
    except InvalidInput as refusal:
        paper = declarations.paper(ref, page.actor(), page.now())
        if paper is None:
            raise
        return _show(paper, refusal.reasons)
    page.tell("已声明：%(a)s 件没有利害关系，%(b)s 件回避", a=left, b=len(near))
    if ref in near:
        return page.go_to(with_query("reviewer.queue", kept_query(wanted())))
    return page.go_to(with_query("reviewer.item", kept_query(wanted()), ref=ref))


def _show(paper: Paper, reasons: tuple[Reason, ...] = ()) -> Response:
    return page.render(
        "pages/reviewer/declare.html",
        status=422 if reasons else None,
        paper=paper,
        near=request.form.getlist("near"),
        written={one.item: request.form.get(f"why-{one.item}", "") for one in paper.asked},
        reasons=reasons,
        query=kept_query(wanted()),
    )
