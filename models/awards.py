"""Recognitions, the certificates printed of them, what comes with them, and how their numbers are counted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.recognition import Standing, Why


class RecognitionRow(Base):
    """Folded from the case's events. Whether it is valid today also asks `valid_until`: a clock may be late or dead."""

    __tablename__ = "recognition"
    __table_args__ = (
        UniqueConstraint("program_id", "number", name="uq_recognition_number"),
        known("standing", Standing),
        known("recovery", ("asked", "done")),
        rule("ended_has_day", "(standing = 'valid') = (ended_on IS NULL)"),
        rule("ends_after_it_begins", "valid_until IS NULL OR valid_until >= recognized_on"),
        rule("revoked_says_why", "standing <> 'revoked' OR exit_key IS NOT NULL"),
        rule("valid_bans_nobody", "standing <> 'valid' OR ban_until IS NULL"),
        Index("ix_recognition_number", "number"),
        Index("ix_recognition_round_id", "round_id", "standing", "id"),
        Index("ix_recognition_person_id", "person_id"),
        Index("ix_recognition_subject_organization_id", "subject_organization_id"),
        Index("ix_recognition_valid_until", "standing", "valid_until"),
        Index("ix_recognition_look_on", "standing", "look_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("person.id"))
    subject_organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    track: Mapped[str] = mapped_column(String(60))
    level: Mapped[str | None] = mapped_column(String(60))
    grants: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # name -> decimal string
    number: Mapped[str] = mapped_column(String(80))
    document: Mapped[str] = mapped_column(String(100))  # 文号
    recognized_on: Mapped[date]
    valid_until: Mapped[date | None]  # its last day; None: it does not end
    standing: Mapped[str] = mapped_column(String(20))
    ended_on: Mapped[date | None]
    exit_key: Mapped[str | None] = mapped_column(String(60))
    end_document: Mapped[str | None] = mapped_column(String(100))  # of the decision that revoked it
    ban_until: Mapped[date | None]
    recovery: Mapped[str | None] = mapped_column(String(10))
    register: Mapped[str | None] = mapped_column(String(100))  # the register that it is entered in
    look_on: Mapped[date | None]  # when the clock must look at its duties, payments and points again
    recognized_at: Mapped[datetime]


class CertificateRow(Base):
    """What was printed, word by word, so that it can be drawn again just the same. The newest one is in force."""

    __tablename__ = "certificate"
    __table_args__ = (
        known("why", Why),
        rule("numbered_from_one", "no >= 1"),
        Index("uq_certificate_no", "recognition_id", "no", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    recognition_id: Mapped[int] = mapped_column(Key, ForeignKey("recognition.id"))
    no: Mapped[int]
    why: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(40), unique=True)  # stands in the code that one scans
    check_code: Mapped[str] = mapped_column(String(12))  # typed together with the number
    name: Mapped[str] = mapped_column(String(100))
    id_mask: Mapped[str | None] = mapped_column(String(40))
    face: Mapped[dict[str, Any]]  # heading, lines, rows, issuer…: everything printed but the name and the code
    printed_at: Mapped[datetime]


class Entitlement(Base):
    """One benefit of one recognition. Amounts are decimal strings; `full` without regard to what is held elsewhere."""

    __tablename__ = "entitlement"
    __table_args__ = (rule("amount_is_of_something", "(amount IS NULL) = (full_amount IS NULL)"),)

    recognition_id: Mapped[int] = mapped_column(Key, ForeignKey("recognition.id"), primary_key=True)
    benefit: Mapped[str] = mapped_column(String(60), primary_key=True)
    amount: Mapped[str | None] = mapped_column(String(40))
    full_amount: Mapped[str | None] = mapped_column(String(40))


class CertificateCounter(Base):
    """What follows in one series, such as `FE-2026-PATTERN-{seq:4}`. Locked while a list takes its numbers."""

    __tablename__ = "certificate_counter"
    __table_args__ = (rule("counts", "next_value >= 1"),)

    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(120), primary_key=True)
    next_value: Mapped[int]


class Issuing(Base):
    """One act of issuing a list: under which document, and why it differs from what the public was shown."""

    __tablename__ = "issuing"
    __table_args__ = (
        rule("issued_somebody", "cases >= 1"),
        Index("ix_issuing_round_id", "round_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    document: Mapped[str] = mapped_column(String(100))
    document_on: Mapped[date]
    difference: Mapped[str] = mapped_column(Text, default="")
    cases: Mapped[int]
    issued_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    issued_at: Mapped[datetime]
