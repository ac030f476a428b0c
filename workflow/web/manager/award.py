"""The list to be issued beside what the public was shown, and issuing it."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.awards import Issue
from workflow.domain.errors import NotReady, Reason
from workflow.domain.pool_award import Line
from workflow.domain.program.schema import AwardStage
from workflow.domain.words import Words
from workflow.services import recognitions, recognitions_shown
from workflow.services.actions import PoolDone
from workflow.services.recognitions import AwardList
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

LINES = {
    Line.HERE: ("now", Words("等发证")),
    Line.ISSUED: ("seal", Words("已发证")),
    Line.FROZEN: ("hold", Words("还在公示、异议核查或停表")),
    Line.FELL_OUT: ("no", Words("退出了")),
}


@route(blueprint, "/rounds/<ref>/award", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def award(ref: str) -> Response:
    form = page.bind(Issue, on=None)
    if page.sent(form):
        page.if_refused(latest=url_for("manager.award", ref=ref))
        try:
            done = recognitions.issue(
                ref, request.form.getlist("case"), page.actor(), page.now(), document=form.document.data or "",
                on=form.on.data, difference=form.difference.data or "", request_key=page.request_key(),
            )  # fmt: skip
        except NotReady as refusal:
            form.take(refusal.reasons)
        else:
            return _told(ref, form, done)
    return _show(ref, form)


def _told(ref: str, form: Issue, done: PoolDone) -> Response:
    """Straight on where all were issued; else the page says of each other one why not."""
    if done.done:
        stage = recognitions.listed(ref, page.actor(), page.now()).stage
        if stage.certificate is not None:
            page.tell("已发证 %(n)s 人", n=len(done.done))
        else:
            page.tell("%(what)s：已办 %(n)s 人", what=page.say(stage.name), n=len(done.done))
    if not done.left_aside:
        return page.go("manager.award", ref=ref)
    return _show(ref, form, done)


def _show(ref: str, form: Issue, done: PoolDone | None = None) -> Response:
    listed = recognitions.listed(ref, page.actor(), page.now())
    chosen = set(request.form.getlist("case")) if form.reasons else None
    return page.render(
        "pages/manager/award.html",
        form=form,
        listed=listed,
        lines=LINES,
        words_of=lambda line: _words_of(listed.stage, line),
        chosen={row.candidate.ref for row in listed.rows if row.ready} if chosen is None else chosen,
        aside=_aside(listed, done),
    )


def _words_of(stage: AwardStage, line: Line) -> Words:
    """Where no certificate is issued, in the program's own word for it."""
    own = {} if stage.certificate is not None else {Line.HERE: Words("等%(what)s"), Line.ISSUED: Words("已%(what)s")}
    return Words(own[line].text, what=stage.name) if line in own else LINES[line][1]


def _aside(listed: AwardList, done: PoolDone | None) -> list[tuple[str, tuple[Reason, ...]]]:
    """Name and reasons of who was chosen and not issued."""
    if done is None:
        return []
    names = {row.candidate.ref: f"{row.candidate.name} {row.candidate.number}" for row in listed.rows}
    return [(names.get(ref, ""), reasons) for ref, reasons in done.left_aside.items() if reasons]


@route(blueprint, "/applications/<ref>/award", visitor=Visitor.MANAGER)
def award_for(ref: str) -> Response:
    """From one case in a queue to the list that it is on."""
    return page.go("manager.award", ref=recognitions_shown.round_of(ref, page.actor()))
