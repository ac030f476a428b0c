"""A fashion round with everybody it needs, made by the services themselves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.domain.programs import text
from tests.services.houses import Officers, account, officers, ref_of
from workflow.domain.actor import SYSTEM, Actor
from workflow.services import administration, nominators, organizations, programs, roles, rounds, sessions
from workflow.services.organizations import Details
from workflow.services.rounds import Plan

CODES = ("91110000600037341L", "91350100M000100Y43")
POOLS = {
    "manager": 1, "intake": 1, "hr_officer": 2, "examiner": 2, "expert": 5, "credit": 1, "police": 1, "court": 1,
    "market": 1, "committee": 3, "supervisor": 1,
}  # fmt: skip


@dataclass(frozen=True)
class House:
    office: Officers
    program_ref: str
    round_ref: str
    employer_ref: str
    trainer_ref: str
    administrators: tuple[Actor, Actor]


def plan(now: datetime, key: str = "2026-1") -> Plan:
    return Plan(key, "2026年第一批", now, now + timedelta(days=30), {"places": "60"}, {"notice": "认定公示"})


def house(now: datetime) -> House:
    """Planned, not staffed: a program published, two organizations with an administrator each."""
    office = officers(now)
    published = programs.publish(text("fashion_engineer"), SYSTEM, now)
    units = [
        organizations.register(office.accounts, now, Details(name, kind, code))
        for name, kind, code in (
            ("锦绣服装有限公司", "employer", CODES[0]),
            ("锦澜实训中心", "trainer", CODES[1]),
        )
    ]
    people = []
    for unit, login in zip(units, ("boss", "dean"), strict=True):
        actor = account(now, login)
        administration.appoint(office.accounts, now, unit, ref_of(actor))
        people.append(sessions.actor_of(actor.account_id or 0, now))
    ref = rounds.plan(office.programs, now, published.program_ref, plan(now))
    return House(office, published.program_ref, ref, units[0], units[1], (people[0], people[1]))


def staff(made: House, now: datetime) -> None:
    for role, number in POOLS.items():
        refs = [ref_of(account(now, f"{role}{n}".replace("_", "."))) for n in range(number)]
        roles.bind(made.office.programs, now, role, refs, round_ref=made.round_ref)


def admit(made: House, now: datetime) -> None:
    for ref, name, value in ((made.employer_ref, "staff", 230), (made.trainer_ref, "graduates", 88)):
        administration.record_fact(made.office.accounts, now, ref, name, value, date(2026, 10, 1), "社保")
    nominators.admit(made.office.programs, now, made.round_ref, "employer", [made.employer_ref])
    nominators.admit(made.office.programs, now, made.round_ref, "trainer", [made.trainer_ref])
