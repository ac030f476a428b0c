"""Plain cases for tests of the rules: one program, its people, and a way to play acts one after another."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from workflow.domain.actor import Actor, Holding
from workflow.domain.application import Action, Application, Item, RoundFacts
from workflow.domain.calendar import official
from workflow.domain.program.load import load
from workflow.domain.rulebook import Rulebook
from workflow.domain.transitions import decide

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
EMPLOYER, OFFICE = 7, 3
PATHS = {EMPLOYER: "/1/7/", OFFICE: "/1/3/"}


@cache
def book(program: str = "fashion_engineer") -> Rulebook:
    return book_of((ROOT / "programs" / f"{program}.yaml").read_text("utf-8"))


@cache
def book_of(text: str) -> Rulebook:
    loaded = load(text)
    assert loaded.definition is not None, [str(problem.words) for problem in loaded.problems]
    return Rulebook(loaded.definition, 1, official())


def staff(account: int, role: str, organization: int | None = None, **narrow: Any) -> Actor:
    path = PATHS[organization] if organization is not None else None
    held = Holding(role, program_id=1, round_id=1, organization_id=organization, organization_path=path, **narrow)
    return Actor("account", account, holdings=(held,))


PERSON = Actor("account", 100, person_id=500)
EMPLOYER_ADMIN = staff(20, "employer_admin", EMPLOYER)
CLERK = staff(30, "intake")
CLERK_2 = staff(31, "intake")
HR_1 = staff(40, "hr_officer")
HR_2 = staff(41, "hr_officer")
MANAGER = staff(50, "manager")
MANAGER_2 = staff(51, "manager")

VALUES: dict[str, Any] = {
    "name": "叶梓桐",
    "gender": "female",
    "employer": "91110000600037341L",
    "post": "制版师",
    "years": Decimal("4.5"),
    "insured_months": Decimal(14),
    "training_hours": Decimal(40),
    "modeling": True,
}
FILES = {"training_cert": ("f1",), "employment_proof": ("f2",), "portfolio": ("f3",)}


def application(**changes: Any) -> Application:
    case = Application(
        id=1,
        program_id=1,
        version_id=1,
        round=RoundFacts(1, "open", NOW - timedelta(days=20), NOW + timedelta(days=10), {"places": Decimal(80)}),
        channel="self",
        track="pattern",
        person_id=500,
        account_id=100,
        filler_id=100,
        places={"employer_admin": EMPLOYER, "trainer_admin": OFFICE},
        paths=PATHS,
        values=VALUES,
        files=FILES,
        person={"birth_date": date(1995, 3, 1)},
    )
    return replace(case, **changes)


class Play:
    """One case in the hands of a test: acts follow one another, each a minute after the last."""

    def __init__(self, case: Application, rulebook: Rulebook | None = None, now: datetime = NOW) -> None:
        self.case = case
        self.book = rulebook or book()
        self.now = now

    def act(
        self, name: str, actor: Actor, *, on: str | None = None, after: timedelta | None = None, **inputs: Any
    ) -> Application:
        """`on` names the duty of the item meant; without it the open item of the stage, if there is just one."""
        self.now += after or timedelta(minutes=1)
        outcome = decide(self.book, self.case, Action(name, self.item_no(on), inputs), actor, self.now)
        self.case = replace(self.case, state=outcome.state)
        self.outcome = outcome
        return self.case

    def item_no(self, duty: str | None = None) -> int | None:
        items = [item for item in self.case.state.open_items() if duty in (None, item.duty)]
        return items[-1].no if items else None

    def item(self, duty: str | None = None) -> Item:
        number = self.item_no(duty)
        assert number is not None
        item = self.case.state.item(number)
        assert item is not None
        return item

    def submit(self, actor: Actor = PERSON) -> "Play":
        self.act("start", actor)
        self.act("submit", actor, revision=1, digest="d1", number="FE26-1-0001", receipt="R-20261123-1")
        return self

    def to_formal(self) -> "Play":
        self.submit()
        self.act("pass", EMPLOYER_ADMIN, record={"opinion": "同意", "seal": ("s1",)})
        return self

    def to_eligibility(self) -> "Play":
        self.to_formal()
        self.act("pass", CLERK, verdicts=all_ok())
        return self


def all_ok() -> dict[str, dict[str, str]]:
    return {key: {"verdict": "ok"} for key in FILES}
