"""Putting right what was flagged, and nothing else; then straight back to whoever returned it."""

from typing import Any

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from forms.program import id_of
from workflow.domain.application import Status
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.program.schema import Field
from workflow.domain.words import Words
from workflow.services import clarifications, drafts, following, submissions
from workflow.services.drafts import Desk
from workflow.services.drafts_windows import SavedElsewhere
from workflow.services.following import Progress
from workflow.web import dates, page
from workflow.web.applicant import blueprint, papers, wording
from workflow.web.applicant.attachments import upload_fragment
from workflow.web.applicant.filling import conflict, take_files, window
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

WHY = "unchanged-"


@route(blueprint, "/apply/<ref>/correct", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def correct(ref: str) -> Response:
    progress, desk = _open(ref)
    if request.method != "POST":
        return _show(progress, desk)
    saved = _saved(ref, desk)
    if isinstance(saved, SavedElsewhere):
        return _show(progress, desk, elsewhere=saved)
    if saved:
        return _show(*_open(ref), refused=saved)
    if request.form.get("go") != "hand_back":
        page.tell("改动已存为草稿，还没有交回")
        return page.go_to(url_for("applicant.correct", ref=ref))
    page.if_refused(latest=url_for("applicant.status", ref=ref))
    try:
        submissions.hand_back(
            ref, _why(), page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key()
        )
    except NotReady as refusal:
        return _show(*_open(ref), refused=[Reason(one.words, one.where) for one in refusal.reasons])
    if progress.supplies:
        page.tell("补填的已交上，办理接着走")
    else:
        page.tell("补正已交回，直接回到退回的人手上")
    return page.go("applicant.status", ref=ref)


def _open(ref: str) -> tuple[Progress, Desk]:
    progress = following.follow(ref, page.actor(), page.now())
    if progress.state.status is not Status.CORRECTING and not progress.supplies:
        raise NotFound
    return progress, drafts.look(ref, page.actor(), page.now())


def _fields(desk: Desk) -> dict[str, Field]:
    """The questions in which something is open, whole; the rest of a table is shown and locked."""
    roots = {path.split(".")[0] for path in desk.open or ()}
    return {key: asked.field for key, asked in desk.sheet.asked.items() if key in roots}


def _by_section(desk: Desk) -> dict[str, dict[str, Field]]:
    fields, found = _fields(desk), {}
    for key, section in desk.definition.form.items():
        mine = {name: item for name, item in fields.items() if name in section.fields}
        if mine:
            found[key] = mine
    return found


def _saved(ref: str, desk: Desk) -> SavedElsewhere | list[Reason]:
    """Every section with something open, then the files that came along."""
    typed = papers.paper_for(desk, _fields(desk), sent=True).typed
    try:
        for section, fields in _by_section(desk).items():
            mine = {key: value for key, value in typed.items() if key in fields}
            seen = request.form.get(f"seen-{section}") or None
            drafts.save(ref, mine, seen, page.actor(), page.now(), section=section, window=window())
    except SavedElsewhere as elsewhere:
        return elsewhere
    return take_files(ref, [(name, sent) for name, sent in request.files.items(multi=True) if sent.filename])


def _why() -> dict[str, str]:
    return {
        name.removeprefix(WHY): text for name, text in request.form.items() if name.startswith(WHY) and text.strip()
    }


@route(blueprint, "/apply/<ref>/correct/save", methods=("POST",), visitor=Visitor.APPLICANT)
def correct_autosave(ref: str) -> Response:
    _, desk = _open(ref)
    typed = papers.paper_for(desk, _fields(desk), sent=True).typed
    seen: dict[str, str] = {}
    newer = False
    try:
        for section, fields in _by_section(desk).items():
            mine = {key: value for key, value in typed.items() if key in fields}
            shown = request.form.get(f"seen-{section}") or None
            saved = drafts.save(ref, mine, shown, page.actor(), page.now(), section=section, window=window())
            seen[f"seen-{section}"] = saved.seen
            newer |= bool(saved.newer)
    except SavedElsewhere as elsewhere:
        return conflict(
            elsewhere,
            {f"seen-{section}": elsewhere.seen for section in _by_section(desk) if f"seen-{section}" not in seen},
        )
    return jsonify(seen=seen, newer=newer, saved=dates.clock(page.now()), wrong={}, masks={}, asked=[])


@route(blueprint, "/apply/<ref>/correct/file", methods=("POST",), visitor=Visitor.APPLICANT)
def correct_upload(ref: str) -> Response:
    _open(ref)
    name = next(iter(request.files), "")
    refused = take_files(ref, [(name, sent) for sent in request.files.values()])
    _, desk = _open(ref)
    return upload_fragment(desk, papers.paper_for(desk, _fields(desk)), name, refused)


def _show(
    progress: Progress,
    desk: Desk,
    *,
    refused: list[Reason] | None = None,
    elsewhere: SavedElsewhere | None = None,
) -> Response:
    fields = _fields(desk)
    paper = papers.paper_for(desk, fields, sent=request.method == "POST" and elsewhere is not None)
    paper.take([*(refused or []), *papers.reasons_in(desk, fields, missing=request.method == "POST")])
    paper.form_errors = [words for words in paper.form_errors if isinstance(words, Words)]
    values: dict[str, Any] = {
        "desk": desk,
        "paper": paper,
        "flags": progress.flags,
        "seen": {f"seen-{section}": desk.seen(section) for section in _by_section(desk)},
        "elsewhere": elsewhere,
        "notes": clarifications.beside_case(desk.ref, reviewing=False),
        "why": _why(),
        "id_of": id_of,
    }
    kind, words = wording.supplying(progress) if progress.supplies else wording.heading(progress)
    status = 409 if elsewhere else 422 if refused else 200
    return page.render(
        "pages/applicant/correct.html", status=status, progress=progress, kind=kind, heading=words,
        **values,
    )  # fmt: skip
