"""What is run: programs and their immutable published versions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class Program(Base):
    __tablename__ = "program"
    __table_args__ = (known("visibility", ("public", "internal")),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))  # as in the newest version; pages use the version's own label
    visibility: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]


COMPOSED = 1_000_000
"""From here on are numbered the versions that nobody published: made for running cases on their way to another."""


class ProgramVersion(Base):
    """Guarded: neither changed nor deleted. `towards_id`: it has those changes of that version which reach a case."""

    __tablename__ = "program_version"
    __table_args__ = (
        UniqueConstraint("program_id", "number", name="uq_program_version_number"),
        rule("numbered_from_one", "number >= 1"),
        rule("digest_shape", "length(digest) = 64"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    towards_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program_version.id"))
