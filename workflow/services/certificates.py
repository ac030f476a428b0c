"""What is printed on a certificate, and the certificate as a file. The words are kept as they were when it was issued,
so that it can be drawn again, byte by byte, for as long as it is on record."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.awards import CertificateRow, RecognitionRow
from models.people import Person, PersonIdentity
from models.queries import cases
from workflow.documents import certificate as paper
from workflow.domain import certificates as rules
from workflow.domain.application import State
from workflow.domain.lengths import Length
from workflow.domain.program.schema import AwardStage, ScoreStage
from workflow.services.casework import Case

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are mistaken for each other when they are copied from paper."""

_CODE_LENGTH = 8
_DIGITS = "零一二三四五六七八九十"
_UNITS = {"y": "年", "mo": "个月", "d": "天", "wd": "个工作日"}


@dataclass(frozen=True)
class Holder:
    """Whose it is, as it is printed."""

    name: str
    id_mask: str | None


def award_of(case: Case) -> AwardStage:
    route = case.book.route(case.row.channel)
    return next(stage for stage in map(case.book.stage, reversed(route)) if isinstance(stage, AwardStage))


def holder_of(session: Session, case: Case) -> Holder:
    """The person as known today; an organization as it is registered."""
    person = session.get(Person, case.row.person_id) if case.row.person_id is not None else None
    if person is None:
        return Holder(cases.person_name(session, case.row) or str(case.application.values.get("name") or ""), None)
    mask = session.scalar(
        select(PersonIdentity.mask).where(PersonIdentity.person_id == person.id).order_by(PersonIdentity.id_type)
    )
    return Holder(person.name, mask)


def unprintable(session: Session, case: Case) -> tuple[str, ...]:
    """Characters of the holder's name that the certificate's typeface lacks."""
    return paper.unprintable(holder_of(session, case).name)


# -- what is printed ---------------------------------------------------------------------------------------------------
def face_of(case: Case, state: State) -> dict[str, Any]:
    """Everything printed but the name, the number of the document of identity and the code."""
    stage, known = award_of(case), state.recognition
    if known is None or stage.certificate is None:
        return {}
    definition = case.book.definition
    track = definition.tracks.get(case.row.track or "")
    named = rules.title(stage.certificate.title.zh, track.name.zh if track else "", known.level or "", known.on)
    bare, bracket, rest = named.partition("（")
    english = rules.title(stage.certificate.title.en or "", (track.name.en or "") if track else "", "", known.on)
    lines: list[list[list[Any]]] = []
    if passed := _passed(case):
        lines.append([[f"经{passed}，", False]])
    lines.append([["认定为 ", False], [f"{case.round.name}{bare}", True], [f"{bracket}{rest}。", False]])
    if known.until is not None and stage.certificate.valid is not None:
        said = said_length(stage.certificate.valid)
        lines.append([["有效期 ", False], [said, True], [f"，至 {_day(known.until)}。", False]])
    return {
        "heading": f"{bare}证书",
        "english": f"Certificate: {english}".upper() if english else "",
        "recognized": named,
        "round": case.round.name,
        "lines": lines,
        "number": known.number,
        "document": known.document,
        "issuer": definition.program.owner.zh,
        "seal": seal_of(definition.program.owner.zh),
        "dated": _day(known.on),
    }


def _passed(case: Case) -> str:
    """What the way to it consisted of, by the kinds of its stages."""
    stages = [case.book.stage(entry.stage) for entry in case.application.state.entries if entry.effect != "skipped"]
    blind = [stage.blind for stage in stages if isinstance(stage, ScoreStage)]
    kinds = {stage.kind for stage in stages}
    words = [
        *(["考核"] if False in blind else []),
        *(["专家评审"] if True in blind else []),
        *(["会议审定"] if "vote" in kinds else []),
        *(["公示"] if "notice" in kinds else []),
    ]
    return "、".join(words[:-1]) + ("和" if len(words) > 1 else "") + words[-1] if words else ""


def said_length(valid: Length) -> str:
    amount, unit = rules.duration(valid)
    return f"{_DIGITS[amount] if amount <= 10 else amount}{_UNITS[unit]}"


def seal_of(owner: str) -> str:
    """The issuer's name for the seal: without what stands in brackets, at most sixteen characters."""
    bare = owner.partition("（")[0].strip()
    return (f"{bare}之印" if len(bare) <= 14 else bare)[:16]


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# -- codes -------------------------------------------------------------------------------------------------------------
def new_token() -> str:
    return secrets.token_urlsafe(24)


def check_code(token: str) -> str:
    """What is typed together with the number, where there is no camera: eight letters that follow from the token."""
    digest = hashlib.sha256(f"certificate|{token}".encode()).digest()
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:_CODE_LENGTH])


def spelled(code: str) -> str:
    """In two groups, as it is printed."""
    return f"{code[:4]}-{code[4:]}"


# -- the file ----------------------------------------------------------------------------------------------------------
def drawn(row: CertificateRow, link: str) -> bytes:
    face = row.face
    rows = [
        ("证书编号", str(face["number"])),
        *([("证件号码", row.id_mask)] if row.id_mask else []),
        ("认定文号", str(face["document"])),
        ("查验码", spelled(row.check_code)),
    ]
    return paper.pdf(
        paper.Certificate(
            heading=str(face["heading"]),
            english=str(face["english"]),
            name=row.name,
            lines=[[(str(text), bool(heavy)) for text, heavy in line] for line in face["lines"]],
            rows=rows,
            link=link,
            scan="扫码查验真伪与状态",
            issuer=str(face["issuer"]),
            seal=str(face["seal"]),
            dated=str(face["dated"]),
        )
    )


def all_of(session: Session, recognition: RecognitionRow) -> Sequence[CertificateRow]:
    return session.scalars(
        select(CertificateRow).where(CertificateRow.recognition_id == recognition.id).order_by(CertificateRow.no.desc())
    ).all()
