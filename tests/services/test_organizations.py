from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.base import reading
from models.organizations import Organization, OrganizationLine
from tests.services.houses import account, officers, ref_of
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, NotReady
from workflow.services import administration, organizations, sessions
from workflow.services.organizations import Details

CODE = "91110000600037341L"
CODE_TWO = "91350100M000100Y43"


def _why(refused: pytest.ExceptionInfo[NotReady]) -> list[tuple[str | None, str]]:
    return [(reason.where, str(reason.words)) for reason in refused.value.reasons]


def _row(ref: str) -> Organization:
    with reading() as session:
        return session.scalars(select(Organization).where(Organization.ref == ref)).one()


def _again(actor: Actor, now: datetime) -> Actor:
    """The same person at the next request."""
    return sessions.actor_of(actor.account_id or 0, now)


def test_proposal_stands_after_the_office_has_checked_it(database: str, now: datetime) -> None:
    office, who = officers(now), account(now, "wang")
    ref = organizations.propose(who, now, Details("锦绣服装有限公司", "employer", CODE))
    assert organizations.search(who, "锦绣") == []
    assert [line.name for line in organizations.proposals(office.accounts)] == ["锦绣服装有限公司"]
    assert [line.state for line in organizations.proposals(who)] == ["waiting"]
    with pytest.raises(NotFound):
        organizations.approve(who, now, ref)
    organizations.approve(office.programs, now, ref)
    assert [line.ref for line in organizations.search(who, "锦绣")] == [ref]
    with pytest.raises(NotReady):
        organizations.approve(office.programs, now, ref)


def test_refused_proposal_says_why_and_frees_the_code(database: str, now: datetime) -> None:
    office, who = officers(now), account(now, "wang")
    ref = organizations.propose(who, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(InvalidInput):
        organizations.refuse(office.accounts, now, ref, "  ")
    organizations.refuse(office.accounts, now, ref, "营业执照已注销")
    assert [(line.state, line.reason) for line in organizations.proposals(who)] == [("refused", "营业执照已注销")]
    assert organizations.register(office.accounts, now, Details("锦绣服装集团", "employer", CODE))


def test_second_organization_of_a_code_is_refused_with_the_name_of_the_first(database: str, now: datetime) -> None:
    office, who = officers(now), account(now, "wang")
    organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(InvalidInput) as refused:
        organizations.propose(who, now, Details("另一家", "employer", CODE.lower()))
    assert _why(refused) == [("credit_code", "这个统一社会信用代码已登记为“锦绣服装有限公司”，请搜索后直接选")]


def test_second_organization_of_a_name_needs_codes(database: str, now: datetime) -> None:
    office = officers(now)
    organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(InvalidInput):
        organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer"))
    assert organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE_TWO))


def test_everything_wrong_is_told_at_once(database: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        organizations.register(officers(now).accounts, now, Details("甲", "shop", "9111", None, "12"))
    assert [where for where, _ in _why(refused)] == ["name", "kind", "credit_code", "region_code"]


@pytest.mark.parametrize("typed", ["锦绣", "服装", "jinxiu", "jxfz", "fuzhuang", CODE, CODE[:8].lower()])
def test_organization_is_found_by_tail_pinyin_initials_and_code(database: str, now: datetime, typed: str) -> None:
    office = officers(now)
    ref = organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE))
    organizations.register(office.accounts, now, Details("北塘镇人民政府", "township"))
    assert [line.ref for line in organizations.search(office.accounts, typed)] == [ref]
    assert organizations.search(office.accounts, typed, kinds=["township"]) == []


def test_line_is_kept_when_a_branch_moves(database: str, now: datetime) -> None:
    office = officers(now).accounts
    district = organizations.register(office, now, Details("锦澜区", "district"))
    town = organizations.register(office, now, Details("北塘镇", "township", parent_ref=district))
    other = organizations.register(office, now, Details("前进街道", "township", parent_ref=district))
    village = organizations.register(office, now, Details("桥头村", "village", parent_ref=town))
    organizations.change(office, now, town, Details("北塘镇", "township", parent_ref=other))
    ids = {ref: _row(ref).id for ref in (district, town, other, village)}
    assert _row(village).path == f"/{ids[district]}/{ids[other]}/{ids[town]}/{ids[village]}/"
    with reading() as session:
        pairs = set(session.execute(select(OrganizationLine.ancestor_id, OrganizationLine.descendant_id)))
        expected = {
            (int(up), row.id) for row in session.scalars(select(Organization)) for up in row.path.strip("/").split("/")
        }
    assert pairs == expected
    with pytest.raises(InvalidInput):
        organizations.change(office, now, other, Details("前进街道", "township", parent_ref=village))


def test_administrator_manages_and_hands_over(database: str, now: datetime) -> None:
    office, first, second, stranger = officers(now).accounts, *(account(now, name) for name in ("wang", "li", "zhao"))
    ref = organizations.register(office, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(NotFound):
        administration.appoint(stranger, now, ref, ref_of(stranger))
    administration.appoint(office, now, ref, ref_of(first))
    first = _again(first, now)
    assert [(each.role, each.organization_id) for each in first.holdings] == [(ADMINISTRATOR, _row(ref).id)]
    with pytest.raises(NotReady):
        administration.dismiss(first, now, ref, ref_of(first))
    later = now + timedelta(days=1)
    administration.hand_over(first, later, ref, ref_of(first), ref_of(second), "人事调整")
    assert _again(first, later).holdings == ()
    assert len(_again(second, later).holdings) == 1
    with pytest.raises(NotFound):
        administration.appoint(_again(first, later), later, ref, ref_of(stranger))


def test_officers_do_not_administer(database: str, now: datetime) -> None:
    office = officers(now)
    ref = organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(NotReady):
        administration.appoint(office.accounts, now, ref, ref_of(office.audit))


def test_newest_fact_counts_with_source_and_date(database: str, now: datetime) -> None:
    office = officers(now).accounts
    ref = organizations.register(office, now, Details("锦绣服装有限公司", "employer", CODE))
    administration.record_fact(office, now, ref, "staff", 120, date(2026, 10, 1), "社保")
    administration.record_fact(office, now, ref, "staff", 90, date(2026, 6, 1), "社保")
    shown = organizations.sheet(office, now, ref)
    assert shown.facts == {"staff": {"value": 120, "as_of": "2026-10-01", "source": "社保"}}
    with pytest.raises(InvalidInput) as refused:
        administration.record_fact(office, now, ref, "staff", -1, date(2027, 1, 1), "")
    assert [where for where, _ in _why(refused)] == ["value", "as_of", "source"]


def test_stranger_sees_no_sheet(database: str, now: datetime) -> None:
    office, stranger = officers(now), account(now, "wang")
    ref = organizations.register(office.accounts, now, Details("锦绣服装有限公司", "employer", CODE))
    with pytest.raises(NotFound):
        organizations.sheet(stranger, now, ref)
    with pytest.raises(NotAllowed):
        organizations.listed(stranger)
