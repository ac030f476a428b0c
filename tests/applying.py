"""An open round of 时尚工程师认定 and a filled form: what the tests of the applicant's side begin with."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from models.base import reading, writing
from models.organizations import Organization, OrganizationLine
from models.programs import Program
from models.roles import RoleBinding
from models.rounds import Round, RoundNominator
from workflow import storage
from workflow.domain.actor import SYSTEM, Actor
from workflow.services import actions, drafts, files, programs, sessions, starting, submissions
from workflow.storage.local import LocalFolder

ROOT = Path(__file__).parents[1]
EMPLOYER, TRAINER = "91110000600037341L", "91330100MA27XKQ427"
ID_NUMBER = "330102199503011226"
PHONE = "13805710000"


def id_number(serial: int, born: str = "19950301") -> str:
    """A right resident number for each serial up to 999."""
    body = f"330102{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@dataclass(frozen=True)
class Intake:
    program_id: int
    round_id: int
    round_ref: str
    employer_id: int
    trainer_id: int
    store: Path
    employer_ref: str
    trainer_ref: str


def intake(now: datetime, folder: Path, text: str | None = None) -> Intake:
    storage.configure(LocalFolder(folder))
    published = programs.publish(text or (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8"), SYSTEM, now)
    with writing() as session:
        program = session.query(Program).filter_by(ref=published.program_ref).one()
        employer = organization(session, "蓝埠家纺集团", "employer", EMPLOYER, now)
        trainer = organization(session, "锦澜服装培训中心", "trainer", TRAINER, now)
        round_ = Round(
            ref=secrets.token_urlsafe(12),
            program_id=program.id,
            key="2026-2",
            name="2026年度第2批",
            version_id=published.version_id,
            state="open",
            opens_at=now - timedelta(days=10),
            closes_at=now + timedelta(days=12),
            settings={"places": "80"},
            created_at=now,
        )
        session.add(round_)
        session.flush()
        for channel, found in (("employer", employer), ("trainer", trainer)):
            session.add(
                RoundNominator(
                    round_id=round_.id, organization_id=found.id, channel=channel, facts={}, places=5, admitted_at=now
                )
            )
        return Intake(program.id, round_.id, round_.ref, employer.id, trainer.id, folder, employer.ref, trainer.ref)


def organization(session: Any, name: str, kind: str, code: str | None, now: datetime) -> Organization:
    row = Organization(
        ref=secrets.token_urlsafe(12),
        kind=kind,
        name=name,
        name_sort=name,
        credit_code=code,
        path=f"/{secrets.randbelow(10**9)}/",
        state="standing",
        created_at=now,
    )
    session.add(row)
    session.flush()
    row.path = f"/{row.id}/"
    session.add(OrganizationLine(ancestor_id=row.id, descendant_id=row.id, depth=0))
    session.flush()
    return row


def bind(actor: Actor, role: str, place: Intake, now: datetime, organization_id: int | None = None) -> Actor:
    """The actor with one more role in this round."""
    with writing() as session:
        session.add(
            RoleBinding(
                ref=secrets.token_urlsafe(12),
                identity=secrets.token_urlsafe(8),
                account_id=actor.account_id,
                role_key=role,
                program_id=place.program_id,
                round_id=place.round_id,
                organization_id=organization_id,
                starts_at=now - timedelta(days=1),
                basis="",
            )
        )
    assert actor.account_id is not None
    return sessions.actor_of(actor.account_id, now)


SECTIONS: Mapping[str, Mapping[str, Any]] = {
    "person": {
        "name": "叶梓桐",
        "id_type": "居民身份证",
        "id_no": ID_NUMBER,
        "gender": "女",
        "mobile": PHONE,
        "employer": "蓝埠家纺集团",
        "trainer": "锦澜服装培训中心",
    },
    "work": {
        "post": "制版师",
        "years": "4.5",
        "insured_months": "14",
        "training_hours": "40",
        "modeling": "yes",
        "results": [
            {
                "item": "羽绒服立体版型改 3D 建模",
                "date": "2025-03",
                "part": "主要负责",
                "effect": "打样从 4 次减到 1 次",
            }
        ],
        "works": [{"title": "春装版型", "about": "一套 12 款"}],
    },
    "pledge": {"truth": "yes"},
}
FILES = ("works.1.file", "id_copy", "training_cert", "employment_proof", "portfolio")


def started(place: Intake, actor: Actor, now: datetime, channel: str = "self", **options: Any) -> str:
    return starting.start(place.round_ref, channel, "pattern", actor, now, **options)


def filled(ref: str, actor: Actor, now: datetime, **changes: Any) -> None:
    """Everything that a submission needs, with the changes to single fields."""
    for section, typed in SECTIONS.items():
        drafts.save(
            ref, {key: changes.get(key, value) for key, value in typed.items()}, None, actor, now, section=section
        )
    for path in FILES:
        files.attach(ref, path, f"{path}.png", BytesIO(picture()), actor, now)


def gone_again(place: Intake, person: Actor, now: datetime) -> str:
    """A case that was submitted and withdrawn, with a reason that names its person."""
    ref = started(place, person, now)
    filled(ref, person, now)
    submissions.submit(ref, person, now)
    actions.perform(ref, "withdraw", person, now, inputs={"reason": "搬到外地，叶梓桐"})
    return ref


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), color: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def stored_files(place: Intake) -> list[Path]:
    return [path for path in place.store.rglob("*") if path.is_file()]


def one(model: Any, **wanted: Any) -> Any:
    with reading() as session:
        row = session.query(model).filter_by(**wanted).one()
        session.expunge(row)
        return row
