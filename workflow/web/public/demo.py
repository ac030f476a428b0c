"""The demonstration's own pages: a tour of six steps, and being anybody with one click. Not there anywhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response

from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.services import meetings
from workflow.services.demo import entering, filling
from workflow.services.demo.entering import Entered, Face
from workflow.services.demo.filling import Progress
from workflow.services.signing_in import Here
from workflow.web import actor, navigation, page
from workflow.web.public import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@dataclass(frozen=True)
class Door:
    """One face that is here now, under the name of somebody."""

    face: Face
    name: str


@dataclass(frozen=True)
class Step:
    """One stop of the tour: as whom, what to see, what to press."""

    who: str
    to: str
    title: Words
    see: Words
    press: Words


STEPS = (
    Step(
        "applicant", "work", Words("申报人：改好 2 处，交回"),
        Words("大字写着轮到谁、还剩几个工作日。只有被退回的两处能改，其余的都锁着。"),
        Words("改一句成效数据，给工作证明换一份文件（任选一张图片），点“交回”。"),
    ),
    Step(
        "employer", "work", Words("用人单位：同意推荐"),
        Words("职工填的申报表和附件在左边，右边是推荐意见和盖章件；推荐几位、名额还剩几个，在“推荐与确认”里。"),
        Words("看一眼申报表，写推荐意见，传一份盖章件（任选一张图片），点“同意推荐”。十秒内可以撤销。"),
    ),
    Step(
        "clerk", "work", Words("受理员：逐件给结论"),
        Words("左边是材料，右边是要给的结论。已经补正交回的排在前面，改了什么标得出来。"),
        Words("每份附件选“符合”，点“受理”；或者在一处选“要补正”，写明怎么改，点“一次性退回补正”。"),
    ),
    Step(
        "expert", "work", Words("评审专家：盲评"),
        Words("只有编号和作品，没有姓名、单位和电话。五位专家是回避以后抽出来的，互相看不到分数。"),
        Words("每项按 1 到 4 选档，写一句理由，点“提交评分”。提交前随时存着。"),
    ),
    Step(
        "manager", "meeting", Words("会议审定：记票"),
        Words("名单按总分排好，够不够法定票数、名额用到第几个，都算给你看。票已经记了一轮。"),
        Words("把一个人的同意票改成 2 票、不同意 5 票，点“记入点名和票数”，看结果怎么变；右边写着定稿前还差什么。"),
    ),
    Step(
        "holder", "certificate", Words("持证人：证书"),
        Words("编号、文号、有效期、待遇，一页说清；快到期前会提醒续认。"),
        Words("下载证书 PDF，上面的二维码谁都能查验；点“看申报走过的环节”，从申报到发证每一步谁办的都在。"),
    ),
)  # fmt: skip


_TOURED = "toured"  # the steps of the tour that this browser has taken; says nothing of anybody


# -- what the first pages ask ---------------------------------------------------------------------------------
def progress() -> Progress | None:
    """None where this is no demonstration, and where others began to work before it was filled."""
    if not page.setting("DEMO"):
        return None
    stands = filling.progress()
    return stands if stands.began is not None or filling.may_begin() else None


@dataclass(frozen=True)
class Around:
    """What a visitor of the demonstration can do at the door; nobody is there while the town is still being made."""

    stands: Progress
    outside: tuple[Door, ...] = ()
    inside: tuple[Door, ...] = ()


def looking_around() -> Around | None:
    stands = progress()
    if stands is None or not stands.full:
        return Around(stands) if stands is not None else None
    names = entering.names()
    outside, inside = (
        tuple(Door(face, names[face.key]) for face in faces if face.key in names)
        for faces in (entering.OUTSIDE, entering.INSIDE)
    )
    return Around(stands, outside, inside)


# -- pages -------------------------------------------------------------------------------------------------------------
@route(blueprint, "/tour", visitor=Visitor.PUBLIC)
def tour() -> Response:
    stands = progress()
    full = stands is not None and stands.full
    names = entering.names() if full else {}
    papers = entering.certificates() if full else {}
    done = request.cookies.get(_TOURED, "").split(".")
    following = next((step.who for step in STEPS if step.who in names and step.who not in done), None)
    return page.render(
        "pages/public/tour.html",
        stands=stands, steps=STEPS, names=names, papers=papers, done=done, following=following,
    )  # fmt: skip


@route(blueprint, "/demo/enter", methods=("POST",), visitor=Visitor.PUBLIC)
def enter_demo() -> Response:
    if not page.setting("DEMO") or page.setting("PRODUCTION"):
        raise NotFound
    here = Here(request.remote_addr or "", request.user_agent.string, actor.current_visit().token or None)
    entered = entering.enter(request.form.get("who", ""), page.now(), here)
    actor.enter(entered.signed_in.token)
    find = _PLACES.get(request.form.get("to", ""), _home)
    answer = page.go_to(find(entered) or _home(entered))
    done = {*request.cookies.get(_TOURED, "").split("."), request.form.get("who", "")}
    been = ".".join(step.who for step in STEPS if step.who in done)
    answer.set_cookie(_TOURED, been, max_age=86_400, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer


# -- where a step leads ------------------------------------------------------------------------------------------------
def _home(entered: Entered) -> str:
    return navigation.home_of(entered.actor)


def _work(entered: Entered) -> str | None:
    if entered.case is not None:
        return url_for("applicant.status", ref=entered.case)
    item = entering.first_item(entered.actor, page.now())
    return url_for("reviewer.item", ref=item) if item is not None else None


def _meeting(entered: Entered) -> str | None:
    called = [each.ref for each in meetings.listed(entered.actor) if each.state == "called"]
    return url_for("manager.meeting", ref=called[0]) if called else url_for("manager.meetings_page")


def _certificate(entered: Entered) -> str | None:
    return url_for("applicant.certificate", ref=entered.case) if entered.case is not None else None


_PLACES: Mapping[str, Callable[[Entered], str | None]] = {
    "work": _work,
    "meeting": _meeting,
    "certificate": _certificate,
}
