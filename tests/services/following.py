"""百村千人 after the recognition: somebody in the reserve with a mentor and a place to work, and a clock."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from models.base import reading, writing
from models.duties import DutyRow
from models.work import WorkItem
from tests.services.villages import VILLAGE, Villages
from workflow.domain.application import Outcome
from workflow.domain.calendar import local_day
from workflow.domain.events import Event
from workflow.domain.history import evolve
from workflow.services import actions, clock, duties
from workflow.services.casework import open_case
from workflow.services.recording import record


class Grown(Villages):
    """Somebody in the reserve, with a mentor and a place to work."""

    ref: str = ""

    def recognized(self) -> str:
        """Told straight into its chain: the way there is walked elsewhere."""
        self.join("tutor", "tutor")
        self.join("unit", "trial_unit", VILLAGE)
        ref = self.put_forward()
        with writing() as session:
            case = open_case(session, self.row(ref).id, lock=True)
            state, facts = case.application.state, list[Event]()

            def tell(kind: str, **body: Any) -> None:
                nonlocal state
                entry = len(state.entries) + 1 if kind == "stage_entered" else len(state.entries)
                event = Event(kind, self.now, case.application.state.version + 1, "system", None, body, entry_no=entry)
                facts.append(event)
                state = evolve(state, event)

            position = {key: no for no, key in enumerate(case.book.route(case.row.channel), start=1)}
            tell("passed", item=1)
            tell("stage_entered", stage="into_reserve", position=position["into_reserve"])
            tell("recognized", number="N1", document="D1", on=local_day(self.now).isoformat())
            owed = [{"role": "town_officer", "organization": case.application.places["town_officer"]}]
            tell("stage_entered", stage="camp1", position=position["camp1"], opens=owed)
            tell("mentor_assigned", mentor=self.people["tutor"].account_id, role="tutor")
            tell("stage_completed", item=2, stage="camp1")
            owed = [*owed, {"role": "district", "about": "place"}]
            tell("stage_entered", stage="camp2", position=position["camp2"], opens=owed)
            record(session, case, Outcome(tuple(facts), state), self.now)
        unit = {"organization": self.places[VILLAGE].id, "code": self.places[VILLAGE].ref}
        actions.perform(self.item(ref, "district"), "place", self.people["district"], self.now, inputs=unit)
        return ref

    def answer(self, ref: str, role: str, about: str, who: str, **inputs: Any) -> None:
        duties.answer(self.item_about(ref, role, about), self.people[who], self.now, inputs=inputs)

    def item_about(self, ref: str, role: str, about: str) -> str:
        with reading() as session:
            wanted = select(WorkItem.ref).where(
                WorkItem.application_id == self.row(ref).id,
                WorkItem.role_key == role,
                WorkItem.about == f"duty:{about}",
                WorkItem.state == "open",
            )
            return session.scalars(wanted).one()

    def on(self, day: date) -> "Grown":
        self.now = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)
        clock.tick(self.now)
        return self

    def states(self, ref: str, duty: str) -> list[tuple[int, str, int | None]]:
        with reading() as session:
            rows = select(DutyRow).where(DutyRow.application_id == self.row(ref).id, DutyRow.duty_key == duty)
            return [(row.no, row.state, row.total) for row in session.scalars(rows.order_by(DutyRow.no))]
