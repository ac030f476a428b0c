"""Programs in the making: one text each, and every change of it, so that any single one can be undone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

JSON_OR_NULL = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class DraftState(StrEnum):
    OPEN = "open"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class ProgramDraft(Base):
    """`program_id` is empty until a new program is published; `key` and `name` are what the text says now."""

    __tablename__ = "program_draft"
    __table_args__ = (
        known("state", DraftState),
        rule("revision_counts", "revision >= 0"),
        rule("review_was_asked", "state <> 'in_review' OR (asked_at IS NOT NULL AND asked_by IS NOT NULL)"),
        rule("published_has_version", "(state = 'published') = (version_id IS NOT NULL)"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program.id"))
    based_on_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program_version.id"))
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    updated_at: Mapped[datetime]
    updated_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    note: Mapped[str | None] = mapped_column(String(1000))  # to whoever looks at it before it is published
    version_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program_version.id"))  # what became of it


class ProgramDraftChange(Base):
    """Guarded: neither changed nor deleted. `splices` lead from the text of the revision before to this one's."""

    __tablename__ = "program_draft_change"
    __table_args__ = (
        UniqueConstraint("draft_id", "revision", name="uq_program_draft_change_revision"),
        rule("numbered_from_one", "revision >= 1"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    draft_id: Mapped[int] = mapped_column(Key, ForeignKey("program_draft.id"))
    revision: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    splices: Mapped[list[Any]]
    said: Mapped[list[Any]]
    undoes: Mapped[int | None]


class TrialKind(StrEnum):
    PLAY = "play"  # with made-up people
    WHAT_IF = "what_if"  # with applications of the past


class TrialState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


_OWED = text("state IN ('waiting', 'running')")


class ProgramTrial(Base):
    """A draft's text tried: who asked for what and when, how far it has come, what was found.

    Whoever runs it takes a lease: `next_at` moves to the end of the lease and `fence` counts up, so that a process that
    comes back late writes nothing. `size`: people to make up, or applications to look at; `settled`: who is through.
    """

    __tablename__ = "program_trial"
    __table_args__ = (
        known("kind", TrialKind),
        known("state", TrialState),
        rule("done_has_result", "(state = 'done') = (result IS NOT NULL)"),
        rule("owed_has_moment", "(state IN ('waiting', 'running')) = (next_at IS NOT NULL)"),
        rule("leased_has_owner", "(state = 'running') = (leased_by IS NOT NULL)"),
        rule("counts", "size >= 1 AND acts >= 0 AND settled >= 0 AND tries >= 0 AND fence >= tries"),
        Index("ix_program_trial_draft_id", "draft_id", "id"),
        Index("ix_program_trial_owed", "next_at", "id", sqlite_where=_OWED, postgresql_where=_OWED),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    draft_id: Mapped[int] = mapped_column(Key, ForeignKey("program_draft.id"))
    kind: Mapped[str] = mapped_column(String(10), default=TrialKind.PLAY)
    round_id: Mapped[int | None] = mapped_column(Key, ForeignKey("round.id"))  # whose applications; None: of all rounds
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    acts: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
    began_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(100))
    fence: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    found: Mapped[int | None]  # complaints, or applications with another result: what a list says of it
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON_OR_NULL)


_MOVING = text("state = 'running'")


class Adoption(Base):
    """What was decided of a version for the cases that run, and how far it has come; or the way back of one.

    `last_id`: the case that was looked at last; `aside`: [words, refs] of those nothing happened to. Whoever carries it
    on holds a lease until `next_at`, and writes only while `fence` is theirs.
    """

    __tablename__ = "adoption"
    __table_args__ = (
        known("state", ("running", "done")),
        rule("done_has_time", "(state = 'done') = (ended_at IS NOT NULL)"),
        rule("counts", "seen >= 0 AND moved >= 0 AND moved <= seen AND turned >= 0 AND fence >= 0"),
        Index("uq_adoption_running", "program_id", unique=True, sqlite_where=_MOVING, postgresql_where=_MOVING),
        Index("ix_adoption_version_id", "version_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    reverts: Mapped[str | None] = mapped_column(String(24))  # the key of the one that this takes back
    paths: Mapped[list[Any]] = mapped_column(default=list)
    rounds: Mapped[list[Any]] = mapped_column(default=list)
    cases: Mapped[list[Any]] = mapped_column(default=list)
    judged: Mapped[dict[str, Any]] = mapped_column(default=dict)  # round -> where somebody had judged when it began
    measured: Mapped[list[Any]] = mapped_column(default=list)  # the rounds in which nobody judges until it has ended
    reason: Mapped[str] = mapped_column(String(500), default="")
    began_at: Mapped[datetime]
    began_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(20))
    total: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    turned: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(Key, default=0)
    aside: Mapped[list[Any]] = mapped_column(default=list)
    ended_at: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    next_at: Mapped[datetime]
