"""The form that a person without an account signs: printed by whoever filled it, and its scan handed in."""

from typing import BinaryIO, cast

from flask import request
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from forms.base import Paper, at_most, needed, stripped
from workflow.domain.application import Status
from workflow.domain.errors import NotReady
from workflow.services import signed_forms
from workflow.services.signed_forms import AT
from workflow.web import dates, page
from workflow.web.applicant import blueprint, reading
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


class Wrong(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明本人说哪里不对"), at_most(2000)])


@route(blueprint, "/apply/<ref>/signed", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def signed(ref: str) -> Response:
    if request.method != "POST":
        return _show(ref, page.bind(Wrong))
    sent = [(each.filename, cast(BinaryIO, each.stream)) for each in request.files.getlist(AT) if each.filename]
    page.if_refused(latest=f"/apply/{ref}")
    try:
        status = signed_forms.hand_in(
            ref, request.form.get("seal", ""), sent, page.actor(), page.now(), request_key=page.request_key()
        )
    except NotReady as refusal:
        return _show(ref, Wrong(formdata=None), refusal)
    if status == Status.CORRECTING:
        page.tell("签字的确认表已收下，现在可以交回补正了")
        return page.go("applicant.correct", ref=ref)
    return page.go("applicant.receipt", ref=ref)


@route(blueprint, "/apply/<ref>/signed/back", methods=("POST",), visitor=Visitor.APPLICANT)
def signed_back(ref: str) -> Response:
    """The person reads the paper and finds it wrong: a draft again."""
    form = page.bind(Wrong)
    if not page.sent(form):
        return _show(ref, form)
    page.if_refused(latest=f"/apply/{ref}")
    signed_forms.take_back(ref, form.reason.data, page.actor(), page.now())
    page.tell("已退回成草稿。改好以后重新打印，请本人再看、再签")
    return page.go("applicant.check", ref=ref)


@route(blueprint, "/apply/<ref>/signed/print", visitor=Visitor.APPLICANT)
def signed_print(ref: str) -> Response:
    shown = signed_forms.shown(ref, page.actor(), page.now())
    return page.render(
        "pages/applicant/signed_print.html",
        shown=shown,
        desk=shown.desk,
        sections=reading.sections(shown.desk),
        printed=dates.local(page.now()).date(),
    )


def _show(ref: str, form: Wrong, refusal: NotReady | None = None) -> Response:
    shown = signed_forms.shown(ref, page.actor(), page.now())
    return page.render(
        "pages/applicant/signed.html",
        status=422 if refusal is not None or form.reasons else 200,
        shown=shown,
        desk=shown.desk,
        form=form,
        reasons=refusal.reasons if refusal is not None else form.reasons,
        at={AT: [one.words for one in refusal.reasons]} if refusal is not None else {},
    )
