"""Public notices: those that run, one of them, and objecting to a line of it. Over, the same address says so and names
nobody; no copy is kept anywhere on the way."""

import re
from typing import BinaryIO, cast

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.notices import Object
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import objections, public_notices
from workflow.services.objections import Evidence, Given
from workflow.services.public_notices import RUNNING, Shown
from workflow.web import page
from workflow.web.public import blueprint, notice_paper
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

GONE = 410
LARGEST_UPLOAD = (objections.EVIDENCE_MB + 1) * 1024 * 1024
_RECEIPT = re.compile(r"YY-[0-9A-F]{8}")


@blueprint.url_value_preprocessor
def _allow_uploads(endpoint: str | None, _values: object) -> None:
    if endpoint == "public.object_to":
        request.max_content_length = LARGEST_UPLOAD


def unkept(response: Response) -> Response:
    """Names on a list must not outlive it: in no cache, in no index, on no map of a robot."""
    response.headers["Cache-Control"] = "private, no-store, max-age=0"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@route(blueprint, "/notices", visitor=Visitor.PUBLIC)
def notices() -> Response:
    return unkept(page.render("pages/public/notices.html", notices=public_notices.current(page.now())))


@route(blueprint, "/notices/<ref>", visitor=Visitor.PUBLIC)
def notice(ref: str) -> Response:
    shown = public_notices.shown(ref, page.actor(), page.now())
    if shown.phase != RUNNING:
        return _without_names(shown)
    receipt = request.args.get("received", "")
    paper = notice_paper.of_shown(shown)
    return unkept(
        page.render(
            "pages/public/notice.html",
            shown=shown,
            paper=paper,
            people=_people(paper),
            receipt=receipt if _RECEIPT.fullmatch(receipt) else "",
        )
    )


def _without_names(shown: Shown) -> Response:
    """Before its minute only who runs it comes here, and has a page of the office for that."""
    if shown.phase == "coming":
        raise NotFound
    return unkept(page.render("pages/public/notice_over.html", status=GONE, shown=shown))


def _people(paper: notice_paper.NoticePaper) -> list[tuple[str, str]]:
    named = [(line.no, notice_paper.title_of(paper, line)) for line in paper.lines if not line.gone]
    return [(str(no), page.say(Words("第 %(n)s 号 %(name)s", n=no, name=name))) for no, name in named]


@route(blueprint, "/notices/<ref>/objection", methods=("GET", "POST"), visitor=Visitor.PUBLIC)
def object_to(ref: str) -> Response:
    """Two steps on one paper: what it is about can be written beside the list, who writes it comes after."""
    shown = public_notices.shown(ref, page.actor(), page.now())
    if shown.phase != RUNNING:
        return _without_names(shown)
    form = page.bind(Object, line=request.args.get("line", ""))
    if request.method == "POST" and "next" not in request.form:
        with page.at_fields(form):
            try:
                return _received(ref, form)
            except NotReady as refusal:
                if isinstance(refusal, InvalidInput):
                    raise
                form.take(Reason(each.words) for each in refusal.reasons)
    paper = notice_paper.of_shown(shown)
    people = _people(paper)
    return unkept(page.render("pages/public/objection.html", shown=shown, paper=paper, people=people, form=form))


def _received(ref: str, form: Object) -> Response:
    given = given_of(form)
    now, address = page.now(), request.remote_addr or ""
    objections.check(ref, given, page.actor(), address, now)
    made = objections.receive(
        ref, given, page.actor(), address, now, file=evidence_of(form), request_key=page.request_key()
    )
    return page.go_to(url_for("public.notice", ref=ref, received=objections.receipt_of(made)))


def given_of(form: Object) -> Given:
    line = form.line.data or ""
    return Given(
        int(line) if line.isdecimal() and len(line) < 6 else 0,
        form.facts.data or "",
        form.name.data or "",
        form.phone.data or "",
        form.address.data or "",
        bool(form.consent.data),
    )


def evidence_of(form: Object) -> Evidence | None:
    sent = form.file.data
    if not getattr(sent, "filename", ""):
        return None
    return objections.take_file(sent.filename, cast(BinaryIO, sent.stream), page.now())
