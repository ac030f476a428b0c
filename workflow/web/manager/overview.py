"""A round at a glance: what presses, how far people came, how long things stand, who holds them up, what is near."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from werkzeug.wrappers import Response

from workflow.documents import charts
from workflow.documents.charts import Bar, Column, Stack
from workflow.domain.application import Duty
from workflow.domain.calendar import local_day
from workflow.domain.words import Words
from workflow.services import health
from workflow.services import overview as service
from workflow.services.overview import Holder, Overview
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.manager.clock import WAYS
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

ENDED: Mapping[str, Words] = {
    "refused": Words("没有通过"),
    "lapsed": Words("补正过期"),
    "withdrawn": Words("已撤回"),
    "not_called": Words("未递补"),
}
DUTIES: Mapping[str, Words] = {
    "act": Words("办理"),
    "confirm": Words("复核同事的拟办"),
    "correct": Words("申报人补正"),
    "reopen": Words("同意重办"),
    "appeal": Words("办结申诉"),
    "answer": Words("认定以后要办的事"),
    "agree": Words("确认别人交回的"),
    "pay": Words("登记付款"),
    "review": Words("研判"),
}
Urgent = tuple[str, Words, Words | str, str]
AGES = ("p-fresh", "p-middle", "p-old", "p-soon", "p-late")


@route(blueprint, "/", visitor=Visitor.MANAGER)
def home() -> Response:
    """The newest round that one runs, without a detour."""
    ref = service.first_round(page.actor())
    return _show(ref) if ref is not None else page.render("pages/manager/overview_none.html")


@route(blueprint, "/rounds/<ref>/overview", visitor=Visitor.MANAGER)
def overview(ref: str) -> Response:
    return _show(ref)


def _show(ref: str) -> Response:
    seen = service.overview(page.actor(), ref, page.now())
    post = health.health(page.actor(), page.now())
    today = local_day(page.now())
    return page.render(
        "pages/manager/overview.html",
        seen=seen,
        today=today,
        post=post,
        way_words=WAYS,
        place_of=place_of,
        **drawn(seen),
    )


def drawn(seen: Overview) -> dict[str, Any]:
    """The plots beside their numbers, and the words of both; the page and the report show the same."""
    return {
        "ended": ENDED,
        "duty_words": DUTIES,
        "funnel": _funnel(seen),
        "ages": _ages(seen),
        "pace": _pace(seen.finished),
        "urgent": _urgent(seen),
    }


def _svg(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - drawn by us, every word in it escaped


def _funnel(seen: Overview) -> dict[str, Markup]:
    most = max([seen.submitted, *(step.reached for step in seen.steps)], default=0)
    return {
        step.key: _svg(
            charts.bar(
                Bar(step.reached, step.here),
                most,
                page.say(
                    Words(
                        "%(stage)s：到过 %(reached)s 人，现在停在这一步 %(here)s 人",
                        stage=page.say(step.name),
                        reached=step.reached,
                        here=step.here,
                    )
                ),
            )
        )
        for step in seen.steps
    }


def _ages(seen: Overview) -> dict[str, Markup]:
    most = max((each.count for each in seen.dwelling), default=0)
    return {
        each.key: _svg(
            charts.stack(
                Stack(each.parts),
                most,
                AGES,
                page.say(
                    Words(
                        "%(stage)s：%(n)s 件，其中快到期 %(soon)s 件，逾期 %(late)s 件",
                        stage=page.say(each.name),
                        n=each.count,
                        soon=each.age.soon,
                        late=each.age.late,
                    )
                ),
            )
        )
        for each in seen.dwelling
    }


def _pace(finished: Sequence[tuple[Any, int]]) -> Markup:
    total = sum(count for _, count in finished)
    words = page.say(Words("最近 %(days)s 天办结环节 %(n)s 件次", days=len(finished), n=total))
    return _svg(charts.columns([Column(f"{day:%m-%d}", count) for day, count in finished], words))


def place_of(one: Holder) -> tuple[str, dict[str, str]]:
    """Where what somebody holds stands: an endpoint and what it asks for beside the round."""
    if one.duty == Duty.PAY:
        return "manager.payouts_page", {}
    if one.after:
        return "duties.heat", {}
    return ("manager.joint_matrix" if one.joint else "manager.round_applications"), {"stage": one.stage}


def _late(seen: Overview) -> Urgent:
    """Cases on their way that are late; where there are none, what is late on those that were recognized."""
    late = next((each for each in seen.holders if not each.after), None) if seen.late else None
    after = next((each for each in seen.holders if each.after), None)
    one = late or after
    if one is None:
        return "done", Words("没有逾期的件"), "", "manager.round_applications"
    behind = Words(
        "%(who)s，%(stage)s，%(n)s 项，最久逾 %(days)s 个工作日",
        who=one.organization or one.role_name,
        stage=one.stage_name,
        n=one.late,
        days=one.days,
    )
    if late is not None:
        return "late", Words("%(n)s 件逾期", n=seen.late), behind, "manager.round_applications"
    return "late", Words("办结以后还有 %(n)s 项逾期", n=seen.late_after), behind, place_of(one)[0]


def _urgent(seen: Overview) -> list[Urgent]:
    """The three things that matter most today: shape, sentence, what stands behind it, and where."""
    soon = max(seen.dwelling, key=lambda each: each.age.soon, default=None)
    cases = "manager.round_applications"
    second: Urgent = ("done", Words("两个工作日内没有到期的件"), "", cases)
    if soon is not None and soon.age.soon:
        total = sum(each.age.soon for each in seen.dwelling)
        second = ("soon", Words("%(n)s 件快到期", n=total), Words("最多的是%(stage)s", stage=soon.name), cases)
    third: Urgent = ("done", Words("没有停表和等补正的件"), "", cases)
    if seen.stopped:
        third = (
            "hold",
            Words("%(n)s 件停表或等补正", n=seen.stopped),
            Words("停着的时候期限不走，不算在停留里"),
            cases,
        )
    return [_late(seen), second, third]
