"""Who holds which role of which program, where and for how long; and who stands in for whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import rule
from workflow.domain.actor import ADMINISTRATOR


class RoleBinding(Base):
    """Ended, never deleted. NULL means not narrowed; an organization covers all below it in its line.

    An organization's administrator is a binding too (role `administrator`, of no program): it holds every `of:` role
    there. `through_organization_id`: the role was given to that organization; it follows its administrators.
    """

    __tablename__ = "role_binding"
    __table_args__ = (
        rule("ends_after_start", "ends_at IS NULL OR ends_at >= starts_at"),
        rule("round_names_program", "round_id IS NULL OR program_id IS NOT NULL"),
        rule("role_names_program", f"(role_key = '{ADMINISTRATOR}') = (program_id IS NULL)"),
        rule("administrator_names_organization", f"role_key <> '{ADMINISTRATOR}' OR organization_id IS NOT NULL"),
        Index(
            "uq_role_binding_standing",
            "identity",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
        Index("ix_role_binding_account_id", "account_id"),
        Index("ix_role_binding_round_id", "round_id", "role_key"),
        Index("ix_role_binding_program_id", "program_id", "role_key"),
        Index("ix_role_binding_organization_id", "organization_id", "role_key"),
        Index("ix_role_binding_through_organization_id", "through_organization_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    identity: Mapped[str] = mapped_column(String(200))  # all that is below in one word: twice the same is refused
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    role_key: Mapped[str] = mapped_column(String(60))
    program_id: Mapped[int | None] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int | None] = mapped_column(Key, ForeignKey("round.id"))
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    track: Mapped[str | None] = mapped_column(String(60))
    through_organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(String(200), default="")


class Substitution(Base):
    __tablename__ = "substitution"
    __table_args__ = (
        rule("not_oneself", "absent_id <> substitute_id"),
        rule("ends_after_start", "ends_at > starts_at"),
        Index("ix_substitution_substitute_id", "substitute_id"),
        Index("ix_substitution_absent_id", "absent_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    absent_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    substitute_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(String(200), default="")
