"""Whether what is owed reaches people, and what to do where it does not."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from workflow.domain.words import Words
from workflow.services import health
from workflow.web import page
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

KINDS: Mapping[str, Words] = {
    "digest": Words("当日汇总"),
    "due_soon": Words("到期前提醒"),
    "due_today": Words("当天到期提醒"),
    "overdue": Words("逾期提醒"),
    "escalated": Words("催办"),
    "draft_due": Words("提交前提醒"),
    "draft_today": Words("提交前提醒"),
    "expiring": Words("证书到期提醒"),
    "lapse_correction": Words("补正过期的处理"),
    "go_on_unanswered": Words("未答复的转出"),
    "end_notice": Words("公示期满的处理"),
    "expire": Words("证书到期的处理"),
    "open_renewal": Words("续认的提醒"),
}
WAYS: Mapping[str, Words] = {"email": Words("邮件"), "sms": Words("短信")}
OTHER = Words("办理通知")


@route(blueprint, "/clock", visitor=Visitor.MANAGER)
def clock() -> Response:
    seen = health.health(page.actor(), page.now())
    return page.render("pages/manager/clock.html", seen=seen, kinds=KINDS, way_words=WAYS, other=OTHER)


@route(blueprint, "/clock/<ref>/retry", methods=("POST",), visitor=Visitor.MANAGER)
def retry_delivery(ref: str) -> Response:
    health.retry(page.actor(), ref, page.now())
    page.tell("已放回去，马上再试")
    return page.go("manager.clock")


@route(blueprint, "/clock/<ref>/cancel", methods=("POST",), visitor=Visitor.MANAGER)
def cancel_delivery(ref: str) -> Response:
    health.cancel(page.actor(), ref, page.now())
    page.tell("已取消，不再发送")
    return page.go("manager.clock")
