"""The drafts there are, and how one begins: from nothing, from a shipped program, from a version, from a file."""

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response

from forms.studio.beginning import Beginning
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words
from workflow.services import programs
from workflow.services.studio import drafts as service
from workflow.services.studio import pinned
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS

STATES: Mapping[str, Words] = {"open": Words("在改"), "in_review": Words("等复核"), "published": Words("已发布")}


@route(blueprint, "", **BUILDS)
def home() -> Response:
    return page.render(
        "pages/studio/home.html",
        drafts=service.listed(page.actor()),
        programs=programs.listed(),
        pinned=pinned.of_programs(page.actor()),
        states=STATES,
    )


@route(blueprint, "/new", methods=("GET", "POST"), **BUILDS)
def begin() -> Response:
    form = page.bind(Beginning, source=request.args.get("source", "nothing"))
    form.offer(
        [(one.stem, one.name) for one in service.shipped_programs()],
        [
            (str(version.id), f"{one.name} · {version.number}")
            for one in programs.listed()
            for version in one.versions[:3]
        ],
    )
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _begun(form))
    return page.render("pages/studio/begin.html", form=form)


def _begun(form: Beginning) -> Response:
    actor, now = page.actor(), page.now()
    source, key, name = form.source.data, form.key.data or None, form.name.data or None
    if source == "nothing":
        ref = service.start(actor, now, key=key, name=name)
    elif source == "shipped":
        ref = service.start(actor, now, shipped=form.shipped.data, key=key, name=name)
    elif source == "version":
        ref = service.start(actor, now, version_id=int(form.version.data), key=key, name=name)
    else:
        ref = service.start(actor, now, text=_text_of(form))
    return page.go("studio.draft", ref=ref)


def _text_of(form: Beginning) -> str:
    try:
        text: str = form.file.data.read(200_000).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput([Reason(Words("这个文件不是 UTF-8 文字，请另存为 UTF-8 再传"), "file")]) from None
    return text


@route(blueprint, "/<ref>/discard", methods=("GET", "POST"), **BUILDS)
def discard(ref: str) -> Response:
    draft = service.shown(ref, page.actor())
    if request.method == "POST":
        return acting.once(lambda: _discarded(ref))
    return page.render("pages/studio/discard.html", draft=draft)


def _discarded(ref: str) -> Response:
    service.discard(ref, page.actor(), page.now())
    page.tell("草稿已丢掉，发布过的版本不受影响")
    return page.go("studio.home")
