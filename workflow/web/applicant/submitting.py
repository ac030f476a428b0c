"""Looking through everything once more, handing it in, and the receipt; or the link by which the person confirms."""

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from workflow.documents import qr
from workflow.domain.application import Status
from workflow.domain.errors import NotFound, NotReady
from workflow.domain.stages import intake
from workflow.services import confirmations, drafts, fingerprints, following, submissions, unattended, worksheets
from workflow.services.drafts import Desk
from workflow.web import page
from workflow.web.applicant import blueprint, papers, reading
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/apply/<ref>/check", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def check(ref: str) -> Response:
    if request.method != "POST":
        with page.one_look():
            desk = drafts.look(ref, page.actor(), page.now())
            return page.go("applicant.status", ref=ref) if desk.open is not None else _show(desk)
    page.if_refused(latest=url_for("applicant.check", ref=ref))
    try:
        submissions.submit(ref, page.actor(), page.now(), request_key=page.request_key())
    except NotReady as refusal:
        desk = drafts.look(ref, page.actor(), page.now())
        if desk.open is not None:
            raise
        return _show(desk, refusal)
    return page.go("applicant.receipt", ref=ref)


def _show(desk: Desk, refusal: NotReady | None = None) -> Response:
    at_fields = {flaw.reason for flaw in desk.sheet.flaws}
    others = [reason for reason in refusal.reasons if reason not in at_fields] if refusal is not None else []
    reasons = [*others, *papers.summary(desk, desk.sheet.flaws)]
    return page.render(
        "pages/applicant/check.html",
        status=422 if refusal is not None else 200,
        desk=desk,
        steps=papers.steps(desk, None),
        reasons=reasons,
        refused=refusal is not None,
        sections=reading.sections(desk),
        another=worksheets.waits_for_the_person(desk.case),
        paper=intake.signs_on_paper(desk.definition, desk.case.row.channel),
        unattended=unattended.named(desk, page.now()),
    )


@route(blueprint, "/apply/<ref>/receipt", visitor=Visitor.APPLICANT)
def receipt(ref: str) -> Response:
    with page.one_look():
        progress = following.follow(ref, page.actor(), page.now())
        if progress.state.status is Status.DRAFT:
            raise NotFound
        prints = fingerprints.receipt(ref, page.actor())
    return page.render("pages/applicant/receipt.html", progress=progress, prints=prints)


@route(blueprint, "/apply/<ref>/receipt/<int:revision>", visitor=Visitor.APPLICANT)
def receipt_answers(ref: str, revision: int) -> Response:
    """The text of the answers whose SHA-256 stands on the receipt, to be kept beside it."""
    response = make_response(fingerprints.answers_file(ref, revision, page.actor()))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="answers-{revision}.json"'
    return response


@route(blueprint, "/apply/<ref>/confirm", methods=("POST",), visitor=Visitor.APPLICANT)
def confirm_own(ref: str) -> Response:
    page.if_refused(latest=url_for("applicant.status", ref=ref))
    confirmations.confirm_own(ref, page.actor(), page.now())
    return page.go("applicant.receipt", ref=ref)


@route(blueprint, "/apply/<ref>/link", methods=("POST",), visitor=Visitor.APPLICANT)
def link(ref: str) -> Response:
    """A page to print or to show: the link, and the square that leads there. It is made anew each time."""
    of = request.form.get("of", 0, int)
    token = confirmations.link_for(ref, page.actor(), page.now(), of)
    progress = following.follow(ref, page.actor(), page.now())
    address = page.setting("BASE_URL", "").rstrip("/") + url_for("applicant.confirm", token=token)
    drawn = qr.svg(address, papers.say(progress.definition.program.name))
    return page.render("pages/applicant/link.html", progress=progress, address=address, square=drawn, of=of)
