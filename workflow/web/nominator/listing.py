"""The list of one organization in one channel: places, people, their order, handing it in with the sealed page."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import nominating_list
from workflow.services.nominating_list import Where
from workflow.web import page
from workflow.web.files import handed_out
from workflow.web.nominator import blueprint
from workflow.web.reviewer import undoing
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_AT = "/nominate/<ref>/<channel>/<unit>"
STEPS = {"up": -1, "down": 1}


@route(blueprint, _AT, visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def desk(ref: str, channel: str, unit: str) -> Response:
    return _show(Where(ref, channel, unit))


def _show(where: Where, reasons: Sequence[Reason] = (), status: int | None = None) -> Response:
    shown = nominating_list.desk(page.actor(), page.now(), where)
    return page.render("pages/nominator/desk.html", shown=shown, reasons=reasons, undo=undoing.offered(), status=status)


@route(
    blueprint,
    f"{_AT}/order",
    methods=("POST",),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def order(ref: str, channel: str, unit: str) -> Response:
    """One up or down by a button, or the whole list as it was dragged."""
    where, seen = Where(ref, channel, unit), page.seen_version() or 0
    step, _, person = request.form.get("move", "").partition(":")
    if step in STEPS:
        nominating_list.move(page.actor(), page.now(), where, person, STEPS[step], seen)
    else:
        nominating_list.order(page.actor(), page.now(), where, request.form.getlist("person"), seen)
        page.tell("名单的先后已存")
    return page.go("nominator.desk", ref=ref, channel=channel, unit=unit, _anchor=f"person-{person}" if person else "")


@route(
    blueprint,
    f"{_AT}/hand-in",
    methods=("POST",),
    visitor=Visitor.NOMINATOR,
    permission=Permission.QUEUE_READ,
)
def hand_in(ref: str, channel: str, unit: str) -> Response:
    where, sent = Where(ref, channel, unit), request.files.get("seal")
    if sent is None or not sent.filename:
        return _show(where, [Reason(Words("请选盖章页的文件"), "seal")], 422)
    try:
        nominating_list.hand_in(
            page.actor(), page.now(), where, page.seen_version() or 0, sent.filename, cast(BinaryIO, sent.stream)
        )
    except (InvalidInput, NotReady) as refused:
        return _show(where, refused.reasons, 422)
    page.tell("名单已提交，先后从现在起不再变")
    return page.go("nominator.desk", ref=ref, channel=channel, unit=unit)


@route(blueprint, f"{_AT}/seal", visitor=Visitor.ACCOUNT)
def seal(ref: str, channel: str, unit: str) -> Response:
    return handed_out(nominating_list.seal(page.actor(), Where(ref, channel, unit)))


@route(blueprint, f"{_AT}/print", visitor=Visitor.NOMINATOR, permission=Permission.QUEUE_READ)
def sheet(ref: str, channel: str, unit: str) -> Response:
    """For signature and seal."""
    shown = nominating_list.desk(page.actor(), page.now(), Where(ref, channel, unit))
    return page.render("pages/nominator/print.html", shown=shown)
