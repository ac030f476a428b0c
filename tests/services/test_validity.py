"""What time and people do to a recognition: it runs out, is revoked, and bars for a while."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.awards import RecognitionRow
from models.base import reading, writing
from tests.applying import ROOT, filled, intake, started
from tests.services.houses import account
from tests.services.issued import Grounds, standing
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotAllowed, NotReady
from workflow.services import actions, clock, replay, submissions, validity
from workflow.services.casework import find, open_case

YEARS = timedelta(days=3 * 365 + 1)  # with a leap day between


def test_it_runs_out_after_its_last_day_by_the_clock(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized()
    assert validity.carry_out(now + YEARS - timedelta(days=100)) == 0
    assert validity.carry_out(now + YEARS) == 1  # its last day: asked to renew
    assert standing(ref).standing == "valid"

    clock.tick(now + YEARS + timedelta(days=1))

    one = standing(ref)
    assert (one.standing, str(one.ended_on)) == ("expired", "2029-11-20")
    assert validity.carry_out(now + YEARS + timedelta(days=2)) == 0
    assert replay.replay(now + YEARS + timedelta(days=2))[1] == []


def revoked(plot: Grounds, now: datetime) -> str:
    ref = plot.recognized()
    plot.act(ref, "open_exit", "manager", now, exit="fraud", basis="业绩材料核查不实")
    plot.act(ref, "notify", "manager", now, alleged="所附合同经核查为伪造")
    plot.act(ref, "state", plot.owners[ref], now, "applicant", statement="合同是真的")
    plot.act(ref, "propose_revocation", "manager_2", now, reason="材料不实", recovery="补贴3000元")
    for again in ("manager", "manager_2"):
        with pytest.raises(NotAllowed):
            plot.act(ref, "confirm_revocation", again, now, "manager", document="锦人才办〔2026〕30号")
    plot.act(ref, "confirm_revocation", "manager_3", now, "manager", document="锦人才办〔2026〕30号")
    return ref


def test_a_revocation_takes_three_people_and_a_hearing(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = revoked(plot, now)
    one = standing(ref)
    assert (one.standing, one.exit_key, str(one.ban_until), one.end_document, one.recovery) == (
        "revoked", "fraud", "2028-11-20", "锦人才办〔2026〕30号", "asked",
    )  # fmt: skip
    plot.act(ref, "record_recovery", "manager", now, basis="已退回，凭证12号")
    assert standing(ref).recovery == "done"
    assert replay.replay(now)[1] == []


def test_whoever_was_revoked_is_kept_away_for_the_time_that_was_said(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = revoked(plot, now)
    other = plot.plant()[0]
    with reading() as session:
        banned, free = (open_case(session, find(session, each).id) for each in (ref, other))
        (reason,) = validity.bans(session, banned, now)
        assert "2028-11-20" in str(reason.words)
        assert validity.bans(session, free, now) == ()
        assert validity.bans(session, banned, now + timedelta(days=731)) != ()
        assert validity.bans(session, banned, now + timedelta(days=732)) == ()


def test_nobody_proposes_before_the_person_was_heard(database: str, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.recognized()
    plot.act(ref, "open_exit", "manager", now, exit="fraud", basis="核查不实")
    plot.act(ref, "notify", "manager", now, alleged="伪造")
    with pytest.raises(NotReady):
        actions.perform(
            ref, "propose_revocation", plot.people["manager_2"], now, inputs={"reason": "不实", "recovery": "无"}
        )


def test_a_banned_person_is_refused_at_submission_and_nothing_is_lost(
    database: str, now: datetime, tmp_path: Path
) -> None:
    here = intake(now, tmp_path / "files", (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8"))
    person = account(now, "ye", name="叶梓桐")
    first = started(here, person, now)
    filled(first, person, now)
    submissions.submit(first, person, now)
    actions.perform(first, "withdraw", person, now, inputs={})
    with writing() as session:
        row = find(session, first)
        session.add(
            RecognitionRow(
                ref="r1", application_id=row.id, program_id=row.program_id, round_id=row.round_id,
                person_id=row.person_id, track="pattern", number="FE-2024-PATTERN-0001", document="锦人才办〔2024〕1号",
                recognized_on=local_day(now) - timedelta(days=700), standing="revoked", ended_on=local_day(now),
                exit_key="fraud", ban_until=local_day(now) + timedelta(days=700), recognized_at=now,
            )
        )  # fmt: skip
    again = started(here, person, now)
    filled(again, person, now)

    with pytest.raises(NotReady) as refused:
        submissions.submit(again, person, now)

    assert ["原来的认定被撤销" in str(reason.words) for reason in refused.value.reasons] == [True]
    with reading() as session:
        assert find(session, again).status == "draft"
