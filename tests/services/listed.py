"""Cases that stand before a public notice, planted straight into the tables, and the people around them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.notices import Notice, NoticeLine
from models.people import Person
from models.programs import Program
from models.rounds import Round
from tests.domain.notices import PROGRAM
from tests.services.plots import Plot
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of
from workflow.services import actions, programs, public_notices_drafting, public_notices_publishing, sessions
from workflow.services.public_notices_drafting import Draft

STAFF = {
    "manager": "manager",
    "manager_2": "manager",
    "supervisor": "supervisor",
    "supervisor_2": "supervisor",
    "district": "district",
}
DRAFT = Draft(contact="受理电话 0571-0000 1212，监督电话 0571-0000 1290")
NAMES = ("白栖", "苏棠梨", "叶疏桐", "郑砚耕", "江蓠", "孟春泥", "阮青蘅", "傅晚舟")


class Listing(Plot):
    """`waiting(3)` brings three cases before the notice; `publish()` shows them."""

    def __init__(self, now: datetime, count: str = "first_day", **changed: str) -> None:
        self.now = now
        self.owners: dict[str, Actor] = {}
        text = PROGRAM.replace("COUNT", count)
        for old, new in changed.items():
            text = text.replace(old, new)
        self.version_id = programs.publish(text, SYSTEM, now).version_id
        with writing() as session:
            self.program_id = session.scalars(select(Program.id)).one()
            self.round_id = self._round(session)
            self.employer_id = self._organization(session, None)
            bound = {who: self._bound(session, who, role) for who, role in STAFF.items()}
        self.people = {who: sessions.actor_of(account, now) for who, account in bound.items()}
        with reading() as session:
            self.round_ref = session.get_one(Round, self.round_id).ref

    def waiting(self, count: int = 1) -> list[str]:
        """Everybody under a name of their own; each passed the check before the notice."""
        refs = self.plant(count)
        with writing() as session:
            for number, ref in enumerate(refs):
                row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
                row.line_organization_id = self.employer_id
                name = NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else str(number))
                self._called(session, row, name)
        for ref in refs:
            item, seen = self.item(ref)
            actions.perform(item, "pass", self.people["manager"], self.now, seen=seen)
        return refs

    def _called(self, session: Session, row: ApplicationRow, name: str) -> None:
        answers = session.get_one(Answers, (row.id, 1))
        answers.body = {**answers.body, "name": name}
        session.execute(update(Person).where(Person.id == row.person_id).values(name=name, birth_date=date(1990, 1, 2)))

    def draft(self, now: datetime | None = None, who: str = "manager", **changed: object) -> Draft:
        """A draft that was looked at."""
        wanted = replace(DRAFT, **changed)
        shown = public_notices_drafting.preview(self.people[who], self.round_ref, "notice", wanted, now or self.now)
        return replace(wanted, seen=shown.stamp)

    def publish(self, now: datetime | None = None, who: str = "manager", **changed: object) -> str:
        at = now or self.now
        return public_notices_publishing.publish(
            self.people[who], self.round_ref, "notice", self.draft(at, who, **changed), at
        )

    # -- looks ---------------------------------------------------------------------------------------------------------
    def notice(self, ref: str) -> Notice:
        with reading() as session:
            return session.scalars(select(Notice).where(Notice.ref == ref)).one()

    def lines(self, ref: str) -> list[NoticeLine]:
        with reading() as session:
            wanted = select(NoticeLine).join(Notice, Notice.id == NoticeLine.notice_id).where(Notice.ref == ref)
            return list(session.scalars(wanted.order_by(NoticeLine.no)))

    def case(self, ref: str) -> ApplicationRow:
        with reading() as session:
            return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()

    def after(self, ref: str, **later: int) -> datetime:
        """A moment counted from the end of a notice."""
        return end_of(self.notice(ref).last_day) + timedelta(**later)
