"""An organization applies: through its administrator, signed by two, issued with the numbers that others read."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.awards import CertificateRow
from models.base import reading
from tests.services.houses import account
from tests.services.yongning import Yongning
from workflow.domain.application import Status
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.services import following, replay, submissions


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    return Yongning(now, tmp_path / "files")


def test_an_enterprise_is_authorized_with_its_places_and_staff(here: Yongning) -> None:
    ref = here.authorized(places=2)
    row, known = here.row(ref), here.recognition(ref)
    assert (row.person_id, row.subject_organization_id) == (None, here.units["works"])
    assert (known.subject_organization_id, known.grants) == (here.units["works"], {"places": "2", "staff": "120"})
    assert replay.replay(here.now)[1] == []


def test_only_who_administers_an_organization_applies_for_it(here: Yongning, now: datetime) -> None:
    here.people["clerk"] = account(now, "clerk", organization_id=here.units["works"])
    with pytest.raises(NotAllowed) as refused:
        here.scheme("clerk")
    assert "单位管理员" in str(refused.value.words)
    other = here.scheme("rival_boss")
    with pytest.raises(NotReady) as wrong:
        submissions.submit(other, here["rival_boss"], now)
    assert {reason.where for reason in wrong.value.reasons} == {"credit_code"}
    assert here.row(other).number is None


def test_whoever_speaks_for_it_follows_it_and_nobody_else(here: Yongning, now: datetime) -> None:
    ref = here.authorized()
    here.people["deputy"] = account(now, "deputy", organization_id=here.units["works"])
    here.bind("deputy", "administrator", "works")
    for who in ("boss", "deputy"):
        assert [line.ref for line in following.mine(here[who], now)] == [ref]
        assert following.mine(here[who], now)[0].person_name == "永宁精密模具有限公司"
        assert following.follow(ref, here[who], now).case.row.ref == ref
    assert following.mine(here["rival_boss"], now) == []
    with pytest.raises(NotFound):
        following.follow(ref, here["rival_boss"], now)


def test_a_second_scheme_waits_until_the_first_is_decided(here: Yongning, now: datetime) -> None:
    first = here.scheme()
    submissions.submit(first, here["boss"], now)
    with pytest.raises(NotReady) as refused:
        submissions.submit(here.scheme(track="enterprise_recognition"), here["boss"], now)
    assert "这家单位" in str(refused.value.reasons[0].words)
    here.act(first, "refuse", "manager", reason="小组名单不全")
    here.act(first, "confirm", "manager_2")
    assert here.row(first).status == Status.REFUSED
    assert here.authorized("enterprise_recognition")
    assert here.authorized("self_evaluation")


def test_who_agreed_to_a_scheme_is_not_who_confirms_it(here: Yongning, now: datetime) -> None:
    ref = here.scheme()
    submissions.submit(ref, here["boss"], now)
    here.act(ref, "pass", "manager", record={"places": 2}, rules={"A1": "meets"})
    with pytest.raises(NotAllowed):
        here.act(ref, "confirm", "manager")
    here.act(ref, "confirm", "manager_2")
    assert here.row(ref).stage_key == "issue"


def test_the_certificate_bears_the_registered_name(here: Yongning) -> None:
    here.authorized(org_name="精密模具")
    with reading() as session:
        assert session.scalars(select(CertificateRow.name)).one() == "永宁精密模具有限公司"
