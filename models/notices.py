"""Published lists: public notices, their lines as they were shown, and objections to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

_STANDING = text("state = 'standing'")


class Notice(Base):
    """Shown from `visible_from` until the end of `last_day`, as the moment of asking says: nobody needs to take it
    down. What it says never changes; a list that must change is taken down and published anew."""

    __tablename__ = "notice"
    __table_args__ = (
        known("audience", ("public", "internal", "organization")),
        known("count_from", ("next_day", "first_day")),
        rule("ends_after_it_begins", "last_day >= first_day"),
        rule("has_lines", "lines >= 1"),
        rule("digest_shape", "length(digest) = 64"),
        rule("taken_down_by_somebody", "(taken_down_at IS NULL) = (taken_down_by IS NULL)"),
        Index("ix_notice_round_id", "round_id", "stage_key"),
        Index("ix_notice_last_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    audience: Mapped[str] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(100))  # document number, as typed
    title: Mapped[str] = mapped_column(String(200))
    preamble: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")  # where objections go, besides the page
    issuer: Mapped[str] = mapped_column(String(200))
    columns: Mapped[list[Any]] = mapped_column(default=list)  # [key, name] each, as printed
    length: Mapped[str] = mapped_column(String(10))  # 5wd
    count_from: Mapped[str] = mapped_column(String(10))
    visible_from: Mapped[datetime]
    first_day: Mapped[date]
    last_day: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    taken_down_at: Mapped[datetime | None]
    taken_down_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))


class NoticeLine(Base):
    """One case as it was shown. `state` is folded from the case's events; a case stands in one notice at a time."""

    __tablename__ = "notice_line"
    __table_args__ = (
        known("state", ("standing", "ended", "taken_down", "left")),
        rule("digest_shape", "length(digest) = 64"),
        rule("numbered_from_one", "no >= 1"),
        Index("ix_notice_line_application_id", "application_id"),
        Index(
            "uq_notice_line_standing",
            "application_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    notice_id: Mapped[int] = mapped_column(Key, ForeignKey("notice.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    entry_no: Mapped[int]
    item_no: Mapped[int] = mapped_column(default=0)  # what is owed until its days are over
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    shown: Mapped[list[Any]] = mapped_column(default=list)  # the words of each column
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    erased_at: Mapped[datetime | None]  # `shown` is gone; its digest stays


class ObjectionRow(Base):
    """An objection. Who objects and what they wrote is sealed; the case's events know only that there is one."""

    __tablename__ = "objection"
    __table_args__ = (
        known("state", ("open", "partly", "upheld", "rejected", "kept", "dropped", "moot")),
        known("via", ("page", "phone", "letter", "visit")),
        rule("typed_by_hand", "(via = 'page') = (entered_by IS NULL)"),
        rule("settled_has_time", "(settled_at IS NULL) = (state IN ('open', 'partly', 'moot'))"),
        Index("ix_objection_notice_id", "notice_id", "line_no"),
        Index("ix_objection_application_id", "application_id"),
        Index("ix_objection_address_digest", "address_digest", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    notice_id: Mapped[int] = mapped_column(Key, ForeignKey("notice.id"))
    line_no: Mapped[int]
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    via: Mapped[str] = mapped_column(String(10))
    received_on: Mapped[date]
    at: Mapped[datetime]
    who: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON: name, phone, address
    words: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: facts and grounds
    report: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: what was found out
    consent: Mapped[bool] = mapped_column(default=False)
    address_digest: Mapped[str | None] = mapped_column(String(64))  # recognizes a flood without keeping the address
    entered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    evidence_name: Mapped[str | None] = mapped_column(String(255))
    evidence_sha256: Mapped[str | None] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    erased_at: Mapped[datetime | None]
