"""永宁骏才 with its people: two enterprises, an association, a bureau, the office; and enterprises being authorized.

Everything is done by real services: `authorized()` leads an enterprise to its certificate, `nominated()` fills a form
for somebody and lets them confirm it.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.programs import Program
from models.queries import meetings as meeting_queries
from models.roles import RoleBinding
from models.rounds import Round, RoundNominator
from models.work import WorkItem
from tests import applying
from tests.domain.programs import text
from tests.services.houses import account, last_secret
from workflow import storage
from workflow.domain.actor import ADMINISTRATOR, SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.ballots import Tally
from workflow.domain.calendar import local_day
from workflow.domain.pool_vote import Paper
from workflow.domain.stages import effects
from workflow.domain.stages.base import Work
from workflow.services import (
    actions,
    confirmations,
    drafts,
    files,
    meetings,
    meetings_final,
    meetings_record,
    meetings_sitting,
    nominators,
    programs,
    recognitions,
    sessions,
    starting,
    submissions,
)
from workflow.services.casework import find, open_case
from workflow.services.meetings_sitting import Entered
from workflow.services.recording import record
from workflow.storage.local import LocalFolder

JUNCAI, ENTERPRISE = "yongning_juncai", "yongning_enterprise"
UNITS = {
    "works": ("永宁精密模具有限公司", "employer", applying.EMPLOYER),
    "rival": ("甬江塑模有限公司", "employer", applying.TRAINER),
    "guild": ("区模具行业协会", "association", "51330200MJ9000001N"),
    "bureau": ("区经信局", "department", "11330200MB0000001A"),
}
OFFICE = {
    "manager": ("manager", "周明"),
    "manager_2": ("manager", "吴岚"),
    "manager_3": ("manager", "郑言"),
    "supervisor": ("supervisor", "韩舟"),
    "supervisor_2": ("supervisor", "于简"),
    "visitor": ("visitor", "陶然"),
    "visitor_2": ("visitor", "贺知"),
    "hr": ("hr", "章台"),
}
OF_UNITS = {
    "boss": ("works", ADMINISTRATOR, "林主管"),
    "panelist": ("works", "org_panel", "姚评"),
    "rival_boss": ("rival", ADMINISTRATOR, "何主管"),
    "secretary": ("guild", "association", "孟秘书"),
    "juror": ("guild", "assoc_jury", "葛评委"),
    "reviewer": ("bureau", "bureau", "费科长"),
}
SCHEME: Mapping[str, Any] = {
    "org_name": "永宁精密模具有限公司",
    "credit_code": applying.EMPLOYER,
    "staff": "120",
    "rd_rate": "4.5",
    "rd_staff": "18",
    "growth": "12",
    "weights": [{"item": "技能", "weight": "60"}, {"item": "实绩", "weight": "40"}],
    "panel": [{"name": name, "post": "总工"} for name in ("姚评", "辛工", "柳工")],
    "procedure": "评选小组过半数同意，内部公示5个工作日。",
}
PERSON: Mapping[str, Any] = {
    "id_type": "居民身份证",
    "gender": "男",
    "employer": "永宁精密模具有限公司",
    "occupation": "模具制造",
    "local_months": "36",
}
DEED: Mapping[str, Any] = {
    "skill": [{"skill": "微米级抛光", "scene": "光学模具", "effect": "良率提高"}],
    "deed": [
        {"index": "良率", "before": "91.5", "now": "98.2", "part": "主要负责"},
        {"index": "交付天数", "before": "30", "now": "21", "part": "参与"},
    ],
    "reason": "技艺精湛，" * 50,
}
TRACK = "pillar"
AT_THE_MEETING = text(JUNCAI).replace("[assoc_check, assoc_score, assoc_meeting,", "[assoc_meeting,")
"""The same program, whose nominations of the trade come before the association's meeting at once."""


def name_of(serial: int) -> str:
    """候乙子, 候丙子, …: names have no digits."""
    return f"候{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}{'子丑寅卯辰巳午未申酉戌亥'[serial // 10]}"


class Yongning:
    def __init__(self, now: datetime, folder: Path, **sources: str) -> None:
        """`sources`: other texts in place of the two programs."""
        storage.configure(LocalFolder(folder))
        self.now = now
        self.people: dict[str, Actor] = {}
        self.units: dict[str, int] = {}
        self.unit_refs: dict[str, str] = {}
        self.rounds: dict[str, str] = {}
        self.round_ids: dict[str, int] = {}
        self.programs: dict[str, int] = {}
        self._made = 0
        for key in (ENTERPRISE, JUNCAI):
            self._published(key, sources.get(key) or text(key))
        with writing() as session:
            for key, (name, kind, code) in UNITS.items():
                row = applying.organization(session, name, kind, code, now)
                self.units[key], self.unit_refs[key] = row.id, row.ref
        for login, (role, name) in OFFICE.items():
            self.people[login] = account(now, login, name=name)
            for program in self.programs.values():
                self.bind(login, role, program=program)
        for login, (unit, role, name) in OF_UNITS.items():
            self.people[login] = account(now, login, name=name, organization_id=self.units[unit])
            self.bind(login, role, unit)

    def __getitem__(self, who: str) -> Actor:
        return self.people[who]

    def _published(self, key: str, source: str) -> None:
        version = programs.publish(source, SYSTEM, self.now)
        with writing() as session:
            program = session.scalars(select(Program).where(Program.ref == version.program_ref)).one()
            self.programs[key] = program.id
            row = Round(
                ref=secrets.token_urlsafe(12),
                program_id=program.id,
                key="2026-1",
                name="2026年度第1批",
                version_id=version.version_id,
                state="open",
                opens_at=self.now - timedelta(days=10),
                closes_at=None if key == ENTERPRISE else self.now + timedelta(days=12),
                settings={},
                created_at=self.now,
            )
            session.add(row)
            session.flush()
            self.rounds[key], self.round_ids[key] = row.ref, row.id

    def publish_anew(self, key: str, source: str) -> None:
        """The next version of a program, under which its round goes on."""
        version = programs.publish(source, SYSTEM, self.now).version_id
        with writing() as session:
            session.get_one(Round, self.round_ids[key]).version_id = version

    def bind(self, who: str, role: str, unit: str | None = None, program: int | None = None) -> None:
        person = self.people[who]
        with writing() as session:
            session.add(
                RoleBinding(
                    ref=secrets.token_urlsafe(12),
                    identity=secrets.token_urlsafe(8),
                    account_id=person.account_id,
                    role_key=role,
                    program_id=program if unit is None or role == ADMINISTRATOR else self.programs[JUNCAI],
                    organization_id=self.units[unit] if unit is not None else None,
                    starts_at=self.now - timedelta(days=1),
                    basis="",
                )
            )
        assert person.account_id is not None
        self.people[who] = sessions.actor_of(person.account_id, self.now)

    # -- the authorization ---------------------------------------------------------------------------------------------
    def scheme(self, who: str = "boss", track: str = "self_evaluation", **changes: Any) -> str:
        """The filled scheme of an enterprise, not handed in yet."""
        ref = starting.start(self.rounds[ENTERPRISE], "self", track, self[who], self.now)
        drafts.save(ref, {**SCHEME, **changes}, None, self[who], self.now, section="scheme")
        files.attach(ref, "scheme_file", "scheme.png", BytesIO(applying.picture()), self[who], self.now)
        return ref

    def authorized(self, track: str = "self_evaluation", places: int = 2, who: str = "boss", **changes: Any) -> str:
        ref = self.scheme(who, track, **changes)
        submissions.submit(ref, self[who], self.now)
        self.act(ref, "pass", "manager", record={"places": Decimal(places)}, rules={"A1": "meets"})
        self.act(ref, "confirm", "manager_2")
        self.issue(ENTERPRISE, ref)
        return ref

    def issue(self, program: str, *refs: str) -> None:
        done = recognitions.issue(
            self.rounds[program],
            list(refs),
            self["manager_3"],
            self.now,
            document="永人才办〔2026〕3号",
            on=local_day(self.now),
            difference="分批发",
        )
        assert set(done.done) == set(refs), done.left_aside

    # -- nominations ---------------------------------------------------------------------------------------------------
    def admit(self, channel: str, *units: str) -> list[nominators.NominatorLine]:
        refs = [self.unit_refs[unit] for unit in units or ("works",)]
        return nominators.admit(self["manager"], self.now, self.rounds[JUNCAI], channel, refs)

    def count(self) -> int:
        """The next person: names and numbers follow from it."""
        self._made += 1
        return self._made

    def drafted(self, channel: str, who: str = "boss", **changes: Any) -> str:
        """A filled form of somebody new, not handed in yet."""
        self.count()
        ref = starting.start(self.rounds[JUNCAI], channel, TRACK, self[who], self.now, for_another=True)
        self.fill(ref, self[who], channel, **changes)
        return ref

    def fill(self, ref: str, actor: Actor, channel: str, **changes: Any) -> None:
        """Everything that a submission needs, about the person that was counted last."""
        person = {
            "name": name_of(self._made),
            "id_no": applying.id_number(self._made),
            "mobile": f"138057200{self._made:02d}",
            **PERSON,
        }
        named = {"peers": {"recommender": "区模具行业协会"}, "bureau": {"recommender": "区经信局"}}
        person |= named.get(channel, {})
        deed = dict(DEED) if channel not in ("top", "other") else {k: v for k, v in DEED.items() if k != "reason"}
        if channel == "enterprise":
            deed |= {"salary": "32.5"}
        for section, answers in {"person": person, "skill_and_deed": deed, "pledge": {"truth": "yes"}}.items():
            mine = {key: changes.get(key, value) for key, value in answers.items()}
            drafts.save(ref, mine, None, actor, self.now, section=section)
        for path in ("deed.1.proof", "deed.2.proof", "evidence"):
            files.attach(ref, path, "paper.png", BytesIO(applying.picture()), actor, self.now)

    def nominated(self, channel: str, who: str = "boss", **changes: Any) -> str:
        """Handed in, and confirmed by the person."""
        ref = self.drafted(channel, who, **changes)
        submissions.submit(ref, self[who], self.now)
        self.confirm()
        return ref

    def applied(self, channel: str = "top") -> str:
        """Handed in by the person, who is `talent`."""
        serial = self.count()
        person = self.people["talent"] = account(self.now, f"talent_{serial}", name=name_of(serial))
        ref = starting.start(self.rounds[JUNCAI], channel, TRACK, person, self.now)
        self.fill(ref, person, channel)
        submissions.submit(ref, person, self.now)
        return ref

    def confirm(self) -> None:
        """By the link that was sent last."""
        confirmations.confirm(last_secret(self.now, "confirm_link"), self.now)

    # -- acts ----------------------------------------------------------------------------------------------------------
    def act(self, ref: str, name: str, who: str, role: str | None = None, **inputs: Any) -> actions.Done:
        """On the newest open item of the case (of `role`), else on the case itself."""
        return actions.perform(self.item(ref, role) or ref, name, self[who], self.now, inputs=inputs)

    def item(self, ref: str, role: str | None = None) -> str | None:
        wanted = (
            select(WorkItem.ref)
            .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
            .where(ApplicationRow.ref == ref, WorkItem.state == "open")
            .order_by(WorkItem.no.desc())
            .limit(1)
        )
        if role is not None:
            wanted = wanted.where(WorkItem.role_key == role)
        with reading() as session:
            return session.scalar(wanted)

    def bring(self, ref: str, *stages: str) -> str:
        """Straight to the last of these stages, as if each before it had been passed."""
        with writing() as session:
            case = open_case(session, find(session, ref).id, lock=True)
            work = Work(case.book, case.application, Action("bring"), SYSTEM, self.now)
            for stage in stages:
                work.tell("passed")
                effects.enter(work, stage)
            record(session, case, work.outcome(), self.now)
        return ref

    def choose(self, *refs: str) -> None:
        """The enterprise's own panel takes them."""
        for ref in refs:
            record = {"minutes": ("m1",), "internal_notice": ("n1",)}
            self.act(ref, "pass", "panelist", record=record)

    def called(self, who: str = "secretary") -> str:
        """The association's meeting."""
        unit = self.unit_refs["guild"]
        place = (self.rounds[JUNCAI], "assoc_meeting", "第一次公荐会", self.now, "会议室", unit)
        return meetings.call(self[who], self.now, *place)

    def tally(self, called: str, votes: Mapping[str, int], who: str = "secretary") -> None:
        """`votes`: how many of the jury's nine are for each."""
        actor = self[who]
        with reading() as session:
            number = meetings.open_meeting(session, actor, called).row.id
            seats = [ref for _, _, ref in meeting_queries.seats(session, number)]
        papers = {ref: vars(Paper(Tally(favor, len(seats) - favor, 0))) for ref, favor in votes.items()}
        meetings_sitting.enter(actor, self.now, called, Entered(frozenset(seats), papers))

    def papers(self, called: str) -> None:
        """What the program wants written down of the meeting: the letter with its seal, the roll with the tally."""
        came = {key: [meetings_record.Came("盖章.png", BytesIO(applying.picture()))] for key in ("letter", "minutes")}
        meetings_record.write(self["secretary"], self.now, called, {}, came)

    def meet(self, votes: Mapping[str, int]) -> None:
        called = self.called()
        self.tally(called, votes)
        self.papers(called)
        meetings_final.finalize(self["secretary"], self.now, called)

    def jury(self, seats: int = 9) -> None:
        for number in range(2, seats + 1):
            login = f"juror_{number}"
            self.people[login] = account(self.now, login, name=f"评委{number}", organization_id=self.units["guild"])
            self.bind(login, "assoc_jury", "guild")

    def row(self, ref: str) -> ApplicationRow:
        with reading() as session:
            return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()

    def recognition(self, ref: str) -> RecognitionRow:
        with reading() as session:
            wanted = select(RecognitionRow).join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
            return session.scalars(wanted.where(ApplicationRow.ref == ref)).one()

    def nominator(self, channel: str, unit: str = "works") -> RoundNominator:
        with reading() as session:
            return session.get_one(RoundNominator, (self.round_ids[JUNCAI], self.units[unit], channel))

    @property
    def today(self) -> date:
        return local_day(self.now)
