"""Organizations: proposed and approved, who administers them, what is known of them, where they stand in the line."""

import secrets as random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.names import organization_tokens, sort_key
from models.organizations import (
    Organization,
    OrganizationKind,
    OrganizationLine,
    OrganizationProposal,
    OrganizationState,
    OrganizationToken,
)
from models.queries import bindings
from models.queries import organizations as queries
from workflow.domain import identifiers
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import OrganizationSubject, Permission, can
from workflow.domain.words import Words
from workflow.services import evidence, roles

KINDS: Mapping[str, Words] = {
    OrganizationKind.EMPLOYER: Words("用人单位"),
    OrganizationKind.TRAINER: Words("培训机构"),
    OrganizationKind.ASSOCIATION: Words("协会"),
    OrganizationKind.DEPARTMENT: Words("部门"),
    OrganizationKind.DISTRICT: Words("区"),
    OrganizationKind.TOWNSHIP: Words("镇街"),
    OrganizationKind.VILLAGE: Words("村社"),
    OrganizationKind.OTHER: Words("其他单位"),
}


@dataclass(frozen=True)
class Details:
    """What is said of an organization, as it was typed."""

    name: str
    kind: str
    credit_code: str = ""
    parent_ref: str | None = None
    region_code: str = ""


@dataclass(frozen=True)
class Sheet:
    """One organization as its own page shows it."""

    line: queries.OrganizationLineItem
    above: tuple[str, ...]  # names, from the top down
    administrators: tuple[tuple[str, str], ...]  # (account ref, name)
    facts: Mapping[str, Mapping[str, Any]]  # the newest of each
    proposal: OrganizationProposal | None
    region_code: str | None


# --- making


def propose(actor: Actor, now: datetime, details: Details) -> str:
    """By anybody signed in: usable in their own draft, standing once the office has checked it. Its ref."""
    _require(actor, Permission.ORGANIZATION_PROPOSE)
    with writing() as session:
        made = make(session, details, now, OrganizationState.PROPOSED)
        session.add(
            OrganizationProposal(
                organization_id=made.id, proposed_by=actor.account_id, proposed_at=now, state="waiting"
            )
        )
        evidence.tell(session, StreamKind.ORGANIZATION, made.id, "organization_proposed", actor, now)
        return made.ref


def register(actor: Actor, now: datetime, details: Details) -> str:
    """By the office, standing at once. Its ref."""
    _require(actor, Permission.ORGANIZATION_APPROVE)
    with writing() as session:
        made = make(session, details, now, OrganizationState.STANDING)
        evidence.tell(session, StreamKind.ORGANIZATION, made.id, "organization_registered", actor, now)
        return made.ref


def _require(actor: Actor, permission: Permission) -> None:
    if not can(actor, permission):
        raise NotAllowed(Words("你没有办这件事的权限"))


def make(session: Session, details: Details, now: datetime, state: OrganizationState) -> Organization:
    """One organization with its line and its search words, in the caller's transaction."""
    name, code, region = checked(details)
    parent = _parent(session, details.parent_ref)
    refuse_double(session, name, code)
    ref = random.token_urlsafe(12)
    made = Organization(
        ref=ref,
        parent_id=parent.id if parent else None,
        kind=details.kind,
        name=name,
        name_sort=sort_key(name),
        credit_code=code,
        region_code=region,
        path=f"/+{ref}/",  # its id is known only after the insert
        state=state,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise InvalidInput([Reason(Words("这个统一社会信用代码刚刚被登记了，请搜索后直接选"), "credit_code")]) from None
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    session.flush()
    _index(session, made)
    _hang(session, made.id, parent.id if parent else None)
    return made


def checked(details: Details) -> tuple[str, str | None, str | None]:
    """Name, credit code and region as they are stored, or every reason why not."""
    reasons = []
    name = " ".join(identifiers.tidy(details.name).split())
    if not 2 <= len(name) <= 200:
        reasons.append(Reason(Words("单位名称应为 2 至 200 个字"), "name"))
    if details.kind not in KINDS:
        reasons.append(Reason(Words("请选单位的类型"), "kind"))
    code = identifiers.credit_code(details.credit_code) if details.credit_code.strip() else None
    if isinstance(code, Words):
        reasons.append(Reason(code, "credit_code"))
    region = _region(details.region_code) if details.region_code.strip() else None
    if isinstance(region, Words):
        reasons.append(Reason(region, "region_code"))
    if reasons or isinstance(code, Words) or isinstance(region, Words):
        raise InvalidInput(reasons)
    return name, code, region


def _region(typed: str) -> str | Words:
    depths = {6: "county", 9: "town", 12: "village"}
    return identifiers.region_code(typed, depths.get(len(identifiers.compact(typed)), "county"))


def _parent(session: Session, ref: str | None) -> Organization | None:
    if not ref:
        return None
    found = roles.standing_organization(session, ref)
    if found is None:
        raise InvalidInput([Reason(Words("没有这个上级单位"), "parent")])
    return found


def refuse_double(session: Session, name: str, code: str | None, but: int = 0) -> None:
    """One credit code, one organization; without a code, one name."""
    other = Organization.id != but
    if code is not None:
        same = session.scalars(select(Organization).where(Organization.credit_code == code, other)).first()
        if same is not None:
            raise InvalidInput([Reason(_taken(same), "credit_code")])
    alike = session.scalars(
        select(Organization).where(Organization.name == name, other, Organization.state != OrganizationState.CLOSED)
    ).first()
    if alike is not None and (code is None or alike.credit_code is None):
        words = Words(
            "已经有叫“%(name)s”的单位。如果就是它，请直接选；如果是另一家，两家都要有统一社会信用代码", name=name
        )
        raise InvalidInput([Reason(words, "name")])


def _taken(same: Organization) -> Words:
    if same.state == OrganizationState.PROPOSED:
        return Words("这个统一社会信用代码已有人申报为“%(name)s”，正在等待核对", name=same.name)
    if same.state == OrganizationState.CLOSED:
        return Words("这个统一社会信用代码登记在已停用的“%(name)s”名下，请联系主办单位", name=same.name)
    return Words("这个统一社会信用代码已登记为“%(name)s”，请搜索后直接选", name=same.name)


def _index(session: Session, row: Organization) -> None:
    session.execute(delete(OrganizationToken).where(OrganizationToken.organization_id == row.id))
    tokens = sorted(organization_tokens(row.name, row.credit_code))
    session.execute(insert(OrganizationToken), [{"token": token, "organization_id": row.id} for token in tokens])


def learn_code(session: Session, row: Organization, code: str) -> None:
    """The credit code of one that was registered without."""
    row.credit_code = code
    session.flush()
    _index(session, row)


def _hang(session: Session, organization_id: int, parent_id: int | None) -> None:
    """Its pairs with itself and with everything above."""
    pairs = [{"ancestor_id": organization_id, "descendant_id": organization_id, "depth": 0}]
    if parent_id is not None:
        above = session.execute(
            select(OrganizationLine.ancestor_id, OrganizationLine.depth).where(
                OrganizationLine.descendant_id == parent_id
            )
        )
        pairs += [{"ancestor_id": up, "descendant_id": organization_id, "depth": depth + 1} for up, depth in above]
    session.execute(insert(OrganizationLine), pairs)


# --- deciding on proposals


def approve(actor: Actor, now: datetime, ref: str, parent_ref: str | None = None) -> None:
    with writing() as session:
        row, proposal = _waiting(session, actor, ref)
        row.state, proposal.state = OrganizationState.STANDING, "approved"
        proposal.decided_by, proposal.decided_at = actor.account_id, now
        if parent_ref:
            _move(session, row, _parent(session, parent_ref))
        evidence.tell(session, StreamKind.ORGANIZATION, row.id, "organization_approved", actor, now)


def refuse(actor: Actor, now: datetime, ref: str, reason: str) -> None:
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写不通过的理由，申报的人会看到"), "reason")])
    with writing() as session:
        row, proposal = _waiting(session, actor, ref)
        row.state, row.closed_at, row.credit_code = OrganizationState.CLOSED, now, None
        proposal.state, proposal.reason = "refused", reason.strip()[:500]
        proposal.decided_by, proposal.decided_at = actor.account_id, now
        remarks = {"reason": reason.strip()}
        evidence.tell(session, StreamKind.ORGANIZATION, row.id, "organization_refused", actor, now, remarks=remarks)


def _waiting(session: Session, actor: Actor, ref: str) -> tuple[Organization, OrganizationProposal]:
    if not can(actor, Permission.ORGANIZATION_APPROVE):
        raise NotFound
    row = locked(session, ref)
    proposal = session.get(OrganizationProposal, row.id, with_for_update=True)
    if proposal is None or proposal.state != "waiting":
        raise NotReady([Reason(Words("这个单位已经核对过了"))])
    if proposal.proposed_by == actor.account_id:
        raise NotAllowed(Words("自己申报的单位，要由别人核对"))
    return row, proposal


def locked(session: Session, ref: str) -> Organization:
    row = session.scalars(select(Organization).where(Organization.ref == ref).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


# --- changing


def change(actor: Actor, now: datetime, ref: str, details: Details) -> None:
    """Name, kind, code, region and place in the line; cases keep what they were submitted with."""
    _require(actor, Permission.ORGANIZATION_APPROVE)
    name, code, region = checked(details)
    with writing() as session:
        row = locked(session, ref)
        refuse_double(session, name, code, but=row.id)
        before = (row.name, row.kind, row.credit_code, row.region_code)
        row.name, row.name_sort, row.kind, row.credit_code, row.region_code = (
            name,
            sort_key(name),
            details.kind,
            code,
            region,
        )
        after = (row.name, row.kind, row.credit_code, row.region_code)
        fields = ("name", "kind", "credit_code", "region_code")
        changed = [field for field, old, new in zip(fields, before, after, strict=True) if old != new]
        if _move(session, row, _parent(session, details.parent_ref)):
            changed.append("parent")
        _index(session, row)
        body = {"changed": changed}
        evidence.tell(session, StreamKind.ORGANIZATION, row.id, "organization_changed", actor, now, body=body)


def _move(session: Session, row: Organization, parent: Organization | None) -> bool:
    """Hang a whole branch elsewhere: its paths, its lines, and the line of the cases that stand in it."""
    if row.parent_id == (parent.id if parent else None):
        return False
    if parent is not None and parent.path.startswith(row.path):
        raise InvalidInput([Reason(Words("上级不能是它自己的下级"), "parent")])
    branch = queries.below(session, row.id)
    session.execute(
        delete(OrganizationLine).where(
            OrganizationLine.descendant_id.in_(branch), OrganizationLine.ancestor_id.not_in(branch)
        )
    )
    row.parent_id = parent.id if parent else None
    session.flush()
    old, new = row.path, f"{parent.path if parent else '/'}{row.id}/"
    for each in session.scalars(select(Organization).where(Organization.id.in_(branch))):
        each.path = new + each.path.removeprefix(old)
        _move_cases(session, each)
    _rehang(session, row.id, branch, parent)
    return True


def _move_cases(session: Session, row: Organization) -> None:
    session.execute(
        update(ApplicationRow)
        .where(ApplicationRow.line_organization_id == row.id)
        .values(line_path=row.path)
        .execution_options(synchronize_session=False)
    )


def _rehang(session: Session, top: int, branch: Collection[int], parent: Organization | None) -> None:
    if parent is None:
        return
    above = session.execute(
        select(OrganizationLine.ancestor_id, OrganizationLine.depth).where(OrganizationLine.descendant_id == parent.id)
    ).all()
    under = session.execute(
        select(OrganizationLine.descendant_id, OrganizationLine.depth).where(OrganizationLine.ancestor_id == top)
    ).all()
    pairs = [
        {"ancestor_id": up, "descendant_id": down, "depth": high + low + 1} for up, high in above for down, low in under
    ]
    session.execute(insert(OrganizationLine), pairs)


# --- reads


def search(actor: Actor, typed: str, kinds: Sequence[str] = (), limit: int = 20) -> list[queries.OrganizationLineItem]:
    """Standing organizations by tails of the name, pinyin, initials or code; for anybody signed in."""
    _require(actor, Permission.ORGANIZATION_PROPOSE)
    with reading() as session:
        return queries.found(session, typed, kinds, limit=limit)


def listed(
    actor: Actor, typed: str = "", states: Sequence[str] = ("proposed", "standing"), after: int = 0, limit: int = 50
) -> list[queries.OrganizationLineItem]:
    _require(actor, Permission.ORGANIZATION_APPROVE)
    with reading() as session:
        if typed.strip():
            return queries.found(session, typed, states=states, limit=limit)
        return queries.listed(session, (), states, after, limit)


def proposals(actor: Actor) -> list[queries.ProposalLine]:
    """Those that wait, oldest first, for the office; one's own, decided or not, for everybody else."""
    with reading() as session:
        everything = can(actor, Permission.ORGANIZATION_APPROVE)
        return queries.proposals(session, None if everything else actor.account_id or 0)


def sheet(actor: Actor, now: datetime, ref: str) -> Sheet:
    """For the office and for its own administrators; for its proposer while it waits."""
    with reading() as session:
        row = session.scalars(select(Organization).where(Organization.ref == ref)).first()
        if row is None:
            raise NotFound
        proposal = session.get(OrganizationProposal, row.id)
        subject = OrganizationSubject(row.id, row.path)
        mine = proposal is not None and proposal.proposed_by == actor.account_id
        if not (can(actor, Permission.ORGANIZATION_MANAGE, subject) or mine or _approves(actor)):
            raise NotFound
        names = queries.names(session, [int(part) for part in row.path.strip("/").split("/")])
        above = tuple(names[int(part)] for part in row.path.strip("/").split("/")[:-1])
        people = [account for _, account in bindings.administrators(session, [row.id], now)]
        accounts = session.execute(select(Account.ref, Account.name).where(Account.id.in_(people))).all()
        facts = queries.facts_at(session, row.id, local_day(now))
        who = tuple((ref, name) for ref, name in accounts)
        return Sheet(queries.line(row), above, who, facts, proposal, row.region_code)


def administered(actor: Actor) -> list[queries.OrganizationLineItem]:
    """Those that the actor speaks for, in the order of their names."""
    mine = [held.organization_id for held in actor.holdings if held.role == ADMINISTRATOR]
    with reading() as session:
        wanted = select(Organization).where(Organization.id.in_([each for each in mine if each is not None]))
        return [queries.line(row) for row in session.scalars(wanted.order_by(Organization.name_sort, Organization.id))]


def _approves(actor: Actor) -> bool:
    return can(actor, Permission.ORGANIZATION_APPROVE)
