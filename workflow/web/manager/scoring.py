"""Counting sheets: the board of a stage, one case with its reckoning, draws, and making results known."""

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import draws, scoring, scoring_acts, scoring_links, scoring_reckoned
from workflow.services.actions import PoolDone
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.reviewer import undoing
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

ACTS = ("close", "reopen_review", "replace_rater")
TEXTS = ("reason", "note", "early", "effect", "review", "seat", "to")
COMBINED = {
    "mean": Words("取平均"),
    "median": Words("取中位数"),
    "trimmed": Words("满 5 份去掉最高、最低各一份再取平均"),
}
STANDING = {
    "unseated": ("todo", Words("等抽评委")),
    "rating": ("now", Words("评分中")),
    "ready": ("soon", Words("等收分")),
    "closed": ("done", Words("已收分")),
    "held": ("hold", Words("停表或在补正")),
}


@route(blueprint, "/scoring", visitor=Visitor.MANAGER)
def scoring_stages() -> Response:
    return page.render("pages/manager/scoring_stages.html", lines=scoring_links.stages(page.actor()))


@route(blueprint, "/rounds/<ref>/stages/<stage>/scoring", visitor=Visitor.MANAGER)
def scoring_board(ref: str, stage: str) -> Response:
    return _board(ref, stage)


def _board(ref: str, stage: str, reasons: list[Reason] | None = None, aside: Any = None) -> Response:
    after = request.args.get("after", "")
    shown = scoring.board(page.actor(), ref, stage, page.now(), int(after) if after.isdecimal() else 0)
    names = {row.ref: row.number for row in shown.rows}
    return page.render(
        "pages/manager/scoring_board.html",
        status=422 if reasons else None,
        shown=shown,
        stage=shown.setting.stage,
        standing=STANDING,
        reasons=reasons or [],
        aside=[(names.get(key, ""), key, why) for key, why in (aside or {}).items() if why],
        undo=undoing.offered(),
    )


@route(blueprint, "/rounds/<ref>/stages/<stage>/scoring/draw", methods=("POST",), visitor=Visitor.MANAGER)
def scoring_draw(ref: str, stage: str) -> Response:
    """Once for the whole list, or for one track of it; a colleague who was faster has drawn."""
    page.if_refused(latest=url_for("manager.scoring_board", ref=ref, stage=stage))
    track = request.form.get("track", "") or None
    try:
        done = draws.draw(ref, stage, page.actor(), page.now(), track=track, request_key=page.request_key())
    except NotReady as refusal:
        return _board(ref, stage, list(refusal.reasons))
    page.tell("已抽定 %(n)s 件的评委", n=len(done.done))
    return _after(ref, stage, done)


@route(blueprint, "/rounds/<ref>/stages/<stage>/scoring/close", methods=("POST",), visitor=Visitor.MANAGER)
def scoring_close(ref: str, stage: str) -> Response:
    page.if_refused(latest=url_for("manager.scoring_board", ref=ref, stage=stage))
    done = scoring_acts.close_ready(page.actor(), ref, stage, page.now(), request_key=page.request_key())
    page.tell("已收分 %(n)s 件；其余要逐件看", n=len(done.done))
    return _after(ref, stage, done)


@route(blueprint, "/rounds/<ref>/stages/<stage>/scoring/publish", methods=("POST",), visitor=Visitor.MANAGER)
def scoring_publish(ref: str, stage: str) -> Response:
    page.if_refused(latest=url_for("manager.scoring_board", ref=ref, stage=stage))
    try:
        done = scoring_acts.publish(page.actor(), ref, stage, page.now(), request_key=page.request_key())
    except NotReady as refusal:
        return _board(ref, stage, list(refusal.reasons))
    page.tell("已公布 %(n)s 件的结果，申报人会收到通知", n=len(done.done))
    return page.go("manager.scoring_board", ref=ref, stage=stage)


@route(blueprint, "/rounds/<ref>/stages/<stage>/scoring/assign", methods=("POST",), visitor=Visitor.MANAGER)
def scoring_assign(ref: str, stage: str) -> Response:
    """The same raters for every case that was ticked."""
    page.if_refused(latest=url_for("manager.scoring_board", ref=ref, stage=stage))
    raters = {
        name.removeprefix("raters."): request.form.getlist(name) for name in request.form if name[:7] == "raters."
    }
    picked = request.form.getlist("pick")[:200]
    if not picked:
        return _board(ref, stage, [Reason(Words("请先勾选要定评委的件"))])
    try:
        done = draws.assign(ref, stage, picked, raters, page.actor(), page.now(), request_key=page.request_key())
    except NotReady as refusal:
        return _board(ref, stage, list(refusal.reasons))
    page.tell("已定 %(n)s 件的评委", n=len(done.done))
    return _after(ref, stage, done)


def _after(ref: str, stage: str, done: PoolDone) -> Response:
    """What was left aside is said at once, with why; otherwise back to the board."""
    if any(done.left_aside.values()):
        return _board(ref, stage, aside=done.left_aside)
    return page.go("manager.scoring_board", ref=ref, stage=stage)


# -- one case ----------------------------------------------------------------------------------------------------------
@route(blueprint, "/applications/<ref>/scoring/<stage>", visitor=Visitor.MANAGER)
def scoring_case(ref: str, stage: str) -> Response:
    return _case(ref, stage)


def _case(ref: str, stage: str, reasons: tuple[Reason, ...] = ()) -> Response:
    shown = scoring_reckoned.account_of(page.actor(), ref, stage, page.now())
    at: dict[str, list[Words]] = {}
    for each in reasons:
        at.setdefault(each.where or "", []).append(each.words)
    return page.render(
        "pages/manager/scoring_case.html",
        status=422 if reasons else None,
        shown=shown,
        stage=shown.setting.stage,
        standing=STANDING,
        combined=COMBINED,
        reasons=list(reasons),
        at=at,
        sent={name: request.form.get(name, "") for name in TEXTS},
        undo=undoing.offered(),
    )


@route(blueprint, "/applications/<ref>/scoring/<stage>/act", methods=("POST",), visitor=Visitor.MANAGER)
def scoring_act(ref: str, stage: str) -> Response:
    """Count the sheets, have one done again, or seat another rater."""
    name = request.form.get("act", "")
    if name not in ACTS:
        raise NotFound
    labels = {"reason": Words("理由"), "note": Words("说明"), "early": Words("提前收分的理由")}
    page.if_refused(labels=labels, latest=url_for("manager.scoring_case", ref=ref, stage=stage))
    inputs = {key: request.form.get(key, "")[:2000] for key in TEXTS if request.form.get(key)}
    try:
        done = scoring_acts.on_case(
            page.actor(),
            ref,
            name,
            page.now(),
            seen=page.seen_version(),
            request_key=page.request_key(),
            inputs=inputs,
        )
    except NotReady as refusal:
        return _case(ref, stage, refusal.reasons)
    if name == "close":
        undoing.offer([ref], Words("已收分：%(effect)s", effect=_effect(inputs.get("effect", ""))))
    else:
        page.tell("已办：评委名单和进度见下")
    return page.go("manager.scoring_case", ref=ref, stage=stage) if done else page.go("manager.scoring_stages")


def _effect(effect: str) -> str:
    return page.say(Words("不通过") if effect == "refuse" else Words("通过"))
