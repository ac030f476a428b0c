"""Before a draft becomes a version: what stands in the way, what changes for whom, the read-back, the second person."""

from flask import request
from werkzeug.wrappers import Response

from forms.studio.beginning import Publishing
from workflow.domain.program.load import load
from workflow.domain.program.readback import chapters
from workflow.services.studio import drafts, publishing
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import adopting, blueprint
from workflow.web.studio.desk import BUILDS, REACHES, Desk, seen
from workflow.web.studio.tabs import TABS


@route(blueprint, "/<ref>/publish", methods=("GET", "POST"), **BUILDS)
def publish(ref: str) -> Response:
    form = page.bind(Publishing)
    if request.method == "POST":
        with page.at_fields(form):
            return acting.once(lambda: _done(ref, request.form.get("do", ""), form))
    desk = Desk(ref)
    return page.render(
        "pages/studio/publish.html", desk=desk, draft=desk.draft, plan=desk.plan, tabs=TABS, reaches=REACHES, form=form
    )


def _done(ref: str, do: str, form: Publishing) -> Response:
    actor, now = page.actor(), page.now()
    if do == "publish":
        made = publishing.publish(ref, seen(), actor, now, known=bool(form.known.data))
        page.tell("已发布第 %(n)s 版，可以开批次了", "ok", n=made.number)
        return page.go("studio.home") if made.number == 1 else adopting.published(made)
    if do == "ask":
        publishing.ask_for_review(ref, seen(), request.form.get("note", "").strip()[:500], actor, now)
        page.tell("已送另一位方案管理员复核")
    else:
        publishing.take_back(ref, actor, now)
        page.tell("已收回，可以接着改")
    return page.go("studio.publish", ref=ref)


@route(blueprint, "/<ref>/readback", **BUILDS)
def readback(ref: str) -> Response:
    """The draft in plain sentences, to be printed and signed; a draft that does not load is not read aloud."""
    draft = drafts.shown(ref, page.actor())
    definition = load(draft.text).definition
    return page.render(
        "pages/studio/readback.html", draft=draft, chapters=chapters(definition) if definition is not None else ()
    )
