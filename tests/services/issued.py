"""Cases planted before their award, and people enough to issue, revoke and verify."""

import secrets
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets as sealed
from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.base import reading, writing
from models.people import Person, PersonIdentity
from models.roles import RoleBinding
from models.rounds import Round
from models.work import WorkItem
from tests.domain.awarded import before_award
from tests.domain.cases import ROOT
from tests.services.plots import Plot
from workflow.domain.actor import Actor
from workflow.domain.application import Outcome
from workflow.domain.calendar import local_day
from workflow.domain.events import Event
from workflow.domain.history import evolve, fold
from workflow.services import actions, recognitions, recognitions_asked, sessions
from workflow.services.actions import PoolDone
from workflow.services.casework import open_case
from workflow.services.recording import record

DOCUMENT = "锦人才办〔2026〕21号"
ACCOUNT = "6222020200112233445"


class Grounds(Plot):
    """A plot whose cases stand before the award."""

    def __init__(self, now: datetime, source: str | None = None) -> None:
        super().__init__(now, source=source)
        self.another_manager("manager_3")
        with reading() as session:
            self.round_ref = session.scalars(select(Round.ref).where(Round.id == self.round_id)).one()

    def another_manager(self, who: str) -> None:
        with writing() as session:
            account = self._bound(session, who, "manager")
        self.people[who] = sessions.actor_of(account, self.now)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def before_award(self, count: int = 1, *, shown: bool = True, provided: bool = True, name: str = "") -> list[str]:
        refs = self.plant(count)
        with writing() as session:
            for ref in refs:
                self._lead(session, ref, shown)
                if name:
                    self.rename(session, ref, name)
        if provided:
            for ref in refs:
                self.provide(ref)
        return refs

    def many_before_award(self, count: int) -> list[str]:
        """As many in one transaction, each led there by one record: for tests in which the number matters."""
        refs = []
        with writing() as session:
            for _ in range(count):
                row, _account = self._draft(session, "self")
                case = open_case(session, row.id, revision=1)
                facts, state = list[Event](), case.application.state
                given = {"revision": 1, "digest": "0" * 64, "number": f"FE26-{row.id}", "receipt": f"R-{row.id}"}
                for kind, body in (("draft_started", {}), ("submitted", given)):
                    facts.append(Event(kind, self.now, state.version + 1, "system", None, body))
                    state = evolve(state, facts[-1])
                facts += before_award(case.book, replace(case.application, state=state), self.now)
                state = fold(facts)
                given_bank = {"fields": ["bank"], "item": len(state.items)}
                facts.append(Event("information_provided", self.now, state.version + 1, "system", None, given_bank))
                record(session, case, Outcome(tuple(facts), fold(facts)), self.now)
                refs.append(row.ref)
        return refs

    def row_of(self, session: Session, ref: str) -> ApplicationRow:
        return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()

    def _lead(self, session: Session, ref: str, shown: bool) -> None:
        case = open_case(session, self.row_of(session, ref).id, lock=True)
        person = session.get_one(Person, case.row.person_id)
        person.wrapped_key = sealed.new_person_key(person.ref)
        facts = before_award(case.book, case.application, self.now, shown=shown)
        state = fold(facts, case.application.state)
        record(session, case, Outcome(tuple(facts), state), self.now)

    def rename(self, session: Session, ref: str, name: str) -> None:
        session.get_one(Person, self.row_of(session, ref).person_id).name = name

    def identify(self, ref: str, mask: str = "3301**********2046") -> None:
        with writing() as session:
            session.add(
                PersonIdentity(
                    person_id=self.row_of(session, ref).person_id,
                    id_type="resident",
                    ciphertext=b"x",
                    blind_index=secrets.token_hex(32),
                    blind_key="k1",
                    mask=mask,
                )
            )

    def provide(self, ref: str) -> None:
        recognitions_asked.provide(ref, {"bank": ACCOUNT}, self.owners[ref], self.now)

    def issue(self, refs: list[str], who: str = "manager", now: datetime | None = None, **changes: object) -> PoolDone:
        said: dict[str, object] = {"document": DOCUMENT, "on": self.today, "round_ref": self.round_ref, **changes}
        return recognitions.issue(refs=refs, actor=self.people[who], now=now or self.now, **said)

    def later_round(self, session: Session) -> Round:
        row = session.get_one(Round, self.round_id)
        again = Round(
            ref=secrets.token_urlsafe(12),
            program_id=row.program_id,
            key="2026-2",
            name="2026年第2批",
            version_id=row.version_id,
            state="open",
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            settings=row.settings,
            headings={},
            created_at=row.created_at,
        )
        session.add(again)
        session.flush()
        with_managers = session.scalars(select(RoleBinding).where(RoleBinding.role_key == "manager"))
        for bound in with_managers:
            bound.round_id = None
        session.flush()
        self.people["manager"] = replace(
            self.people["manager"], holdings=tuple(replace(h, round_id=None) for h in self.people["manager"].holdings)
        )
        return again

    def recognized(self, **how: object) -> str:
        (ref,) = self.before_award(**how)
        done = self.issue([ref], difference="其他人另发")
        assert done.done == (ref,), done.left_aside
        return ref

    def act(
        self, ref: str, name: str, who: str | Actor, now: datetime, role: str | None = None, **inputs: object
    ) -> None:
        """On the whole case, or on the item that `role` owes."""
        actor = self.people[who] if isinstance(who, str) else who
        actions.perform(self.owed(ref, role) if role else ref, name, actor, now, inputs=inputs)

    def owed(self, ref: str, role: str) -> str:
        with reading() as session:
            wanted = (
                select(WorkItem.ref)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.state == "open", WorkItem.role_key == role)
            )
            return session.scalars(wanted).one()


def standing(ref: str) -> RecognitionRow:
    with reading() as session:
        wanted = select(RecognitionRow).join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
        return session.scalars(wanted.where(ApplicationRow.ref == ref)).one()


def papers(ref: str) -> list[CertificateRow]:
    with reading() as session:
        wanted = (
            select(CertificateRow)
            .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
            .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
            .where(ApplicationRow.ref == ref)
            .order_by(CertificateRow.no)
        )
        return list(session.scalars(wanted))


def numbers() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(RecognitionRow.number).order_by(RecognitionRow.number)))


def recording_award() -> str:
    """The program with two things that its office writes down before it issues."""
    source = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    handed = "handed: {name: 颁证方式, type: choice, options: [现场, 邮寄]}"
    record = f"    record: {{{handed}, desk: {{name: 经办窗口, required: false}}}}\n"
    return source.replace("    register: 时尚人才库\n", "    register: 时尚人才库\n" + record)
