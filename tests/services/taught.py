"""Cases that wait for the results of a written test, of two schools, each with people of its own."""

import secrets
from datetime import datetime

from sqlalchemy import select

from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.organizations import Organization, OrganizationLine
from models.people import Person
from tests.services.plots import Plot
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.services import sessions
from workflow.services.casework import find, open_case
from workflow.services.recording import record
from workflow.services.results_places import Place, owed


class School(Plot):
    """A round whose written test is over. `bring()` puts cases before the school that taught them."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.schools: dict[str, str] = {}
        for who, name in (("school", "锦澜服装培训中心"), ("other school", "北塘技工学校")):
            with writing() as session:
                row = Organization(
                    ref=secrets.token_urlsafe(12), kind="trainer", name=name, name_sort=who, path="/x/",
                    state="standing", created_at=now,
                )  # fmt: skip
                session.add(row)
                session.flush()
                row.path = f"/{row.id}/"
                session.add(OrganizationLine(ancestor_id=row.id, descendant_id=row.id, depth=0))
                bound = self._bound(session, who, "trainer_admin", row.id)
                self.schools[who] = row.ref
            self.people[who] = sessions.actor_of(bound, now)

    def bring(self, count: int = 1, school: str = "school", stage: str = "theory") -> list[str]:
        """Straight to a stage, each with a name of its own."""
        refs = self.plant(count)
        for number, ref in enumerate(refs, start=1):
            with writing() as session:
                row = find(session, ref)
                session.get_one(Person, row.person_id).name = f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}学员"
                answers = session.scalars(select(Answers).where(Answers.application_id == row.id)).one()
                answers.body = {**answers.body, "trainer": self.schools[school]}
                session.flush()
                case = open_case(session, row.id, lock=True)
                work = Work(case.book, case.application, Action("bring"), SYSTEM, self.now)
                work.tell("passed")
                effects.enter(work, stage)
                record(session, case, work.outcome(), self.now)
        return refs

    def place(self, who: str = "school") -> Place:
        return owed(self.people[who])[0].place

    def named(self, ref: str) -> tuple[str, str]:
        """The number and the name of a case, as a table has them."""
        with reading() as session:
            row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
            assert row.number
            return row.number, session.get_one(Person, row.person_id).name

    def __getitem__(self, who: str) -> Actor:
        return self.people[who]
