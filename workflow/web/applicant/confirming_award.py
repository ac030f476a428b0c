"""The person whom the office found in department data, at the award: a one-time link, no account needed."""

from flask import request, session
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from forms.base import Paper, at_most, needed, stripped
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import confirmations_award as service
from workflow.web import page
from workflow.web.applicant import blueprint, reading
from workflow.web.applicant.confirming import DONE
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


class Decline(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明理由，主办会看到"), at_most(2000)])


@route(blueprint, "/confirm/award/<token>", methods=("GET", "POST"), visitor=Visitor.LINK)
def confirm_award(token: str) -> Response:
    shown = service.shown(token, page.now())
    form = page.bind(Decline)
    typed = {key: request.form.get(key, "") for key in shown.asked.fields} if request.method == "POST" else {}
    reasons: tuple[Reason, ...] = ()
    if request.method == "POST" and request.form.get("answer") == "yes":
        try:
            service.confirm(token, typed, request.form.get("confirmed") == "yes", page.now())
        except (InvalidInput, NotReady) as refusal:
            reasons, form = refusal.reasons, Decline()
        else:
            session[DONE] = {"award": True}
            return page.go("applicant.confirmed")
    elif page.sent(form):
        service.decline(token, form.reason.data, page.now())
        session[DONE] = {"declined": True}
        return page.go("applicant.confirmed")
    at: dict[str, list[Words]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return page.render(
        "pages/confirm/award.html",
        status=422 if reasons or form.reasons else 200,
        shown=shown,
        asked=shown.asked,
        desk=shown.desk,
        sections=reading.sections(shown.desk),
        form=form,
        typed=typed,
        reasons=reasons,
        at=at,
        token=token,
    )
