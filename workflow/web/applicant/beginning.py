"""Choosing a channel and a track, and the list of one's own applications."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from forms.base import Paper, needed
from workflow.domain.errors import NotFound, Refusal
from workflow.domain.program.schema import Channel, Definition, Label
from workflow.domain.words import Words
from workflow.services import drafts, following, starting, welcome
from workflow.services.showcase import shown_round
from workflow.web import page
from workflow.web.applicant import blueprint, wording
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_ONCE: Mapping[str, Words] = {
    "round": Words("每人每批只报一类；草稿里可以改。"),
    "year": Words("同一年度只报一类，不论走哪条渠道；草稿里可以改。"),
    "running": Words("办结以前只报一类；草稿里可以改。"),
    "program": Words("每人只认定一次；草稿里可以改类别。"),
    "no": Words("草稿里可以改。"),
}


class Beginning(Paper):
    way = StringField(validators=[needed("请选一条申报渠道")])
    track = StringField(validators=[needed("请选类别")])


@dataclass(frozen=True)
class Way:
    key: str
    name: Label
    words: Words
    quota: Words | None


@route(blueprint, "/apply", visitor=Visitor.APPLICANT)
def mine() -> Response:
    now = page.now()
    lines = [wording.line(one) for one in following.mine(page.actor(), now)]
    invited = welcome.waiting(page.actor()) if not lines else None
    if invited is not None:
        return page.render("pages/account/welcome.html", invited=invited)
    return page.render("pages/applicant/mine.html", lines=lines)


@route(blueprint, "/apply/rounds/<ref>", methods=("GET", "POST"), visitor=Visitor.APPLICANT)
def start(ref: str) -> Response:
    shown, _ = shown_round(ref, page.now())
    form = page.bind(Beginning)
    ways = list(_ways(shown.definition))
    if page.sent(form) and form.way.data not in {way.key for way in ways}:
        raise NotFound
    if page.sent(form):
        channel, _, another = form.way.data.partition("@")
        with page.at_fields(form, Refusal):
            made = starting.start(
                ref, channel, form.track.data, page.actor(), page.now(), for_another=another == "another"
            )
            return page.go("applicant.status", ref=made)
    return page.render(
        "pages/applicant/start.html",
        form=form,
        shown=shown,
        ways=ways,
        definition=shown.definition,
        once=_ONCE[shown.definition.program.one_per_person],
        barred=_speaks_for_nobody(shown.definition),
    )


def _ways(definition: Definition) -> list[Way]:
    """Each channel, once for oneself and once for whoever puts somebody forward, as it allows."""
    found: list[Way] = []
    holdings = {held.role for held in page.actor().holdings}
    for channel in definition.channels.values():
        quota = Words("名额按推荐方的人数算") if channel.quota is not None else None
        if channel.filled_by in ("person", "either"):
            own = _own_words(channel, definition.program.subject == "organization")
            found.append(Way(channel.key, channel.name, own, quota))
        if channel.filled_by != "person" and _may_fill(channel, holdings):
            words = Words("替别人填，由本人用链接或二维码确认后才算提交")
            found.append(Way(f"{channel.key}@another", channel.name, words, quota))
    return found


def _speaks_for_nobody(definition: Definition) -> bool:
    """Organizations apply here, and the reader administers none."""
    return definition.program.subject == "organization" and not starting.administered(page.actor())


def _may_fill(channel: Channel, roles: set[str]) -> bool:
    wanted = channel.nominator.role if channel.nominator is not None else channel.filled_by
    return bool(roles & {wanted, "administrator"})


def _own_words(channel: Channel, organization: bool) -> Words:
    if organization:
        return Words("由本单位的管理员填写、提交")
    if channel.nominator is None:
        return Words("自己填，自己提交")
    return Words("自己填，提交后先由推荐方审核")


@route(blueprint, "/apply/<ref>/track", methods=("POST",), visitor=Visitor.APPLICANT)
def retrack(ref: str) -> Response:
    drafts.retrack(ref, request.form.get("track", ""), page.actor(), page.now())
    page.tell("类别已改，填过的内容都在")
    return page.go_to(request.form.get("next") or url_for("applicant.status", ref=ref))
