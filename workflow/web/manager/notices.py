"""Public notices of a round: who waits for one, drawing one up as it will be seen, publishing, taking down, ending."""

from datetime import date

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.notices import Compose, TakeDown
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import public_notices, public_notices_drafting, public_notices_publishing
from workflow.services.public_notices_drafting import Draft, Preview
from workflow.web import acting, dates, page
from workflow.web.manager import blueprint
from workflow.web.public import notice_paper
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

LABELS = {
    "title": Words("标题"),
    "number": Words("文号"),
    "preamble": Words("正文第一段"),
    "contact": Words("异议向谁反映"),
    "reason": Words("为什么先公示这一批"),
}


@route(blueprint, "/rounds/<ref>/notices", visitor=Visitor.MANAGER)
def notices(ref: str) -> Response:
    register = public_notices.register(page.actor(), ref, page.now())
    return page.render(
        "pages/manager/notices.html",
        register=register,
        phases=notice_paper.PHASES,
        audiences=notice_paper.AUDIENCES,
        days_of=notice_paper.days_of,
    )


# -- drawing up --------------------------------------------------------------------------------------------------------
@route(blueprint, "/rounds/<ref>/notices/<stage>/new", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def new_notice(ref: str, stage: str) -> Response:
    """Every line and both days stand on the page as they will be shown; only what was looked at is published."""
    form = page.bind(Compose)
    reasons: list[Reason] = []
    page.if_refused(labels=LABELS, latest=url_for("manager.notices", ref=ref))
    draft = _draft(form, reasons)
    if request.method == "POST" and "publish" in request.form and not reasons:
        try:
            return _published(ref, stage, draft)
        except NotReady as refusal:
            reasons = list(refusal.reasons)
    shown = public_notices_drafting.preview(page.actor(), ref, stage, draft, page.now())
    return _show(form, shown, reasons)


def _draft(form: Compose, reasons: list[Reason]) -> Draft:
    starts_at = None
    if request.method != "POST":
        return Draft()
    form.validate()
    try:
        starts_at = form.starts_at
    except InvalidInput as refusal:
        reasons += refusal.reasons
    reasons += form.reasons
    return Draft(
        tuple(form.chosen.data or ()),
        form.title.data or "",
        form.number.data or "",
        form.preamble.data or "",
        form.contact.data or "",
        starts_at,
        form.reason.data or "",
        bool(form.apart.data),
        form.seen.data or "",
    )


def _published(ref: str, stage: str, draft: Draft) -> Response:
    made = public_notices_publishing.publish(
        page.actor(), ref, stage, draft, page.now(), request_key=page.request_key()
    )
    page.tell("公示已发布，名单上的人会收到通知")
    return page.go("manager.notice", ref=made)


def _show(form: Compose, shown: Preview, reasons: list[Reason]) -> Response:
    at: dict[str, list[Words]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return page.render(
        "pages/manager/notice_new.html",
        status=422 if reasons else None,
        shown=shown,
        form=form,
        reasons=[Reason(each.words, _AT.get(each.where or "", each.where)) for each in reasons],
        at=at,
        paper=notice_paper.of_preview(shown, page.now()),
        audience=notice_paper.AUDIENCES[shown.audience],
        left=len(shown.waiting) - len(shown.lines) + shown.on_their_way,
        alike=[line.no for line in shown.lines if line.alike],
        today=_today(),
    )


_AT = {"chosen": "chosen-h", "lines": "doc", "seen": "doc", "starts_at": "starts_on"}


def _today() -> date:
    return dates.local(page.now()).date()


# -- one notice --------------------------------------------------------------------------------------------------------
@route(blueprint, "/notices/<ref>", visitor=Visitor.MANAGER)
def notice(ref: str) -> Response:
    round_ref, round_name = public_notices.round_of(ref, page.actor())
    shown = public_notices.shown(ref, page.actor(), page.now())
    register = public_notices.register(page.actor(), round_ref, page.now())
    return page.render(
        "pages/manager/notice.html",
        shown=shown,
        paper=notice_paper.of_shown(shown),
        row=next(row for row in register.notices if row.ref == ref),
        phase=notice_paper.PHASES[shown.phase],
        audience=notice_paper.AUDIENCES[shown.audience],
        round_ref=round_ref,
        round_name=round_name,
    )


@route(blueprint, "/notices/<ref>/end", methods=("POST",), visitor=Visitor.MANAGER)
def end_notice(ref: str) -> Response:
    """The same act as the clock's, for when it has not come by."""
    try:
        moved = public_notices_publishing.end(page.actor(), ref, page.now())
    except NotReady as refusal:
        for reason in refusal.reasons:
            page.tell(reason.words.text, "stop", **reason.words.params)
    else:
        page.tell("公示期满，%(n)s 件进入下一环节", n=moved)
    return page.go("manager.notice", ref=ref)


@route(blueprint, "/notices/<ref>/take-down", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def take_down(ref: str) -> Response:
    round_ref, round_name = public_notices.round_of(ref, page.actor())
    shown = public_notices.shown(ref, page.actor(), page.now())
    form = page.bind(TakeDown)
    if page.sent(form):
        with acting.in_words(form):
            return _taken_down(ref, form.reason.data or "")
    return page.render(
        "pages/manager/notice_down.html", form=form, shown=shown, round_ref=round_ref, round_name=round_name
    )


def _taken_down(ref: str, reason: str) -> Response:
    count = public_notices_publishing.take_down(page.actor(), ref, reason, page.now(), request_key=page.request_key())
    page.tell("公示已撤下，%(n)s 件等重新公示", n=count)
    return page.go("manager.notice", ref=ref)
