"""What anybody learns of a certificate: whether it is genuine, by the dates of the moment, and little else."""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.accounts import LoginAttempt
from models.base import reading
from tests.services.issued import Grounds, papers
from tests.services.test_validity import YEARS, revoked
from workflow.services import certificates_verified as verified
from workflow.services import recognitions
from workflow.services.certificates_verified import AskedTooOften, Finding

PLACE = "198.51.100.7"


def test_a_genuine_one_tells_the_least(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (ref,) = plot.before_award()
    plot.identify(ref)
    plot.issue([ref])
    (paper,) = papers(ref)

    found = verified.by_token(paper.token, now)

    assert (found.finding, found.name, found.id_tail) == (Finding.VALID, "叶*桐", "2046")
    assert (found.number, found.recognized) == ("FE-2026-PATTERN-0001", "时尚工程师（服装制版）")
    told = " ".join(str(getattr(found, field.name)) for field in fields(found))
    for kept in ("叶梓桐", "3301", ref, paper.token, paper.check_code):
        assert kept not in told
    code = f"{paper.check_code[:4]}—{paper.check_code[4:]}".lower()
    assert verified.by_number(" fe-2026-pattern-0001 ", code, PLACE, now) == found


def test_the_dates_decide_at_the_moment_of_asking_even_with_a_dead_clock(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (paper,) = papers(plot.recognized())
    findings = [verified.by_token(paper.token, now + YEARS + timedelta(days=days)).finding for days in (-91, -90, 0, 1)]
    assert findings == [Finding.VALID, Finding.SOON, Finding.SOON, Finding.EXPIRED]


def test_one_that_was_given_up_did_not_run_out(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized()
    plot.act(ref, "open_exit", "manager", now, exit="left", basis="社保转出")
    (paper,) = papers(ref)
    found = verified.by_token(paper.token, now)
    assert (found.finding, str(found.ended_on)) == (Finding.ENDED, "2026-11-20")
    assert verified.by_token(paper.token, now + YEARS + timedelta(days=1)).finding is Finding.ENDED


def test_a_revoked_one_says_when_and_under_which_document_but_not_why(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (paper,) = papers(revoked(plot, now))
    found = verified.by_token(paper.token, now)
    assert (found.finding, str(found.ended_on), found.end_document) == (
        Finding.REVOKED, "2026-11-20", "锦人才办〔2026〕30号",
    )  # fmt: skip
    assert "材料" not in str(found)


def test_a_replaced_paper_says_that_it_is_replaced(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized()
    recognitions.reissue(ref, plot.people["manager"], now, why="lost", reason="本人声明遗失")
    old, new = papers(ref)
    assert (verified.by_token(old.token, now).finding, verified.by_token(old.token, now).why) == (
        Finding.SUPERSEDED, "lost",
    )  # fmt: skip
    assert verified.by_token(new.token, now).finding is Finding.VALID
    number = "FE-2026-PATTERN-0001"
    assert verified.by_number(number, old.check_code, PLACE, now).finding is Finding.SUPERSEDED
    assert verified.by_number(number, new.check_code, PLACE, now).finding is Finding.VALID


def test_a_number_alone_tells_nothing(database: str, now: datetime) -> None:
    plot = Grounds(now)
    plot.recognized()
    known = verified.by_number("FE-2026-PATTERN-0001", "AAAAAAAA", PLACE, now)
    unknown = verified.by_number("FE-2026-PATTERN-0999", "AAAAAAAA", PLACE, now)
    assert known == unknown == verified.NOT_FOUND
    for nonsense in ("", "x", "\x00", "'" * 200):
        assert verified.by_token(nonsense, now) == verified.NOT_FOUND
        assert verified.by_number(nonsense, nonsense, "203.0.113.1", now) == verified.NOT_FOUND


def test_guessing_is_counted_and_stopped(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (paper,) = papers(plot.recognized())
    number = "FE-2026-PATTERN-0001"
    for _ in range(5):
        assert verified.by_number(number, "AAAAAAAA", PLACE, now) == verified.NOT_FOUND
    with pytest.raises(AskedTooOften):
        verified.by_number(number, paper.check_code, PLACE, now)
    assert verified.by_number(number, paper.check_code, "203.0.113.9", now).finding is Finding.VALID
    assert verified.by_number(number, paper.check_code, PLACE, now + timedelta(minutes=31)).finding is Finding.VALID


def test_a_right_answer_is_not_counted_against_the_place(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (paper,) = papers(plot.recognized())
    for _ in range(60):
        verified.by_number("FE-2026-PATTERN-0001", paper.check_code, PLACE, now)
    with reading() as session:
        assert session.scalar(select(func.count()).where(LoginAttempt.ok.is_(False))) == 0
