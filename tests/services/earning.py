"""钱塘技工积分 with its people: a desk, an auditor, a school; and workers whose account of points is open."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.programs import Program
from models.roles import RoleBinding
from models.rounds import Round
from models.work import WorkItem
from tests import applying
from tests.domain.programs import text
from tests.services.houses import account
from workflow import storage
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import local_day
from workflow.services import actions, drafts, points, programs, recognitions, sessions, starting, submissions, timely
from workflow.storage.local import LocalFolder

OFFICE = {
    "desk": ("desk", "钱窗口"),
    "desk_2": ("desk", "潘窗口"),
    "auditor": ("auditor", "郑复核"),
    "school": ("school", "施校长"),
}
SECTIONS: Mapping[str, Any] = {
    "id_type": "居民身份证",
    "mobile": "13805711234",
    "employer": "永宁精密模具有限公司",
    "trade": "焊工",
    "in_district": "yes",
    "pledge": "yes",
}


class Earning:
    def __init__(self, now: datetime, folder: Path, *changes: tuple[str, str]) -> None:
        """`changes`: pieces of the program's text and what stands in their place."""
        storage.configure(LocalFolder(folder))
        self.now = now
        source = text("skilled_worker_points")
        for old, new in changes:
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        published = programs.publish(source, SYSTEM, now)
        with writing() as session:
            self.program_id = session.scalars(select(Program.id).where(Program.ref == published.program_ref)).one()
            applying.organization(session, "永宁精密模具有限公司", "employer", applying.EMPLOYER, now)
            row = Round(
                ref=secrets.token_urlsafe(12),
                program_id=self.program_id,
                key="2026",
                name="常年受理",
                version_id=published.version_id,
                state="open",
                opens_at=now - timedelta(days=10),
                closes_at=None,
                settings={},
                created_at=now,
            )
            session.add(row)
            session.flush()
            self.round_ref, self.round_id = row.ref, row.id
        self.people: dict[str, Actor] = {}
        for login, (role, name) in OFFICE.items():
            self.people[login] = account(now, login, name=name)
            self._bind(login, role)

    def __getitem__(self, who: str) -> Actor:
        return self.people[who]

    def _bind(self, who: str, role: str) -> None:
        account_id = self.people[who].account_id
        assert account_id is not None
        with writing() as session:
            session.add(
                RoleBinding(
                    ref=secrets.token_urlsafe(12),
                    identity=secrets.token_urlsafe(8),
                    account_id=account_id,
                    role_key=role,
                    program_id=self.program_id,
                    starts_at=self.now - timedelta(days=1),
                    basis="",
                )
            )
        self.people[who] = sessions.actor_of(account_id, self.now)

    def worker(self, who: str, serial: int = 1) -> str:
        """Somebody with an account of their own, recognized today."""
        self.people[who] = account(self.now, who, name="楼工友")
        me = self.people[who]
        ref = starting.start(self.round_ref, "self", "worker", me, self.now)
        typed = {"name": "楼工友", "id_no": applying.id_number(serial), **SECTIONS}
        drafts.save(ref, typed, None, me, self.now, section="person")
        submissions.submit(ref, me, self.now)
        self.people[who] = sessions.actor_of(me.account_id or 0, self.now)  # known as a person from now on
        actions.perform(self.item(ref, "desk"), "pass", self["desk"], self.now, inputs={"rules": {"E1": "meets"}})
        said: dict[str, Any] = {"document": "前进〔2026〕1号", "on": local_day(self.now), "difference": "随到随办"}
        done = recognitions.issue(self.round_ref, [ref], self["desk"], self.now, **said)
        assert done.done == (ref,), done.left_aside
        return ref

    # -- acts ----------------------------------------------------------------------------------------------------------
    def item(self, ref: str, role: str) -> str:
        wanted = (
            select(WorkItem.ref)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.role_key == role)
            .order_by(WorkItem.no.desc())
            .limit(1)
        )
        with reading() as session:
            return session.scalars(wanted).one()

    def number(self, ref: str) -> str:
        with reading() as session:
            return session.scalars(select(ApplicationRow.number).where(ApplicationRow.ref == ref)).one() or ""

    def act(self, ref: str, name: str, who: str, **typed: Any) -> None:
        points.act(ref, name, self[who], self.now, typed=typed)

    def confirm(self, ref: str, who: str = "auditor", name: str = "confirm_points", **given: Any) -> None:
        """The entry that came last."""
        actions.perform(self.item(ref, "auditor"), name, self[who], self.now, inputs=given)

    def evidence(self, ref: str, item: str, who: str) -> list[str]:
        return [points.attach(ref, item, "证书.png", BytesIO(applying.picture()), self[who], self.now)]

    def shown(self, ref: str, who: str = "desk") -> points.Shown:
        return points.shown(ref, self[who], self.now)

    def stands(self, ref: str) -> tuple[str, str | None]:
        """The balance and the tier."""
        seen = self.shown(ref)
        return str(seen.balance), seen.tier.key if seen.tier is not None else None

    def locked(self, ref: str) -> list[tuple[str, str]]:
        return [(period, str(came_to)) for period, came_to in self.shown(ref).locked]

    def on(self, day: date, hour: int = 9) -> "Earning":
        """Go on at this hour of a day in Shanghai, after the clock has looked."""
        self.now = datetime(day.year, day.month, day.day, hour - 8, tzinfo=self.now.tzinfo)
        timely.carry_out(self.now)
        return self

    def looked_on(self, ref: str) -> date | None:
        with reading() as session:
            wanted = select(RecognitionRow).join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
            return session.scalars(wanted.where(ApplicationRow.ref == ref)).one().look_on
