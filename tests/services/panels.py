"""Cases on their way through scoring, in the tables: raters bound, the earlier stages done by perform itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.work import Conflict, WorkItem
from tests.domain.cases import all_ok
from tests.services.plots import Plot
from workflow.domain.actor import Actor
from workflow.services import actions, declarations, draws, rating, sessions

EXPERTS = tuple(f"expert_{number}" for number in range(1, 8))
PRACTICAL = (("modeling_3d", "precision", "fabric"), ((90, 80, 85), (80, 84, 80)))


class Panel(Plot):
    """A plot with a school, examiners and seven experts."""

    def __init__(self, now: datetime, experts: Sequence[str] = EXPERTS, source: str | None = None) -> None:
        super().__init__(now, source=source)
        with writing() as session:
            bound = {who: self._bound(session, who, "examiner") for who in ("examiner_1", "examiner_2")}
            bound |= {who: self._bound(session, who, "expert") for who in experts}
            bound["school"] = self._bound(session, "school", "trainer_admin", self.employer_id)
        self.people |= {who: sessions.actor_of(account, now) for who, account in bound.items()}
        self.experts = tuple(experts)

    def _draft(self, session: Session, channel: str) -> tuple[ApplicationRow, Account]:
        row, account = super()._draft(session, channel)
        answers = session.get_one(Answers, (row.id, 1))
        answers.body = {**answers.body, "trainer": self.employer_ref}
        session.flush()
        return row, account

    # -- on the way ----------------------------------------------------------------------------------------------------
    def do(self, ref: str, act: str, who: str, **inputs: object) -> None:
        item, seen = self.item(ref)
        actions.perform(item, act, self.people[who], self.now, seen=seen, inputs=inputs)

    def at_theory(self, count: int = 1) -> list[str]:
        refs = self.plant(count)
        for ref in refs:
            self.endorse(ref)
            self.do(ref, "pass", "clerk", verdicts=all_ok())
            self.do(ref, "pass", "hr", rule_verdicts={"E4": {"verdict": "meets"}})
            self.do(ref, "confirm", "hr_2")
        return refs

    def at_practical(self, count: int = 1) -> list[str]:
        refs = self.at_theory(count)
        for ref in refs:
            actions.perform(ref, "import", self.people["manager"], self.now, inputs=result(82))
            self.close(ref)
        return refs

    def at_expert(self, count: int = 1) -> list[str]:
        refs = self.at_practical(count)
        keys, sheets = PRACTICAL
        for ref in refs:
            for who, points in zip(("examiner_1", "examiner_2"), sheets, strict=True):
                self.hand_in(ref, who, **dict(zip(keys, points, strict=True)))
            self.close(ref)
        return refs

    def at_panel(self, count: int = 1, seed: str | None = None) -> list[str]:
        refs = self.at_expert(count)
        draws.draw(self.round_ref, "expert", self.people["manager"], self.now, seed=seed)
        return refs

    # -- acts ----------------------------------------------------------------------------------------------------------
    def close(self, ref: str, effect: str = "pass", **inputs: object) -> actions.Done:
        return actions.perform(ref, "close", self.people["manager"], self.now, inputs={"effect": effect, **inputs})

    def hand_in(self, ref: str, who: str | Actor, **points: object) -> actions.Done:
        actor = self.people[who] if isinstance(who, str) else who
        return rating.submit(self.sheet_of(ref, actor), typed(**points), actor, self.now)

    def sheet_of(self, ref: str, actor: Actor) -> str:
        """The open sheet that this rater answers, their own seat, else a free one; no relation declared."""
        with reading() as session:
            rows = session.scalars(
                select(WorkItem)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.duty == "act")
                .order_by(WorkItem.no)
            )
            ref = next(row.ref for row in rows if row.holder_id in (None, actor.account_id))
        declarations.declare([ref], {}, actor, self.now)
        return ref

    def seated(self, ref: str) -> list[Actor]:
        with reading() as session:
            holders = session.scalars(
                select(WorkItem.holder_id)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.duty == "act")
                .order_by(WorkItem.no)
            ).all()
        by_account = {actor.account_id: actor for actor in self.people.values()}
        return [by_account[holder] for holder in holders]

    def too_near(self, ref: str, *who: str) -> None:
        """A conflict of interest stands between these people and the case."""
        with writing() as session:
            id_ = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == ref)).one()
            for name in who:
                account = self.people[name].account_id
                session.add(Conflict(account_id=account, application_id=id_, ground="declared", noted_at=self.now))


def result(points: object, source: str = "t1", **more: object) -> dict[str, object]:
    return {"source": source, "points": {"exam": points}, **more}


def typed(**points: object) -> dict[str, str]:
    """A sheet as the page sends it, a reason beside every figure."""
    sent = {f"points.{key}": str(value) for key, value in points.items()}
    return sent | {f"reason.{key}": "见作品第 3 页" for key in points}
