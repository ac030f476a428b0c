"""Two records of one human: found, laid side by side, proposed by one and confirmed by another."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from forms.accounts import Erasure
from workflow.domain.errors import NotFound
from workflow.domain.identifiers import ID_TYPES
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import merging as service
from workflow.services import people
from workflow.web import acting, page
from workflow.web.admin import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

SIGNS: Mapping[str, Any] = {"visitor": Visitor.ADMIN, "permission": Permission.PERSON_MERGE}
GENDERS = {"male": Words("男"), "female": Words("女")}
MOST = 20


@route(blueprint, "/merges", **SIGNS)
def merges() -> Response:
    return page.render("pages/admin/merges.html", waiting=service.waiting(page.actor()))


@route(blueprint, "/people/<ref>/merge", methods=("GET", "POST"), **SIGNS)
def merge_find(ref: str) -> Response:
    """Which other record is the same human? A search is sent as a form, as everywhere where numbers are typed."""
    now_at = service.led_to(page.actor(), ref)
    if now_at is not None:
        return page.go("admin.merge_find", ref=now_at)
    kept = service.named(page.actor(), ref)
    typed = request.form.get("q", "").strip()[:80]
    found = people.search(page.actor(), typed, MOST) if typed else []
    return page.render(
        "pages/admin/merge_find.html",
        ref=ref,
        name=kept,
        typed=typed,
        lines=[line for line in found if line.ref != ref],
    )


@route(blueprint, "/people/<ref>/merge/<other>", methods=("GET", "POST"), **SIGNS)
def merge(ref: str, other: str) -> Response:
    found = service.compare(page.actor(), ref, other)
    form = page.bind(Erasure)
    if request.method == "POST":
        with acting.in_words(form, reason="words"):
            return acting.once(lambda: _done(ref, other, request.form.get("act", ""), form.words.data or ""))
    status = 422 if form.reasons else 200
    return page.render("pages/admin/merge.html", status=status, both=found, form=form, ids=ID_TYPES, genders=GENDERS)


def _done(ref: str, other: str, act: str, words: str) -> Response:
    actor, now = page.actor(), page.now()
    if act == "confirm":
        service.confirm(actor, now, ref, other)
        page.tell("两条记录已合并，原来的链接都指到留下的那一条")
    elif act == "decline":
        service.decline(actor, now, ref, other, words)
        page.tell("已记下不合并的理由")
    elif act == "propose":
        service.propose(actor, now, ref, other, words)
        page.tell("已提出合并，等另一位复核")
    else:
        raise NotFound
    return page.go("admin.merges")
