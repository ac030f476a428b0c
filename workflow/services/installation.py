"""The first start: four people who hold the house, each invited by a one-time link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.base import reading, writing
from models.evidence import StreamKind
from workflow.domain.actor import SYSTEM, Office
from workflow.services import accounts, evidence

FOUNDERS = (
    ("sysadmin", "系统管理员", Office.ACCOUNTS),
    ("security", "安全管理员", Office.PERMISSIONS),
    ("audit", "审计管理员", Office.AUDIT),
    ("programs", "方案管理员", Office.PROGRAMS),
)


@dataclass(frozen=True)
class Founder:
    """Whom to give the link to; it is shown once and opens the account for whoever holds it."""

    login: str
    name: str
    token: str


def first_run(now: datetime) -> Sequence[Founder]:
    """The founders with fresh links as long as nobody has ever signed in; afterwards nobody, and nothing is done."""
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":  # two first starts at once; SQLite has one writer anyway
            session.execute(text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))
        if not _nobody(session):
            return ()
        return [_founder(session, login, name, office, now) for login, name, office in FOUNDERS]


def nobody_came_yet() -> bool:
    with reading() as session:
        return _nobody(session)


def _nobody(session: Session) -> bool:
    return session.scalar(select(Account.id).where(Account.state != AccountState.INVITED).limit(1)) is None


def _founder(session: Session, login: str, name: str, office: Office, now: datetime) -> Founder:
    account = session.scalar(select(Account).where(Account.login == login)) or _made(session, login, name, office, now)
    return Founder(login, account.name, accounts.send_invitation(session, account, now))


def _made(session: Session, login: str, name: str, office: Office, now: datetime) -> Account:
    account = accounts.new_account(session, name, accounts.addresses(login), now)
    evidence.tell(session, StreamKind.ACCOUNT, account.id, "account_invited", SYSTEM, now)
    accounts.appoint(session, SYSTEM, now, account, office)
    return account
