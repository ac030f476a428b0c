"""A round with its people, and cases that real services bring to where a test begins.

`Story` reads as it is used: `story.submitted()`, `story.at_formal()`, `story.at_eligibility()`. Cases in bulk, without
their papers, come from `tests/services/plots.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading
from models.work import WorkItem
from tests import applying
from tests.domain.programs import text
from tests.services.houses import account
from workflow.domain.actor import Actor
from workflow.services import actions, drafts, files, sessions, submissions
from workflow.services import reading as sheets

STAFF = {
    "clerk": ("intake", "陈芸"),
    "clerk2": ("intake", "温以宁"),
    "hr": ("hr_officer", "顾行"),
    "hr2": ("hr_officer", "沈一禾"),
    "manager": ("manager", "周明"),
    "manager2": ("manager", "吴岚"),
}
NAMES = ("叶梓桐", "顾南枝", "陆闻舟", "沈知予", "宋予安", "许拾", "韩望舒", "姚栩", "钱晚", "冯行止")
OK = "ok"
OBJECTING = text("fashion_engineer").replace(
    "conflicts: {same: [employer, trainer]}", "conflicts: {same: [employer, trainer], may_object_to: 2}"
)
"""The same program, whose applicants may name two people who should not judge them."""


class Story:
    def __init__(self, now: datetime, folder: Path, source: str | None = None) -> None:
        self.now = now
        self.place = applying.intake(now, folder, source)
        self.people: dict[str, Actor] = {}
        for login, (role, name) in STAFF.items():
            self.people[login] = applying.bind(account(now, login, name=name), role, self.place, now)
        self.people["employer"] = self._of("employer", "employer_admin", "林主管", self.place.employer_id)
        self.people["trainer"] = self._of("trainer", "trainer_admin", "何老师", self.place.trainer_id)
        self._made = 0

    def _of(self, login: str, role: str, name: str, organization_id: int) -> Actor:
        made = account(self.now, login, name=name, organization_id=organization_id)
        return applying.bind(made, role, self.place, self.now, organization_id)

    def __getitem__(self, who: str) -> Actor:
        return self.people[who]

    # -- cases ---------------------------------------------------------------------------------------------------------
    def submitted(self, channel: str = "self", **changes: Any) -> str:
        """A case of somebody new, waiting for the employer. Its reference."""
        number = self._made
        self._made += 1
        name = NAMES[number % len(NAMES)]
        person = account(self.now, f"person{number}", name=name)
        ref = applying.started(self.place, person, self.now, channel=channel)
        typed = {"name": name, "id_no": applying.id_number(number + 1), "mobile": f"138057100{number:02d}", **changes}
        applying.filled(ref, person, self.now, **typed)
        submissions.submit(ref, person, self.now)
        self.people[f"person{number}"] = self._again(person)
        return ref

    def _again(self, person: Actor) -> Actor:
        assert person.account_id is not None
        return sessions.actor_of(person.account_id, self.now)

    def at_formal(self, **changes: Any) -> str:
        ref = self.submitted(**changes)
        self.act(ref, "pass", "employer", record={"opinion": "同意推荐", "seal": ("s1",)})
        return ref

    def at_eligibility(self, **changes: Any) -> str:
        ref = self.at_formal(**changes)
        self.act(ref, "pass", "clerk", verdicts=self.all_ok(ref, "clerk"))
        return ref

    def all_ok(self, ref: str, who: str) -> Mapping[str, Mapping[str, str]]:
        seen = sheets.sheet(ref, self.people[who], self.now)
        return {place.path: {"verdict": OK} for place in seen.places if place.needed}

    def act(self, ref: str, name: str, who: str, **inputs: Any) -> actions.Done:
        """On the newest open item of the case, else on the case itself."""
        item = self.item(ref)
        return actions.perform(item or ref, name, self.people[who], self.now, inputs=inputs)

    def hand_back(self, ref: str, who: str, *paths: str, **typed: str) -> None:
        """The person puts new files at these paths, writes these answers of 从业与业绩, and gives it back."""
        person = self.people[who]
        if typed:
            drafts.save(ref, typed, None, person, self.now, section="work")
        for path in paths:
            picture = BytesIO(applying.picture(color="red"))
            files.attach(ref, path, "again.png", picture, person, self.now)
        submissions.hand_back(ref, {}, person, self.now)

    def item(self, ref: str) -> str | None:
        with reading() as session:
            return session.scalar(
                select(WorkItem.ref)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.state == "open")
                .order_by(WorkItem.no.desc())
                .limit(1)
            )

    def row(self, ref: str) -> ApplicationRow:
        with reading() as session:
            return session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
