"""The office, its people, the organizations and the three rounds, as they come to be in any house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.base import reading
from models.programs import Program
from models.rounds import RoundState
from workflow.domain.actor import Actor
from workflow.domain.calendar import end_of, local_day
from workflow.services import administration, installation, nominators, organizations, programs, roles, rounds
from workflow.services.demo import cast, story
from workflow.services.demo.cast import Unit
from workflow.services.demo.town import Town
from workflow.services.organizations import Details
from workflow.services.rounds import Plan

PROGRAM = "fashion_engineer"
_UNITS = (*cast.EMPLOYERS, cast.TRAINER)
_FOUNDED = story.FINISHED_DAYS["opens"] + 10


@dataclass(frozen=True)
class _Round:
    key: str
    nth: int
    opens: float
    closes: float
    places: int


_ROUNDS = {
    "first": _Round("first", 1, story.FINISHED_DAYS["opens"], story.FINISHED_DAYS["closes"], 40),
    "second": _Round("second", 2, story.SHOWN_DAYS["opens"], story.SHOWN_DAYS["closes"], 40),
    "third": _Round("third", 3, story.RUNNING_DAYS["opens"], story.RUNNING_DAYS["closes"], 80),
}


def key_of(town: Town, which: str) -> str:
    """A round is called after the year in which it opened: 2026-2."""
    return "{}-{}".format(*_year_and_number(town, _ROUNDS[which]))


def _year_and_number(town: Town, planned: _Round) -> tuple[int, int]:
    year = town.at(planned.opens).year
    before = [each for each in _ROUNDS.values() if each.nth <= planned.nth and town.at(each.opens).year == year]
    return year, len(before)


def officers(town: Town) -> None:
    """The four who hold the house come in, with the links that were made for them."""
    for founder in installation.first_run(town.now):
        if founder.login == "sysadmin":
            town.open_account(founder.token, town.now)
    for login in cast.OFFICERS:
        town.settle(login, "", town.now)


def staff(town: Town) -> None:
    at = town.at(_FOUNDED)
    for member in cast.STAFF:
        town.settle(member.login, member.name, at)


def units(town: Town) -> None:
    """Registered by the office, each with its administrator and its newest number."""
    office, at = town.officer("sysadmin"), town.at(_FOUNDED)
    for nth, unit in enumerate(_UNITS):
        ref = town.organization(unit.code) or organizations.register(
            office, at, Details(unit.name, unit.kind, unit.code)
        )
        town.settle(unit.login, unit.administrator, at, phone=f"1990009{nth:04d}", organization=ref)
        speaks = any(held.organization_id for held in town.actor(unit.login, at).holdings)
        if not speaks:
            administration.record_fact(office, at, ref, _counted(unit), unit.number, local_day(at), "社保参保数据")
            administration.appoint(office, at, ref, town.account_ref(unit.login), "单位来函指定")


def _counted(unit: Unit) -> str:
    return "graduates" if unit.kind == "trainer" else "staff"


def program(town: Town, text: str) -> None:
    programs.publish(text, town.officer("programs"), town.at(_FOUNDED))


def open_round(town: Town, which: str) -> None:
    """Planned, staffed, its nominators admitted, opened; and closed, if its time is over."""
    planned, key = _ROUNDS[which], key_of(town, which)
    office, at = town.officer("programs"), town.at(planned.opens)
    known = town.round(key)
    ref = known.ref if known is not None else rounds.plan(office, at, _program_ref(), _plan(town, planned, key))
    if known is None or known.state == RoundState.PLANNED:
        _staffed(town, office, at, ref)
        rounds.open_round(office, at, ref)


def _program_ref() -> str:
    with reading() as session:
        return session.scalars(select(Program.ref).where(Program.key == PROGRAM)).one()


def _plan(town: Town, planned: _Round, key: str) -> Plan:
    opens = town.at(planned.opens)
    closes = town.now - timedelta(days=planned.closes)
    name = "{}年度第{}批".format(*_year_and_number(town, planned))
    return Plan(key, name, opens, end_of(local_day(closes)), {"places": str(planned.places)})


def _staffed(town: Town, office: Actor, at: datetime, ref: str) -> None:
    for role, logins in cast.BY_ROLE.items():
        roles.bind(office, at, role, [town.account_ref(login) for login in logins], round_ref=ref)
    for channel, kind in (("employer", "employer"), ("trainer", "trainer")):
        refs = [town.organization(unit.code) or "" for unit in _UNITS if unit.kind == kind]
        nominators.admit(office, at, ref, channel, refs)


def close_round(town: Town, which: str) -> None:
    planned, known = _ROUNDS[which], town.round(key_of(town, which))
    if known is not None and known.state == RoundState.OPEN and planned.closes > 0:
        at = end_of(local_day(town.now - timedelta(days=planned.closes))) + timedelta(hours=10)
        rounds.close(town.officer("programs"), at, known.ref)
