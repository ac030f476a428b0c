"""Lists of organizations, with their numbers and whoever shall administer them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.accounts import Account
from models.evidence import StreamKind
from models.organizations import Organization, OrganizationFact, OrganizationKind, OrganizationState
from models.queries import accounts as account_queries
from models.queries.beside import Beside, beside
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotReady, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words
from workflow.services import accounts, administration, evidence, organizations
from workflow.services import imports_cells as cells
from workflow.services.imports import GOOD, Column, Line, Raw, Verdict
from workflow.services.organizations import Details
from workflow.services.organizations_in_bulk import Bare, insert_many

_KINDS = {
    "用人单位": "employer", "企业": "employer", "单位": "employer", "公司": "employer",
    "培训机构": "trainer", "培训学校": "trainer", "实训中心": "trainer",
    "协会": "association", "商会": "association", "社会组织": "association",
    "部门": "department", "区级部门": "department", "政府部门": "department",
    "区": "district", "镇街": "township", "街道": "township", "镇": "township", "乡镇": "township",
    "村社": "village", "村": "village", "社区": "village", "其他": "other", "其他单位": "other",
}  # fmt: skip
Answer = tuple[Verdict, list[Reason], object]
_FACTS = ("staff", "graduates")


@dataclass(frozen=True)
class Found:
    details: Details
    parent: str
    code: str | None
    facts: dict[str, int]
    as_of: date
    source: str
    administrator: str
    addresses: accounts.Addresses | None


@dataclass(frozen=True)
class Plan:
    """What a good row does: make one, or bring a known one up to date."""

    found: Found
    known: Organization | None
    parent: Organization | None
    facts: dict[str, int]


class OrganizationList:
    name = "单位名单"
    columns: tuple[Column, ...] = (
        Column("name", ("单位名称", "名称", "单位", "企业名称", "机构名称", "name"), required=True),
        Column("kind", ("类型", "单位类型", "性质", "kind")),
        Column("credit_code", ("统一社会信用代码", "信用代码", "社会信用代码", "credit code")),
        Column("parent", ("上级单位", "主管单位", "所属镇街", "上级", "parent")),
        Column("region_code", ("地区代码", "行政区划代码", "区划代码", "region code")),
        Column("staff", ("职工人数", "员工人数", "职工数", "人数", "staff")),
        Column("graduates", ("结业人数", "本期结业人数", "graduates")),
        Column("as_of", ("统计日期", "截至日期", "数据日期", "as of")),
        Column("source", ("数据来源", "来源", "source")),
        Column("administrator", ("管理员", "管理员姓名", "单位管理员", "联系人", "经办人", "administrator")),
        Column("phone", ("管理员手机", "管理员手机号", "联系人手机", "联系电话", "手机", "手机号码", "mobile")),
        Column("login", ("管理员用户名", "用户名", "login")),
    )

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        if actor.kind == "system":
            return
        if not can(actor, Permission.ORGANIZATION_APPROVE):
            raise NotAllowed(Words("你没有导入单位的权限"))
        if any(column.key == "administrator" for column in found) and not can(actor, Permission.ACCOUNT_MANAGE):
            raise NotAllowed(Words("表里有管理员，要由系统管理员来导入；或者先去掉这几列"))

    def shown(self, key: str, typed: str) -> str:
        return identifiers.mask("mobile", identifiers.compact(typed)) if key == "phone" and typed else typed

    def parse(self, raw: Raw, now: datetime) -> tuple[Found | None, list[Reason]]:
        reasons: list[Reason] = []
        typed = raw.get("kind").strip()
        kind = _KINDS.get(typed, typed if typed in set(OrganizationKind) else "") if typed else "employer"
        details = Details(raw.get("name"), kind, raw.get("credit_code"), None, raw.get("region_code"))
        name, code = details.name, None
        try:
            name, code, _ = organizations.checked(details)
        except InvalidInput as fault:
            reasons += fault.reasons
        facts = _facts(raw, reasons)
        as_of = _day(raw.get("as_of"), local_day(now))
        if as_of is None:
            reasons.append(Reason(Words("统计日期要像 2026-10-31，不能在今天以后"), "as_of"))
        addresses = _administrator(raw, reasons)
        if reasons or as_of is None:
            return None, reasons
        told = Details(name, kind, details.credit_code, None, details.region_code)
        source = raw.get("source") or "导入的单位名单"
        found = Found(told, raw.get("parent"), code, facts, as_of, source, raw.get("administrator"), addresses)
        return found, []

    def judge(self, session: Session, rows: Sequence[tuple[Raw, Found]], now: datetime) -> list[Answer]:
        around = _around(session, [found for _, found in rows], now)
        inside = {found.details.name for _, found in rows}
        seen: dict[str, int] = {}
        answers: list[Answer] = []
        for raw, found in rows:
            key = found.code or f"name:{found.details.name}"
            if key in seen:
                answers.append(("same", [Reason(Words("与第 %(n)s 行重复", n=seen[key]))], None))
                continue
            seen[key] = raw.number
            answers.append(_judged(found, inside, around))
        return _without_orphans([found for _, found in rows], answers, around)

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        plans = [line.thing for line in lines if isinstance(line.thing, Plan)]
        paths = {plan.parent.name: plan.parent.path for plan in plans if plan.parent}
        paths |= {plan.found.details.name: plan.known.path for plan in plans if plan.known}
        numbers = {id(plan): plan.known.id for plan in plans if plan.known}
        made = []
        for level in _levels(plans):
            fresh = [plan for plan in level if plan.known is None]
            placed = insert_many(session, [_bare(plan.found, paths) for plan in fresh], now)
            for plan, (number, path) in zip(fresh, placed, strict=True):
                numbers[id(plan)] = number
                paths[plan.found.details.name] = path
                made.append(number)
        for plan in plans:
            if plan.known is not None and plan.known.credit_code is None and plan.found.code is not None:
                organizations.learn_code(session, plan.known, plan.found.code)
        _write_facts(session, [(numbers[id(plan)], plan) for plan in plans], actor, now)
        for plan in plans:
            if plan.found.addresses is not None:
                _appoint(session, plan.found, session.get_one(Organization, numbers[id(plan)]), actor, now)
        return made


def _without_orphans(rows: Sequence[Found], answers: list[Answer], around: Beside) -> list[Answer]:
    """A row whose parent stands in the list, but on a bad row, is bad itself; and so on down the line."""
    while True:
        good = {found.details.name for found, answer in zip(rows, answers, strict=True) if answer[0] in GOOD}
        orphans = [
            at
            for at, found in enumerate(rows)
            if answers[at][0] == "new"
            and found.parent
            and found.parent not in good
            and found.parent not in around.by_name
        ]
        if not orphans:
            return answers
        for at in orphans:
            answers[at] = ("wrong", [Reason(Words("上级单位那一行有错，先改好它"), "parent")], None)


def _around(session: Session, rows: Sequence[Found], now: datetime) -> Beside:
    addresses = [each.addresses for each in rows if each.addresses is not None]
    return beside(
        session,
        [each.code for each in rows if each.code],
        [name for each in rows for name in (each.details.name, each.parent) if name],
        [one for each in addresses for one in (each.login, each.phone, each.email) if one],
        now,
    )


def _day(typed: str, today: date) -> date | None:
    day = cells.day(typed) if typed else today
    return day if isinstance(day, date) and day <= today else None


def _facts(raw: Raw, reasons: list[Reason]) -> dict[str, int]:
    facts = {}
    for name in _FACTS:
        typed = identifiers.compact(raw.get(name)).removesuffix("人").replace(",", "")
        if not typed:
            continue
        if typed.isdecimal() and int(typed) <= 10_000_000:
            facts[name] = int(typed)
        else:
            reasons.append(Reason(Words("人数要是整数"), name))
    return facts


def _administrator(raw: Raw, reasons: list[Reason]) -> accounts.Addresses | None:
    if not raw.get("administrator"):
        return None
    try:
        return accounts.addresses(login=raw.get("login"), phone=raw.get("phone"))
    except InvalidInput as fault:
        reasons += [Reason(each.words, "phone" if each.where == "phone" else "login") for each in fault.reasons]
        return None


def _judged(found: Found, inside: set[str], around: Beside) -> Answer:
    parent = around.by_name.get(found.parent)
    if found.parent and found.parent not in inside and parent is None:
        return "wrong", [Reason(Words("没有登记过这个上级单位，表里也没有"), "parent")], None
    known, reason = _known(found, around)
    if reason is not None:
        return "conflict", [reason], None
    if known is None:
        return "new", [], Plan(found, None, parent, found.facts)
    facts = {name: value for name, value in found.facts.items() if around.fact_at(known.id, name, found.as_of) != value}
    comes = (
        found.addresses is not None and (known.id, _account_in(around, found.addresses)) not in around.administrators
    )
    learns = known.credit_code is None and found.code is not None
    if facts or comes or learns:
        return "changed", [], Plan(found, known, parent, facts)
    return "same", [], None


def _known(found: Found, around: Beside) -> tuple[Organization | None, Reason | None]:
    """The organization of this code, or of this name where one of the two has no code."""
    same = around.by_code.get(found.code) if found.code is not None else None
    if same is not None and same.name != found.details.name:
        words = Words("这个信用代码已登记为“%(name)s”", name=same.name)
        return None, Reason(words, "credit_code")
    if same is not None:
        return _standing(same)
    alike = around.by_name.get(found.details.name)
    if alike is None or (found.code is not None and alike.credit_code is not None):
        return None, None
    return _standing(alike)


def _account_in(around: Beside, addresses: accounts.Addresses) -> int | None:
    every = (addresses.login, addresses.phone, addresses.email)
    return next((around.accounts[one] for one in every if one and one in around.accounts), None)


def _standing(row: Organization) -> tuple[Organization | None, Reason | None]:
    if row.state == OrganizationState.STANDING:
        return row, None
    return None, Reason(Words("这个单位正在等待核对，或者已经停用"), "name")


def _account(session: Session, addresses: accounts.Addresses) -> Account | None:
    for address in (addresses.login, addresses.phone, addresses.email):
        found = account_queries.by_address(session, address) if address else None
        if found is not None:
            return found
    return None


def _levels(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """What stands in the same list as its parent comes after it."""
    waiting = list(plans)
    made = {plan.found.details.name for plan in plans if plan.known}
    names = {plan.found.details.name for plan in plans}
    while waiting:
        ready = [plan for plan in waiting if plan.found.parent not in names or plan.found.parent in made]
        if not ready:
            raise NotReady([Reason(Words("上级单位互相绕成了圈，请核对“上级单位”一列"), "parent")])
        yield ready
        made |= {plan.found.details.name for plan in ready}
        chosen = {id(plan) for plan in ready}
        waiting = [plan for plan in waiting if id(plan) not in chosen]


def _bare(found: Found, paths: Mapping[str, str]) -> Bare:
    told = found.details
    region = identifiers.compact(told.region_code) or None
    return Bare(told.name, told.kind, found.code, region, paths[found.parent] if found.parent else "/")


def _write_facts(session: Session, plans: Sequence[tuple[int, Plan]], actor: Actor, now: datetime) -> None:
    rows = [
        {
            "organization_id": number,
            "name": name,
            "value": value,
            "as_of": plan.found.as_of,
            "source": plan.found.source[:200],
            "recorded_by": actor.account_id,
            "recorded_at": now,
        }
        for number, plan in plans
        for name, value in plan.facts.items()
    ]
    if rows:
        session.execute(insert(OrganizationFact), rows)


def _appoint(session: Session, found: Found, row: Organization, actor: Actor, now: datetime) -> None:
    """The account of this phone or user name, invited if there is none yet, speaks for the organization."""
    if found.addresses is None:
        return
    account = _account(session, found.addresses)
    if account is None:
        name = accounts.account_name(found.administrator)
        account = accounts.new_account(session, name, found.addresses, now, row.id)
        evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_invited", actor, now)
        accounts.send_invitation(session, account, now)
    administration.give_administration(session, actor, now, row, account.id, found.source)
