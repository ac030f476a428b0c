"""The town while it is being filled: what day it is in the story, who acts, where each case stands.

Everything is looked up in the tables, so that a fill that was killed goes on from what stands there.
"""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.accounts import Account, AccountState
from models.applications import ApplicationRow
from models.base import reading
from models.evidence import EventRow, Stream, StreamKind
from models.organizations import Organization
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.services import accounts, sessions, signing_in
from workflow.services.demo.story import Batch, Plan
from workflow.services.signing_in import Here

HERE = Here("127.0.0.1", "demo")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """One case as the story needs it. `login`: of whoever it is about."""

    id: int
    ref: str
    version_id: int
    plan: Plan
    status: str
    stage: str | None
    last: datetime  # when something happened to it last

    def after(self, planned: datetime) -> datetime:
        """At the planned time, or a minute after what happened last: a chain tells its facts in their order."""
        return max(planned, self.last + MINUTE)


@dataclass(frozen=True)
class Town:
    """`now`: when the fill began. The story counts its days back from there."""

    now: datetime

    def at(self, days: float, number: int = 0) -> datetime:
        """So many days ago, in the office's hours, some minutes later for each number; never in the time to come."""
        day = (self.now - timedelta(days=days)).replace(hour=1, minute=30, second=0, microsecond=0)  # 9:30 in Hangzhou
        day -= timedelta(days=max(0, day.weekday() - 4))
        return min(day + MINUTE * (7 * number % 390), self.now)

    # -- who -----------------------------------------------------------------------------------------------------------
    def actor(self, login: str, at: datetime) -> Actor:
        with reading() as session:
            found = session.scalars(select(Account.id).where(Account.login == login)).one()
        return sessions.actor_of(found, at)

    def officer(self, login: str) -> Actor:
        """Those who hold the house have done so since it was first started."""
        return self.actor(login, self.now)

    def account_ref(self, login: str) -> str:
        with reading() as session:
            return session.scalars(select(Account.ref).where(Account.login == login)).one()

    def settle(self, login: str, name: str, at: datetime, *, phone: str = "", organization: str | None = None) -> None:
        """An account by invitation, opened by its owner with a password that nobody knows."""
        with reading() as session:
            known = session.scalars(select(Account).where(Account.login == login)).first()
        if known is not None and known.state != AccountState.INVITED:
            return
        office = self.officer("sysadmin")
        if known is None:
            invited = accounts.invite(office, at, name, login=login, phone=phone, organization_ref=organization)
        else:
            invited = accounts.invite_again(office, at, known.ref)
        self.open_account(invited.token, at)

    def open_account(self, token: str, at: datetime) -> None:
        signing_in.accept_invitation(token, random.token_urlsafe(24), at, HERE)

    # -- what there is -------------------------------------------------------------------------------------------------
    def organization(self, code: str) -> str | None:
        with reading() as session:
            return session.scalars(select(Organization.ref).where(Organization.credit_code == code)).first()

    def round(self, key: str) -> Round | None:
        with reading() as session:
            return session.scalars(select(Round).where(Round.key == key)).first()

    def cases(self, batch: Batch, round_ref: str) -> list[Standing]:
        """Of everybody in the batch who has begun, in their order, whatever became of them."""
        with reading() as session:
            last = (
                select(Stream.subject_id, func.max(EventRow.at).label("at"))
                .join(EventRow, EventRow.stream_id == Stream.id)
                .where(Stream.kind == StreamKind.APPLICATION.value)
                .group_by(Stream.subject_id)
                .subquery()
            )
            rows = session.execute(
                select(ApplicationRow, Account.login, last.c.at)
                .join(Account, Account.id == ApplicationRow.filler_id)
                .join(Round, Round.id == ApplicationRow.round_id)
                .join(last, last.c.subject_id == ApplicationRow.id)
                .where(Round.ref == round_ref, Account.login.in_(batch.by_login))
            ).all()
        found = [
            Standing(row.id, row.ref, row.version_id, batch.by_login[login or ""], row.status, row.stage_key, at)
            for row, login, at in rows
        ]
        return sorted(found, key=lambda each: each.plan.number)

    def items(self, case: Standing, duty: str | None = None) -> list[WorkItem]:
        """What is owed about it now."""
        with reading() as session:
            wanted = select(WorkItem).where(WorkItem.application_id == case.id, WorkItem.state == "open")
            if duty is not None:
                wanted = wanted.where(WorkItem.duty == duty)
            return list(session.scalars(wanted.order_by(WorkItem.no)))

    def has_handed_in(self, case: Standing, rater: Actor) -> bool:
        """Whether they have answered something in the stage where the case is now."""
        with reading() as session:
            done = select(WorkItem.id).where(
                WorkItem.application_id == case.id,
                WorkItem.stage_key == case.stage,
                WorkItem.state == "done",
                WorkItem.closed_by == rater.account_id,
            )
            return session.scalar(done.limit(1)) is not None


@dataclass(frozen=True)
class Part:
    """One batch on its way through its round."""

    town: Town
    batch: Batch
    round_ref: str
    round_id: int

    def cases(self) -> list[Standing]:
        return self.town.cases(self.batch, self.round_ref)

    def at_stage(self, stage: str) -> list[Standing]:
        return [case for case in self.cases() if case.stage == stage and case.status == "open"]

    def when(self, case: Standing, step: str) -> datetime:
        planned = self.town.at(self.batch.day(case.plan, step), case.plan.number)
        return case.after(planned)

    def whenever(self, cases: Sequence[Standing], step: str) -> datetime:
        """One moment for all of them."""
        planned = self.town.at(self.batch.days[step])
        return max([planned, *(case.last + MINUTE for case in cases)])
