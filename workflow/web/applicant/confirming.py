"""The person who opens a one-time link: sees what was filled, and says yes, or what is wrong. No account needed."""

from flask import request, session
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from forms.base import Paper, at_most, needed, stripped
from workflow.domain.errors import NotReady
from workflow.services import confirmations, fingerprints
from workflow.web import page
from workflow.web.applicant import blueprint, reading
from workflow.web.files import handed_out
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

DONE = "confirmed"  # in this browser's session: what the last page has to show


class Objection(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明哪里不对，填表的人会看到"), at_most(2000)])


@route(blueprint, "/confirm/done", visitor=Visitor.LINK)
def confirmed() -> Response:
    done = session.get(DONE) or {}
    own = done.get("own") and done.get("receipt")  # a member of a team sees nobody's papers, not their names either
    prints = fingerprints.by_number(done["receipt"])[:1] if own else ()
    return page.render("pages/confirm/done.html", done=done, prints=prints)


@route(blueprint, "/confirm/<token>/files/<ref>", visitor=Visitor.LINK)
def confirm_file(token: str, ref: str) -> Response:
    """What was handed in in one's name, before one says that it is right."""
    return handed_out(confirmations.file_shown(token, ref, page.now()))


@route(blueprint, "/confirm/<token>", methods=("GET", "POST"), visitor=Visitor.LINK)
def confirm(token: str) -> Response:
    asked = confirmations.shown(token, page.now())
    form = page.bind(Objection)
    refusal: NotReady | None = None
    if request.method == "POST" and request.form.get("answer") == "yes":
        try:
            done = confirmations.confirm(token, page.now())
            session[DONE] = {"number": done.number, "receipt": done.receipt, "given": True, "own": not asked.of}
            return page.go("applicant.confirmed")
        except NotReady as refused:
            refusal = refused
        form = Objection()
    elif page.sent(form):
        confirmations.refuse(token, form.reason.data, page.now())
        session[DONE] = {"refused": True}
        return page.go("applicant.confirmed")
    return page.render(
        "pages/confirm/confirm.html",
        status=422 if refusal or form.reasons else 200,
        asked=asked,
        desk=asked.desk,
        sections=reading.sections(asked.desk, asked.of),
        form=form,
        reasons=refusal.reasons if refusal else (),
        token=token,
    )
