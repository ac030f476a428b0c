"""What was made clear once, kept beside the field or the rule by whoever runs the round."""

from flask import request
from werkzeug.wrappers import Response

from forms.clarifications import Clarifying, Ending
from workflow.services import clarifications as service
from workflow.web import acting, page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/clarifications", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def clarifications(ref: str) -> Response:
    case = request.args.get("case", "")
    shown = service.board(page.actor(), page.now(), ref, case)
    form = page.bind(Clarifying, **_begun(shown))
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _written(ref, form))
    return _show(shown, form, Ending())


def _begun(shown: service.Board) -> dict[str, str | bool]:
    """The words that stand, where one is to be changed; those said to one person, where they are taken over."""
    if (line := next((one for one in shown.lines if one.note.ref == request.args.get("change")), None)) is not None:
        note = line.note
        return {"place": note.place, "question": note.question, "answer": note.answer, "basis": note.basis,
                "inside": note.inside, "replaces": note.ref}  # fmt: skip
    number = request.args.get("said", "")
    if number.isdecimal() and int(number) < len(shown.said):
        said = shown.said[int(number)]
        return {"place": said.place, "answer": said.text}
    return {}


def _written(ref: str, form: Clarifying) -> Response:
    service.write(
        page.actor(), page.now(), ref, place=form.place.data or "", question=form.question.data or "",
        answer=form.answer.data or "", basis=form.basis.data or "", inside=bool(form.inside.data),
        replaces=form.replaces.data or None,
    )  # fmt: skip
    page.tell("已记进口径库")
    return page.go("manager.clarifications", ref=ref)


@route(blueprint, "/rounds/<ref>/clarifications/<note>/end", methods=("POST",), visitor=Visitor.MANAGER)
def end_clarification(ref: str, note: str) -> Response:
    form = page.bind(Ending)
    with acting.in_words(form):
        return acting.once(lambda: _ended(ref, note, form))
    return _show(service.board(page.actor(), page.now(), ref), Clarifying(), form, note)


def _ended(ref: str, note: str, form: Ending) -> Response:
    service.end(page.actor(), page.now(), ref, note, form.why.data or "")
    page.tell("这条口径不再给人看")
    return page.go("manager.clarifications", ref=ref)


def _show(shown: service.Board, form: Clarifying, ending: Ending, at: str = "") -> Response:
    return page.render(
        "pages/manager/clarifications.html",
        shown=shown,
        form=form,
        ending=ending,
        case=request.args.get("case"),
        at=at,
        status=422 if form.reasons or ending.reasons else None,
    )
