"""A program with a round a month and the first of them, opened by hand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.services.houses import account, officers, ref_of
from tests.services.staffed import CODES
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of
from workflow.services import administration, nominators, organizations, programs, roles, rounds, sessions
from workflow.services.organizations import Details
from workflow.services.rounds import Plan

DAY = timedelta(days=1)
TEXT = (
    (Path(__file__).parents[1] / "domain" / "program" / "model_tutor.yaml")
    .read_text("utf-8")
    .replace("    filled_by: either", "    intake: {every: month, closes: 25}\n    filled_by: either")
    .replace(
        "form:\n",
        "round:\n  places: {name: 名额, type: number, min: 1}\n  hall: {name: 地点, required: false}\nform:\n",
        1,
    )
    .replace("quota: {total: 20,", "quota: {total: round.places,")
    .replace("as_of: closes", "as_of: submitted")
)


@dataclass(frozen=True)
class House:
    office: Actor
    programs: Actor
    manager: Actor
    program_ref: str
    round_ref: str
    unit: str


def house(now: datetime) -> House:
    """November's round, opened by hand: two committee members, one of them until the new year, one employer."""
    office = officers(now)
    published = programs.publish(TEXT, SYSTEM, now)
    unit = organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODES[0]))
    boss = account(now, "boss")
    administration.appoint(office.accounts, now, unit, ref_of(boss))
    administration.record_fact(office.accounts, now, unit, "staff", 230, date(2026, 10, 1), "社保")
    plan = Plan("2026-11", "十一月批", now, end_of(date(2026, 11, 25)), {"places": "20", "hall": "三楼"})
    ref = rounds.plan(office.programs, now, published.program_ref, plan)
    manager = account(now, "manager")
    roles.bind(office.programs, now, "manager", [ref_of(manager)], round_ref=ref)
    roles.bind(office.programs, now, "committee", [ref_of(account(now, "c.one"))], round_ref=ref)
    roles.bind(office.programs, now, "committee", [ref_of(account(now, "c.two"))], round_ref=ref, ends_at=now + 2 * DAY)
    nominators.admit(office.programs, now, ref, "employer", [unit])
    rounds.open_round(office.programs, now, ref)
    manager = sessions.actor_of(manager.account_id or 0, now)
    return House(office.accounts, office.programs, manager, published.program_ref, ref, unit)
