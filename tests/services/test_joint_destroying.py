"""The words of an objection go thirty days after the stage was left; what the department answered stays."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.base import reading
from models.evidence import StreamKind
from models.joint import JointAnswer
from tests.services.jointly import GROUNDS, JointPlot
from workflow.services import actions, evidence, joint_destroying, replay


def test_the_words_go_when_their_time_is_over_and_an_event_says_so(database: str, now: datetime) -> None:
    plot = JointPlot(now)
    ended, stands = plot.asked(2)
    for ref in (ended, stands):
        plot.say(ref, "court", GROUNDS)
        plot.everybody(ref, roles=("credit", "police", "market"))
    item, _ = plot.item(ended)
    actions.perform(item, "refuse", plot.people["manager"], now, inputs={"reason": "有被执行案件"})

    assert joint_destroying.carry_out(now + timedelta(days=30)) == 0
    later = now + timedelta(days=31)
    assert joint_destroying.carry_out(later) == 1
    assert joint_destroying.carry_out(later) == 0
    with reading() as session:
        rows = session.scalars(
            select(JointAnswer).where(JointAnswer.role_key == "court").order_by(JointAnswer.application_id)
        ).all()
        gone, kept = rows
        told = evidence.events_of(session, StreamKind.APPLICATION_ACCESS, gone.application_id)
    assert (gone.detail, gone.destroyed_at) == (None, later)
    assert (gone.category, gone.basis_no) == (GROUNDS.category, GROUNDS.basis)
    assert kept.detail is not None  # the check it was written for still runs
    assert [(each.kind, each.actor_kind, each.body) for each in told] == [
        ("joint_detail_destroyed", "system", {"answers": [[gone.entry_no, "court", 1]]})
    ]
    assert replay.replay(later)[1] == []
    assert evidence.verify() == []
