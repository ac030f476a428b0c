"""People found in department data: the lists that were loaded, what came of each row, and the person's word."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.rounds import TakeBack
from workflow.documents import qr
from workflow.domain.errors import NotFound, Refusal
from workflow.domain.words import Words
from workflow.services import confirmations_award
from workflow.services import found as service
from workflow.services.imports_found import MOST, FoundPeople
from workflow.services.nominating import STATUS
from workflow.web import acting, importing, page
from workflow.web.importing import Way
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/rounds/<ref>/found/<channel>", visitor=Visitor.MANAGER)
def found(ref: str, channel: str) -> Response:
    return page.render("pages/manager/found.html", about=service.channel(page.actor(), page.now(), ref, channel))


@route(blueprint, "/rounds/<ref>/found/<channel>/loads/<load>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def found_load(ref: str, channel: str, load: str) -> Response:
    form = page.bind(TakeBack)
    seen = service.loaded(page.actor(), page.now(), ref, channel, load)
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _taken_back(ref, channel, load, form.reason.data or ""))
    return page.render("pages/manager/found_load.html", form=form, seen=seen, about=seen.about, states=STATUS)


def _taken_back(ref: str, channel: str, load: str, reason: str) -> Response:
    ended, left = service.take_back(page.actor(), page.now(), ref, channel, load, reason)
    if left:
        page.tell("已撤回 %(n)s 件；%(left)s 件本人已确认或已办结，照办", "warn", n=ended, left=left)
    else:
        page.tell("已撤回 %(n)s 件", n=ended)
    return page.go("manager.found_load", ref=ref, channel=channel, load=load)


@route(blueprint, "/rounds/<ref>/found/<channel>/loads/<load>/<case>", methods=("POST",), visitor=Visitor.MANAGER)
def found_link(ref: str, channel: str, load: str, case: str) -> Response:
    """Ask the person once more: to their mobile, or on a page to print."""
    seen = service.loaded(page.actor(), page.now(), ref, channel, load)
    one = next((each for each in seen.cases if each.ref == case), None)
    if one is None:
        raise NotFound
    if request.form.get("act") == "print":
        token = confirmations_award.link_for(case, page.actor(), page.now())
        address = page.setting("BASE_URL", "").rstrip("/") + url_for("applicant.confirm_award", token=token)
        square = qr.svg(address, one.name)
        return page.render(
            "pages/manager/found_link.html", about=seen.about, load=load, one=one, address=address, square=square
        )
    try:
        confirmations_award.send_again(case, page.actor(), page.now())
        page.tell("确认链接已发到表里的手机号")
    except Refusal as refusal:
        page.tell(refusal.words.text, "warn", **refusal.words.params)
    return page.go("manager.found_load", ref=ref, channel=channel, load=load)


def _way(ref: str, channel: str) -> Way:
    kind = FoundPeople(page.actor(), ref, channel)
    return Way(
        kind,
        Words("按部门数据找人：%(channel)s", channel=kind.definition.channels[channel].name),
        Words(
            "每行一个人。不符合条件的不起草；齐全的起草并提交，缺内容的先存草稿。同一个人不会有两份，一次最多 %(n)s 人",
            n=MOST,
        ),
        back=(url_for("manager.found", ref=ref, channel=channel), Words("数据找人")),
        room="manager.found_list",
        values={"ref": ref, "channel": channel},
    )


importing.hang(blueprint, "/rounds/<ref>/found/<channel>/list", "found_list", _way, visitor=Visitor.MANAGER)
