"""The queue: fixed views, filters, search, a look at one row, many at once, and taking back."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from models.queries.queue_views import DONE, MINE
from workflow.domain.errors import NotDeclared, NotFound, Refusal
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import actions, handled, queue_export, queues, reading, round_duties
from workflow.services.queues import Wanted
from workflow.services.queues_filters import Filter
from workflow.services.queues_lines import Line
from workflow.web import page
from workflow.web.navigation import can_reach
from workflow.web.reviewer import blueprint, keeping, undoing
from workflow.web.reviewer.asking import kept_query, vars_of, wanted, with_query
from workflow.web.reviewer.rows import by_term
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

__all__ = ["kept_query", "wanted", "with_query"]  # the desk finds its way back through them


@route(blueprint, "/review", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def queue() -> Response:
    asked = wanted()
    with page.one_look():
        shown = queues.page(page.actor(), page.now(), asked)
        here = kept_query(asked)
        return page.render(
            "pages/reviewer/queue.html",
            shown=shown,
            rows=by_term(shown.lines, here, done=shown.view.key == DONE),
            asked=asked,
            views=[_view(view, asked, number) for number, view in enumerate(shown.views)],
            chips=[_chip(one, asked) for one in shown.filters],
            kept=keeping.listed(here),
            exports=queue_export.may_export(page.actor()),
            query=here,
            older=f"{url_for('reviewer.queue')}?{urlencode({'after': shown.next_mark})}&{here}"
            if shown.next_mark
            else None,
            at=request.args.get("at", ""),
            of_rounds=round_duties.mine(page.actor(), page.now()) if shown.view.key == MINE else (),
            undo=undoing.offered(),
            handled=handled.today(page.actor(), page.now()) if not shown.lines and shown.view.key == MINE else (),
            nominates=can_reach("nominator.home", page.actor()),
        )


def _view(view: queues.View, asked: Wanted, number: int) -> dict[str, Any]:
    here = view.key == asked.view
    query = kept_query(asked, view=view.key if view.key != MINE else None)
    return {
        "kind": view.kind,
        "name": view.name,
        "url": with_query("reviewer.queue", query),
        "count": f"{view.count} +" if view.more else str(view.count),
        "here": here,
        "number": number,
    }


def _chip(one: Filter, asked: Wanted) -> dict[str, Any]:
    """One filter: what is chosen, or its choices."""
    chosen = vars_of(asked.narrowed).get(one.key)
    name = next((choice.name for choice in one.choices if choice.key == chosen), None)
    return {
        "name": one.name,
        "chosen": name,
        "without": with_query("reviewer.queue", kept_query(asked, **{one.key: None})),
        "choices": [
            (choice.name, choice.count, with_query("reviewer.queue", kept_query(asked, **{one.key: choice.key})))
            for choice in one.choices
        ],
    }


@route(blueprint, "/review/find", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def find() -> Response:
    typed = request.args.get("q", "").strip()[:80]
    lines = queues.find(page.actor(), page.now(), typed) if typed else ()
    return page.render("pages/reviewer/found.html", typed=typed, lines=lines, undo=undoing.offered())


@route(blueprint, "/review/items/<ref>/peek", visitor=Visitor.REVIEWER)
def peek(ref: str) -> Response:
    """A fragment for the panel beside the list; the page behind the link says more."""
    try:
        sheet = reading.sheet_of_item(ref, page.actor(), page.now())
    except NotDeclared as shut:
        return page.render("pages/reviewer/peek_undeclared.html", words=shut.words, item=shut.item)
    asked = wanted()
    line = next(iter(queues.picked(page.actor(), page.now(), [ref])), None)
    return page.render(
        "pages/reviewer/peek.html", sheet=sheet, item=sheet.item(ref), line=line, query=kept_query(asked)
    )


# -- many at once ------------------------------------------------------------------------------------------------------
@route(blueprint, "/review/bulk", methods=("POST",), visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def bulk() -> Response:
    """Pass those in which nothing is left to look at; the others are named with why not, and stay where they are."""
    asked, actor, now = wanted(), page.actor(), page.now()
    lines = queues.picked(actor, now, request.form.getlist("pick")[: queues.PAGE])
    stages: Mapping[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.clear:
            stages[line.row.stage].append(line)
    done: list[str] = []
    aside = [line for line in lines if not line.clear]
    for stage, group in stages.items():
        part = actions.perform_pool(
            [line.row.ref for line in group], stage, "pass", actor, now, request_key=_key_of(stage)
        )
        done += part.done
        aside += [line for line in group if line.row.ref not in part.done]
    _tell(done, aside)
    return page.go_to(with_query("reviewer.queue", kept_query(asked)))


def _key_of(stage: str) -> str | None:
    key = page.request_key()
    return f"{key}:{stage}" if key else None


def _tell(done: list[str], aside: list[Line]) -> None:
    if done:
        undoing.offer(done, Words("已办 %(n)s 件", n=len(done)))
    if aside:
        page.tell(
            "%(names)s：还有要人看的，没有成批办，仍在待办里",
            "warn",
            names="、".join(line.row.name for line in aside[:5]) + ("…" if len(aside) > 5 else ""),
        )
    if not done and not aside:
        page.tell("没有选中要办的", "warn")


@route(blueprint, "/review/undo", methods=("POST",), visitor=Visitor.REVIEWER)
def undo() -> Response:
    """Take back what was just done. Past its ten seconds, or after somebody went on, it stands."""
    taken = 0
    for ref in undoing.take():
        try:
            actions.perform(ref, "undo", page.actor(), page.now())
            taken += 1
        except NotFound:
            raise
        except Refusal:
            current_app.logger.info("an undo came too late")
    if taken:
        page.tell("已撤销刚才的 %(n)s 件，回到办之前的样子", n=taken)
    else:
        page.tell("已经超过 10 秒，或者别人已接着办了，撤销不了", "warn")
    return page.go_to(request.form.get("next") or url_for("reviewer.queue"))
