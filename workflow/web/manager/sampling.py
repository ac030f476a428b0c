"""Drawing samples, nominator by nominator; suspended nominators and their release."""

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.errors import NotReady
from workflow.services import sampling as service
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/sampling", visitor=Visitor.MANAGER)
def sampling(ref: str) -> Response:
    return _show(ref)


def _show(ref: str, refused: NotReady | None = None, unit: str = "") -> Response:
    return page.render(
        "pages/manager/sampling.html",
        shown=service.board(page.actor(), ref),
        reasons=refused.reasons if refused is not None else (),
        at=unit,
        typed=request.form.get("basis", ""),
        status=422 if refused is not None else None,
    )


@route(blueprint, "/rounds/<ref>/sampling/<stage>/<unit>", methods=("POST",), visitor=Visitor.MANAGER)
def draw_sample(ref: str, stage: str, unit: str) -> Response:
    basis, key = request.form.get("basis", ""), page.request_key()
    try:
        done = service.draw(page.actor(), page.now(), ref, stage, unit, basis=basis, request_key=key)
    except NotReady as refused:
        return _show(ref, refused, unit)
    drawn = sum(done.values())
    page.tell("抽中 %(n)s 人，其余 %(m)s 人没有抽中，进入下一环节", n=drawn, m=len(done) - drawn)
    return page.go("manager.sampling", ref=ref)


@route(blueprint, "/rounds/<ref>/suspended/<unit>/release", methods=("POST",), visitor=Visitor.MANAGER)
def release_nominator(ref: str, unit: str) -> Response:
    try:
        number = service.release(page.actor(), page.now(), ref, unit, request.form.get("basis", ""))
    except NotReady as refused:
        return _show(ref, refused, unit)
    page.tell("已恢复这个单位，%(n)s 件恢复办理", n=number)
    return page.go("manager.sampling", ref=ref)
