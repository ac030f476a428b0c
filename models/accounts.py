"""Who signs in, and everything around the door: offices, attempts, codes, sessions, former passwords."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.actor import Office


class AccountState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Account(Base):
    __tablename__ = "account"
    __table_args__ = (
        known("state", AccountState),
        rule("can_be_addressed", "login IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL"),
        rule("login_lower", "login IS NULL OR login = lower(login)"),
        rule("email_lower", "email IS NULL OR email = lower(email)"),
        rule("active_has_password", "state <> 'active' OR password_hash IS NOT NULL"),
        rule("invited_has_no_password", "state <> 'invited' OR password_hash IS NULL"),
        rule("epoch_counts", "session_epoch >= 0"),
        Index("ix_account_organization_id", "organization_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    login: Mapped[str | None] = mapped_column(String(40), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=False)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session at once
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("person.id"), unique=True)
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))  # where they work
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # language, big text…
    created_at: Mapped[datetime]


class FormerPassword(Base):
    """The last few hashes, so that a password is not used again at once."""

    __tablename__ = "former_password"
    __table_args__ = (Index("ix_former_password_account_id", "account_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[datetime]


class OfficeHolder(Base):
    """Duties for the whole installation. One per account at a time: the three officers exclude each other."""

    __tablename__ = "office_holder"
    __table_args__ = (
        known("office", Office),
        rule("ends_after_start", "ends_at IS NULL OR ends_at >= starts_at"),
        Index(
            "uq_office_holder_one_each",
            "account_id",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    office: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try at the door. Keeps a digest of what was typed, so that unknown names are counted like known ones."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_pair", "login_digest", "address", "at"),
        Index("ix_login_attempt_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    login_digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    ok: Mapped[bool]


class CredentialCode(Base):
    """A secret that opens one door once: a six-digit code or a link. Only its digest is kept."""

    __tablename__ = "credential_code"
    __table_args__ = (
        known("purpose", ("register", "reset", "invite", "confirm")),
        rule("for_somebody", "account_id IS NOT NULL OR address IS NOT NULL OR subject_ref IS NOT NULL"),
        rule("expires_later", "expires_at > created_at"),
        rule("attempts_count", "attempts >= 0"),
        Index("ix_credential_code_address", "purpose", "address", "created_at"),
        Index("ix_credential_code_account_id", "account_id"),
        Index("ix_credential_code_subject_ref", "subject_ref"),
        Index("ix_credential_code_asked_from", "asked_from", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    address: Mapped[str | None] = mapped_column(String(200))  # phone or e-mail it was sent to
    subject_ref: Mapped[str | None] = mapped_column(String(24))  # confirm: the application it opens
    asked_from: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class WebSession(Base):
    """One signed-in browser. The cookie holds the token, the row its digest."""

    __tablename__ = "web_session"
    __table_args__ = (
        rule("ended_says_why", "(ended_at IS NULL) = (end_reason IS NULL)"),
        Index("ix_web_session_account_id", "account_id", "last_seen_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    epoch: Mapped[int]
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(20))
