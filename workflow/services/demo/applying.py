"""People come in, fill the form, hand in their papers; some leave it half filled."""

from datetime import datetime
from io import BytesIO

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading
from models.files import Attachment
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.services import drafts, files, starting, submissions
from workflow.services.demo import cast
from workflow.services.demo.papers import paper
from workflow.services.demo.story import Plan
from workflow.services.demo.town import Part, Town

_POSTS = {"pattern": "制版师", "craft": "工艺员", "media": "运营"}
_RESULTS = {
    "pattern": (
        ("羽绒服立体版型改 3D 建模", "主要负责", "打样从 4 次减到 1 次，单款省 3 天"),
        ("通用上衣基础版数据库", "参与", "版型复用率从三成到六成"),
    ),
    "craft": (
        ("牛仔裤裤腰工序重排", "主要负责", "单件工时从 11.2 分钟降到 8.9 分钟"),
        ("真丝裁片防滑工装", "独立完成", "返工率从 4.1% 降到 1.6%"),
    ),
    "media": (
        ("秋冬面料讲解系列短视频", "策划并主讲", "42 条，平均完播率 38%"),
        ("产业带直播专场", "运营负责", "单场成交 61 万元，退货率 9%"),
    ),
}
_WORKS = {"pattern": "春装版型一套 12 款", "craft": "旗袍手工盘扣与包边样衣", "media": "面料讲解短视频合集"}


def apply(part: Part) -> None:
    """Whoever is not on record yet; a form that was left in the middle is filled to its end."""
    status = {case.plan.number: case.status for case in part.cases()}
    for plan in part.batch.plans:
        if status.get(plan.number, "draft") == "draft":
            _apply(part.town, plan, part.round_ref, part.town.at(part.batch.day(plan, "draft"), plan.number))


def _apply(town: Town, plan: Plan, round_ref: str, at: datetime) -> None:
    person = plan.person
    town.settle(person.login, person.name, at, phone=person.phone)
    actor = town.actor(person.login, at)
    ref = starting.start(round_ref, plan.channel, plan.track, actor, at)
    fill(ref, plan, actor, at)
    if not plan.stops_at("draft"):
        submissions.submit(ref, actor, at)


def fill(ref: str, plan: Plan, actor: Actor, at: datetime) -> None:
    """Everything, or for a draft what one writes on the first evening."""
    half = plan.stops_at("draft")
    drafts.save(ref, _person(plan), None, actor, at, section="person")
    drafts.save(ref, _work(plan, at, half), None, actor, at, section="work")
    attached = _attached(ref)
    for path, name, made in _papers(plan):
        if path not in attached and not (half and path != "id_copy"):
            files.attach(ref, path, name, made, actor, at)
    if not half:
        if "portfolio:blind" not in attached:
            copy = paper("作品集（隐名）", "姓名：已隐去", f"作品：{_WORKS[plan.track]}", "说明：见各页图注")
            files.attach(ref, "portfolio", "作品集-隐名.pdf", copy, actor, at, purpose=files.BLIND)
        drafts.save(ref, {"truth": "yes"}, None, actor, at, section="pledge")


def _person(plan: Plan) -> dict[str, str]:
    person = plan.person
    return {
        "name": person.name,
        "id_type": "居民身份证",
        "id_no": person.id_no,
        "gender": "女" if person.female else "男",
        "mobile": person.phone,
        "employer": plan.at.name,
        "trainer": cast.TRAINER.name,
    }


def _work(plan: Plan, at: datetime, half: bool) -> dict[str, object]:
    number = plan.number
    rows = _RESULTS[plan.track][: 1 + number % 2]
    written: dict[str, object] = {
        "post": _POSTS[plan.track],
        "years": f"{3 + number % 9}.{number % 2 * 5}",
        "insured_months": str(9 + number * 7 % 80),
        "training_hours": str(40 + number % 5 * 8),
        "modeling": "no" if plan.track == "pattern" and number % 12 == 9 else "yes",
        "results": [
            {
                "item": item,
                "date": f"{local_day(at).year - 1}-{1 + (number + nth) % 12:02d}",
                "part": part,
                "effect": effect,
            }
            for nth, (item, part, effect) in enumerate(rows)
        ],
        "works": [{"title": _WORKS[plan.track], "about": "近两年的代表作"}],
    }
    return {key: written[key] for key in ("post", "years", "insured_months")} if half else written


def _papers(plan: Plan) -> list[tuple[str, str, BytesIO]]:
    name, unit = plan.person.name, plan.at.name
    hours = 40 + plan.number % 5 * 8
    return [
        ("id_copy", "身份证.pdf", paper("居民身份证（样张）", f"姓名：{name}", "住址：锦澜区（虚构）")),
        (
            "training_cert",
            "结业证书.pdf",
            paper("培训结业证书", f"姓名：{name}", f"学时：{hours}", f"机构：{cast.TRAINER.name}"),
        ),
        ("employment_proof", "工作证明.pdf", paper("工作证明", f"姓名：{name}", f"单位：{unit}", "现在岗，情况属实。")),
        ("portfolio", "作品集.pdf", paper("作品集", f"作者：{name}", f"作品：{_WORKS[plan.track]}")),
        ("works.1.file", "代表作品.pdf", paper("代表作品", f"{_WORKS[plan.track]}", f"作者：{name}")),
    ]


def _attached(ref: str) -> set[str]:
    """Places that already hold a paper, and `portfolio:blind` for the copy without names."""
    with reading() as session:
        rows = session.execute(
            select(Attachment.field_key, Attachment.row_no, Attachment.purpose)
            .join(ApplicationRow, ApplicationRow.id == Attachment.application_id)
            .where(ApplicationRow.ref == ref, Attachment.replaced_at.is_(None))
        ).all()
    kept = {(key, row): purpose for key, row, purpose in rows if purpose == files.ORIGINAL}
    found = {"works.1.file" if key.startswith("works") else key for key, _ in kept}
    return found | {"portfolio:blind" for _, _, purpose in rows if purpose == files.BLIND}
