"""Giving an item to a colleague, and stepping out of a case."""

from collections.abc import Sequence

from flask import request, url_for
from werkzeug.wrappers import Response

from models.queries.queue import Mark
from workflow.domain.errors import NotFound, NotReady, Reason, Refusal
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import actions, colleagues, queues, queues_lines, reading
from workflow.web import page
from workflow.web.reviewer import blueprint, undoing
from workflow.web.reviewer.asking import kept_query, wanted, with_query
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/review/items/<ref>/hand-over", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def hand_over(ref: str) -> Response:
    """Search among those who could answer it; who is barred or on the other side of a pair is not offered."""
    sheet = reading.sheet_of_item(ref, page.actor(), page.now())
    button = sheet.button("hand_over", ref)
    if button is None:
        raise NotFound
    typed = request.values.get("q", "").strip()[:60]
    reasons: list[Reason] = []
    page.if_refused(labels={"note": Words("交接说明")}, latest=url_for("reviewer.hand_over", ref=ref))
    if request.method == "POST":
        to = colleagues.able(ref, request.form.get("to", ""), page.actor(), page.now())
        if to is None:
            reasons = [Reason(Words("请选转给谁"), "to")]
        else:
            return _hand(ref, sheet.name, to)
    found = colleagues.search(ref, typed, page.actor(), page.now())
    return page.render(
        "pages/reviewer/hand_over.html",
        status=422 if reasons else None,
        sheet=sheet,
        item=sheet.item(ref),
        found=found,
        typed=typed,
        reasons=reasons,
        written=request.form.get("note", ""),
        query=kept_query(wanted()),
    )


def _hand(ref: str, name: str, to: colleagues.Able) -> Response:
    note = request.form.get("note", "")[:2000]
    mark, asked = queues.place_of(ref), wanted()
    done = actions.perform(
        ref,
        "hand_over",
        page.actor(),
        page.now(),
        seen=page.seen_version(),
        request_key=page.request_key(),
        inputs={"to": to.actor, "note": note},
    )
    undoing.offer([done.application], Words("%(name)s：转交给%(to)s", name=name, to=to.name))
    return next_in_turn(asked, mark)


# -- many at once ------------------------------------------------------------------------------------------------------
@route(blueprint, "/review/hand-over", methods=("POST",), visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def hand_over_many() -> Response:
    """The ticked rows as a list to confirm first; each goes by itself, and what does not go says so and stays."""
    actor, now = page.actor(), page.now()
    lines = queues.picked(actor, now, request.form.getlist("pick")[: queues.PAGE])
    if not lines:
        page.tell("没有选中要转交的", "warn")
        return page.go_to(with_query("reviewer.queue", kept_query(wanted())))
    found = colleagues.for_many([line.row.item_ref for line in lines], actor, now)
    chosen = next((able for able, _ in found.able if able.ref == request.form.get("to")), None)
    asked_for = request.form.get("confirmed") == "yes"
    if asked_for and chosen is not None:
        return _hand_many(lines, chosen)
    return page.render(
        "pages/reviewer/hand_over_many.html",
        status=422 if asked_for else None,
        lines=[line for line in lines if line.row.item_ref not in found.not_mine],
        aside=[line for line in lines if line.row.item_ref in found.not_mine],
        able=found.able,
        reasons=[Reason(Words("请选转给谁"), "to")] if asked_for else [],
        written=request.form.get("note", ""),
        query=kept_query(wanted()),
    )


def _hand_many(lines: Sequence[queues_lines.Line], to: colleagues.Able) -> Response:
    note, key = request.form.get("note", "")[:2000], page.request_key()
    done, stayed = [], []
    for line in lines:
        row = line.row
        seen = request.form.get(f"seen-{row.item_ref}", "")
        try:
            given = actions.perform(
                row.item_ref,
                "hand_over",
                page.actor(),
                page.now(),
                seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
                request_key=f"{key}:{row.item_ref}"[:80] if key else None,
                inputs={"to": to.actor, "note": note},
            )
        except (NotFound, Refusal):
            stayed.append(row.name)
        else:
            done.append(given.application)
    if done:
        undoing.offer(done, Words("转交给%(to)s %(n)s 件", to=to.name, n=len(done)))
    if stayed:
        names = "、".join(stayed[:5]) + ("…" if len(stayed) > 5 else "")
        page.tell("%(names)s：没有转交，他不能办或刚被别人办了，仍在待办里", "warn", names=names)
    return page.go_to(with_query("reviewer.queue", kept_query(wanted())))


def next_in_turn(asked: queues.Wanted, mark: Mark | None) -> Response:
    behind = queues.following(page.actor(), page.now(), asked, mark)
    if behind is None:
        return page.go_to(with_query("reviewer.queue", kept_query(asked)))
    return page.go_to(with_query("reviewer.item", kept_query(asked), ref=behind))


@route(blueprint, "/review/items/<ref>/recuse", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def recuse(ref: str) -> Response:
    """Out of this case for good, with a reason; the case is not shown again, not even as a number."""
    sheet = reading.sheet_of_item(ref, page.actor(), page.now())
    if sheet.button("recuse", ref) is None:
        raise NotFound
    page.if_refused(labels={"reason": Words("回避的理由")}, latest=url_for("reviewer.recuse", ref=ref))
    reasons: list[Reason] = []
    if request.method == "POST":
        mark, asked = queues.place_of(ref), wanted()
        try:
            actions.perform(
                ref,
                "recuse",
                page.actor(),
                page.now(),
                seen=page.seen_version(),
                request_key=page.request_key(),
                inputs={"reason": request.form.get("reason", "")[:2000]},
            )
        except NotReady as refusal:
            reasons = list(refusal.reasons)
        else:
            page.tell("已回避%(name)s这一件，它回到同事那里，你不再看到它", name=sheet.name)
            return next_in_turn(asked, mark)
    return page.render(
        "pages/reviewer/recuse.html",
        status=422 if reasons else None,
        sheet=sheet,
        item=sheet.item(ref),
        reasons=reasons,
        reason=request.form.get("reason", ""),
        query=kept_query(wanted()),
    )
