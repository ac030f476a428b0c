"""Cases of the little camp (`camp.yaml`): recognized, and on their way through what follows."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.domain.cases import EMPLOYER, NOW, PATHS, PERSON, Play, application, book_of, staff
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.events import Event
from workflow.domain.history import evolve
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import follow_up_time
from workflow.domain.stages.base import Work
from workflow.domain.stages.follow_up_growth import opens
from workflow.domain.transitions import decide

HEAD = staff(60, "head", EMPLOYER)
TUTOR = staff(61, "tutor")
HOST = staff(62, "unit_admin", EMPLOYER)


def camp(*replacements: tuple[str, str]) -> Rulebook:
    """The program, with pieces of its text replaced; each must stand there exactly once."""
    text = (Path(__file__).parent / "camp.yaml").read_text("utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return book_of(text)


class Grown(Play):
    """A case whose award is behind it and which has entered its first follow-up, told by the system."""

    def __init__(self, rulebook: Rulebook | None = None, now: datetime = NOW, **values: Any) -> None:
        values = {"name": "叶梓桐", "unit": "91110000600037341L", "gap": "其他", **values}
        case = application(
            track="home", places={"head": EMPLOYER, "unit_admin": EMPLOYER}, paths=PATHS, values=values, files={}
        )
        super().__init__(case, rulebook or camp(), now)
        self.submit()
        self.tell("stage_entered", 2, stage="give", position=2)
        self.tell("recognized", 2, number="N1", document="D1", on="2026-11-23", until="2029-11-23")
        self.tell("certificate_issued", 2, no=1, why="issued")
        self.enter("camp", 3)

    def enter(self, stage: str, position: int) -> None:
        work = Work(self.book, self.case, Action("enter"), SYSTEM, self.now)
        owed = opens(work, self.book.stage(stage))
        self.tell("stage_entered", len(self.case.state.entries) + 1, stage=stage, position=position, opens=owed)

    def tell(self, kind: str, entry_no: int, **body: Any) -> None:
        state = self.case.state
        event = Event(kind, self.now, state.version + 1, "system", None, body, entry_no=entry_no)
        self.case = replace(self.case, state=evolve(state, event))

    def do(self, name: str, actor: Actor, role: str | None = None, about: str | None = None, **given: Any) -> None:
        """`role` and the beginning of `about` name the open item; without a role it is an act on the whole case."""
        mine = [item for item in self.case.state.open_items() if item.role == role]
        owed = [i.no for i in mine if (i.about is None if about is None else (i.about or "").startswith(about))]
        self.now += timedelta(minutes=1)
        self.outcome = decide(self.book, self.case, Action(name, owed[-1] if owed else None, given), actor, self.now)
        self.case = replace(self.case, state=self.outcome.state)

    def on(self, day: date) -> "Grown":
        """Go on at nine in the morning of a day."""
        self.now = datetime(day.year, day.month, day.day, 1, 0, tzinfo=NOW.tzinfo)
        return self

    def tick(self) -> list[str]:
        """What the clock tells now; nothing is refused, since a look that finds nothing is no act."""
        work = Work(self.book, self.case, Action("keep_time"), SYSTEM, self.now)
        if not follow_up_time.ACT.stands(work):
            return []
        self.do("keep_time", SYSTEM)
        return [event.kind for event in self.outcome.events]


__all__ = ["HEAD", "HOST", "PERSON", "TUTOR", "Grown", "camp"]
