"""Named filters of one's own queue, kept until one drops them."""

import secrets as random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from models.base import ask, reading, writing
from models.views import SavedView
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.policy import Permission, can
from workflow.domain.words import Words

MOST = 20
LONGEST_NAME = 40
LONGEST_QUERY = 1000
_MINE = (
    select(SavedView.ref, SavedView.name, SavedView.query)
    .where(SavedView.account_id == bindparam("me"))
    .order_by(SavedView.id)
)


@dataclass(frozen=True)
class Saved:
    ref: str
    name: str
    query: str


def mine(actor: Actor) -> tuple[Saved, ...]:
    with reading() as session:
        return tuple(Saved(*row) for row in ask(session, _MINE, me=actor.account_id))


def keep(actor: Actor, now: datetime, name: str, query: str) -> None:
    """Under a name of one's own; the same name again means the new filters."""
    said = " ".join(name.split())
    if not can(actor, Permission.QUEUE_READ):
        raise NotFound
    if not said or len(said) > LONGEST_NAME:
        raise InvalidInput([Reason(Words("请给视图起个名字，最多 %(n)s 个字", n=LONGEST_NAME), "name")])
    if not query or len(query) > LONGEST_QUERY:
        raise InvalidInput([Reason(Words("先选筛选，再存成视图"), "name")])
    with writing() as session:
        own = SavedView.account_id == actor.account_id
        found = session.scalars(select(SavedView).where(own, SavedView.name == said)).first()
        if found is not None:
            found.query = query
            return
        if (session.scalar(select(func.count()).select_from(SavedView).where(own)) or 0) >= MOST:
            raise InvalidInput([Reason(Words("最多存 %(n)s 个视图，请先删掉一个", n=MOST), "name")])
        row = SavedView(
            ref=random.token_urlsafe(12), account_id=actor.account_id, name=said, query=query, created_at=now
        )
        session.add(row)


def drop(actor: Actor, ref: str) -> None:
    with writing() as session:
        wanted = select(SavedView).where(SavedView.account_id == actor.account_id, SavedView.ref == ref)
        row = session.scalars(wanted).first()
        if row is None:
            raise NotFound
        session.delete(row)
