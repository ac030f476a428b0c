"""Who asks. The policy needs no database: everything it must know about the asker stands here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Office(StrEnum):
    """Duties for the whole installation. The first three exclude each other and any business role (三员分立)."""

    ACCOUNTS = "accounts"  # 系统管理员: accounts and organizations, never business data
    PERMISSIONS = "permissions"  # 安全管理员: who holds which office and role
    AUDIT = "audit"  # 审计管理员: reads the records, changes nothing
    PROGRAMS = "programs"  # 方案管理员: publishes programs and opens rounds


@dataclass(frozen=True)
class Holding:
    """One role held within a place. `None` = not narrowed; an organization covers all below it in the line.

    `organization_path` is the organization's line path, such as `/1/12/`.
    """

    role: str
    program_id: int | None = None
    round_id: int | None = None
    organization_id: int | None = None
    organization_path: str | None = None
    track: str | None = None
    for_id: int | None = None  # the absent colleague on whose behalf this is held


@dataclass(frozen=True)
class Actor:
    kind: Literal["account", "system", "link", "anonymous"]
    account_id: int | None = None
    person_id: int | None = None
    organization_id: int | None = None
    application_id: int | None = None  # for a one-time link: the one case it opens
    member: int = 0  # for a one-time link: the row of the team's table of whoever holds it; 0 = the person
    holdings: tuple[Holding, ...] = ()
    offices: frozenset[Office] = frozenset()


ADMINISTRATOR = "administrator"
"""The role key by which an organization's own administrator is bound. Holds every `of:` role of that organization."""

SYSTEM = Actor("system")
ANONYMOUS = Actor("anonymous")
