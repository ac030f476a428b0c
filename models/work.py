"""What is owed by whom: pools, work items, and the conflicts that take people out of a case."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.application import Duty

RECUSED = "recused"
"""The ground of who is out of one case for good: stepped out, or decided what an appeal overturned."""

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The due time of what has none: a NULL would fall out of keyset pages."""

_OPEN = text("state = 'open'")
_CORRECT = text("state = 'open' AND duty = 'correct'")
_DONE = text("state = 'done'")


class Pool(Base):
    """Whoever holds this role there: an interned place that items wait in until somebody takes them."""

    __tablename__ = "pool"
    __table_args__ = (Index("ix_pool_role", "role_key", "program_id", "organization_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    identity: Mapped[str] = mapped_column(String(200), unique=True)  # round:role:organization:track
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    role_key: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    track: Mapped[str | None] = mapped_column(String(60))
    by_office: Mapped[bool] = mapped_column(default=False)  # an `of:` role: administrators of the organization hold it


class WorkItem(Base):
    """One obligation of one holder or of one pool. `version` is what a page saw; a stale page changes no row."""

    __tablename__ = "work_item"
    __table_args__ = (
        known("state", ("open", "done", "cancelled")),
        known("duty", Duty),
        rule("somebody_owes_it", "pool_id IS NOT NULL OR holder_id IS NOT NULL"),
        rule("closed_has_time", "(state = 'open') = (closed_at IS NULL)"),
        rule("done_has_result", "(state = 'done') = (result IS NOT NULL)"),
        rule("version_counts", "version >= 1 AND no >= 1"),
        Index("uq_work_item_no", "application_id", "no", unique=True),
        Index("ix_work_item_pool", "pool_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_work_item_holder", "holder_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_work_item_held", "holder_id", "role_key"),
        Index("ix_work_item_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_work_item_round", "round_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_work_item_remind", "remind_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # the duty once more: of two partial indexes that fit alike, SQLite takes whichever was made last
        Index("ix_work_item_corrections", "duty", "due_at", "id", sqlite_where=_CORRECT, postgresql_where=_CORRECT),
        Index("ix_work_item_done", "closed_by", "closed_at", sqlite_where=_DONE, postgresql_where=_DONE),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    no: Mapped[int]  # counts within the case
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    entry_no: Mapped[int]  # 0: not of a stay
    stage_key: Mapped[str] = mapped_column(String(60))
    duty: Mapped[str] = mapped_column(String(20))
    role_key: Mapped[str] = mapped_column(String(60))
    track: Mapped[str | None] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    pool_id: Mapped[int | None] = mapped_column(Key, ForeignKey("pool.id"))
    holder_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    version: Mapped[int] = mapped_column(default=1)
    about: Mapped[str | None] = mapped_column(String(80))  # of what follows a recognition: `duty:quarterly:3`
    hint: Mapped[str | None] = mapped_column(String(30))  # corrected, proposed…: what is special about it
    conflict_bars: Mapped[bool] = mapped_column(default=True)  # False: held by office, whatever conflicts stand
    proposer_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))  # whose proposal waits here
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(default=NEVER)
    remind_at: Mapped[datetime] = mapped_column(default=NEVER)  # when the clock must next look at its last day
    provisional: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    result: Mapped[str | None] = mapped_column(String(30))


class Conflict(Base):
    """Computed when a case enters, when a binding starts and when answers change; or declared by the person."""

    __tablename__ = "conflict"
    __table_args__ = (
        known("state", ("standing", "lifted")),
        rule("lifted_has_time", "(state = 'lifted') = (lifted_at IS NOT NULL)"),
        Index("uq_conflict_ground", "account_id", "application_id", "ground", unique=True),
        Index("ix_conflict_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    ground: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(20), default="computed")
    state: Mapped[str] = mapped_column(String(20), default="standing")
    noted_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class Declaration(Base):
    """What somebody who judges said about one case before the first look at it. `near`: they stepped out."""

    __tablename__ = "declaration"
    __table_args__ = (
        known("state", ("standing", "withdrawn")),
        rule("withdrawn_has_time", "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"),
        Index(
            "uq_declaration_standing",
            "account_id",
            "application_id",
            "stage_key",
            unique=True,
            sqlite_where=text("state = 'standing'"),
            postgresql_where=text("state = 'standing'"),
        ),
        Index("ix_declaration_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    near: Mapped[bool]
    declared_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="standing")
    withdrawn_at: Mapped[datetime | None]
