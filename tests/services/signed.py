"""People without an account, whose employer fills in for them: they sign on paper."""

from datetime import datetime
from io import BytesIO

from sqlalchemy import select

from models.base import reading
from models.work import WorkItem
from tests.applying import Intake, filled, picture, started
from tests.domain.programs import text
from workflow.domain.actor import Actor
from workflow.services import actions, submissions

PROGRAM = text("fashion_engineer").replace("    filled_by: either", "    filled_by: either\n    account: none", 1)


def waits(place: Intake, filler: Actor, now: datetime, **changes: object) -> str:
    """Filled in and handed in; the signature is owed."""
    ref = started(place, filler, now, "employer", for_another=True)
    filled(ref, filler, now, **changes)
    submissions.submit(ref, filler, now)
    return ref


def scan(color: str = "teal") -> list[tuple[str | None, BytesIO]]:
    return [("确认表.png", BytesIO(picture(color=color)))]


def returned_for_the_years(second: Actor, clerk: Actor, now: datetime) -> None:
    """Endorsed by the other administrator, and given back by the clerk."""
    record = {"opinion": "同意推荐", "seal": ("s1",)}
    actions.perform(_item_of("employer_admin"), "pass", second, now, inputs={"record": record})
    actions.perform(_item_of("intake"), "return", clerk, now, inputs={"flags": {"years": "请核对年数"}})


def _item_of(role: str) -> str:
    with reading() as session:
        open_ = select(WorkItem.ref).where(WorkItem.role_key == role, WorkItem.state == "open")
        return session.scalars(open_.order_by(WorkItem.id.desc())).first() or ""
