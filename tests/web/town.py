"""Two programs, their people and two cases behind the front door; every password is the usual one."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models.accounts import Account, AccountState
from models.applications import ApplicationRow
from models.base import reading, writing
from models.organizations import Organization
from models.people import Person
from models.programs import Program
from models.rounds import Round
from models.work import WorkItem
from tests.applying import picture
from tests.domain.programs import text
from tests.services.houses import PASSWORD, Officers, account, officers, ref_of
from tests.services.plots import Plot
from tests.web.front import sign_in
from workflow.domain.actor import SYSTEM, Actor
from workflow.services import administration, files, organizations, passwords, programs, roles, rounds, starting
from workflow.services.organizations import Details
from workflow.services.rounds import Plan

# who -> user name; the officers keep theirs
LOGINS = {
    "owner": "p1",
    "another applicant": "writer",
    "assigned": "clerk",
    "unassigned": "hr",
    "manager": "manager",
    "stranger": "stranger",
    "speaker": "boss",
    "accounts": "sys",
    "permissions": "sec",
    "programs": "pro",
    "auditor": "aud",
    "disabled": "gone",
}
IDENTITIES = ("anonymous", *LOGINS)


@dataclass
class Town:
    now: datetime
    plot: Plot
    office: Officers
    person: str  # the owner
    case: str  # of the owner, with the form check's clerk
    other_case: str
    round_ref: str
    program_ref: str
    other_round: str
    other_program: str
    organization: str
    proposal: str
    account: str
    binding: str
    item: str
    draft: str  # of the other applicant, with a file
    file: str


def town(now: datetime) -> Town:
    plot = Plot(now)
    case, other_case = plot.plant(2)
    plot.endorse(case)
    office = officers(now)
    account(now, "gone", name="离职者")
    stranger = account(now, "stranger", name="外项目管理员")
    boss = account(now, "boss", name="林主管")
    with reading() as session:
        employer = session.get_one(Organization, plot.employer_id).ref
        program = session.get_one(Program, plot.program_id).ref
        person = session.get_one(Person, plot.owners[case].person_id).ref
        round_ref = session.get_one(Round, plot.round_id).ref
        item = session.scalars(
            select(WorkItem.ref)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(ApplicationRow.ref == case, WorkItem.state == "open")
        ).one()
    administration.appoint(office.accounts, now, employer, ref_of(boss))
    draft, file = _draft(now, account(now, "writer", name="韩望舒"), round_ref)
    other = _other_program(now, office, stranger)
    proposal = organizations.propose(plot.owners[case], now, Details("新丝路服饰", "employer"))
    bound = roles.bound(office.programs, now, round_ref=round_ref)
    give_passwords()
    return Town(
        now, plot, office, person, case, other_case, round_ref, program, other[1], other[0], employer, proposal,
        ref_of(boss), bound[0].ref, item, draft, file,
    )  # fmt: skip


def _draft(now: datetime, writer: Actor, round_ref: str) -> tuple[str, str]:
    ref = starting.start(round_ref, "self", "pattern", writer, now)
    held = files.attach(ref, "id_copy", "copy.png", BytesIO(picture()), writer, now)
    return ref, held.ref


def _other_program(now: datetime, office: Officers, manager: Actor) -> tuple[str, str]:
    published = programs.publish(text("hundred_villages"), SYSTEM, now)
    run_by = programs.definition(published.version_id).run_by
    ref = rounds.plan(
        office.programs,
        now,
        published.program_ref,
        Plan("2026-1", "另一个项目第1批", now, now.replace(year=now.year + 1)),
    )
    roles.bind(office.programs, now, run_by, [ref_of(manager)], round_ref=ref)
    return published.program_ref, ref


def give_passwords() -> None:
    with writing() as session:
        session.execute(update(Account).values(password_hash=passwords.hashed(PASSWORD)))


def disable(login: str) -> None:
    """As if the office had just done it: what is signed in stays so only by its cookie."""
    with writing() as session:
        session.execute(update(Account).where(Account.login == login).values(state=AccountState.DISABLED))


def visitors(app: Flask, names: tuple[str, ...] = IDENTITIES) -> dict[str, FlaskClient]:
    """One browser each, signed in; the disabled one was signed in before."""
    browsers = {}
    for name in names:
        browsers[name] = app.test_client()
        if name != "anonymous":
            sign_in(browsers[name], LOGINS[name])
    disable(LOGINS["disabled"])
    return browsers
