"""Points of one recognition, for its person, its mentor and its office alike: the ledger and what may be done there."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, cast

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from forms.points import Entered, Settled
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.program.phrases import length_words
from workflow.domain.program.schema import Field
from workflow.domain.program.schema.after import Limit, PointItem
from workflow.domain.rules import canonical
from workflow.domain.words import Words
from workflow.services import actions, points, points_paper
from workflow.services.points import Seen, Shown
from workflow.web import page
from workflow.web.account import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERIODS = {
    "month": Words("每月"),
    "quarter": Words("每季度"),
    "half_year": Words("每半年"),
    "year": Words("每年"),
}
DONE = {
    "enter_points": Words("已记下，等确认后计入"),
    "claim": Words("已申领，等确认后计入"),
    "correct_points": Words("更正已记下，等另一人确认后计入"),
    "appeal_points": Words("异议已提出，由没有经手的人复核"),
    "reject_points": Words("没有确认，理由已告诉本人"),
    "settle_points_appeal": Words("复核已办结，结果已告诉本人"),
}


def _render(template: str, **values: Any) -> Response:
    """With how figures and movements are said; the page knows no arithmetic."""
    return page.render(
        template, plain=canonical, signed=signed, moved=points_paper.words_of, length=length_words, limited=limited,
        options_of=options_of, **values,
    )  # fmt: skip


def signed(value: Decimal) -> str:
    return f"+{canonical(value)}" if value > 0 else canonical(value).replace("-", "−")


def limited(limit: Limit) -> Words:
    per = PERIODS[limit.per]
    if limit.unit == "entries":
        return Words("%(per)s最多 %(n)s 次。", per=per, n=limit.amount)
    return Words("%(per)s最多 %(n)s 分，多出的不计。", per=per, n=limit.amount)


def options_of(field: Field) -> list[tuple[str, str]]:
    return [(option.key, page.say(option.name)) for option in getattr(field, "options", ())]


@route(blueprint, "/points/<ref>", visitor=Visitor.ACCOUNT)
def points_ledger(ref: str) -> Response:
    return _ledger(ref)


def _ledger(ref: str, reasons: tuple[Reason, ...] = ()) -> Response:
    shown = points.shown(ref, page.actor(), page.now())
    return _render("pages/points/ledger.html", status=422 if reasons else 200, shown=shown, reasons=reasons)


@route(blueprint, "/points/<ref>/print", visitor=Visitor.ACCOUNT)
def points_print(ref: str) -> Response:
    return _render("pages/points/print.html", shown=points.shown(ref, page.actor(), page.now()))


@route(blueprint, "/points/<ref>/ledger.xlsx", visitor=Visitor.ACCOUNT)
def points_file(ref: str) -> Response:
    taken = points_paper.spreadsheet_of(points.shown(ref, page.actor(), page.now()), page.say)
    return send_file(BytesIO(taken.data), mimetype=_XLSX, as_attachment=True, download_name=taken.name)


# -- a new entry -------------------------------------------------------------------------------------------------------
@route(blueprint, "/points/<ref>/new/<item>", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def points_new(ref: str, item: str) -> Response:
    """`late=1`: one that was left out of a period that is locked."""
    shown = points.shown(ref, page.actor(), page.now())
    chosen, late = shown.points.items.get(item), request.values.get("late") == "1"
    name = "claim" if chosen is not None and chosen.from_ == "claim" else "correct_points" if late else "enter_points"
    if chosen is None or name not in shown.acts:
        raise NotFound
    form, asked, held = page.bind(Entered), points.fields_of(shown.definition, item), _held()
    typed = {key: request.form.get(f"asks.{key}", "")[:5000] for key in asked}
    if page.sent(form):
        page.if_refused(latest=url_for("account.points_ledger", ref=ref))
        reasons = _entered(ref, name, chosen, form, typed, held)
        if not reasons:
            page.tell(DONE[name].text)
            return page.go("account.points_ledger", ref=ref)
        form.take(reasons)
        return _paper(shown, chosen, form, asked, typed, held, name, late, reasons)
    return _paper(shown, chosen, form, asked, typed, held, name, late, ())


def _held() -> list[str]:
    """References of evidence that came with an earlier try."""
    return [each for each in request.form.getlist("held") if len(each) < 25]


def _entered(
    ref: str, name: str, item: PointItem, form: Entered, typed: Mapping[str, str], held: list[str]
) -> tuple[Reason, ...]:
    """What still stands in the way; files that came are kept in `held`, whatever else is wrong."""
    try:
        held += _attached(ref, item.key)
    except InvalidInput as refusal:
        return refusal.reasons
    given = {"points": item.key, "on": form.on.data, "reason": form.reason.data, "asks": typed, "evidence": held}
    return _performed(ref, name, given)


def _attached(ref: str, item: str) -> list[str]:
    sent = [file for file in request.files.getlist("evidence") if file.filename]
    return [
        points.attach(ref, item, file.filename, cast(BinaryIO, file.stream), page.actor(), page.now()) for file in sent
    ]


def _performed(ref: str, name: str, given: Mapping[str, Any]) -> tuple[Reason, ...]:
    try:
        points.act(
            ref, name, page.actor(), page.now(), typed=given, seen=page.seen_version(), request_key=page.request_key()
        )
    except NotReady as refusal:
        return refusal.reasons
    except NotAllowed as refusal:
        return (Reason(refusal.words),)
    return ()


def _paper(
    shown: Shown,
    item: PointItem,
    form: Entered,
    asked: Mapping[str, Field],
    typed: Mapping[str, str],
    held: list[str],
    name: str,
    late: bool,
    reasons: tuple[Reason, ...],
) -> Response:
    at: dict[str, list[Any]] = {}
    for reason in reasons:
        at.setdefault(reason.where or "", []).append(reason.words)
    return _render(
        "pages/points/new.html", shown=shown, item=item, form=form, asked=asked, typed=typed, name=name, late=late,
        at=at, reasons=reasons or form.reasons, held=points.names_of(shown.application, held, page.actor()),
        status=422 if reasons or form.reasons else 200,
    )  # fmt: skip


# -- one entry ---------------------------------------------------------------------------------------------------------
@route(blueprint, "/points/<ref>/<int:no>/<name>", methods=("GET", "POST"), visitor=Visitor.ACCOUNT)
def points_entry(ref: str, no: int, name: str) -> Response:
    """Put right, appeal, not confirm, settle an appeal: each asks for its reason on a page of its own."""
    shown = points.shown(ref, page.actor(), page.now())
    seen = next((each for each in shown.entries if each.entry.no == no), None)
    if seen is None or not _may(shown, seen, name):
        raise NotFound
    form = page.bind(Settled)
    if page.sent(form):
        page.if_refused(latest=url_for("account.points_ledger", ref=ref))
        reasons = _settled(ref, seen, name, form)
        if not reasons:
            page.tell(DONE[name].text)
            return page.go("account.points_ledger", ref=ref)
        form.take(reasons)
    return _render("pages/points/entry.html", shown=shown, seen=seen, form=form, name=name)


def _may(shown: Shown, seen: Seen, name: str) -> bool:
    if name == "correct_points":
        return name in shown.acts and seen in shown.correctable
    if name == "appeal_points":
        return seen.appealable and name in shown.acts
    return name in DONE and seen.waiting is not None and name in seen.waiting.acts


def _settled(ref: str, seen: Seen, name: str, form: Settled) -> tuple[Reason, ...]:
    given = {"entry": str(seen.entry.no), "right": form.right.data, "reason": form.reason.data}
    if seen.waiting is None or name not in points.ON_ITEMS:
        return _performed(ref, name, given)
    inputs = {"reason": form.reason.data, "right": form.right.data, "conclusion": form.conclusion.data}
    try:
        actions.perform(
            seen.waiting.ref, name, page.actor(), page.now(), seen=page.seen_version(),
            request_key=page.request_key(), inputs=inputs,
        )  # fmt: skip
    except NotReady as refusal:
        return refusal.reasons
    return ()


@route(blueprint, "/points/<ref>/confirm", methods=("POST",), visitor=Visitor.ACCOUNT)
def points_confirm(ref: str) -> Response:
    """Those that were ticked, one after another; each is an act of its own."""
    shown = points.shown(ref, page.actor(), page.now())
    page.if_refused(latest=url_for("account.points_ledger", ref=ref))
    ticked = list(_ticked(shown))
    if not ticked:
        return _ledger(ref, (Reason(points.TICK_ONE, "waiting"),))
    key = page.request_key()
    for seen in ticked:
        if seen.waiting is not None:
            once = f"{key}:{seen.entry.no}" if key else None
            actions.perform(seen.waiting.ref, "confirm_points", page.actor(), page.now(), request_key=once)
    page.tell("已确认 %(n)s 笔", n=len(ticked))
    return page.go("account.points_ledger", ref=ref)


def _ticked(shown: Shown) -> Iterator[Seen]:
    wanted = set(request.form.getlist("no"))
    for seen in reversed(shown.entries):
        if str(seen.entry.no) in wanted and seen.waiting is not None and "confirm_points" in seen.waiting.acts:
            yield seen
