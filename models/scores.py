"""Sheets of raters, what they came to, and the draws that seated their raters."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class ReviewRow(Base):
    """One rater's sheet, frozen when it was handed in. Numbers are hundredths."""

    __tablename__ = "review"
    __table_args__ = (
        known("state", ("submitted", "reopened", "replaced")),
        rule("total_in_range", "total >= 0 AND total <= 10000"),
        rule("numbered_from_one", "entry_no >= 1 AND item_no >= 1 AND attempt >= 1"),
        Index("ix_review_account_id", "account_id", "submitted_at"),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    item_no: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    entry_no: Mapped[int]
    role_key: Mapped[str] = mapped_column(String(60))
    sheet_key: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    total: Mapped[int]  # out of 100
    state: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(40))  # the result table it came from
    submitted_at: Mapped[datetime]


class ReviewScore(Base):
    """What a rater gave on one criterion, with the words beside it."""

    __tablename__ = "review_score"
    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "item_no", "attempt"],
            ["review.application_id", "review.item_no", "review.attempt"],
            ondelete="CASCADE",
        ),
        rule("points_or_veto", "(points IS NULL) <> (veto IS NULL)"),
        rule("not_negative", "points IS NULL OR points >= 0"),
    )

    application_id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_no: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(String(60), primary_key=True)
    points: Mapped[int | None]  # as given, in hundredths
    veto: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class ReviewDraft(Base):
    """What a rater has typed so far and nobody else sees; gone when the sheet is handed in."""

    __tablename__ = "review_draft"
    __table_args__ = (rule("saves_count", "saves >= 1"),)

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), primary_key=True)
    body: Mapped[dict[str, Any]]  # field of the page -> the text in it
    saves: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class ScoreResult(Base):
    """What the sheets of one stay came to, with every figure between."""

    __tablename__ = "score_result"
    __table_args__ = (
        known("effect", ("pass", "refuse")),
        rule("total_in_range", "total >= 0 AND total <= 10000"),
        Index("ix_score_result_stage", "stage_key", "application_id"),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    stage_key: Mapped[str] = mapped_column(String(60))
    sheet_key: Mapped[str] = mapped_column(String(60))
    total: Mapped[int]  # hundredths
    is_complete: Mapped[bool]
    effect: Mapped[str] = mapped_column(String(20))
    derivation: Mapped[dict[str, Any]]
    scored_at: Mapped[datetime]


class Draw(Base):
    """Guarded. Everything that went in, so that anybody can draw again."""

    __tablename__ = "draw"
    __table_args__ = (
        rule("digest_shape", "length(inputs_digest) = 64"),
        Index("ix_draw_round_id", "round_id", "stage_key", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    method: Mapped[str] = mapped_column(String(40))
    seed: Mapped[str] = mapped_column(String(80))
    inputs: Mapped[dict[str, Any]]
    inputs_digest: Mapped[str] = mapped_column(String(64))
    drawn_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    drawn_at: Mapped[datetime]


class DrawSeat(Base):
    """Guarded. Who was drawn for a case; whoever sits there now is said by its work items."""

    __tablename__ = "draw_seat"
    __table_args__ = (
        rule("numbered_from_one", "place >= 1"),
        Index("ix_draw_seat_account_id", "account_id"),
        Index("uq_draw_seat_person", "draw_id", "application_id", "account_id", unique=True),
    )

    draw_id: Mapped[int] = mapped_column(Key, ForeignKey("draw.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    role_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
