"""The first start: four founders, each with one office and a one-time link."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.accounts import Account, OfficeHolder
from models.base import reading
from workflow.domain.actor import Office
from workflow.services import evidence, signing_in
from workflow.services.installation import first_run
from workflow.services.signing_in import Here

PASSWORD = "Lantern-47-on-the-river"


def _offices() -> dict[str | None, str]:
    with reading() as session:
        rows = session.execute(
            select(Account.login, OfficeHolder.office).join(OfficeHolder, OfficeHolder.account_id == Account.id)
        )
        return {row.login: row.office for row in rows}


def test_each_founder_holds_one_office_and_a_link_that_opens(database: str, now: datetime) -> None:
    founders = first_run(now)
    assert _offices() == {
        "sysadmin": Office.ACCOUNTS,
        "security": Office.PERMISSIONS,
        "audit": Office.AUDIT,
        "programs": Office.PROGRAMS,
    }
    assert [signing_in.invitation(founder.token, now).login for founder in founders] == list(_offices())
    assert evidence.verify() == []


def test_until_somebody_came_in_each_start_shows_fresh_links(database: str, now: datetime) -> None:
    first, later = first_run(now), first_run(now + timedelta(days=8))
    assert len(_offices()) == 4
    assert {founder.token for founder in first}.isdisjoint({founder.token for founder in later})
    assert signing_in.invitation(later[0].token, now + timedelta(days=9)).login == "sysadmin"


def test_once_somebody_has_come_in_nothing_is_done(database: str, now: datetime) -> None:
    founder = first_run(now)[0]
    signing_in.accept_invitation(founder.token, PASSWORD, now, Here("192.0.2.1", "a browser"))
    assert first_run(now) == ()
