"""Where one can go from here. A link is drawn only to a page that exists and that lets this visitor in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for

from workflow.domain.actor import ADMINISTRATOR, Actor, Office
from workflow.domain.words import Words
from workflow.services.reaching import Reach, reach_of
from workflow.web.routes import admits, door_of


@dataclass(frozen=True)
class Link:
    url: str
    words: Words
    here: bool
    key: str | None = None


@dataclass(frozen=True)
class _Entry:
    """`only`: for whom the page is worth a link, where its door lets in more than find something there."""

    endpoint: str
    words: Words
    key: str | None = None  # pressed after G
    only: Callable[[Actor], bool] | None = None


def reach(actor: Actor) -> Reach:
    """Asked once per page, though many links ask it."""
    if actor.kind != "account":
        return Reach()
    known: dict[int | None, Reach] = g.setdefault("reach", {})
    if actor.account_id not in known:
        known[actor.account_id] = reach_of(actor, datetime.now(UTC))
    return known[actor.account_id]


def _runs_rounds(actor: Actor) -> bool:
    return Office.PROGRAMS in actor.offices or reach(actor).runs


def _speaks_for_some(actor: Actor) -> bool:
    return any(held.role == ADMINISTRATOR for held in actor.holdings)


def _only_reviews(actor: Actor) -> bool:
    """Whoever runs rounds keeps what was made clear on the page of each."""
    return any(held.program_id is not None for held in actor.holdings) and not _runs_rounds(actor)


PUBLIC = (
    _Entry("public.home", Words("项目")),
    _Entry("public.notices", Words("公示")),
    _Entry("public.verify", Words("证书查验")),
    _Entry("public.help_index", Words("办事指南")),
    _Entry("applicant.mine", Words("我的申报")),
    _Entry("nominator.home", Words("推荐与确认")),
)
OFFICE = (
    _Entry("reviewer.queue", Words("待办"), "W"),
    _Entry("nominator.home", Words("推荐与确认")),
    _Entry("reviewer.joint_list", Words("部门反馈"), only=lambda actor: reach(actor).answers),
    _Entry("reviewer.clarifications", Words("口径"), only=_only_reviews),
    _Entry("manager.joint_checks", Words("联审"), only=lambda actor: reach(actor).leads),
    _Entry("reviewer.results", Words("导入成绩"), only=lambda actor: reach(actor).brings),
    _Entry("reviewer.register", Words("异议"), only=lambda actor: reach(actor).settles),
    _Entry("manager.meetings_page", Words("会议"), "M", lambda actor: reach(actor).keeps),
    _Entry("manager.home", Words("总览"), "O", lambda actor: reach(actor).runs),
    _Entry("manager.rounds", Words("批次"), "P", _runs_rounds),
    _Entry("studio.home", Words("方案"), "S"),
    _Entry("manager.applications", Words("申报件"), only=lambda actor: reach(actor).runs),
    _Entry("manager.scoring_stages", Words("评分"), only=lambda actor: reach(actor).counts),
    _Entry("manager.recognized", Words("已认定的人"), only=lambda actor: reach(actor).runs),
    _Entry("manager.people", Words("一人一档"), only=_runs_rounds),
    _Entry("admin.own_organizations", Words("我的单位"), only=_speaks_for_some),
    _Entry("admin.organizations", Words("单位")),
    _Entry("admin.people", Words("人才")),
    _Entry("admin.erasures", Words("删除申请")),
    _Entry("admin.merges", Words("合并记录")),
    _Entry("admin.accounts", Words("账号")),
    _Entry("admin.duties", Words("管理岗位")),
    _Entry("admin.calendar", Words("工作日历")),
    _Entry("auditor.records", Words("办理记录")),
    _Entry("auditor.access", Words("敏感查看")),
    _Entry("auditor.verify", Words("核验")),
)
PERSONAL = (
    _Entry("account.inbox", Words("消息")),
    _Entry("manager.clock", Words("提醒和送达"), only=_runs_rounds),
    _Entry("manager.dead_ends", Words("走不通的地方"), only=_runs_rounds),
    _Entry("manager.retention", Words("到期销毁"), only=_runs_rounds),
    _Entry("manager.leave", Words("请假和代理"), only=lambda actor: bool(actor.holdings)),
    _Entry("reviewer.points_rounds", Words("积分"), only=lambda actor: bool(actor.holdings)),
    _Entry("reviewer.trainings_kept", Words("培训班"), only=lambda actor: bool(actor.holdings)),
    _Entry("account.settings", Words("显示与语言")),
    _Entry("account.change_password", Words("改口令")),
    _Entry("account.own_sessions", Words("我的登录")),
)
FOOT = (
    _Entry("account.settings", Words("显示与语言")),
    _Entry("public.accessibility", Words("无障碍说明")),
    _Entry("public.privacy", Words("个人信息保护")),
    _Entry("public.record_keeping", Words("记录怎样保存")),
    _Entry("public.help_index", Words("办事指南")),
)
# What one sees first after signing in: the most pressing room that is open.
_FIRST: tuple[tuple[str, Callable[[Actor], bool]], ...] = (
    ("nominator.home", lambda actor: True),
    ("reviewer.joint_list", lambda actor: reach(actor).answers),
    ("reviewer.queue", lambda actor: True),
    ("manager.rounds", _runs_rounds),
    ("admin.own_organizations", _speaks_for_some),
    ("auditor.records", lambda actor: True),
    ("admin.accounts", lambda actor: True),
    ("admin.duties", lambda actor: True),
    ("applicant.mine", lambda actor: True),
)


def can_reach(endpoint: str, actor: Actor) -> bool:
    door = door_of(current_app, endpoint)
    return door is not None and admits(door, actor)


def links(entries: tuple[_Entry, ...], actor: Actor) -> Iterator[Link]:
    reached = [
        (url_of(entry.endpoint), entry)
        for entry in entries
        if can_reach(entry.endpoint, actor) and (entry.only is None or entry.only(actor))
    ]
    here = max((url for url, _ in reached if _leads_here(url)), key=len, default="")
    for url, entry in reached:
        yield Link(url, entry.words, url == here, entry.key)


def url_of(endpoint: str) -> str:
    """Of a page that needs nothing but its name: worked out once, since a page draws fifty links to the same places."""
    return _url_of(request.script_root, endpoint)


@cache
def _url_of(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def _leads_here(url: str) -> bool:
    """To this page, or to the list it hangs under; a home, which ends in a slash, has nothing under it."""
    return request.path == url or (not url.endswith("/") and request.path.startswith(f"{url}/"))


def home_of(actor: Actor) -> str:
    first = next((endpoint for endpoint, only in _FIRST if can_reach(endpoint, actor) and only(actor)), "public.home")
    return url_of(first)


def inside(target: str | None) -> str | None:
    """The target if it is a path of this site; a link that leads elsewhere is dropped without a word."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def at_desk(actor: Actor) -> bool:
    """Whether the reader of a page that people inside and outside may open works at a desk."""
    return can_reach("reviewer.queue", actor)
