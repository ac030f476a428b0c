"""Objections at the desk of the office that settles them: the register, one of them, writing one down by hand."""

from urllib.parse import quote

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from forms.notices import ByHand, Look, Settle, Weigh
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import objections, objections_opened, objections_settling, public_notices
from workflow.services.objections import Given
from workflow.services.objections_settling import Sheet
from workflow.web import dates, page
from workflow.web.public import notice_pages
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

STATES: dict[str, tuple[str, Words]] = {
    "open": ("human", Words("待核查")),
    "partly": ("human", Words("部分成立，等主办单位决定")),
    "upheld": ("no", Words("成立")),
    "rejected": ("done", Words("不成立")),
    "kept": ("done", Words("部分成立，维持在名单上")),
    "dropped": ("no", Words("部分成立，不予通过")),
    "moot": ("todo", Words("人选已不在名单上，不再办理")),
}
LABELS = {"report": Words("核查情况"), "reason": Words("理由")}


@route(blueprint, "/review/objections", visitor=Visitor.REVIEWER)
def register() -> Response:
    now = page.now()
    return page.render(
        "pages/reviewer/objections.html",
        lines=objections_settling.register(page.actor(), now),
        running=objections_settling.notices_to_handle(page.actor(), now),
        states=STATES,
    )


@route(blueprint, "/review/objections/<ref>", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def objection(ref: str) -> Response:
    sheet = objections_settling.sheet(ref, page.actor(), page.now())
    form = page.bind(Settle if sheet.asks == "settle" else Weigh)
    page.if_refused(labels=LABELS, latest=url_for("reviewer.objection", ref=ref))
    reasons: list[Reason] = []
    if request.method == "POST":
        if not sheet.asks:
            raise NotFound
        if form.validate():
            try:
                return _settled(ref, form, sheet)
            except NotReady as refusal:
                reasons = list(refusal.reasons)
        reasons += form.reasons
    return show(sheet, form, reasons)


def _settled(ref: str, form: Settle | Weigh, sheet: Sheet) -> Response:
    inputs = {name: str(field.data or "") for name, field in form._fields.items()}
    objections_settling.settle(
        ref, inputs, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key()
    )
    page.tell("第 %(n)s 号的异议已办结" if sheet.asks == "settle" else "第 %(n)s 号的去留已决定", n=sheet.line)
    return page.go(
        "reviewer.objection" if sheet.handles else "reviewer.queue", **({"ref": ref} if sheet.handles else {})
    )


def show(sheet: Sheet, form: Settle | Weigh, reasons: list[Reason], who: dict[str, str] | None = None) -> Response:
    at: dict[str, list[Words]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return page.render(
        "pages/reviewer/objection.html",
        status=422 if reasons else None,
        sheet=sheet,
        form=form,
        reasons=reasons,
        at=at,
        who=who,
        state=STATES[sheet.state],
    )


@route(blueprint, "/review/objections/<ref>/who", methods=("POST",), visitor=Visitor.REVIEWER)
def objector(ref: str) -> Response:
    """Who objects: shown once, after saying why, and on record. What was typed beside it stays."""
    sheet = objections_settling.sheet(ref, page.actor(), page.now())
    typed = page.bind(Settle if sheet.asks == "settle" else Weigh)
    try:
        who = objections_settling.reveal(ref, page.bind(Look).why.data or "", page.actor(), page.now())
    except InvalidInput as refusal:
        return show(sheet, typed, list(refusal.reasons))
    return show(sheet, typed, [], who)


@route(blueprint, "/review/objections/<ref>/file", visitor=Visitor.REVIEWER)
def evidence(ref: str) -> Response:
    """Always an attachment, in no frame and no cache."""
    found = objections_settling.fetch_file(ref, page.actor(), page.now())
    response = send_file(found.path, mimetype=found.media_type, etag=found.sha256, max_age=0)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"file\"; filename*=UTF-8''{quote(found.name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@route(blueprint, "/review/notices/<ref>/objection", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def by_hand(ref: str) -> Response:
    """What came by telephone, letter or visit."""
    shown = next((n for n in objections_settling.notices_to_handle(page.actor(), page.now()) if n.ref == ref), None)
    if shown is None:
        raise NotFound
    form = page.bind(ByHand, received=dates.local(page.now()).date())
    if page.sent(form):
        with page.at_fields(form):
            try:
                return _entered(ref, form)
            except NotReady as refusal:
                if isinstance(refusal, InvalidInput):
                    raise
                form.take(refusal.reasons)
    lines = public_notices.standing_lines(ref, page.actor())
    return page.render(
        "pages/reviewer/objection_new.html",
        shown=shown,
        form=form,
        people=[(str(no), page.say(Words("第 %(n)s 号 %(name)s", n=no, name=name))) for no, name in lines],
        ways=[(key, page.say(name)) for key, name in objections_opened.NAMES.items() if key != "page"],
    )


def _entered(ref: str, form: ByHand) -> Response:
    bare = notice_pages.given_of(form)
    given = Given(**{**vars(bare), "via": form.via.data or "", "received": form.received.data})
    made = objections.enter(
        ref,
        given,
        page.actor(),
        page.now(),
        file=notice_pages.evidence_of(form),
        request_key=page.request_key(),
    )
    page.tell("异议已登记，这一位先不往下走，其他人不受影响")
    return page.go("reviewer.objection", ref=made)
