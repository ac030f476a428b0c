"""Trainings as the person sees them: dates, free seats, signing up and off."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.trainings import SignIn
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import trainings_door, trainings_own
from workflow.web import acting, page
from workflow.web.applicant import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

DONE = {"sign_up": Words("已报名，开班前一天会再提醒"), "sign_off": Words("已取消报名")}
SEATS = {
    "signed_up": ("done", Words("已报名")),
    "signed_off": ("back", Words("已取消报名")),
    "attended": ("done", Words("到场")),
    "absent": ("no", Words("没有到场")),
}


@route(blueprint, "/trainings", visitor=Visitor.APPLICANT)
def own_trainings() -> Response:
    return _show(())


def _show(reasons: tuple[Reason, ...]) -> Response:
    offered = trainings_own.offered(page.actor(), page.now())
    return page.render(
        "pages/applicant/trainings.html", offered=offered, seats=SEATS, reasons=reasons, now_is=page.now(),
        status=422 if reasons else 200,
    )  # fmt: skip


@route(blueprint, "/trainings/<ref>/<name>", methods=("POST",), visitor=Visitor.APPLICANT)
def training_sign(ref: str, name: str) -> Response:
    if name not in DONE:
        raise NotFound
    application = request.form.get("application", "")[:24]
    page.if_refused(latest=url_for("applicant.own_trainings"))
    try:
        return acting.once(lambda: _signed(name, ref, application))
    except NotReady as refusal:
        return _show(refusal.reasons)
    except NotAllowed:
        raise NotFound from None


def _signed(name: str, ref: str, application: str) -> Response:
    trainings_own.sign(name, ref, application, page.actor(), page.now())
    page.tell(DONE[name].text)
    return page.go("applicant.own_trainings")


@route(blueprint, "/trainings/<ref>/in", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def training_in(ref: str) -> Response:
    """Where the code at the door leads: looking signs nobody in, the button does."""
    listed = trainings_door.named(ref, page.actor(), page.now())
    form = page.bind(SignIn)
    if request.method == "GET":
        form.code.data = request.args.get("code", "")[:12]
    page.if_refused(latest=url_for("applicant.own_trainings"))
    if page.sent(form):
        try:
            trainings_door.sign_in(ref, form.code.data, page.actor(), page.now())
            page.tell("已签到：%(name)s", name=listed.row.name)
            return page.go("applicant.own_trainings")
        except NotReady as refusal:
            form.take(refusal.reasons)
        except NotAllowed:
            raise NotFound from None
    return page.render(
        "pages/applicant/training_in.html", form=form, listed=listed, ref=ref, status=422 if form.reasons else 200
    )
