"""Files: stored once by content, attached to a place of a case."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class StoredFile(Base):
    __tablename__ = "stored_file"
    __table_args__ = (rule("digest_shape", "length(sha256) = 64"), rule("not_empty", "size > 0"))

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(80))  # as sniffed, never as claimed
    pages: Mapped[int | None]
    stored_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]


class Attachment(Base):
    """`field_key` is the field's path; `row_no` its row, 0 outside of tables; one current file per position."""

    __tablename__ = "attachment"
    __table_args__ = (
        known("purpose", ("original", "blind_copy", "record")),
        rule("in_place", "row_no >= 0 AND position >= 0"),
        Index(
            "uq_attachment_place",
            "application_id",
            "field_key",
            "row_no",
            "purpose",
            "position",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_attachment_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    field_key: Mapped[str] = mapped_column(String(120))
    row_no: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(20), default="original")
    name: Mapped[str] = mapped_column(String(255))  # as the sender called it, cleaned
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    source_sha256: Mapped[str | None] = mapped_column(String(64))  # what was sent, where it was re-encoded
    uploaded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]  # what it held is gone from the case; its digest stays
