"""Following a case: whose turn it is, what happened, what comes; withdrawing it, and asking for a second look."""

from flask import request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.program import id_of
from workflow.domain.application import Status
from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.services import actions, drafts, following, renewing
from workflow.services.following import Progress
from workflow.web import page
from workflow.web.applicant import blueprint, papers, reading, wording
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


class Reasoned(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明理由"), at_most(2000)])


@route(blueprint, "/apply/<ref>", visitor=Visitor.APPLICANT)
def status(ref: str) -> Response:
    progress = following.follow(ref, page.actor(), page.now())
    if progress.state.status is Status.DRAFT:
        return page.go_to(first_section(ref))
    return show(progress)


def first_section(ref: str) -> str:
    """Where there is something left to fill, else the check."""
    desk = drafts.look(ref, page.actor(), page.now())
    left = next((step for step in papers.steps(desk, None)[:-1] if step.kind != "done"), None)
    return left.url if left is not None else url_for("applicant.check", ref=ref)


def show(progress: Progress, *, template: str = "status", http: int = 200, **values: object) -> Response:
    kind, words = wording.heading(progress)
    renewal, renewed = renewing.around(progress.case.row.ref, page.actor(), page.now())
    return page.render(
        f"pages/applicant/{template}.html",
        status=http,
        progress=progress,
        kind=kind,
        heading=words,
        knots=wording.thread(progress),
        coming=wording.ahead(progress),
        holders=wording.holders(progress),
        back_to=wording.back_to(progress),
        id_of=id_of,
        renewal_of=renewal,
        renewed=renewed,
        **values,
    )


@route(blueprint, "/apply/<ref>/answers", visitor=Visitor.APPLICANT)
def answers(ref: str) -> Response:
    """Everything that was handed in, as it is on record; L4 as a mask."""
    desk = drafts.look(ref, page.actor(), page.now())
    if desk.open is None:
        raise NotFound
    return page.render("pages/applicant/answers.html", desk=desk, sections=reading.sections(desk))


@route(blueprint, "/apply/<ref>/withdraw", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def withdraw(ref: str) -> Response:
    return _reasoned(ref, "withdraw", Words("申报已撤回"))


@route(blueprint, "/apply/<ref>/appeal", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def appeal(ref: str) -> Response:
    return _reasoned(ref, "appeal", Words("复核申请已交，由没有参与原决定的人来看"))


class Objecting(Paper):
    judges = TextAreaField(filters=[stripped], validators=[at_most(500)])
    reason = TextAreaField(filters=[stripped], validators=[at_most(2000)])


@route(blueprint, "/apply/<ref>/judges", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def judges(ref: str) -> Response:
    """Whom the person does not want to be judged by; what is written last counts, nothing written takes it back."""
    progress = following.follow(ref, page.actor(), page.now())
    if not progress.offered("object_to_judges"):
        raise NotFound
    form = page.bind(Objecting)
    if not page.sent(form) and request.method == "GET":
        form.judges.data, form.reason.data = progress.objected.get("judges", ""), progress.objected.get("why", "")
    page.if_refused(latest=url_for("applicant.judges", ref=ref))
    if page.sent(form):
        with page.at_fields(form):
            actions.perform(
                ref, "object_to_judges", page.actor(), page.now(), seen=page.seen_version(),
                request_key=page.request_key(), inputs={"judges": form.judges.data, "reason": form.reason.data},
            )  # fmt: skip
            named = Words("已记下。抽取和指定评委时，写到的人不会评你这一件")
            page.tell((named if form.judges.data else Words("已记下：没有要回避的评委")).text)
            return page.go("applicant.judges", ref=ref)
    return show(progress, template="judges", http=422 if form.reasons else 200, form=form)


def _reasoned(ref: str, act: str, done: Words) -> Response:
    progress = following.follow(ref, page.actor(), page.now())
    form = page.bind(Reasoned)
    if not progress.offered(act):
        raise NotFound
    page.if_refused(latest=url_for("applicant.status", ref=ref))
    if page.sent(form):
        with page.at_fields(form):
            actions.perform(
                ref, act, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key(),
                inputs={"reason": form.reason.data},
            )  # fmt: skip
            page.tell(done.text)
            return page.go("applicant.status", ref=ref)
    return show(progress, template=act, http=422 if form.reasons else 200, form=form, method=request.method)
