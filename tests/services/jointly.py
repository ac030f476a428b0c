"""Cases that stand in a joint check: the program cut down to what comes before and behind it."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.applications import ApplicationRow
from models.base import reading, writing
from models.programs import Program
from models.rounds import Round
from models.work import WorkItem
from tests.domain.cases import ROOT
from tests.services.plots import STAFF, Plot
from workflow.domain.actor import SYSTEM
from workflow.services import joint, programs, sessions
from workflow.services.joint import Said

BY = ("credit", "police", "court", "market")
GROUNDS = Said("issue", "judgment", "（2026）浙01执12号", "被执行一件，标的八万元")


def short_program(reuse: str = "") -> str:
    """单位审核, then the joint check, then the award."""
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    text = re.sub(r"^route: .*$", "route: [employer_confirm, joint, award, valid]", text, flags=re.M)
    text = re.sub(r"^scoring:\n.*?^stages:", "stages:", text, flags=re.S | re.M)
    text = re.sub(
        r"^  (formal|eligibility|theory|practical|expert|meeting|notice):\n(?:    .*\n)+", "", text, flags=re.M
    )
    text = re.sub(r"^quota:\n(?:  .*\n)+", "", text, flags=re.M)
    text = text.replace("  never_both: [[formal, eligibility], [practical, meeting]]\n", "")
    wanted = "    by: [credit, police, court, market]\n"
    if not reuse:
        return text
    return text.replace(wanted, f"{wanted}    reuse: {reuse}\n").replace("one_per_person: round", "one_per_person: no")


class JointPlot(Plot):
    """Two people in each department, a lead, and cases that wait for all of them."""

    def __init__(self, now: datetime, reuse: str = "", source: str | None = None) -> None:
        self.now = now
        self.owners = {}
        self.version_id = programs.publish(source or short_program(reuse), SYSTEM, now).version_id
        with writing() as session:
            self.program_id = session.scalars(select(Program.id)).one()
            self.round_id = self._round(session)
            self.employer_id = self._organization(session, None)
            bound = {who: self._bound(session, who, role) for who, role in STAFF.items()}
            bound |= {role: self._bound(session, role, role) for role in BY}
            bound |= {f"{role}_2": self._bound(session, f"{role}_2", role) for role in BY}
            bound["employer"] = self._bound(session, "employer", "employer_admin", self.employer_id)
            self.round_ref = session.get_one(Round, self.round_id).ref
        self.people = {who: sessions.actor_of(account, now) for who, account in bound.items()}

    def asked(self, count: int = 1) -> list[str]:
        """Cases about which every department is asked."""
        refs = self.plant(count)
        for ref in refs:
            self.endorse(ref)
        return refs

    def question(self, ref: str, role: str) -> str:
        """The newest work item of a department in a case."""
        with reading() as session:
            rows = session.scalars(
                select(WorkItem.ref)
                .join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
                .where(ApplicationRow.ref == ref, WorkItem.role_key == role)
                .order_by(WorkItem.no.desc())
            )
            return rows.first() or ""

    def say(self, ref: str, role: str, said: Said | str = "clear") -> None:
        given = said if isinstance(said, Said) else Said(said)
        joint.answer(self.question(ref, role), given, self.people[role], self.now)

    def everybody(self, ref: str, said: Said | str = "clear", roles: Sequence[str] = BY) -> None:
        for role in roles:
            self.say(ref, role, said)
