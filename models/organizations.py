"""Employers, associations, trainers, departments, townships and villages, and the line in which they stand."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, Index, String, case
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class OrganizationKind(StrEnum):
    EMPLOYER = "employer"
    TRAINER = "trainer"
    ASSOCIATION = "association"
    DEPARTMENT = "department"
    DISTRICT = "district"
    TOWNSHIP = "township"
    VILLAGE = "village"
    OTHER = "other"


class OrganizationState(StrEnum):
    PROPOSED = "proposed"
    STANDING = "standing"
    CLOSED = "closed"  # refused as a proposal, or no longer existing


class Organization(Base):
    __tablename__ = "organization"
    __table_args__ = (
        known("kind", OrganizationKind),
        known("state", OrganizationState),
        rule("path_shape", "path LIKE '/%/'"),
        rule("credit_code_shape", "credit_code IS NULL OR length(credit_code) = 18"),
        rule("closed_has_time", "(state = 'closed') = (closed_at IS NOT NULL)"),
        Index("ix_organization_parent_id", "parent_id"),
        Index("ix_organization_region_code", "region_code"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    parent_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400))
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    region_code: Mapped[str | None] = mapped_column(String(12))
    path: Mapped[str] = mapped_column(String(200), unique=True)  # `/1/12/`: itself and all above it
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


PLACES = (OrganizationKind.DISTRICT.value, OrganizationKind.TOWNSHIP.value, OrganizationKind.VILLAGE.value)
"""The kinds that are the place whose code they bear; others only lie there."""


SPELLED = (
    Organization.ref,
    Organization.credit_code,
    case((Organization.kind.in_(PLACES), Organization.region_code)),
)
"""What an answer may name an organization by."""


def place_at(codes: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    return Organization.region_code.in_(codes) & Organization.kind.in_(PLACES)


class OrganizationLine(Base):
    """Every pair of an organization and one above it, itself included; resolves bindings that cover all below."""

    __tablename__ = "organization_line"
    __table_args__ = (
        rule("depth_zero_is_itself", "(depth = 0) = (ancestor_id = descendant_id) AND depth >= 0"),
        Index("ix_organization_line_descendant_id", "descendant_id"),
    )

    ancestor_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    depth: Mapped[int]


class OrganizationToken(Base):
    """What an organization is found by: tails of its name, pinyin, initials, credit code. Prefixes of these match."""

    __tablename__ = "organization_token"
    __table_args__ = (Index("ix_organization_token_organization_id", "organization_id"),)

    token: Mapped[str] = mapped_column(String(80), primary_key=True)
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)


class OrganizationFact(Base):
    """A number known of an organization, with where it comes from. Append-only: a newer one replaces it by its date."""

    __tablename__ = "organization_fact"
    __table_args__ = (
        rule("not_negative", "value >= 0"),
        rule("source_named", "length(source) > 0"),
        Index("ix_organization_fact_organization_id", "organization_id", "name", "as_of"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(60))  # staff, graduates…: the key of the nominator's `facts`
    value: Mapped[int]
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))  # None: at the machine itself
    recorded_at: Mapped[datetime]


class OrganizationProposal(Base):
    """Somebody's request to list an organization, and what the office decided."""

    __tablename__ = "organization_proposal"
    __table_args__ = (
        known("state", ("waiting", "approved", "refused")),
        rule("decided_has_who_and_when", "(state = 'waiting') = (decided_at IS NULL AND decided_by IS NULL)"),
        rule("refused_has_reason", "state <> 'refused' OR length(reason) > 0"),
        Index("ix_organization_proposal_state", "state", "proposed_at"),
    )

    organization_id: Mapped[int] = mapped_column(Key, ForeignKey("organization.id"), primary_key=True)
    proposed_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
