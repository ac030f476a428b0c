"""What happened, in chains that can be verified; and the keys under which requests were answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class StreamKind(StrEnum):
    """Whose chain it is. Looking at something sensitive goes into a chain of its own and makes no page stale."""

    APPLICATION = "application"
    APPLICATION_ACCESS = "application_access"
    PROGRAM = "program"
    ROUND = "round"
    NOTICE = "notice"
    ORGANIZATION = "organization"
    PERSON = "person"
    PERSON_ACCESS = "person_access"
    ACCOUNT = "account"
    MEETING = "meeting"
    INSTALLATION = "installation"  # subject 0


class Stream(Base):
    __tablename__ = "stream"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", name="uq_stream_subject"),
        known("kind", StreamKind),
        rule("head", "seq >= 0 AND (seq = 0) = (head_mac IS NULL)"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Key)
    seq: Mapped[int] = mapped_column(default=0)
    head_mac: Mapped[str | None] = mapped_column(String(64))


class EventRow(Base):
    """Guarded: neither changed nor deleted. `mac` covers the row and the mac before it."""

    __tablename__ = "event"
    __table_args__ = (
        known("actor_kind", ("account", "system", "link", "anonymous")),
        rule("account_is_named", "(actor_kind = 'account') = (actor_id IS NOT NULL)"),
        rule("mac_shape", "length(mac) = 64"),
        rule("numbered_from_one", "seq >= 1 AND version >= 0"),
        Index("ix_event_actor", "actor_id", "at"),
        Index("ix_event_kind", "kind", "at"),
        Index("ix_event_at", "at", "mac"),  # the list of all records
    )

    stream_id: Mapped[int] = mapped_column(Key, ForeignKey("stream.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]  # the recorded action it belongs to; 0 where none is counted
    kind: Mapped[str] = mapped_column(String(60))
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    for_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    at: Mapped[datetime]
    entry_no: Mapped[int | None]
    program_version_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program_version.id"))
    body: Mapped[dict[str, Any]]
    mac: Mapped[str] = mapped_column(String(64))


class Anchor(Base):
    """Guarded. Count and root of all heads at one moment; the same line goes to a file outside the database."""

    __tablename__ = "anchor"
    __table_args__ = (rule("root_shape", "length(root) = 64"), rule("counts", "streams >= 0 AND events >= 0"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    streams: Mapped[int]
    events: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))


class RequestKey(Base):
    """One request, answered once: the same key and body get the same answer. Purged after 48 hours."""

    __tablename__ = "request_key"
    __table_args__ = (Index("ix_request_key_at", "at"),)

    asker: Mapped[str] = mapped_column(String(60), primary_key=True)  # account:12, link:…
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
