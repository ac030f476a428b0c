"""One case at a meeting: who leaves the room, what is decided against the order; equals; who is left out."""

from typing import BinaryIO, cast

from flask import request, url_for
from werkzeug.wrappers import Response

from forms import meetings as papers
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.words import Words
from workflow.services import meetings_board, meetings_minutes
from workflow.services.meetings_board import Beside, Board, BoardLine
from workflow.services.meetings_sitting import Entered
from workflow.web import page
from workflow.web.files import handed_out
from workflow.web.manager import blueprint
from workflow.web.manager.panel import enter, show, typed_now
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/meetings/<ref>/cases/<case>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def meeting_case(ref: str, case: str) -> Response:
    board = open_board(ref)
    everybody: list[BoardLine | Beside] = [*board.lines, *board.beside]
    line = next((each for each in everybody if each.ref == case), None)
    if line is None:
        raise NotFound
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST":
        members = {member.ref: member.account for member in board.members}
        many = {"recused": request.form.getlist("recused")}
        try:
            enter(ref, Entered(None, {case: papers.line(typed_now(), many, members)}))
        except InvalidInput as refusal:
            reasons = refusal.reasons
        else:
            page.tell("已记入")
            return page.go_to(url_for("manager.meeting", ref=ref) + f"#row-{case}")
    return page.render(
        "pages/manager/panel_case.html",
        status=422 if reasons else 200,
        board=board,
        line=line,
        on_agenda=line in board.lines,
        reasons=reasons,
    )


def open_board(ref: str) -> Board:
    board = meetings_board.board(page.actor(), ref, page.now())
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    if not board.takes_entries:
        raise NotFound
    return board


@route(blueprint, "/meetings/<ref>/ties/<case>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def meeting_tie(ref: str, case: str) -> Response:
    """Equals whom no rule parts: the meeting says in which order they stand, and why."""
    board, typed = open_board(ref), typed_now()
    equals = _equals(board, case)
    reasons: list[Reason] = []
    if request.method == "POST":
        read = papers.order(typed, [line.ref for line in equals])
        reasons = read.reasons
        if not reasons:
            enter(ref, Entered(None, read.papers))
            page.tell("先后已记入")
            return page.go_to(url_for("manager.meeting", ref=ref) + f"#row-{case}")
    return page.render(
        "pages/manager/panel_tie.html",
        status=422 if reasons else 200,
        board=board,
        equals=equals,
        typed=typed if request.method == "POST" else {},
        reasons=reasons,
    )


def _equals(board: Board, case: str) -> list[BoardLine]:
    """Those of the same rank, or of the same total once their order was settled."""
    here = next((line for line in board.lines if line.ref == case), None)
    if here is None:
        raise NotFound
    if here.paper.settled is None:
        return [line for line in board.lines if line.placing.rank == here.placing.rank]
    return [line for line in board.lines if line.paper.settled is not None and line.total == here.total]


@route(blueprint, "/meetings/<ref>/leave-out", methods=("POST",), visitor=Visitor.MANAGER)
def leave_out(ref: str) -> Response:
    """Several at once, with one reason: the pool need not wait for them."""
    board = open_board(ref)
    chosen, reason = request.form.getlist("case"), request.form.get("reason", "").strip()[:2000]
    known = {each.ref for each in board.beside}
    if not chosen or not set(chosen) <= known or not reason:
        words = Words("请勾选不上这次会的人选，并写明理由")
        return page.render(
            "pages/manager/panel_aside.html", status=422, board=board, chosen=chosen, reason=reason,
            reasons=[Reason(words, "reason")],
        )  # fmt: skip
    enter(ref, Entered(None, {case: {"left_out": True, "reason": reason} for case in chosen}))
    page.tell("%(n)s 件不上这次会", n=len(chosen))
    return page.go("manager.meeting", ref=ref)


@route(blueprint, "/meetings/<ref>/minutes", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def minutes(ref: str) -> Response:
    """Taken on POST, handed out on GET; refused, the page says why."""
    if request.method == "GET":
        return handed_out(meetings_minutes.fetch(page.actor(), ref))
    board, sent = open_board(ref), request.files.get("minutes")
    if sent is None or not sent.filename:
        return show(board, reasons=[Reason(Words("请选会议纪要的文件"), "minutes")])
    try:
        stream = cast(BinaryIO, sent.stream)
        meetings_minutes.attach(page.actor(), page.now(), ref, sent.filename, stream)
    except InvalidInput as refusal:
        return show(board, reasons=refusal.reasons)
    page.tell("会议纪要已收下")
    return page.go("manager.meeting", ref=ref)


@route(blueprint, "/meetings/<ref>/aside", visitor=Visitor.MANAGER)
def meeting_aside(ref: str) -> Response:
    return page.render("pages/manager/panel_aside.html", board=open_board(ref), chosen=[], reason="", reasons=[])
