"""The board of a meeting: the ranked list with its line, attendance, tallies, and 定稿."""

from collections.abc import Mapping
from functools import partial

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from forms import meetings as papers
from forms.review import Record
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.services import meetings_board, meetings_final, meetings_sitting, meetings_supposed
from workflow.services.meetings_board import Board
from workflow.services.meetings_sitting import Entered
from workflow.web import dates, page
from workflow.web.manager import blueprint, panel_display, panel_marks
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KEPT_OUT = frozenset({"csrf_token", "request_key", "seen_version", "present"})


@route(blueprint, "/meetings/<ref>", visitor=Visitor.MANAGER)
def meeting(ref: str) -> Response:
    board = meetings_board.board(page.actor(), ref, page.now())
    number = papers.whole(request.args.get("trial", ""))
    trying = board.takes_entries and number is not None
    return show(board, trial=meetings_supposed.trial(page.actor(), ref, page.now(), number or 0) if trying else None)


@route(blueprint, "/meetings/<ref>/suppose", methods=("POST",), visitor=Visitor.MANAGER)
def suppose(ref: str) -> Response:
    """What if: told first, shown after."""
    board = meetings_board.board(page.actor(), ref, page.now())
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    what = meetings_supposed.What(**papers.trial(request.form, board.places.total))
    try:
        number = meetings_supposed.suppose(page.actor(), page.now(), ref, what, request_key=page.request_key())
    except InvalidInput as refusal:
        return show(board, reasons=refusal.reasons)
    return page.go("manager.meeting", ref=ref, trial=number)


@route(blueprint, "/meetings/<ref>/enter", methods=("POST",), visitor=Visitor.MANAGER)
def enter_meeting(ref: str) -> Response:
    """Everything on the board at once; what cannot be read stands where it was typed."""
    board, typed = meetings_board.board(page.actor(), ref, page.now()), typed_now()
    page.if_refused(latest=url_for("manager.meeting", ref=ref), labels=panel_display.labels(board))
    read = papers.tallies(typed, [(line.ref, line.number) for line in board.lines])
    if read.reasons:
        return show(board, typed, read.reasons)
    present = frozenset(request.form.getlist("present")) if "attendance" in request.form else None
    try:
        enter(ref, Entered(present, read.papers))
    except InvalidInput as refusal:
        return show(board, typed, refusal.reasons)
    page.tell("已记入")
    return page.go("manager.meeting", ref=ref)


def enter(ref: str, entered: Entered) -> None:
    meetings_sitting.enter(
        page.actor(), page.now(), ref, entered, seen=page.seen_version(), request_key=page.request_key()
    )


def typed_now() -> dict[str, str]:
    """What was typed, one text for each name; who was ticked in the roll as a name of its own."""
    typed = {name: request.form.get(name, "")[:2000] for name in request.form if name not in KEPT_OUT}
    if "attendance" in typed:
        typed |= {f"present.{ref}": "y" for ref in request.form.getlist("present")} | {"roll.kept": "y"}
    return typed


def show(
    board: Board,
    typed: Mapping[str, str] | None = None,
    reasons: list[Reason] | tuple[Reason, ...] = (),
    trial: meetings_supposed.Trial | None = None,
    record: Record | None = None,
) -> Response:
    return page.render(
        "pages/manager/panel.html",
        record=record or (Record(board.asked, known=board.recorded) if board.asked else None),
        status=422 if reasons else 200,
        board=board,
        typed=board.draft if typed is None else typed,
        drafted=typed is None and bool(board.draft),
        reasons=reasons,
        rows=panel_display.rows(board),
        facts=panel_display.strip(board),
        drawing=panel_marks.drawing(board, trial.use if trial is not None else None),
        trial=trial.use if trial is not None else None,
        tried=panel_marks.tried(board, trial) if trial is not None else {},
        uses=meetings_supposed.uses(page.actor(), board.ref) if board.kept else [],
        in_words=partial(panel_marks.told, board),
        short=trial is not None and panel_marks.short_of_trimming(board, trial.use),
    )


@route(blueprint, "/meetings/<ref>/draft", methods=("POST",), visitor=Visitor.MANAGER)
def keep_meeting(ref: str) -> Response:
    """Kept while one types; changes nothing but the draft."""
    saved = meetings_sitting.keep_draft(page.actor(), page.now(), ref, typed_now())
    return jsonify(saved=dates.clock(saved))


# -- 定稿 --------------------------------------------------------------------------------------------------------------
@route(blueprint, "/meetings/<ref>/final", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def finalize_meeting(ref: str) -> Response:
    """What will follow, before the button that makes it so."""
    reasons: tuple[Reason, ...] = ()
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    if request.method == "POST":
        try:
            done = meetings_final.finalize(
                page.actor(), page.now(), ref, seen=page.seen_version(), request_key=page.request_key()
            )
        except NotReady as refusal:
            reasons = refusal.reasons
        else:
            page.tell("已定稿：%(a)s 人通过，%(b)s 人候补", a=done.passed, b=done.alternates)
            return page.go("manager.meeting", ref=ref)
    board = meetings_board.board(page.actor(), ref, page.now())
    return page.render(
        "pages/manager/panel_final.html",
        status=422 if reasons else 200,
        board=board,
        reasons=board.reasons or reasons,
        rows=panel_display.rows(board),
    )
