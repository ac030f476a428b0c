"""Cases planted straight into the tables, for tests of the engine: many at once, and nothing else in the way.

Tests of a whole story go through the services; these ask only what `perform` does to a case that stands.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.organizations import Organization, OrganizationLine
from models.people import Person
from models.programs import Program, ProgramVersion
from models.roles import RoleBinding
from models.rounds import Round, RoundNominator
from models.work import WorkItem
from tests.domain.cases import FILES, ROOT, VALUES
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.answers import encode
from workflow.domain.application import Action
from workflow.services import actions, programs, sessions
from workflow.services.casework import open_case
from workflow.services.rulebooks import definition_of

PASSWORD_OF_NOBODY = "x"
STAFF = {
    "clerk": "intake",
    "clerk_2": "intake",
    "hr": "hr_officer",
    "hr_2": "hr_officer",
    "manager": "manager",
    "manager_2": "manager",
}


class Plot:
    """A program, a round, its staff, one employer; `plant()` makes cases in it."""

    def __init__(self, now: datetime, places: int | None = None, source: str | None = None) -> None:
        self.now = now
        self.owners: dict[str, Actor] = {}
        text = source or (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
        self.version_id = programs.publish(text, SYSTEM, now).version_id
        with writing() as session:
            self.program_id = session.scalars(select(Program.id)).one()
            self.round_id = self._round(session)
            self.employer_id = self._organization(session, places)
            bound = {who: self._bound(session, who, role) for who, role in STAFF.items()}
            bound["employer"] = self._bound(session, "employer", "employer_admin", self.employer_id)
        self.people: dict[str, Actor] = {who: sessions.actor_of(account, now) for who, account in bound.items()}

    def _round(self, session: Session) -> int:
        row = Round(
            ref=secrets.token_urlsafe(12),
            program_id=self.program_id,
            key="2026-1",
            name="2026年第1批",
            version_id=self.version_id,
            state="open",
            opens_at=self.now - timedelta(days=20),
            closes_at=self.now + timedelta(days=10),
            settings={"places": "80"},
            headings={},
            created_at=self.now,
        )
        session.add(row)
        session.flush()
        self.round_ref = row.ref
        return row.id

    def _organization(self, session: Session, places: int | None) -> int:
        row = Organization(
            ref=secrets.token_urlsafe(12),
            kind="employer",
            name="蓝埠家纺集团",
            name_sort="lanbu",
            path="/1/",
            state="standing",
            created_at=self.now,
        )
        session.add(row)
        session.flush()
        row.path = f"/{row.id}/"
        session.add(OrganizationLine(ancestor_id=row.id, descendant_id=row.id, depth=0))
        if places is not None:
            session.add(
                RoundNominator(
                    round_id=self.round_id,
                    organization_id=row.id,
                    channel="employer",
                    facts={},
                    places=places,
                    admitted_at=self.now,
                )
            )
        self.employer_ref = row.ref
        session.flush()
        return row.id

    def _bound(self, session: Session, who: str, role: str, organization: int | None = None) -> int:
        account = Account(
            ref=secrets.token_urlsafe(12),
            login=who,
            name=who,
            state=AccountState.ACTIVE,
            password_hash=PASSWORD_OF_NOBODY,
            settings={},
            created_at=self.now,
        )
        session.add(account)
        session.flush()
        session.add(
            RoleBinding(
                ref=secrets.token_urlsafe(12),
                identity=f"{account.id}:{role}",
                account_id=account.id,
                role_key=role,
                program_id=self.program_id,
                round_id=self.round_id,
                organization_id=organization,
                starts_at=self.now - timedelta(days=1),
            )
        )
        session.flush()
        return account.id

    # -- cases ---------------------------------------------------------------------------------------------------------
    def plant(self, count: int = 1, *, channel: str = "self") -> list[str]:
        """Submitted cases, each of a person of its own, waiting for the employer. Their references."""
        with writing() as session:
            return [self._submitted(session, channel) for _ in range(count)]

    def _submitted(self, session: Session, channel: str) -> str:
        row, account = self._draft(session, channel)
        owner = Actor("account", account.id, person_id=account.person_id)
        self.owners[row.ref] = owner
        self.people.setdefault("person", owner)
        case = open_case(session, row.id)
        actions.carry_out(session, case, Action("start"), owner, self.now)
        case = open_case(session, row.id, revision=1)
        number = {"revision": 1, "digest": "0" * 64, "number": f"FE26-{row.id}", "receipt": f"R-{row.id}"}
        actions.carry_out(session, case, Action("submit", None, number), owner, self.now)
        return row.ref

    def _draft(self, session: Session, channel: str) -> tuple[ApplicationRow, Account]:
        person = Person(ref=secrets.token_urlsafe(12), name="叶梓桐", name_sort="ye", created_at=self.now)
        session.add(person)
        session.flush()
        account = Account(
            ref=secrets.token_urlsafe(12),
            login=f"p{person.id}",
            name="叶梓桐",
            state=AccountState.ACTIVE,
            password_hash=PASSWORD_OF_NOBODY,
            person_id=person.id,
            settings={},
            created_at=self.now,
        )
        session.add(account)
        session.flush()
        row = ApplicationRow(
            ref=secrets.token_urlsafe(12),
            program_id=self.program_id,
            round_id=self.round_id,
            version_id=self.version_id,
            person_id=person.id,
            filler_id=account.id,
            nominator_id=self.employer_id if channel == "employer" else None,
            channel=channel,
            track="pattern",
            status="draft",
            created_at=self.now,
        )
        session.add(row)
        session.flush()
        version = session.get_one(ProgramVersion, self.version_id)
        fields = definition_of(version).form_fields()
        session.add(
            Answers(
                application_id=row.id,
                revision=1,
                version_id=self.version_id,
                state="submitted",
                body=encode(fields, {**VALUES, **FILES, "employer": self.employer_ref}),
                digest="0" * 64,
                saved_at=self.now,
                submitted_at=self.now,
            )
        )
        session.flush()
        return row, account

    def item(self, application: str) -> tuple[str, int]:
        """Reference and version of the open item of a case."""
        with reading() as session:
            row = session.scalars(
                select(WorkItem)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == application, WorkItem.state == "open")
                .order_by(WorkItem.no.desc())
            ).first()
            assert row is not None
            return row.ref, row.version

    def endorse(self, application: str) -> None:
        """The employer agrees: the case goes on to the form check."""
        ref, seen = self.item(application)
        record = {"opinion": "同意推荐", "seal": ("s1",)}
        actions.perform(ref, "pass", self.people["employer"], self.now, seen=seen, inputs={"record": record})
