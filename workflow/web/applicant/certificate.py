"""What the award asks of the person, and the certificate in their hands: to keep, to renew, to answer for."""

import re

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.awards import Act
from forms.payouts import Received
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, certificates, recognitions_asked, recognitions_shown, renewing
from workflow.services.recognitions_shown import Seen
from workflow.web import page
from workflow.web.applicant import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

DONE = {
    "state": Words("陈述已交，会和材料一起看"),
}


@route(blueprint, "/apply/<ref>/provide", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def provide(ref: str) -> Response:
    asked = recognitions_asked.look(ref, page.actor(), page.now())
    typed = {key: request.form.get(key, "") for key in asked.fields} if request.method == "POST" else {}
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST":
        page.if_refused(latest=url_for("applicant.status", ref=ref))
        try:
            recognitions_asked.provide(
                ref, typed, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key(),
                confirmed=request.form.get("confirmed") == "yes",
            )  # fmt: skip
        except (InvalidInput, NotReady) as refusal:
            reasons = refusal.reasons
        else:
            page.tell("已交给主办，加密存放；发证以前还可以改")
            return page.go("applicant.status", ref=ref)
    at: dict[str, list[Words]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return page.render(
        "pages/applicant/provide.html", status=422 if reasons else 200, asked=asked, typed=typed, reasons=reasons, at=at
    )


@route(blueprint, "/apply/<ref>/certificate", visitor=Visitor.APPLICANT)
def certificate(ref: str) -> Response:
    return _show(recognitions_shown.of_mine(ref, page.actor(), page.now()), page.bind(Act))


@route(blueprint, "/apply/<ref>/certificate/act", methods=("POST",), visitor=Visitor.APPLICANT)
def certificate_act(ref: str) -> Response:
    seen = recognitions_shown.of_mine(ref, page.actor(), page.now())
    name, form = request.form.get("act", ""), page.bind(Act)
    offer = seen.offered(name)
    if name not in DONE or offer is None or offer.item is None:
        raise NotFound
    page.if_refused(latest=url_for("applicant.certificate", ref=ref))
    if page.sent(form):
        try:
            actions.perform(
                seen.items[offer.item].ref, name, page.actor(), page.now(), seen=page.seen_version(),
                request_key=page.request_key(), inputs={"statement": form.statement.data},
            )  # fmt: skip
        except NotReady as refusal:
            form.take(refusal.reasons)
        else:
            page.tell(DONE[name].text)
            return page.go("applicant.certificate", ref=ref)
    return _show(seen, form)


@route(blueprint, "/apply/<ref>/renew", methods=("POST",), visitor=Visitor.APPLICANT)
def renew(ref: str) -> Response:
    """A new application that is to take the place of the recognition; its draft, if there is one already."""
    page.if_refused(latest=url_for("applicant.certificate", ref=ref))
    try:
        new = renewing.begin(ref, page.actor(), page.now(), request_key=page.request_key())
    except NotReady as refusal:
        form = page.bind(Act)
        form.take(refusal.reasons)
        return _show(recognitions_shown.of_mine(ref, page.actor(), page.now()), form)
    page.tell("续认申报已建好：逐项核对，改过再交")
    return page.go("applicant.status", ref=new)


@route(blueprint, "/apply/<ref>/payments/<int:no>", methods=("POST",), visitor=Visitor.APPLICANT)
def acknowledge(ref: str, no: int) -> Response:
    """Whether the money arrived: policy, payment, and what came of it."""
    seen = recognitions_shown.of_mine(ref, page.actor(), page.now())
    money = page.bind(Received)
    page.if_refused(latest=url_for("applicant.certificate", ref=ref))
    said = {"yes": True, "no": False}.get(money.received.data or "")
    given = {"no": no, "received": said, "words": money.words.data or ""}
    try:
        actions.perform(
            ref, "acknowledge", page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key(),
            inputs=given,
        )  # fmt: skip
    except NotReady as refusal:
        money.take(refusal.reasons)
        return _show(seen, page.bind(Act), money, no)
    page.tell("已告诉主办")
    return page.go("applicant.certificate", ref=ref)


@route(blueprint, "/apply/<ref>/certificate.pdf", visitor=Visitor.APPLICANT)
def certificate_file(ref: str) -> Response:
    return as_file(recognitions_shown.of_mine(ref, page.actor(), page.now()), None)


def as_file(seen: Seen, no: int | None) -> Response:
    """Drawn when it is wanted: the same words give the same bytes."""
    row = recognitions_shown.paper(seen, no)
    pdf = certificates.drawn(row, verify_url(row.token))
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{_safe(seen.known.number)}.pdf"'
    return response


def verify_url(token: str) -> str:
    """What the code on the paper says: the address by which this installation is known outside."""
    return f"{page.setting('BASE_URL')}{url_for('public.verified', token=token)}"


def _safe(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", number)


def _show(seen: Seen, form: Act, money: Received | None = None, acknowledged: int | None = None) -> Response:
    return page.render(
        "pages/applicant/certificate.html",
        form=form,
        money=money or Received(),
        acknowledged=acknowledged,
        status=422 if acknowledged is not None else None,
        seen=seen,
        kept=request.form if form.reasons else {},
        link=url_for("public.verified", token=seen.papers[0].token) if seen.papers else None,
    )
