"""The tour of the demonstration: six people, one real thing of each; done is what the records say was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.base import literal_state, reading
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import Meeting
from models.work import WorkItem
from workflow.domain.words import Words
from workflow.services import meetings
from workflow.services.demo import entering
from workflow.services.demo.entering import Entered


@dataclass(frozen=True)
class Step:
    """As whom, what to press, and what there is to notice about it. `back`: to press where somebody did so before."""

    who: str
    title: Words
    press: Words
    why: Words
    wants_file: bool = False
    back: Words | None = None


STEPS = (
    Step(
        "applicant", Words("申报人：改好交回"),
        Words("“成效数据”末尾加“见后台截图”，点“用样例图片”，再点“交回”。"),
        Words("只有被退回的两处能改，其余锁着；大字写着轮到谁、还剩几个工作日。"), wants_file=True,
    ),
    Step(
        "employer", Words("用人单位：推荐"),
        Words("“推荐意见”写“同意推荐”，点“用样例图片”，再点“同意推荐”。"),
        Words("左边是职工填的申报表，右边写结论；同意以后十秒内可以撤销。"), wants_file=True,
    ),
    Step(
        "clerk", Words("受理员：逐件给结论"), Words("还没选的附件选“符合”，再点“受理”。"),
        Words("补正前后改了什么标得出来；看过的附件结论还在，只看新交的。"),
    ),
    Step(
        "expert", Words("评审专家：盲评"), Words("每项选“良”，再点“提交评分”。"),
        Words("只有编号和作品，没有姓名、单位；专家是回避以后抽出来的，互相看不到分数。"),
    ),
    Step(
        "manager", Words("管理员：会议记票"), Words("第一行改成同意 2、不同意 5，再点“记入点名和票数”。"),
        Words("名单按总分排好，够不够票、名额用到第几个，都算给你看，结果当场变。"),
        back=Words("第一行改成同意 6、不同意 1，再点“记入点名和票数”。"),
    ),
    Step(
        "holder", Words("持证人：证书"), Words("点“看别人查验时看到什么”。"),
        Words("用人单位扫证书上的二维码，不用登录，看到的就是那一页。"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Errand:
    """Where a step is done, and by what the records show that it was. `ref` of the case, the item or the meeting."""

    kind: str  # correct, item, meeting, certificate
    ref: str
    mark: str


def errand(step: Step, entered: Entered, now: datetime) -> Errand | None:
    """None where there is nothing left to do."""
    with reading() as session:
        if step.who == "applicant":
            return _correction(session, entered)
        if step.who == "manager":
            return _votes(session, entered)
        if step.who == "holder":
            return _certificate(session, entered)
    item = entering.first_item(entered.actor, now)
    return Errand("item", item, f"item:{item}") if item is not None else None


def _correction(session: Session, entered: Entered) -> Errand | None:
    item = session.scalars(
        select(WorkItem.ref)
        .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        .where(ApplicationRow.ref == entered.case, WorkItem.state == literal_state("open"), WorkItem.duty == "correct")
    ).first()
    return Errand("correct", entered.case, f"item:{item}") if item is not None and entered.case is not None else None


def _votes(session: Session, entered: Entered) -> Errand | None:
    called = [each.ref for each in meetings.listed(entered.actor) if each.state == "called"]
    return Errand("meeting", called[0], f"votes:{called[0]}:{_entered(session, called[0])}") if called else None


def _certificate(session: Session, entered: Entered) -> Errand | None:
    token = session.scalars(
        select(CertificateRow.token)
        .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
        .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        .where(ApplicationRow.ref == entered.case)
        .order_by(CertificateRow.no.desc())
    ).first()
    return Errand("certificate", entered.case, f"look:{token}") if token is not None and entered.case else None


def press(step: Step, mark: str) -> Words:
    """What to press there: numbers that stand already are no change, and whoever came before may have entered them."""
    *_, before = mark.split(":")
    walked = before.isdecimal() and int(before) % 2 == 0  # the town entered them once, each who walks it once more
    return step.back if step.back is not None and walked else step.press


# -- what was done -----------------------------------------------------------------------------------------------------
def done(marks: Mapping[str, str]) -> frozenset[str]:
    """Of the steps that were begun. `seen` is what a look leaves: no record tells of it."""
    parts = {who: mark.split(":") for who, mark in marks.items()}
    with reading() as session:
        items = _closed(session, [rest[0] for kind, *rest in parts.values() if kind == "item" and rest])
        found = {who for who, (kind, *rest) in parts.items() if kind == "item" and rest and rest[0] in items}
        for who, (kind, *rest) in parts.items():
            if kind == "votes" and len(rest) == 2 and rest[1].isdecimal():  # of which meeting, how many before
                found |= {who} if _entered(session, rest[0]) > int(rest[1]) else set()
    return frozenset(found | {who for who, (kind, *_) in parts.items() if kind == "seen"})


def _closed(session: Session, refs: Iterable[str]) -> frozenset[str]:
    return frozenset(
        session.scalars(select(WorkItem.ref).where(WorkItem.ref.in_(refs), WorkItem.state == literal_state("done")))
    )


def _entered(session: Session, meeting: str) -> int:
    """How often votes were entered there."""
    told = (
        select(func.count())
        .select_from(EventRow)
        .join(Stream, Stream.id == EventRow.stream_id)
        .join(Meeting, Meeting.id == Stream.subject_id)
        .where(Stream.kind == StreamKind.MEETING.value, Meeting.ref == meeting, EventRow.kind == "ballots_recorded")
    )
    return session.scalar(told) or 0
