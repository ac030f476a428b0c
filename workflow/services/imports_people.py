"""Lists of people: trainees, applicants, talents. One person per number, however often a list is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.organizations import Organization
from models.people import Person
from models.queries import people as queries
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotAllowed, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import people
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.people import Identity, Prepared

_UPDATED = ("phone", "email", "organization_id", "trade")
_GENDERS = {"男": "male", "女": "female", "male": "male", "female": "female", "m": "male", "f": "female"}


@dataclass(frozen=True)
class Found:
    """One row read: who it is, and the employer as it was typed."""

    identity: Identity
    prepared: Prepared
    organization: str
    indexes: tuple[str, ...]

    @property
    def number(self) -> tuple[str, str]:
        return self.identity.id_type, self.identity.number


@dataclass(frozen=True)
class Known:
    """A row whose person is in the tables already, with what it would change."""

    person: Person
    changes: dict[str, object]


class PeopleList:
    name = "人员名单"
    columns: tuple[Column, ...] = (
        Column(
            "name", ("姓名", "名字", "学员姓名", "人员姓名", "申报人", "申报人姓名", "name", "full name"), required=True
        ),
        Column("id_type", ("证件类型", "证件种类", "id type")),
        Column(
            "id_no",
            ("证件号码", "身份证号码", "身份证号", "身份证", "证件号", "公民身份号码", "id number", "id no"),
            required=True,
        ),
        Column("gender", ("性别", "gender")),
        Column("phone", ("手机号码", "手机号", "手机", "联系电话", "电话", "移动电话", "mobile", "phone")),
        Column("email", ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail")),
        Column("organization", ("单位", "工作单位", "用人单位", "所在单位", "单位名称", "企业名称", "employer")),
        Column("credit_code", ("统一社会信用代码", "信用代码", "单位信用代码", "credit code")),
        Column("trade", ("工种", "赛道", "类别", "申报类别", "专业", "方向", "培训方向", "岗位工种", "track", "trade")),
    )

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        if actor.kind != "system" and not can(actor, Permission.PERSON_IMPORT):
            raise NotAllowed(Words("你没有导入人员的权限"))

    def shown(self, key: str, typed: str) -> str:
        if key == "id_no":
            return identifiers.mask("id_no", identifiers.compact(typed)) if typed else ""
        if key == "phone":
            return identifiers.mask("mobile", identifiers.compact(typed)) if typed else ""
        return typed

    def parse(self, raw: Raw, now: datetime) -> tuple[Found | None, list[Reason]]:
        reasons: list[Reason] = []
        identity = None
        try:
            identity = people.checked(
                raw.get("name"),
                raw.get("id_type"),
                raw.get("id_no"),
                now,
                phone=raw.get("phone"),
                email=raw.get("email"),
            )
        except InvalidInput as fault:
            reasons += fault.reasons
        gender = _GENDERS.get(raw.get("gender").lower()) if raw.get("gender") else None
        if raw.get("gender") and gender is None:
            reasons.append(Reason(Words("性别请写“男”或“女”"), "gender"))
        if identity and gender and identity.gender and gender != identity.gender:
            reasons.append(Reason(Words("性别与证件号码对不上，请核对"), "gender"))
        if len(raw.get("trade")) > 60:
            reasons.append(Reason(Words("最长 60 个字"), "trade"))
        if reasons or identity is None:
            return None, reasons
        identity = replace(identity, gender=identity.gender or gender, trade=raw.get("trade") or None)
        indexes = tuple(index for _, index in secrets.every_blind(identity.id_type, identity.number))
        employer = raw.get("credit_code") or raw.get("organization")
        return Found(identity, people.prepare(identity, now), employer, indexes), []

    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Found]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], object]]:
        employers = employers_named(session, {found.organization for _, found in rows if found.organization})
        known = _known(session, [found for _, found in rows])
        first: dict[tuple[str, str], tuple[int, str]] = {}
        answers: list[tuple[Verdict, list[Reason], object]] = []
        for raw, found in rows:
            earlier = first.setdefault(found.number, (raw.number, found.identity.name))
            if earlier[0] != raw.number:
                answers.append(_again(earlier, found.identity.name))
                continue
            answers.append(_judged(found, known.get(found.number), employers))
        return answers

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        made = people.insert_prepared(session, [line.thing for line in lines if isinstance(line.thing, Prepared)])
        for line in lines:
            if isinstance(line.thing, Known):
                for field, value in line.thing.changes.items():
                    setattr(line.thing.person, field, value)
        session.flush()
        return made


def _again(earlier: tuple[int, str], name: str) -> tuple[Verdict, list[Reason], object]:
    number, told = earlier
    if told == name:
        return "same", [Reason(Words("与第 %(n)s 行重复", n=number))], None
    return "conflict", [Reason(Words("与第 %(n)s 行是同一个证件号码，姓名却不同", n=number), "name")], None


def _known(session: Session, found: Sequence[Found]) -> dict[tuple[str, str], Person]:
    known: dict[tuple[str, str], Person] = {}
    for id_type in {each.identity.id_type for each in found}:
        mine = {index: each.number for each in found if each.identity.id_type == id_type for index in each.indexes}
        for index, person in queries.by_indexes(session, id_type, mine).items():
            known[mine[index]] = person
    return known


def _judged(
    found: Found, person: Person | None, employers: dict[str, list[int]]
) -> tuple[Verdict, list[Reason], object]:
    identity, reasons = found.identity, []
    if found.organization:
        matches = employers.get(_folded(found.organization), [])
        if len(matches) == 1:
            identity = replace(identity, organization_id=matches[0])
        else:
            reasons.append(Reason(_UNKNOWN if not matches else _SEVERAL, "organization"))
    if reasons:
        return "wrong", reasons, None
    if person is None:
        employer = {"organization_id": identity.organization_id}
        return "new", [], replace(found.prepared, person={**found.prepared.person, **employer})
    if person.name != identity.name:
        return "conflict", [Reason(people.OTHER_NAME, "name")], None
    changes = {
        field: getattr(identity, field)
        for field in _UPDATED
        if getattr(identity, field) is not None and getattr(identity, field) != getattr(person, field)
    }
    if not changes:
        return "same", [], None
    return "changed", [], Known(person, changes)


_UNKNOWN = Words("没有登记过这个单位。请先导入单位，或者改成登记的全称或信用代码")
_SEVERAL = Words("有几个单位叫这个名字，请改填统一社会信用代码")


def employers_named(session: Session, typed: Iterable[str]) -> dict[str, list[int]]:
    """What was typed, folded -> the standing organizations of this name or credit code."""
    wanted = sorted({_folded(each) for each in typed})
    found: dict[str, list[int]] = {}
    for start in range(0, len(wanted), 400):
        piece = wanted[start : start + 400]
        rows = session.execute(
            select(Organization.id, Organization.name, Organization.credit_code).where(
                Organization.state == "standing",
                Organization.name.in_(piece) | Organization.credit_code.in_([each.upper() for each in piece]),
            )
        )
        for number, name, code in rows:
            for key in {_folded(name), _folded(code or "")} & set(piece):
                found.setdefault(key, []).append(number)
    return found


def _folded(typed: str) -> str:
    told = " ".join(identifiers.tidy(typed).split())
    return told.upper() if told.isascii() and len(told) == 18 else told
