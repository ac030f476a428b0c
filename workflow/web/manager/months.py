"""A round a month: the next twelve of them, and a manager's word on whether the clock opens them."""

from flask import request
from werkzeug.wrappers import Response

from forms.rounds import Months
from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.services import series
from workflow.services.series import Standing
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

TURNS = {
    "stop": (series.stop, Words("自动开批已停，开着的批次照办")),
    "go_on": (series.go_on, Words("自动开批已恢复")),
}


@route(blueprint, "/rounds/<ref>/months", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def months(ref: str) -> Response:
    standing = series.look(page.actor(), page.now(), ref)
    form = page.bind(Months)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _turned(ref, request.form.get("act", ""), form.reason.data or ""))
    return page.render("pages/manager/months.html", form=form, it=standing, missing=_missing(standing))


def _missing(it: Standing) -> Words | None:
    if not it.missing:
        return None
    return Words("最新的方案还要问：%(names)s。没有填，下一批建好也不会开放，会通知主办来补。", names=list(it.missing))


def _turned(ref: str, act: str, reason: str) -> Response:
    if act == "begin":
        series.begin(page.actor(), page.now(), ref)
        page.tell("从下一批起，每月到时自动开批")
    elif act in TURNS:
        turn, done = TURNS[act]
        turn(page.actor(), page.now(), ref, reason)
        page.tell(done.text)
    else:
        raise NotFound
    return page.go("manager.months", ref=ref)
