"""The cases of the rounds one runs, as a table that says exactly what it counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from workflow.domain.words import Words
from workflow.services import rosters
from workflow.services.rosters import Asked, Roster
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor, door_of
from workflow.web.routes import page as route
from workflow.web.standing import STATUS

CASE_PAGE = "reviewer.case"
STATES: Mapping[str, Words] = {
    "running": Words("在办"),
    "correcting": Words("等补正"),
    "held": Words("停表"),
    "awaiting": Words("等本人确认"),
    rosters.UNATTENDED: Words("单位没有人能办"),
    "recognized": Words("已认定"),
    "refused": Words("没有通过"),
    "gone": Words("撤回、过期和未递补"),
}


@route(blueprint, "/applications", visitor=Visitor.MANAGER)
def applications() -> Response:
    return _roster(None)


@route(blueprint, "/rounds/<ref>/applications", visitor=Visitor.MANAGER)
def round_applications(ref: str) -> Response:
    return _roster(ref)


def _roster(ref: str | None) -> Response:
    asked = asked_now()
    after = request.args.get("after", "")[:40]
    found = rosters.roster(page.actor(), ref, asked, after, now=page.now())
    return page.render(
        "pages/manager/applications.html",
        roster=found,
        asked=asked,
        ref=ref,
        states=[_chip(ref, asked, key, words) for key, words in STATES.items()],
        all_states=address(ref, replace(asked, state="")),
        statuses=STATUS,
        case_url=case_url(),
        next_url=address(ref, asked, after=found.lines[-1].ref) if found.more else None,
        first_url=address(ref, asked) if after else None,
        says=counted(found, asked),
        **_options(found),
    )


def _options(found: Roster) -> dict[str, Any]:
    """The words of one round's program; of several rounds together there is no common list."""
    words = found.definition
    return {
        "stage_options": [(key, page.say(each.name)) for key, each in words.stages.items()] if words else [],
        "channel_options": [(key, page.say(each.name)) for key, each in words.channels.items()] if words else [],
        "track_options": [(key, page.say(each.name)) for key, each in words.tracks.items()] if words else [],
    }


def asked_now() -> Asked:
    args = request.args
    state = args.get("state", "")
    return Asked(
        state if state in STATES else "",
        args.get("stage", "")[:60],
        args.get("channel", "")[:60],
        args.get("track", "")[:60],
        args.get("q", "")[:80],
    )


def address(ref: str | None, asked: Asked, **more: Any) -> str:
    said = {
        "state": asked.state,
        "stage": asked.stage,
        "channel": asked.channel,
        "track": asked.track,
        "q": asked.typed,
    }
    narrowed = {name: value for name, value in {**said, **more}.items() if value}
    if ref is None:
        return url_for("manager.applications", **narrowed)
    return url_for("manager.round_applications", ref=ref, **narrowed)


def _chip(ref: str | None, asked: Asked, key: str, words: Words) -> dict[str, Any]:
    on = asked.state == key
    return {"words": words, "on": on, "url": address(ref, replace(asked, state="" if on else key))}


def case_url() -> Any:
    """The address of a case's own page, where there is one."""
    if door_of(current_app, CASE_PAGE) is None:
        return None
    return lambda ref: url_for(CASE_PAGE, ref=ref)


def counted(found: Roster, asked: Asked) -> Words:
    """What the number counts, so that nobody compares it with another one."""
    if found.here is None:
        where: Any = Words("你负责的 %(n)s 个批次", n=len(found.rounds))
    else:
        where = Words("%(name)s", name=found.here.name)
    if asked == Asked():
        return Words(
            "%(where)s里，已提交或等本人确认、你看得到的共 %(n)s 件；要回避的不在内", where=where, n=found.total
        )
    return Words("%(where)s里，符合上面筛选、你看得到的共 %(n)s 件；要回避的不在内", where=where, n=found.total)
