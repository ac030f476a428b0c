"""A dry run lived through once more by the real services on a real database: the same people, the same acts, the same
moments. What the dry run keeps beside the rules, the house keeps in its tables here."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.accounts import Account, AccountState
from models.applications import Answers, ApplicationRow, StageEntry
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.meetings import Meeting
from models.messages import Message
from models.organizations import Organization, OrganizationLine
from models.people import Person
from models.programs import Program, ProgramVersion
from models.rounds import Round, RoundNominator
from models.work import WorkItem
from workflow.domain import answers, pool_award
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.calendar import official
from workflow.domain.dryrun.cases import MadeUp, Maker, places_of_nominator
from workflow.domain.dryrun.playing import Play
from workflow.domain.dryrun.tally import FIRST_DAYS
from workflow.domain.dryrun.world import Did, World
from workflow.domain.rulebook import Rulebook
from workflow.services import actions, programs
from workflow.services.casework import open_case, open_cases
from workflow.services.recording import record
from workflow.services.rulebooks import definition_of

REVISIONS = range(1, 5)
HANDED_IN = frozenset({"submit", "correct"})


class Lived:
    def __init__(self, source: str, now: datetime, seed: str, of_kind: Mapping[str, int]) -> None:
        """`of_kind`: so many of the made-up cases of each kind take part, from all over."""
        self.now = now
        version = programs.publish(source, SYSTEM, now).version_id
        with reading() as session:
            row = session.get_one(ProgramVersion, version)
            self.program_id, self.version_id = row.program_id, row.id
            assert session.scalar(select(Program.id)) == self.program_id == 1
        self.book = Rulebook(definition_of(row), self.version_id, official())
        maker = Maker(self.book, 1, seed, now).all()
        maker.cases = self.made = [
            made
            for kind, wanted in of_kind.items()
            for made in _spread([each for each in maker.cases if each.kind == kind], wanted)
        ]
        play = Play(maker, seed, carry_on=False)
        self.world: World = play.world
        self.world.diary = []
        play.run()
        with writing() as session:
            self._rounds(session)
            self._organizations(session)
            self._people(session)
        with writing() as session:
            for made in self.made:
                self._case(session, made)

    # -- who and what there is -----------------------------------------------------------------------------------------
    def _rounds(self, session: Any) -> None:
        for known in {made.case.round.id: made.case.round for made in self.made}.values():
            settings = {key: str(value) for key, value in known.settings.items()}
            session.add(
                Round(
                    id=known.id, ref=f"round-{known.id}", program_id=1, key=str(known.id), name=f"第{known.id}批",
                    version_id=self.version_id, state="open", opens_at=known.opens_at, closes_at=known.closes_at,
                    settings=settings, headings={}, created_at=self.now,
                )
            )  # fmt: skip
        session.flush()

    def _organizations(self, session: Any) -> None:
        """Each is found by the code that the answers hold."""
        town, found = self.world.town, dict[int, str]()
        for case in self.world.cases.values():
            every = [*case.values.values(), *(value for record in case.records.values() for value in record.values())]
            found |= {number: code for code in every if isinstance(code, str) and (number := _organization(town, code))}
            standing = (*case.paths, case.nominator_id, case.subject_organization_id, *case.places.values())
            found |= {number: f"unit-{number}" for number in standing if number is not None and number not in found}
        for number, code in sorted(found.items()):
            session.add(
                Organization(
                    id=number, ref=code, kind="employer", name=f"单位{number}", name_sort=str(number),
                    path=town.path(number), state="standing", created_at=self.now,
                )
            )  # fmt: skip
            session.flush()
            session.add(OrganizationLine(ancestor_id=number, descendant_id=number, depth=0))
        for made in self.made:
            case = made.case
            at = case.round.id, case.nominator_id, case.channel
            if case.nominator_id is not None and session.get(RoundNominator, at) is None:
                facts = {name: {"value": str(value)} for name, value in case.nominator.items()}
                places = places_of_nominator(self.book, case)
                session.add(
                    RoundNominator(
                        round_id=at[0], organization_id=at[1], channel=at[2], facts=facts, places=places, taken=0,
                        admitted_at=self.now,
                    )
                )  # fmt: skip
                session.flush()

    def _people(self, session: Any) -> None:
        for made in self.made:
            person = made.case.person_id
            if person is not None:
                born = made.case.person.get("birth_date")
                session.add(
                    Person(
                        id=person, ref=f"p{person}", name="某人", name_sort="m", birth_date=born, created_at=self.now
                    )
                )
        session.flush()
        persons = {made.case.account_id: made.case.person_id for made in self.made}
        officials = dict.fromkeys(self.world.town.accounts)
        for number, person in {**officials, **persons, 999: None}.items():
            if number is not None:
                session.add(
                    Account(
                        id=number, ref=f"a{number}", login=f"a{number}", name=f"账号{number}",
                        state=AccountState.ACTIVE, password_hash="x", person_id=person, settings={},
                        created_at=self.now,
                    )
                )  # fmt: skip

    def _case(self, session: Any, made: MadeUp) -> None:
        case, fields = made.case, self.book.definition.form_fields()
        session.add(
            ApplicationRow(
                id=case.id, ref=f"case-{case.id}", program_id=1, round_id=case.round.id, version_id=self.version_id,
                person_id=case.person_id, subject_organization_id=case.subject_organization_id,
                filler_id=case.filler_id, nominator_id=case.nominator_id, counted_id=case.counted_id,
                channel=case.channel, track=case.track, apart=case.apart, status="draft", created_at=self.now,
            )
        )  # fmt: skip
        session.flush()
        for revision in REVISIONS:
            session.add(
                Answers(
                    application_id=case.id, revision=revision, version_id=self.version_id, state="submitted",
                    body=answers.encode(fields, case.values), digest="0" * 64, saved_at=self.now,
                    submitted_at=self.now,
                )
            )  # fmt: skip

    # -- living it -----------------------------------------------------------------------------------------------------
    def live(self) -> None:
        for did in self.world.diary or ():
            if did.name == "write_down":
                self._written(did)
            elif did.name == "issue":
                self._issued(did)
            elif did.stage is not None:
                self._called(did)
                refs = [f"case-{case}" for case in did.cases]
                actions.perform_pool(refs, did.stage, did.name, _who(did), _when(did), inputs=did.inputs)
            elif did.name in HANDED_IN:
                self._handed_in(did)
            elif not (did.name == "hold" and "nominator" in did.inputs):  # the house holds the others by itself
                actions.perform(self._ref(did), did.name, _who(did), _when(did), inputs=did.inputs)

    def _called(self, did: Did) -> None:
        """The paper on which a list is acted on: its meeting."""
        sitting, stage, at = did.inputs.get("sitting"), did.stage or "", _when(did)
        if sitting is None:
            return
        with writing() as session:
            round_id = session.get_one(ApplicationRow, did.cases[0]).round_id
            session.add(
                Meeting(
                    id=sitting.meeting, ref=f"meeting-{sitting.meeting}", identity=f"meeting-{sitting.meeting}",
                    program_id=1, round_id=round_id, version_id=self.version_id, stage_key=stage, name="会议",
                    held_at=at, called_by=_who(did).account_id, called_at=at,
                )
            )  # fmt: skip

    def _handed_in(self, did: Did) -> None:
        """With the answers as they are handed in now."""
        with writing() as session:
            case = open_case(session, did.cases[0], lock=True)
            revision = int(did.inputs["revision"])
            case = open_case(session, case.row.id, lock=True, revision=revision)
            actions.carry_out(session, case, Action(did.name, did.item, did.inputs), _who(did), _when(did))

    def _ref(self, did: Did) -> str:
        if did.item is None:
            return f"case-{did.cases[0]}"
        with reading() as session:
            wanted = select(WorkItem.ref).where(WorkItem.application_id == did.cases[0], WorkItem.no == did.item)
            return session.scalars(wanted).one()

    def _written(self, did: Did) -> None:
        with writing() as session:
            case = open_case(session, did.cases[0])
            entry = case.application.state.entry
            assert entry is not None
            row = session.get_one(StageEntry, (case.row.id, entry.no))
            row.record = {**row.record, **answers.encode(self.book.stage(entry.stage).record, did.inputs)}

    def _issued(self, did: Did) -> None:
        """As the service does it, but for the papers."""
        with writing() as session:
            cases = {case.row.id: case for case in open_cases(session, did.cases, lock=True)}
            pool = [case.application for case in cases.values()]
            action, stage = Action("issue", None, did.inputs), did.stage or ""
            outcomes, _, _ = pool_award.issue(self.book, stage, pool, action, _who(did), _when(did))
            for number, outcome in outcomes.items():
                record(session, cases[number], outcome, _when(did))

    # -- what came of it -----------------------------------------------------------------------------------------------
    def fates(self) -> dict[int, tuple[str, str | None, int | None]]:
        with reading() as session:
            rows = session.scalars(select(ApplicationRow)).all()
            return {row.id: (row.status, row.stage_key, row.version) for row in rows}

    def told(self) -> dict[int, list[tuple[str, datetime, int | None, str | None]]]:
        """Of each case its facts: what, when, by whom, of which stage."""
        found: dict[int, list[tuple[str, datetime, int | None, str | None]]] = {made.case.id: [] for made in self.made}
        with reading() as session:
            wanted = select(Stream.subject_id, EventRow).join(EventRow, EventRow.stream_id == Stream.id)
            of_cases = wanted.where(Stream.kind == StreamKind.APPLICATION.value)
            for case, event in session.execute(of_cases.order_by(Stream.subject_id, EventRow.seq)):
                found[case].append((event.kind, event.at, event.actor_id, event.body.get("stage")))
        return found

    def prechecks(self) -> dict[str, Counter[str]]:
        """What each condition said when a case was handed in."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        with reading() as session:
            for event in session.scalars(select(EventRow).where(EventRow.kind == "submitted")):
                for key, result in (event.body.get("precheck") or {}).items():
                    found[key][result] += 1
        return found

    def taken(self) -> dict[tuple[str, int], int]:
        with reading() as session:
            rows = session.scalars(select(RoundNominator)).all()
            return {(row.channel, row.organization_id): row.taken for row in rows if row.taken}

    def messages(self) -> Counter[str]:
        until = self.now + FIRST_DAYS
        with reading() as session:
            wanted = select(Message.kind).where(Message.created_at <= until, Message.application_id.is_not(None))
            return Counter(session.scalars(wanted))


def _spread(cases: Sequence[MadeUp], wanted: int) -> list[MadeUp]:
    return [cases[number * len(cases) // wanted] for number in range(min(wanted, len(cases)))]


def _organization(town: Any, code: str) -> int | None:
    return town.organization(code) if code.isalnum() and len(code) == 18 and code[:8] == "91330100" else None


def _who(did: Did) -> Actor:
    assert did.actor is not None
    return did.actor


def _when(did: Did) -> datetime:
    assert did.at is not None
    return did.at
