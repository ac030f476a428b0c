"""A department's room in a joint check: one line per person, an answer by one key, 无异议 for many at once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.joint import LABELS, Answer
from workflow.domain.errors import InvalidInput, NotAllowed, NotReady, Reason
from workflow.domain.policy import Permission
from workflow.domain.stages.joint_check import ANSWERS, CATEGORIES, ISSUE
from workflow.domain.words import Words
from workflow.services import access, joint, reading
from workflow.services.joint import Line, Said
from workflow.web import page
from workflow.web.reviewer import blueprint, undoing
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

ANSWERED = "answered"
MOST = joint.PAGE


def _asked() -> dict[str, str]:
    """What the address narrows the list to."""
    said = {name: request.values.get(name, "").strip()[:80] for name in ("view", "round", "q")}
    return {name: value for name, value in said.items() if value}


def _address(asked: Mapping[str, str], **more: Any) -> str:
    query = urlencode({name: value for name, value in {**asked, **more}.items() if value})
    return f"{url_for('reviewer.joint_list')}?{query}" if query else url_for("reviewer.joint_list")


@route(blueprint, "/review/joint", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def joint_list() -> Response:
    asked, number = _asked(), page.page_number()
    answered = asked.get("view") == ANSWERED
    shown = joint.page(
        page.actor(),
        page.now(),
        answered=answered,
        round_ref=asked.get("round", ""),
        typed=asked.get("q", ""),
        number=number,
    )
    return page.render(
        "pages/reviewer/joint.html",
        shown=shown,
        asked=asked,
        answered=answered,
        answers=ANSWERS,
        at=request.args.get("at", ""),
        open_url=_address(asked, view=None),
        answered_url=_address(asked, view=ANSWERED),
        rounds=[(each, _address(asked, round=each.ref)) for each in shown.rounds],
        all_rounds=_address(asked, round=None),
        query=urlencode(asked),
        before=_address(asked, page=number - 1) if number > 1 else None,
        behind=_address(asked, page=number + 1) if shown.more else None,
        undo=undoing.offered(),
    )


@route(blueprint, "/review/joint/items/<ref>", visitor=Visitor.REVIEWER, methods=("GET", "POST"))
def joint_item(ref: str) -> Response:
    line = joint.line(ref, page.actor(), page.now())
    page.if_refused(labels=LABELS, latest=url_for("reviewer.joint_item", ref=ref))
    wish = request.args.get("say", "")
    form = page.bind(Answer, answer=wish if wish in ANSWERS else line.row.answer or "")
    if page.sent(form):
        grounds = (form.category.data or "", form.basis.data or "", form.detail.data or "")
        try:
            return _answered(line, Said(form.answer.data, *grounds))
        except NotReady as refusal:
            form.take(refusal.reasons)
    return _show(line, form)


def _answered(line: Line, said: Said) -> Response:
    """Said, undoable for ten seconds, and on to the next one."""
    asked = _asked()
    behind = _next(line, asked)
    done = joint.answer(
        line.row.item_ref, said, page.actor(), page.now(), seen=page.seen_version(), request_key=page.request_key()
    )
    undoing.offer(
        [done.application], Words("%(name)s：%(answer)s", name=line.row.name, answer=page.say(ANSWERS[said.answer]))
    )
    return page.go_to(_address(asked, at=behind))


def _next(line: Line, asked: Mapping[str, str]) -> str:
    shown = joint.page(page.actor(), page.now(), round_ref=asked.get("round", ""), typed=asked.get("q", ""))
    refs = [each.row.item_ref for each in shown.lines]
    if line.row.item_ref not in refs:
        return ""
    behind = refs[refs.index(line.row.item_ref) + 1 :]
    return behind[0] if behind else ""


def _show(line: Line, form: Answer, opened: Mapping[str, str] | None = None, why: Any = ()) -> Response:
    sheet = reading.sheet_of_item(line.row.item_ref, page.actor(), page.now())
    return page.render(
        "pages/reviewer/joint_item.html",
        status=422 if form.reasons or why else None,
        line=line,
        sheet=sheet,
        form=form,
        opened=opened or {},
        why=list(why),
        answers=[(key, page.say(words)) for key, words in ANSWERS.items()],
        categories=[(key, page.say(words)) for key, words in CATEGORIES.items()],
        issue=ISSUE,
        query=urlencode(_asked()),
        back=_address(_asked(), at=line.row.item_ref),
        undo=undoing.offered(),
    )


@route(blueprint, "/review/joint/items/<ref>/look", visitor=Visitor.REVIEWER, methods=("POST",))
def joint_look(ref: str) -> Response:
    """The number of the person in full, for a reason; what is typed stays on the page."""
    line = joint.line(ref, page.actor(), page.now())
    form, path = page.bind(Answer), request.form.get("look", "")[:120]
    opened: dict[str, str] = {}
    refused: list[Reason] = []
    try:
        opened[path] = access.reveal(line.row.ref, path, request.form.get("why", "")[:500], page.actor(), page.now())
    except (InvalidInput, NotAllowed) as refusal:
        refused = [Reason(refusal.words if isinstance(refusal, NotAllowed) else refusal.reasons[0].words, "why")]
    return _show(line, form, opened, refused)


# -- many at once ------------------------------------------------------------------------------------------------------
@route(blueprint, "/review/joint/confirm", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def joint_confirm() -> Response:
    """Who is answered for, by name, before anything is said."""
    asked = _asked()
    lines = joint.picked(request.args.getlist("pick")[:MOST], page.actor(), page.now())
    return page.render("pages/reviewer/joint_confirm.html", lines=lines, query=urlencode(asked), back=_address(asked))


@route(
    blueprint, "/review/joint/confirm", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ, methods=("POST",)
)
def joint_bulk() -> Response:
    done = joint.no_objection_to(
        request.form.getlist("pick")[:MOST], page.actor(), page.now(), request_key=page.request_key()
    )
    if done.done:
        undoing.offer([line.row.ref for line in done.done], Words("已对 %(n)s 人答复无异议", n=len(done.done)))
    if done.aside:
        names = "、".join(line.row.name for line, _ in done.aside[:5]) + ("…" if len(done.aside) > 5 else "")
        page.tell("%(names)s：已经有人答复过，或者不在你手上，没有改动", "warn", names=names)
    if not done.done and not done.aside:
        page.tell("选中的都已经有人答复过，没有改动", "warn")
    return page.go_to(_address(_asked()))
