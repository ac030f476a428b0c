"""A round's follow-ups for its office: people by months, villages by numbers, and what falls due for all of them."""

from flask import url_for
from werkzeug.wrappers import Response

from forms.duties import Settled
from workflow.domain.errors import NotReady
from workflow.services import follow_up_heat, round_duties
from workflow.web import page
from workflow.web.duties import blueprint
from workflow.web.navigation import at_desk
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/manage/rounds/<ref>/follow-ups", visitor=Visitor.MANAGER)
def heat(ref: str) -> Response:
    number = page.page_number()
    seen = follow_up_heat.heat(ref, page.actor(), page.now(), number)
    return page.render("pages/duties/heat.html", seen=seen, number=number)


@route(blueprint, "/round-tasks/<ref>", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def round_task(ref: str) -> Response:
    """One thing that falls due for a whole round, answered with a note."""
    seen, form = round_duties.one(ref, page.actor(), page.now()), page.bind(Settled)
    if page.sent(form):
        page.if_refused(latest=url_for("duties.round_task", ref=ref))
        try:
            round_duties.answer(ref, form.note.data or "", page.actor(), page.now())
        except NotReady as refusal:
            form.take(refusal.reasons)
        else:
            page.tell("已办：%(duty)s", duty=page.say(seen.name))
            return page.go("duties.round_task", ref=ref)
    return page.render("pages/duties/round_task.html", seen=seen, form=form, desk=at_desk(page.actor()))
