"""Issuing from a list: against the notice, numbered without gap, once however often it is asked."""

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from models.awards import CertificateCounter, Entitlement, Issuing
from models.base import reading, writing
from models.rounds import Round
from models.sealed import SealedValue
from tests.faults.processes import environment, python
from tests.services.issued import ACCOUNT, DOCUMENT, Grounds, numbers, papers, standing
from tests.sizes import at_full_size
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.services import actions, certificates, recognitions, recognitions_asked, replay


def where(refused: pytest.ExceptionInfo[NotReady]) -> set[str | None]:
    return {reason.where for reason in refused.value.reasons}


def test_a_list_is_issued_and_replays(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.before_award(3)

    done = plot.issue(refs)

    assert set(done.done) == set(refs)
    assert numbers() == [f"FE-2026-PATTERN-000{n}" for n in (1, 2, 3)]
    one = standing(refs[0])
    assert (one.standing, one.document, str(one.valid_until), one.register) == (
        "valid", DOCUMENT, "2029-11-20", "时尚人才库",
    )  # fmt: skip
    assert len({paper.token for ref in refs for paper in papers(ref)}) == 3
    with reading() as session:
        assert {(e.benefit, e.amount) for e in session.scalars(select(Entitlement))} == {("subsidy", "3000")}
        assert [(each.document, each.cases) for each in session.scalars(select(Issuing))] == [(DOCUMENT, 3)]
    assert replay.replay(now)[1] == []


def test_who_lacks_something_is_left_aside_without_costing_a_number(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ready, silent, also_ready = (
        plot.before_award()[0], plot.before_award(provided=False)[0], plot.before_award()[0],
    )  # fmt: skip
    hidden = plot.before_award(shown=False)[0]

    done = plot.issue([ready, silent, also_ready, hidden], difference="两人材料未齐")

    assert set(done.done) == {ready, also_ready}
    assert {ref: {r.where for r in reasons} for ref, reasons in done.left_aside.items()} == {
        silent: {"asks"},
        hidden: {"notice"},
    }
    assert numbers() == ["FE-2026-PATTERN-0001", "FE-2026-PATTERN-0002"]
    plot.provide(silent)
    plot.issue([silent])
    assert numbers()[-1] == "FE-2026-PATTERN-0003"


def test_a_rare_name_beyond_the_typeface_is_told_before_it_is_issued(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (carried,) = plot.before_award(name="欧阳㐀䶮")
    (beyond,) = plot.before_award(name="𠮷野")

    listed = recognitions.listed(plot.round_ref, plot.people["manager"], now)
    told = {row.candidate.ref: [str(each.words) for each in row.reasons] for row in listed.rows}
    assert told[carried] == []
    assert "𠮷" in told[beyond][0]

    done = plot.issue([carried, beyond])
    assert done.done == (carried,)
    assert [reason.where for reason in done.left_aside[beyond]] == ["name"]


def test_the_list_is_compared_with_the_notice(database: str, now: datetime) -> None:
    plot = Grounds(now)
    chosen, forgotten, gone = plot.before_award(3)
    (hidden,) = plot.before_award(shown=False)
    actions.perform(gone, "withdraw", plot.owners[gone], now)

    listed = recognitions.listed(plot.round_ref, plot.people["manager"], now)
    lines = {row.candidate.ref: (row.line.value, row.candidate.shown) for row in listed.rows}
    assert lines == {
        chosen: ("here", True), forgotten: ("here", True), gone: ("fell_out", True), hidden: ("here", False),
    }  # fmt: skip
    assert [row.candidate.ref for row in listed.differs] == [gone]
    assert [row.candidate.ref for row in listed.unshown] == [hidden]
    assert listed.next_numbers == ("FE-2026-PATTERN-0001",)

    with pytest.raises(NotReady) as refused:
        plot.issue([chosen])
    assert where(refused) == {"difference"}
    assert numbers() == []
    plot.issue([chosen], difference="一人暂缓，一人撤回")
    with reading() as session:
        assert session.scalars(select(Issuing.difference)).all() == ["一人暂缓，一人撤回"]


def test_only_who_runs_the_round_sees_the_list_or_issues(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (ref,) = plot.before_award()
    with pytest.raises(NotFound):
        recognitions.listed(plot.round_ref, plot.people["clerk"], now)
    with pytest.raises(NotFound):
        plot.issue([ref], who="clerk")
    assert numbers() == []


def test_the_same_request_issues_once(database: str, now: datetime) -> None:
    plot = Grounds(now)
    refs = plot.before_award(2)
    first = plot.issue(refs, request_key="k1")
    again = plot.issue(refs, request_key="k1")
    assert first.done == again.done
    assert len(numbers()) == 2


def test_a_recognition_is_not_undone_within_ten_seconds(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized()
    with pytest.raises(MovedOn):
        actions.perform(ref, "undo", plot.people["manager"], now + timedelta(seconds=3))


def test_an_issue_that_fails_takes_no_number(database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = Grounds(now)
    first, second = plot.before_award(2)
    original, calls = recognitions.record, 0

    def fails_at_the_second(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("the machine stops here")
        original(*given)

    monkeypatch.setattr(recognitions, "record", fails_at_the_second)
    with pytest.raises(RuntimeError):
        plot.issue([first, second])
    monkeypatch.undo()
    assert numbers() == []
    plot.issue([second], difference="先发一人")
    assert numbers() == ["FE-2026-PATTERN-0001"]


# -- what is asked -----------------------------------------------------------------------------------------------------
def test_what_the_person_gives_is_sealed(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (ref,) = plot.before_award(provided=False)
    asked = recognitions_asked.look(ref, plot.owners[ref], now)
    assert list(asked.fields) == ["bank"]
    with pytest.raises(InvalidInput) as refused:
        recognitions_asked.provide(ref, {"bank": "abc"}, plot.owners[ref], now)
    assert where(refused) == {"bank"}
    with pytest.raises(NotReady):
        recognitions_asked.provide(ref, {}, plot.owners[ref], now)
    with pytest.raises(NotFound):
        recognitions_asked.provide(ref, {"bank": ACCOUNT}, plot.people["manager"], now)

    plot.provide(ref)

    with reading() as session:
        value = session.scalars(select(SealedValue).where(SealedValue.field_key == "award.bank")).one()
        assert value.ciphertext is not None
        assert ACCOUNT.encode() not in value.ciphertext
        assert value.mask == "****3445"
    assert recognitions_asked.look(ref, plot.owners[ref], now).masks == {"bank": "****3445"}


# -- certificates ------------------------------------------------------------------------------------------------------
def test_the_certificate_says_what_was_issued(database: str, now: datetime) -> None:
    plot = Grounds(now)
    (ref,) = plot.before_award()
    plot.identify(ref)
    plot.issue([ref])
    (paper,) = papers(ref)

    drawn = certificates.drawn(paper, "https://talent.example/verify/x")

    words = pypdfium2.PdfDocument(drawn)[0].get_textpage().get_text_range()
    for expected in (
        "时尚工程师证书", "叶梓桐", "2026年第1批时尚工程师（服装制版）", "三年", "2029年11月20日",
        "FE-2026-PATTERN-0001", "3301**********2046", DOCUMENT, certificates.spelled(paper.check_code),
    ):  # fmt: skip
        assert expected in words
    assert certificates.drawn(paper, "https://talent.example/verify/x") == drawn


def test_a_reissue_keeps_the_number_and_prints_the_name_of_today(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized(name="叶梓同")
    with writing() as session:
        plot.rename(session, ref, "叶梓桐")

    recognitions.reissue(ref, plot.people["manager"], now, why="corrected", reason="姓名录错")

    old, new = papers(ref)
    assert (old.name, new.name, new.why) == ("叶梓同", "叶梓桐", "corrected")
    assert old.face["number"] == new.face["number"]
    assert old.token != new.token
    with reading() as session:
        assert session.scalars(select(CertificateCounter.next_value)).one() == 2
    with pytest.raises(NotAllowed):
        recognitions.reissue(ref, plot.owners[ref], now, why="lost", reason="遗失")
    assert replay.replay(now)[1] == []


def test_a_second_recognition_tops_up_to_the_higher_benefit(database: str, now: datetime) -> None:
    """Of the same person, in a later round."""
    plot = Grounds(now)
    first, second = plot.before_award(2)
    plot.issue([first], difference="另一人下批发")
    with writing() as session:
        held = session.scalars(select(Entitlement)).one()
        held.amount = held.full_amount = "1800"
        later = plot.later_round(session)
        row = plot.row_of(session, second)
        row.person_id, row.round_id = plot.row_of(session, first).person_id, later.id
        round_ref = later.ref
    plot.issue([second], round_ref=round_ref)
    with reading() as session:
        granted = sorted((e.amount, e.full_amount) for e in session.scalars(select(Entitlement)))
    assert granted == [("1200", "3000"), ("1800", "1800")]


# -- two processes -----------------------------------------------------------------------------------------------------
MANY, AT_ONCE = at_full_size(500, 50), at_full_size(25, 5)
ISSUING = """
import json, sys
from datetime import datetime, date
from models import tables
from tests import keys
from tests.databases import bare_app
from workflow.services import recognitions, sessions

url, round_ref, account, now, on, refs, at_once = json.loads(sys.stdin.read())
keys.hand_in()
now = datetime.fromisoformat(now)
with bare_app(url, "issuer").app_context():
    actor = sessions.actor_of(account, now)
    print("ready", flush=True)
    for start in range(0, len(refs), at_once):
        done = recognitions.issue(
            round_ref, refs[start:start + at_once], actor, now,
            document="锦人才办〔2026〕21号", on=date.fromisoformat(on), difference="分批发",
        )
        assert not done.left_aside, done.left_aside
"""


def test_many_issued_by_two_processes_have_no_number_twice_and_no_gap(
    database: str, now: datetime, tmp_path: Path
) -> None:
    plot = Grounds(now)
    with writing() as session:
        session.get_one(Round, plot.round_id).settings = {"places": str(MANY)}
    refs = plot.many_before_award(MANY)
    halves = {"manager": refs[::2], "manager_2": refs[1::2]}

    running = []
    for who, mine in halves.items():
        actor = plot.people[who].account_id
        given = [database, plot.round_ref, actor, now.isoformat(), plot.today.isoformat(), mine, AT_ONCE]
        process = subprocess.Popen(
            python("-c", ISSUING), env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        process.stdin = None
        running.append(process)
    for process in running:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors

    assert numbers() == [f"FE-2026-PATTERN-{n:04d}" for n in range(1, MANY + 1)]
    with reading() as session:
        assert session.scalars(select(CertificateCounter.next_value)).one() == MANY + 1
        issued_by = set(session.scalars(select(Issuing.issued_by)))
    assert issued_by == {plot.people[who].account_id for who in halves}
