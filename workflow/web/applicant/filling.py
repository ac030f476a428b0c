"""Filling the form, section by section. Every button of the page saves first; only the check page can submit."""

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from flask import jsonify, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from forms.program import ProgramPaper, id_of
from workflow.domain.errors import NotFound, Reason
from workflow.services import clarifications, drafts, files, prefill, unattended
from workflow.services.drafts import Desk
from workflow.services.drafts_windows import SavedElsewhere
from workflow.web import dates, page
from workflow.web.applicant import blueprint, papers
from workflow.web.applicant.attachments import path_of_control, upload_fragment
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/apply/token", visitor=Visitor.APPLICANT)
def token() -> Response:
    """A page that outlived its session asks for a fresh form token once its reader has signed in again."""
    return jsonify(csrf_token=generate_csrf())


@route(blueprint, "/apply/<ref>/form/<section>", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def section(ref: str, section: str) -> Response:
    if request.method != "POST":
        with page.one_look():
            return _show(_open(ref, section), section, missing="missing" in request.args)
    desk = _open(ref, section)
    typed = papers.paper_for(desk, desk.fields_of(section), sent=True)
    try:
        saved = drafts.save(
            ref, typed.typed, _seen(), page.actor(), page.now(), section=section, window=window(),
            add_row=request.form.get("add_row"), drop_row=_row_to_drop(), look=True,
        )  # fmt: skip
    except SavedElsewhere as elsewhere:
        return _show(desk, section, paper=typed, elsewhere=elsewhere)
    refused = _take_files(ref, section)
    if request.form.get("go") == "prefill":
        page.tell("已带入 %(n)s 处，请逐项核对", n=prefill.bring(ref, section, page.actor(), page.now()))
    desk = saved.desk if saved.desk is not None and not _more_came() else _open(ref, section)
    wrong = papers.reasons_in(desk, desk.fields_of(section), missing=False)
    if refused or (_onwards() and wrong):
        return _show(desk, section, refused=refused)
    return _go_on(desk, section)


def _open(ref: str, section: str) -> Desk:
    desk = drafts.look(ref, page.actor(), page.now())
    if section not in desk.definition.form or desk.open is not None:
        raise NotFound
    return desk


def _seen() -> str | None:
    return request.form.get("seen") or None


def window() -> str | None:
    """The mark that the page's module gives its window; without a script there is none."""
    return request.form.get("window") or None


def _more_came() -> bool:
    """Something beside the typed text, which changes the draft once more."""
    files_came = any(sent.filename for sent in request.files.values())
    return files_came or bool(request.form.get("drop_file")) or request.form.get("go") == "prefill"


def _onwards() -> bool:
    return request.form.get("go") == "next"


def _row_to_drop() -> tuple[str, int] | None:
    """`results-1` = the second row of results."""
    table, _, number = request.form.get("drop_row", "").rpartition("-")
    return (table, int(number) + 1) if table and number.isdecimal() and len(number) < 4 else None


def _go_on(desk: Desk, section: str) -> Response:
    wanted = request.form.get("go", "")
    typed = request.form
    at = typed.get("add_row") or typed.get("place") or typed.get("drop_row", "").rpartition("-")[0]
    here = url_for("applicant.section", ref=desk.ref, section=section)
    target = {
        "next": papers.after(desk, section, 1),
        "back": papers.after(desk, section, -1),
        "exit": url_for("applicant.mine"),
    }.get(wanted, f"{here}#{at or 'main'}")
    if wanted == "exit":
        page.tell("草稿已存好，还没有提交", "ok")
    return page.go_to(target)


# -- files that came with the page -------------------------------------------------------------------------------------
def _take_files(ref: str, section: str) -> list[Reason]:
    """Each file input that holds something is taken, and each file that was taken off is let go."""
    refused = take_files(ref, [(name, sent) for name, sent in request.files.items(multi=True) if sent.filename])
    path, _, file_ref = request.form.get("drop_file", "").partition("|")
    if path and file_ref:
        files.detach(ref, path, file_ref, page.actor(), page.now())
    return refused


def take_files(ref: str, every: Sequence[tuple[str, FileStorage]]) -> list[Reason]:
    """Take what came by these names; why those are not kept that are not."""
    came = [_sent(name, sent) for name, sent in every]
    return files.attach_all(ref, came, page.actor(), page.now())[1] if came else []


def _sent(name: str, sent: FileStorage) -> files.Sent:
    control, _, purpose = name.partition("@")
    kind = files.BLIND if purpose == "blind" else files.ORIGINAL
    return files.Sent(path_of_control(control), sent.filename, cast(BinaryIO, sent.stream), kind)


# -- from the page's own modules ---------------------------------------------------------------------------------------
@route(blueprint, "/apply/<ref>/form/<section>/save", methods=("POST",), visitor=Visitor.APPLICANT)
def autosave(ref: str, section: str) -> Response:
    """Keeps what is typed, and can do nothing else."""
    desk = _open(ref, section)
    typed = papers.paper_for(desk, desk.fields_of(section), sent=True)
    try:
        saved = drafts.save(
            ref, typed.typed, _seen(), page.actor(), page.now(), section=section, window=window(), look=True
        )
    except SavedElsewhere as elsewhere:
        return conflict(elsewhere, elsewhere.seen)
    desk = saved.desk or _open(ref, section)
    wrong = papers.reasons_in(desk, desk.fields_of(section), missing=False)
    return jsonify(
        seen=saved.seen,
        newer=bool(saved.newer),
        saved=dates.clock(saved.saved_at),
        wrong={id_of(reason.where or ""): papers.say(reason.words) for reason in wrong},
        masks={id_of(path): mask for path, mask in desk.sheet.masks.items()},
        asked=sorted(desk.fields_of(section)),
    )


def conflict(elsewhere: SavedElsewhere, seen: str | dict[str, str]) -> Response:
    places = [
        {"id": id_of(one.path), "name": papers.say(one.name), "theirs": one.theirs, "yours": one.yours}
        for one in elsewhere.differences
    ]
    answer: Response = jsonify(words=papers.say(elsewhere.words), seen=seen, places=places)
    answer.status_code = 409
    return answer


@route(blueprint, "/apply/<ref>/form/<section>/file", methods=("POST",), visitor=Visitor.APPLICANT)
def upload(ref: str, section: str) -> Response:
    """One file, sent while the page stays open; answers with the row that shows it."""
    _open(ref, section)
    name = next(iter(request.files), "")
    refused = take_files(ref, [(name, sent) for sent in request.files.values()])
    desk = _open(ref, section)
    return upload_fragment(desk, papers.paper_for(desk, desk.fields_of(section)), name, refused)


# -- drawing -----------------------------------------------------------------------------------------------------------
def _show(
    desk: Desk,
    section: str,
    *,
    paper: ProgramPaper | None = None,
    missing: bool = False,
    refused: list[Reason] | None = None,
    elsewhere: SavedElsewhere | None = None,
) -> Response:
    fields = desk.fields_of(section)
    drawn = paper or papers.paper_for(desk, fields)
    drawn.take([*(refused or []), *papers.reasons_in(desk, fields, missing=missing)])
    status = 409 if elsewhere else 422 if refused or (request.method == "POST" and drawn.reasons) else 200
    values: dict[str, Any] = {
        "desk": desk,
        "section": desk.definition.form[section],
        "paper": drawn,
        "groups": papers.groups(drawn),
        "steps": papers.steps(desk, section),
        "seen": elsewhere.seen if elsewhere else desk.seen(section),
        "elsewhere": elsewhere,
        "first": section == desk.sections()[0],
        "next_name": papers.next_name(desk, section),
        "notes": clarifications.beside_case(desk.ref, reviewing=False),
        "offer": prefill.offered(desk.ref, section, page.actor(), page.now()),
        "unattended": [told for told in unattended.named(desk, page.now()) if told.field in fields],
    }
    return page.render("pages/applicant/section.html", status=status, **values)
