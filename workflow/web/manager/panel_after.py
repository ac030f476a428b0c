"""After 定稿: alternates that move up or are not called; the agenda and the tally sheet on paper."""

from flask import url_for
from werkzeug.wrappers import Response

from forms.meetings import Why
from workflow.services import meetings_board, meetings_final, scoring_acts
from workflow.web import acting, page
from workflow.web.manager import blueprint, panel_display
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/meetings/<ref>/promote", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def promote_alternate(ref: str) -> Response:
    form = page.bind(Why)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _promoted(ref, form.reason.data))
    board = meetings_board.board(page.actor(), ref, page.now())
    return page.render("pages/manager/panel_promote.html", form=form, board=board)


def _promoted(ref: str, reason: str) -> Response:
    meetings_final.promote(page.actor(), page.now(), ref, reason)
    page.tell("候补已递补，接着要为这个人单独公示")
    return page.go("manager.meeting", ref=ref)


@route(blueprint, "/meetings/<ref>/close-out", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def close_out_alternates(ref: str) -> Response:
    form = page.bind(Why)
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _closed_out(ref, form.reason.data))
    board = meetings_board.board(page.actor(), ref, page.now())
    return page.render("pages/manager/panel_close_out.html", form=form, board=board)


def _closed_out(ref: str, reason: str) -> Response:
    done = meetings_final.close_out(page.actor(), page.now(), ref, reason)
    page.tell("%(n)s 名候补未递补，已办结", n=len(done))
    return page.go("manager.meeting", ref=ref)


@route(blueprint, "/meetings/<ref>/publish", methods=("POST",), visitor=Visitor.MANAGER)
def publish_meeting(ref: str) -> Response:
    board = meetings_board.board(page.actor(), ref, page.now())
    page.if_refused(latest=url_for("manager.meeting", ref=ref))
    done = scoring_acts.publish(
        page.actor(), board.round_ref, board.stage.key, page.now(), request_key=page.request_key()
    )
    page.tell("已公布 %(n)s 件的结果，申报人和推荐单位可以看到了", n=len(done.done))
    return page.go("manager.meeting", ref=ref)


# -- on paper ----------------------------------------------------------------------------------------------------------
@route(blueprint, "/meetings/<ref>/agenda", visitor=Visitor.MANAGER)
def meeting_agenda(ref: str) -> Response:
    return _printed(ref, "pages/manager/panel_agenda.html")


@route(blueprint, "/meetings/<ref>/tally", visitor=Visitor.MANAGER)
def meeting_tally(ref: str) -> Response:
    return _printed(ref, "pages/manager/panel_tally.html")


def _printed(ref: str, template: str) -> Response:
    board = meetings_board.board(page.actor(), ref, page.now())
    return page.render(
        template, board=board, rows=panel_display.rows(board), rule=panel_display.rule_of(board.stage),
        facts=panel_display.strip(board),
    )  # fmt: skip
