"""Which meetings there are, calling one, cancelling one."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.meetings import CallMeeting, Why
from forms.rounds import moment_of
from workflow.domain.errors import NotFound
from workflow.services import meetings, meetings_board, meetings_sitting
from workflow.services.meetings import Hall
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/meetings", visitor=Visitor.MANAGER)
def meetings_page() -> Response:
    lines, halls = meetings.listed(page.actor()), meetings.halls(page.actor())
    return page.render("pages/manager/meetings.html", lines=lines, halls=halls)


@route(blueprint, "/rounds/<ref>/meetings/<stage>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def call_meeting(ref: str, stage: str) -> Response:
    hall = _hall(ref, stage, request.args.get("at"))
    form = page.bind(CallMeeting, name=page.say(hall.stage_name))
    if page.sent(form):
        with acting.in_words(form, held_at="held_clock"):
            return acting.once(lambda: _called(hall, form))
    return page.render("pages/manager/meeting_call.html", form=form, hall=hall)


def _called(hall: Hall, form: CallMeeting) -> Response:
    held_at = moment_of(form.held_on.data, form.held_clock.data, "held_at")
    if held_at is None:
        raise NotFound
    ref = meetings.call(
        page.actor(), page.now(), hall.round_ref, hall.stage, form.name.data, held_at, form.place.data or "",
        hall.organization_ref,
    )  # fmt: skip
    page.tell("会议已建好，到会的人请在开会时点名")
    return page.go("manager.meeting", ref=ref)


def _hall(ref: str, stage: str, organization: str | None) -> Hall:
    for hall in meetings.halls(page.actor()):
        if (hall.round_ref, hall.stage, hall.organization_ref) == (ref, stage, organization):
            return hall
    raise NotFound


@route(blueprint, "/meetings/<ref>/cancel", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def cancel_meeting(ref: str) -> Response:
    board = meetings_board.board(page.actor(), ref, page.now())
    form = page.bind(Why)
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _cancelled(ref, form.reason.data))
    return page.render("pages/manager/meeting_cancel.html", form=form, board=board)


def _cancelled(ref: str, reason: str) -> Response:
    meetings_sitting.cancel(page.actor(), page.now(), ref, reason, seen=page.seen_version())
    page.tell("会议已取消，人选留在这一步")
    return page.go("manager.meetings_page")
