"""The whole text of a draft: read, changed, brought in and taken away; and the log of changes, with their undoing."""

from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from forms.studio.beginning import Whole
from workflow.domain.errors import Refusal
from workflow.services.studio import checking, drafts, editing
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, seen
from workflow.web.studio.tabs import TABS

LARGEST = 200_000


@route(blueprint, "/<ref>/text", methods=("GET", "POST"), **BUILDS)
def text(ref: str) -> Response:
    draft = drafts.shown(ref, page.actor())
    form = page.bind(Whole, text=draft.text)
    if page.sent(form):
        return acting.once(lambda: _replaced(ref, form))
    return page.render(
        "pages/studio/text.html",
        draft=draft,
        form=form,
        checked=checking.findings(ref, page.actor(), page.now()),
        tabs=TABS,
    )


def _replaced(ref: str, form: Whole) -> Response:
    editing.replace_text(ref, form.sent_text(LARGEST), seen(), page.actor(), page.now())
    page.tell("全文已存")
    return page.go("studio.text", ref=ref)


@route(blueprint, "/<ref>/file", **BUILDS)
def file(ref: str) -> Response:
    draft = drafts.shown(ref, page.actor())
    return send_file(
        BytesIO(draft.text.encode("utf-8")),
        mimetype="application/yaml",
        as_attachment=True,
        download_name=f"{draft.key or 'program'}.yaml",
    )


@route(blueprint, "/<ref>/log", methods=("GET", "POST"), **BUILDS)
def log(ref: str) -> Response:
    draft = drafts.shown(ref, page.actor())
    if request.method == "POST":
        return acting.once(lambda: _undone(ref, request.form.get("undo", "")))
    return page.render("pages/studio/log.html", draft=draft, lines=editing.log(ref, page.actor()), tabs=TABS)


def _undone(ref: str, revision: str) -> Response:
    try:
        editing.undo(ref, int(revision) if revision.isdecimal() else 0, page.actor(), page.now())
    except editing.CannotUndo as refusal:
        return _told(ref, refusal)
    page.tell("已撤销；撤销本身也在记录里，可以再撤回来")
    return page.go("studio.log", ref=ref)


def _told(ref: str, refusal: Refusal) -> Response:
    page.tell("%(why)s", "stop", why=page.say(refusal.words))
    return page.go("studio.log", ref=ref)
