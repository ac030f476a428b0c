"""百村千人 with its people: two townships with a village or more each, and candidates who know nothing of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading, writing
from models.organizations import Organization, OrganizationLine
from models.programs import Program
from models.roles import RoleBinding
from models.rounds import Round
from models.work import WorkItem
from tests.applying import id_number, picture
from tests.domain.programs import text
from tests.services.houses import account
from workflow import storage
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.ballots import Tally
from workflow.domain.calendar import local_day
from workflow.domain.pool_vote import Paper
from workflow.services import (
    actions,
    drafts,
    files,
    meetings,
    meetings_board,
    meetings_final,
    meetings_minutes,
    meetings_sitting,
    programs,
    public_notices_drafting,
    public_notices_publishing,
    recognitions,
    record_files,
    sessions,
    starting,
    submissions,
)
from workflow.services.meetings_sitting import Entered
from workflow.services.public_notices_drafting import Draft
from workflow.storage.local import LocalFolder

DEPARTMENTS = ("discipline", "police", "justice", "court", "petition", "health", "land", "market", "civil")
BY_TOWN = ("town_party", "town_head", "justice")
DISTRICT_CODE, TOWN, OTHER_TOWN = "330102", "330102001", "330102002"
VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE = "330102001201", "330102001202", "330102002201"
NAMES = {VILLAGE: "青岚村", NEXT_VILLAGE: "石埠村", OTHER_VILLAGE: "云溪村", TOWN: "栖山镇", OTHER_TOWN: "白堰镇"}
ANSWERS: Mapping[str, Any] = {
    "name": "顾砚秋",
    "gender": "女",
    "mobile": "13805710042",
    "village": VILLAGE,
    "politics": "中共党员",
    "education": "大专",
    "current": "在外经营苗木",
    "position": "电商助农",
    "gap": "其他两委缺配",
    "will": "强",
    "kin": [],
}


@dataclass
class Villages:
    """`people`: who -> actor; `officer` and `officer_2` of the first township, those called `far_` of the other."""

    now: datetime
    folder: Path
    program_id: int = 0
    version_id: int = 0
    round_id: int = 0
    round_ref: str = ""
    places: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    serial: int = 0
    record: str = "{minutes: {name: 会议纪要, type: file, level: L3}}"  # of the meeting
    changes: tuple[tuple[str, str], ...] = ()  # pieces of the program's text and what stands in their place

    def __post_init__(self) -> None:
        storage.configure(LocalFolder(self.folder))
        usual = "{minutes: {name: 会议纪要, type: file, level: L3}}"
        source = text("hundred_villages").replace(usual, self.record)
        for old, new in self.changes:
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        self.version_id = programs.publish(source, SYSTEM, self.now).version_id
        with writing() as session:
            self.program_id = session.scalars(select(Program.id).where(Program.key == "hundred_villages")).one()
            session.add(
                Round(
                    ref=secrets.token_urlsafe(12),
                    program_id=self.program_id,
                    key="2026-1",
                    name="百村千人2026年",
                    version_id=self.version_id,
                    state="open",
                    opens_at=self.now - timedelta(days=20),
                    settings={},
                    headings={},
                    created_at=self.now,
                )
            )
            session.flush()
            row = session.scalars(select(Round).where(Round.program_id == self.program_id)).one()
            self.round_id, self.round_ref = row.id, row.ref
            self.place(session, DISTRICT_CODE, "district", "锦澜区", None)
            for code in (TOWN, OTHER_TOWN):
                self.place(session, code, "township", NAMES[code], DISTRICT_CODE)
            for code in (VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE):
                self.place(session, code, "village", NAMES[code], code[:9])
        for who, role, town in (
            ("officer", "town_officer", TOWN),
            ("officer_2", "town_officer", TOWN),
            ("far_officer", "town_officer", OTHER_TOWN),
            ("far_officer_2", "town_officer", OTHER_TOWN),
            *((f"party_{n}", "town_party", TOWN) for n in range(1, 4)),
            *((f"far_party_{n}", "town_party", OTHER_TOWN) for n in range(1, 4)),
            ("justice", "justice", TOWN),
            ("far_justice", "justice", OTHER_TOWN),
            ("district", "district", None),
            ("district_2", "district", None),
            ("supervisor", "supervisor", None),
            *((role, role, None) for role in DEPARTMENTS if role != "justice"),
        ):
            self.join(who, role, town)

    def place(self, session: Any, code: str, kind: str, name: str, above: str | None) -> None:
        parent = self.places.get(above or "")
        row = Organization(
            ref=secrets.token_urlsafe(12),
            parent_id=parent.id if parent else None,
            kind=kind,
            name=name,
            name_sort=name,
            region_code=code,
            path=f"/{secrets.randbelow(10**9)}/",
            state="standing",
            created_at=self.now,
        )
        session.add(row)
        session.flush()
        row.path = f"{parent.path if parent else '/'}{row.id}/"
        above_it = [int(part) for part in row.path.strip("/").split("/")]
        for depth, ancestor in enumerate(reversed(above_it)):
            session.add(OrganizationLine(ancestor_id=ancestor, descendant_id=row.id, depth=depth))
        session.flush()
        self.places[code] = row

    def join(
        self,
        who: str,
        role: str,
        town: str | None = None,
        at: tuple[int | None, int | None] | None = None,
        **columns: Any,
    ) -> Actor:
        """Somebody new with one role: in this round, or in another program's."""
        actor = account(self.now, who.replace("_", "."), **{"name": who, **columns})
        program_id, round_id = at or (self.program_id, self.round_id)
        with writing() as session:
            session.add(
                RoleBinding(
                    ref=secrets.token_urlsafe(12),
                    identity=f"{actor.account_id}:{role}",
                    account_id=actor.account_id,
                    role_key=role,
                    program_id=program_id,
                    round_id=round_id,
                    organization_id=self.places[town].id if town else None,
                    starts_at=self.now - timedelta(days=1),
                )
            )
        self.people[who] = sessions.actor_of(actor.account_id or 0, self.now)
        return self.people[who]

    # -- putting somebody forward --------------------------------------------------------------------------------------
    def drafted(self, who: str = "officer", channel: str = "org", track: str = "home", **answers: Any) -> str:
        ref = starting.start(self.round_ref, channel, track, self.people[who], self.now, for_another=True)
        self.serial += 1
        given = {"id_no": id_number(self.serial, "19900301"), **ANSWERS, **answers}
        drafts.save(ref, given, None, self.people[who], self.now, section="person")
        for path in ("recommend", "talk"):
            files.attach(ref, path, f"{path}.png", BytesIO(picture()), self.people[who], self.now)
        return ref

    def put_forward(self, who: str = "officer", **wanted: Any) -> str:
        ref = self.drafted(who, **wanted)
        submissions.submit(ref, self.people[who], self.now)
        return ref

    # -- where a case stands -------------------------------------------------------------------------------------------
    def row(self, ref: str) -> ApplicationRow:
        with reading() as session:
            return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()

    def item(self, ref: str, role: str) -> str:
        with reading() as session:
            return session.scalars(
                select(WorkItem.ref)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.role_key == role, WorkItem.state == "open")
            ).one()

    def act(self, ref: str, role: str, name: str, who: str, **inputs: Any) -> actions.Acted:
        return actions.perform(self.item(ref, role), name, self.people[who], self.now, inputs=inputs)

    # -- stage by stage ------------------------------------------------------------------------------------------------
    def screen(self, ref: str, first: str = "officer", second: str = "officer_2") -> None:
        """Both go there; the first writes down what they saw, with a picture, the other confirms."""
        photo = record_files.attach(
            self.item(ref, "town_officer"), "photos", "院坝.png", BytesIO(picture()), self.people[first], self.now
        )
        self.act(ref, "town_officer", "pass", first, record={"visit": "走访三户，均认可", "photos": (photo,)})
        self.act(ref, "town_officer", "confirm", second)

    def ask_everybody(self, ref: str, justice: str = "justice", **said: str) -> None:
        for role in DEPARTMENTS:
            who = justice if role == "justice" else role
            self.act(ref, role, "answer", who, answer=said.get(role, "clear"))

    def joint(self, ref: str, justice: str = "justice") -> None:
        self.ask_everybody(ref, justice)
        self.act(ref, "district", "pass", "district")

    def called(self, who: str = "officer", town: str = TOWN) -> str:
        return meetings.call(
            self.people[who],
            self.now,
            self.round_ref,
            "town_meeting",
            "党委会第8次会议",
            self.now,
            "二楼会议室",
            self.places[town].ref,
        )

    def meet(self, *refs: str, who: str = "officer", town: str = TOWN) -> None:
        self.meet_at(self.called(who, town), *refs, who=who)

    def meet_at(self, called: str, *refs: str, who: str = "officer") -> None:
        """Everybody is there and for these."""
        actor = self.people[who]
        meetings_minutes.attach(actor, self.now, called, "会议纪要.png", BytesIO(picture()))
        members = [member.ref for member in meetings_board.board(actor, called, self.now).members]
        entered = Entered(frozenset(members), {ref: vars(Paper(Tally(len(members), 0, 0))) for ref in refs})
        meetings_sitting.enter(actor, self.now, called, entered)
        meetings_final.finalize(actor, self.now, called)

    def publish_consult(self) -> str:
        """Asks within the organizations."""
        who, wanted = self.people["district"], Draft(contact="区委组织部 0571-0000 1212")
        shown = public_notices_drafting.preview(who, self.round_ref, "consult", wanted, self.now)
        wanted = replace(wanted, seen=shown.stamp)
        return public_notices_publishing.publish(who, self.round_ref, "consult", wanted, self.now)

    def consult(self) -> None:
        """The same, and waits until the days are over."""
        ref = self.publish_consult()
        self.now += timedelta(days=9)
        assert public_notices_publishing.carry_out(self.now) > 0, ref

    def register(self, ref: str) -> None:
        self.act(ref, "district", "pass", "district")

    def award(self, *refs: str) -> None:
        recognitions.issue(
            self.round_ref,
            list(refs),
            self.people["district"],
            self.now,
            document="锦组〔2026〕8号",
            on=local_day(self.now),
        )
