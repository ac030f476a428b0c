"""`notice`: time passes in public (LANGUAGE.md 3.5).

The office publishes a list, of which each case has its line; time ends it. An objection freezes the one case it names.
Upheld refuses it, partly upheld leaves it to the office, rejected lets it go on when the days are over.
"""

from datetime import date
from typing import Any

from workflow.domain import public_notice
from workflow.domain.application import Item, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.policy import Permission, can, may_handle_objection
from workflow.domain.program.schema import NoticeStage
from workflow.domain.stages import effects, kinds
from workflow.domain.stages.base import Act, Kind, Work, handed_to
from workflow.domain.told import Objecting, Posting
from workflow.domain.words import Words

CONCLUSIONS = ("upheld", "partly", "rejected")
DECISIONS = ("kept", "dropped")
VIA = ("page", "phone", "letter", "visit")


def _notice(work: Work) -> NoticeStage | None:
    return work.stage if isinstance(work.stage, NoticeStage) else None


def standing(work: Work) -> Posting | None:
    """The line whose days run, if the item is the one that waits for their end."""
    posting, item = work.before.state.posting(), work.item
    return posting if posting is not None and item is not None and item.no == posting.item else None


def objected(work: Work) -> Objecting | None:
    """The open objection that the item asks to settle."""
    return next((o for o in work.before.state.open_objections() if work.item and o.item == work.item.no), None)


def is_publishable(state: Any, item: Item) -> bool:
    """Whether this is the item by which a case asks for a notice."""
    others = {each.item for each in state.noticed.objections} | {each.item for each in state.noticed.postings}
    return item.is_open and item.duty == "act" and item.no not in others and state.posting() is None


def _on_time(work: Work) -> bool:
    item = work.item
    return _notice(work) is not None and item is not None and item.is_open and work.before.state.status is Status.OPEN


def _may_act(work: Work) -> bool:
    return can(work.actor, Permission.ITEM_ACT, work.subject)


# -- publish -----------------------------------------------------------------------------------------------------------
def _publishable(work: Work) -> bool:
    return _on_time(work) and work.item is not None and is_publishable(work.before.state, work.item)


def _publish_missing(work: Work) -> list[Reason]:
    """A line belongs to a list: the number of its notice and of itself come from the page that shows the whole list."""
    if not isinstance(work.inputs.get("notice"), int) or not isinstance(work.inputs.get("first"), date):
        return [Reason(Words("公示按名单发布：请到这一批的公示页，看过名单和起止日期再发布"))]
    if work.before.state.open_objections():
        return [Reason(Words("对这一件的异议还没有办结，办结以后才能再公示"))]
    return []


def _publish(work: Work) -> None:
    stage, item = _notice(work), work.item
    if stage is None or item is None:
        return
    said = public_notice.period_of(work.book.calendar, work.definition, stage, work.inputs["first"])
    work.tell(
        "notice_published",
        item=item.no,
        notice=work.inputs["notice"],
        line=work.inputs["line"],
        digest=work.inputs["digest"],
        first=said.first.isoformat(),
        last=said.last.isoformat(),
        provisional=said.provisional or None,
        opens=[handed_to(item, item.duty, holder=work.actor.account_id)],
    )


# -- the days run ------------------------------------------------------------------------------------------------------
def _running(work: Work) -> bool:
    return _on_time(work) and standing(work) is not None


def over(work: Work) -> bool:
    """Whether the last day of the standing line has ended."""
    posting, stage, entry = work.before.state.posting(), _notice(work), work.before.state.entry
    if posting is None or stage is None or entry is None:
        return False
    return work.now >= public_notice.posting_ends(work.book.calendar, work.definition, stage, posting, entry)


def _end_missing(work: Work) -> list[Reason]:
    """Never before its time, and never while an objection stands, whoever asks."""
    reasons = []
    if not over(work):
        posting, stage = work.before.state.posting(), _notice(work)
        if posting is not None and stage is not None:
            last = public_notice.last_day(work.book.calendar, work.definition, stage, posting)
            day = last.isoformat()
            reasons.append(Reason(Words("公示到 %(day)s 24:00 才满，满了以后才能进入下一环节", day=day)))
    if work.before.state.open_objections():
        reasons.append(Reason(Words("对这一件的异议还没有办结，先办结异议")))
    return reasons


def _may_end(work: Work) -> bool:
    return work.actor.kind == "system" or _may_act(work)


def _end(work: Work) -> None:
    posting = standing(work)
    if posting is None:
        return
    stage = work.before.state.stage
    work.tell("notice_ended", item=work.action.item, notice=posting.notice, line=posting.line)
    effects.advance(work, stage)


def _take_down(work: Work) -> None:
    posting, item = standing(work), work.item
    if posting is None or item is None:
        return
    work.tell(
        "notice_taken_down",
        {"reason": work.text("reason")},
        item=item.no,
        notice=posting.notice,
        line=posting.line,
        opens=[handed_to(item, item.duty)],
    )


# -- objections --------------------------------------------------------------------------------------------------------
def _may_object(work: Work) -> bool:
    """Anybody to whom the notice is shown; by hand, whoever settles objections writes down what came by other ways."""
    stage = _notice(work)
    if stage is None:
        return False
    if work.inputs.get("via", "page") != "page":
        return may_handle_objection(work.actor, work.subject, stage)
    return stage.to == "public" or work.actor.kind == "account"


def _object_missing(work: Work) -> list[Reason]:
    reasons = []
    via, received = work.inputs.get("via", "page"), work.inputs.get("received") or local_day(work.now)
    posting, stage = standing(work), _notice(work)
    if via not in VIA or not isinstance(work.inputs.get("objection"), int):
        reasons.append(Reason(Words("异议从公示页提出，或由受理异议的人登记")))
    if posting is not None and stage is not None:
        last = public_notice.last_day(work.book.calendar, work.definition, stage, posting)
        late = received > last if via != "page" else local_day(work.now) > last
        if late:
            reasons.append(Reason(Words("公示期到 %(day)s 已满，不能再提异议", day=last.isoformat()), "received"))
        elif received < posting.first or received > local_day(work.now):
            reasons.append(Reason(Words("收到的日子要在公示期内，也不能晚于今天"), "received"))
    return reasons


def _object(work: Work) -> None:
    posting, stage = standing(work), _notice(work)
    if posting is None or stage is None:
        return
    role = stage.objection.by
    received = work.inputs.get("received")
    work.tell(
        "objection_received",
        objection=work.inputs["objection"],
        notice=posting.notice,
        line=posting.line,
        via=work.inputs.get("via", "page"),
        received=received.isoformat() if received else None,
        opens=[{"role": role, "organization": work.before.places.get(role)}],
    )


def _settling(work: Work) -> bool:
    found = objected(work)
    return _on_time(work) and found is not None and found.state == "open"


def _settle_missing(work: Work) -> list[Reason]:
    reasons = []
    if work.text("conclusion") not in CONCLUSIONS:
        reasons.append(Reason(Words("请选异议成立、部分成立或不成立"), "conclusion"))
    if not work.text("report"):
        reasons.append(Reason(Words("请写核查情况：查了什么、结果是什么，只给办理的人看"), "report"))
    if not work.text("reason"):
        reasons.append(Reason(Words("请写结论的理由，会告诉被反映的人，不要写反映人是谁"), "reason"))
    return reasons


def _settle(work: Work) -> None:
    found, conclusion = objected(work), work.text("conclusion")
    if found is None:
        return
    partly = [{"role": work.book.run_by, "organization": work.before.places.get(work.book.run_by)}]
    work.tell(
        "objection_settled",
        {"reason": work.text("reason")},
        item=work.action.item,
        objection=found.no,
        conclusion=conclusion,
        report=work.inputs.get("report_digest"),
        opens=partly if conclusion == "partly" else None,
    )
    if conclusion == "upheld":
        effects.give(work, "refuse", {})


def _weighing(work: Work) -> bool:
    found = objected(work)
    return _on_time(work) and found is not None and found.state == "partly"


def _weigh_missing(work: Work) -> list[Reason]:
    reasons = work.needs_text("reason", Words("请写明理由，会原样告诉申报人"))
    if work.text("decision") not in DECISIONS:
        reasons.append(Reason(Words("请选维持在名单上，还是不通过"), "decision"))
    return reasons


def _weigh(work: Work) -> None:
    found, decision = objected(work), work.text("decision")
    if found is None:
        return
    work.tell(
        "objection_settled",
        {"reason": work.text("reason")},
        item=work.action.item,
        objection=found.no,
        conclusion=decision,
    )
    if decision == "dropped":
        effects.give(work, "refuse", {})


NOTICE = kinds.register(
    Kind(
        "notice",
        (
            Act("publish", Words("发布公示"), _publishable, _may_act, _publish, _publish_missing),
            Act("end_notice", Words("公示期满"), _running, _may_end, _end, _end_missing),
            Act(
                "take_down",
                Words("撤下公示"),
                _running,
                _may_act,
                _take_down,
                lambda work: work.needs_text("reason", Words("请写明为什么撤下")),
            ),
            Act("object", Words("提出异议"), _running, _may_object, _object, _object_missing),
            Act("settle", Words("办结异议"), _settling, _may_act, _settle, _settle_missing),
            Act("weigh", Words("决定去留"), _weighing, _may_act, _weigh, _weigh_missing),
        ),
    )
)
