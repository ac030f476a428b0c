"""Departments answer, a meeting decides, the public reads the list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from models.base import reading
from models.meetings import Meeting, MeetingState
from models.notices import Notice, ObjectionRow
from workflow.domain.actor import ANONYMOUS
from workflow.domain.ballots import Tally
from workflow.domain.errors import MovedOn
from workflow.domain.pool_vote import Paper
from workflow.services import (
    actions,
    joint,
    joint_lead_acts,
    meetings,
    meetings_board,
    meetings_final,
    meetings_sitting,
    objections,
    public_notices_drafting,
    public_notices_publishing,
    scoring_acts,
)
from workflow.services.demo.town import Part, Standing
from workflow.services.joint import Said
from workflow.services.meetings_sitting import Entered
from workflow.services.objections import Given
from workflow.services.public_notices_drafting import Draft

DEPARTMENTS = ("credit", "police", "court", "market")
CONTACT = "受理：锦澜区人才办，锦澜区行政中心 3 号楼 305 室，电话 0571-0000 1212；监督电话 0571-0000 1290"
_GROUNDS = Said("issue", "judgment", "（2026）锦01执12号", "有一件未履行完毕的执行案件，标的八万元")


# -- departments -------------------------------------------------------------------------------------------------------
def departments(part: Part) -> None:
    for role in DEPARTMENTS:
        wanted = [case for case in part.at_stage("joint") if _is_answered(case, role)]
        asked = {item.ref: case for case in wanted for item in part.town.items(case) if item.role_key == role}
        clear = [ref for ref, case in asked.items() if not _objects(case, role)]
        if clear:
            at = part.whenever([asked[ref] for ref in clear], "joint")
            joint.no_objection_to(clear, part.town.actor(role, at), at)
        for ref, case in asked.items():
            if _objects(case, role):
                at = part.when(case, "joint")
                joint.answer(ref, _GROUNDS, part.town.actor(role, at), at)


def _objects(case: Standing, role: str) -> bool:
    return role == "court" and case.plan.stops_at("joint", "refuse", "issue")


def _is_answered(case: Standing, role: str) -> bool:
    """Of those who wait, some departments have spoken and others have not."""
    if case.plan.goes_past("joint") or case.plan.how:
        return True
    return (case.plan.number + DEPARTMENTS.index(role)) % 3 == 0 and role != "police"


def lead(part: Part) -> None:
    here = part.at_stage("joint")
    going = [case for case in here if case.plan.goes_past("joint")]
    if going:
        at = part.whenever(going, "joint_closed")
        manager = part.town.actor("manager", at)
        joint_lead_acts.pass_all(part.round_ref, "joint", [case.ref for case in going], manager, at)
    for case in here:
        if case.plan.stops_at("joint", "refuse"):
            at = part.when(case, "joint_closed")
            own = next(item.ref for item in part.town.items(case) if item.role_key == "manager")
            reason = {"reason": "有未履行完毕的执行案件，不符合办法第六条"}
            actions.perform(own, "refuse", part.town.actor("manager", at), at, inputs=reason)


# -- the meeting -------------------------------------------------------------------------------------------------------
def meeting(part: Part) -> None:
    """Held and made known; or, where its day is still to come, called with the votes of a first round entered."""
    here = part.at_stage("meeting")
    if not here:
        return
    over = part.batch.days["meeting"] >= 0
    at = part.whenever(here, "meeting") if over else part.town.now
    manager = part.town.actor("manager", at)
    ref = _called(part) or meetings.call(
        manager,
        at,
        part.round_ref,
        "meeting",
        "认定委员会会议",
        at if over else _tomorrow(at),
        "锦澜区行政中心 201 会议室",
    )
    _vote(part, ref, here, at)
    if over:
        meetings_final.finalize(manager, at, ref, seen=meetings_board.board(manager, ref, at).version)


def _tomorrow(now: datetime) -> datetime:
    return now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _called(part: Part) -> str | None:
    with reading() as session:
        wanted = select(Meeting.ref).where(
            Meeting.state == MeetingState.CALLED.value, Meeting.round_id == part.round_id
        )
        return session.scalar(wanted)


def _vote(part: Part, ref: str, cases: Sequence[Standing], at: datetime) -> None:
    manager = part.town.actor("manager", at)
    board = meetings_board.board(manager, ref, at)
    present = frozenset(member.ref for member in board.members)
    against = {case.ref: int(case.plan.number % 4 == 0) for case in cases}
    papers = {case: vars(Paper(Tally(len(present) - no, no, 0))) for case, no in against.items()}
    meetings_sitting.enter(manager, at, ref, Entered(present, papers), seen=board.version)


def results_published(part: Part) -> None:
    """Nobody outside knows points or votes before."""
    waiting = part.at_stage("notice")
    if not waiting:
        return
    at = part.whenever(waiting, "published")
    manager = part.town.actor("manager", at)
    for stage in ("expert", "meeting"):
        try:
            scoring_acts.publish(manager, part.round_ref, stage, at)
        except MovedOn:  # they are known already
            continue


# -- the public notice -------------------------------------------------------------------------------------------------
def notice(part: Part) -> None:
    waiting = [case for case in part.at_stage("notice") if any(item.duty == "act" for item in part.town.items(case))]
    if waiting and _published(part) is None:
        at = part.whenever(waiting, "notice")
        manager = part.town.actor("manager", at)
        draft = Draft(number=f"锦人才公示〔{at.year}〕{part.batch.number}号", contact=CONTACT)
        shown = public_notices_drafting.preview(manager, part.round_ref, "notice", draft, at)
        seen = replace(draft, seen=shown.stamp)
        public_notices_publishing.publish(manager, part.round_ref, "notice", seen, at)


def _published(part: Part) -> Notice | None:
    with reading() as session:
        return session.scalars(select(Notice).where(Notice.round_id == part.round_id)).first()


def objection(part: Part) -> None:
    """One reader doubts one line, with name and telephone."""
    shown = _published(part)
    if shown is None or "objected" not in part.batch.days:
        return
    with reading() as session:
        if session.scalars(select(ObjectionRow).limit(1)).first() is not None:
            return
    said = "名单上这一位的主要业绩，据我所知是班组一起完成的，申报里写成了本人独立完成，请核实。"
    given = Given(line=1, facts=said, name="冯知返", phone="19900098888", consent=True)
    objections.receive(shown.ref, given, ANONYMOUS, "198.51.100.7", part.town.at(part.batch.days["objected"]))


def notice_over(part: Part) -> None:
    """Its days have passed: whoever was not objected to goes on."""
    shown = _published(part)
    here = part.at_stage("notice")
    if shown is not None and here and "notice_over" in part.batch.days:
        at = part.whenever(here, "notice_over")
        public_notices_publishing.end(part.town.actor("manager", at), shown.ref, at)
