"""What the public can find by a word: programs that are open, coming or running, lists on notice, guides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.words import Words
from workflow.services import public_notices
from workflow.services.showcase import ShownRound, showcase_now
from workflow.web import page
from workflow.web.public import blueprint
from workflow.web.public.guides import GUIDES
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

MOST = 20
PAGES = (
    ("public.verify", Words("证书查验"), Words("证书真伪、有没有过期，凭编号和查验码查")),
    ("public.fingerprint", Words("核对文件"), Words("回执、文件有没有被改过")),
    ("public.privacy", Words("个人信息保护"), Words("收什么、给谁看、留多久，怎样删除")),
    ("public.accessibility", Words("无障碍说明"), Words("大字、高对比、键盘和读屏")),
    ("public.record_keeping", Words("记录怎样保存"), Words("每一步怎样留痕，怎样核对")),
)


@dataclass(frozen=True)
class Hit:
    kind: Words
    name: str
    about: str
    url: str


@route(blueprint, "/search", visitor=Visitor.PUBLIC)
def search() -> Response:
    """Every word that was typed must stand in what is found, in its name or in what it is about."""
    typed = request.args.get("q", "").strip()[:80]
    words = [word.casefold() for word in typed.split()]
    hits = [hit for hit in _everything() if _has(hit, words)][:MOST] if words else []
    return page.render("pages/public/search.html", typed=typed, hits=hits)


def _has(hit: Hit, words: Iterable[str]) -> bool:
    text = f"{hit.name} {hit.about}".casefold()
    return all(word in text for word in words)


def _everything() -> Iterator[Hit]:
    now = page.now()
    shown = showcase_now(now)
    yield from (_program(one, Words("正在申报")) for one in shown.open)
    for one in shown.coming:
        yield Hit(Words("就要开的"), _title(one), _about(one), url_for("public.home"))
    for notice in public_notices.current(now):
        yield Hit(Words("正在公示"), notice.title, notice.issuer, url_for("public.notice", ref=notice.ref))
    for who, name in GUIDES.items():
        told = page.say(Words("怎么办、办到哪一步"))
        yield Hit(Words("办事指南"), page.say(name), told, url_for("public.help_for", who=who))
    for endpoint, name, about in PAGES:
        yield Hit(Words("网页"), page.say(name), page.say(about), url_for(endpoint))


def _program(one: ShownRound, kind: Words) -> Hit:
    return Hit(kind, _title(one), _about(one), url_for("public.program", ref=one.ref))


def _title(one: ShownRound) -> str:
    return f"{page.say(one.definition.program.name)} {one.name}"


def _about(one: ShownRound) -> str:
    names = [each.name for each in one.definition.tracks.values()]
    names += [each.name for each in one.definition.channels.values()]
    return page.say(Words("、")).join(dict.fromkeys(page.say(name) for name in names))
