"""What the lead of a joint check does to many at once: remind departments, pass those to whom nobody objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import StreamKind
from models.queries import joint_matrix as queries
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotAllowed, NotReady, Reason
from workflow.domain.words import Words
from workflow.services import actions, evidence, outbox
from workflow.services.joint_lead import Row, matrix


# -- reminding ---------------------------------------------------------------------------------------------------------
def urge(ref: str, stage: str, roles: Sequence[str], actor: Actor, now: datetime) -> dict[str, int]:
    """Remind whoever holds these departments of what they owe, once a day each: department -> how many heard of it."""
    shown = matrix(ref, stage, actor, now)
    if not shown.leads:
        raise NotAllowed(Words("催办由牵头单位来做"))
    owed = {each.key: each.waiting for each in shown.departments if each.key in roles and each.waiting}
    if not owed:
        raise NotReady([Reason(Words("这些部门都已经答复，不用催了"))])
    told: dict[str, int] = {}
    with writing() as session:
        round_ = session.scalars(select(Round).where(Round.ref == ref).with_for_update()).one()
        before = queries.urged_at(session, round_.id, stage)
        for role, count in owed.items():
            if role in before and local_day(before[role]) == local_day(now):
                continue
            told[role] = _urge(session, round_, stage, role, count, actor, now)
    if not told:
        raise NotReady([Reason(Words("今天已经催过，明天还没有答复再催"))])
    return told


def _urge(session: Session, round_: Round, stage: str, role: str, count: int, actor: Actor, now: datetime) -> int:
    accounts = queries.holders_of(session, round_.program_id, round_.id, role, now)
    for account in accounts:
        outbox.post(
            session,
            "department_urged",
            now,
            recipient_id=account,
            params={"round": round_.ref, "stage": stage, "department": role, "count": count},
            once=f"urge:{round_.id}:{stage}:{role}:{account}:{local_day(now).isoformat()}",
        )
    body = {"stage": stage, "role": role, "count": count, "accounts": len(accounts)}
    evidence.tell(session, StreamKind.ROUND, round_.id, "department_urged", actor, now, body=body)
    return len(accounts)


# -- passing together --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Many:
    done: tuple[Row, ...]
    aside: tuple[Row, ...]


def clear_ones(ref: str, stage: str, refs: Sequence[str], actor: Actor, now: datetime) -> tuple[Row, ...]:
    """Those of the named people about whom every department says 无异议 and whose conclusion is still open."""
    wanted = set(refs)
    return tuple(row for row in matrix(ref, stage, actor, now).rows if row.clear and row.person.ref in wanted)


def pass_all(
    ref: str, stage: str, refs: Sequence[str], actor: Actor, now: datetime, *, request_key: str | None = None
) -> Many:
    rows = clear_ones(ref, stage, refs, actor, now)
    part = actions.perform_pool(
        [row.person.ref for row in rows], stage, "pass", actor, now, request_key=request_key, inputs={}
    )
    done = tuple(row for row in rows if row.person.ref in part.done)
    return Many(done, tuple(row for row in rows if row.person.ref not in part.done))
