"""Requests to erase somebody's data: what would go and what must stay, written down by one, signed by another."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from forms.accounts import Erasure
from workflow.domain.policy import Permission, can
from workflow.services import erasing as service
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

SIGNS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.PERSON_ERASE}


@route(blueprint, "/erasures", **SIGNS)
def erasures() -> Response:
    finds = can(page.actor(), Permission.PERSON_IMPORT)
    return page.render("pages/admin/erasures.html", waiting=service.waiting(page.actor()), finds=finds)


@route(blueprint, "/people/<ref>/erasure", methods=("GET", "POST"), **SIGNS)
def erasure(ref: str) -> Response:
    found = service.plan(page.actor(), page.now(), ref)
    form = page.bind(Erasure)
    if request.method == "POST":
        with acting.in_words(form, basis="words", reason="words"):
            return acting.once(lambda: _done(ref, request.form.get("act", ""), form.words.data or ""))
    status = 422 if form.reasons else 200
    return page.render("pages/admin/erasure.html", status=status, ref=ref, plan=found, form=form)


def _done(ref: str, act: str, words: str) -> Response:
    actor, now = page.actor(), page.now()
    if act == "confirm":
        done = service.confirm(actor, now, ref)
        page.tell("已删除 %(n)s 件申报里的个人信息，按规定要留的没有动", "ok", n=len(done.going))
    elif act == "decline":
        service.decline(actor, now, ref, words)
        page.tell("已记下不删除的理由，请答复本人")
    else:
        service.ask(actor, now, ref, words)
        page.tell("申请已记下，等另一位复核")
    return page.go("admin.erasures")
