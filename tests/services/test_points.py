"""Points on a database: told, kept beside the case, proved by replay; what time locks and ends."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from models.base import reading, writing
from models.points import PointsEntryRow
from tests.services.earning import Earning
from tests.services.sheets import sheet
from tests.services.test_trainings import scheduled
from workflow.domain.errors import NotAllowed, NotFound, NotReady
from workflow.services import (
    actions,
    imports,
    points_people,
    replay,
    trainings_own,
    trainings_roll,
)
from workflow.services.imports_points import PointsList


def test_a_claim_with_its_papers_a_second_signature_and_a_new_tier(
    database: str, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now, tmp_path)
    ref = place.worker("worker")
    with pytest.raises(NotReady) as refused:
        place.act(ref, "claim", "worker", points="level_up", asks={"grade": "高级"}, reason="考到高级工")
    assert [reason.where for reason in refused.value.reasons] == ["evidence"]
    papers = place.evidence(ref, "level_up", "worker")
    place.act(ref, "claim", "worker", points="level_up", asks={"grade": "高级"}, reason="考到高级工", evidence=papers)
    (seen,) = place.shown(ref, "auditor").entries
    assert (seen.entry.value, [str(value) for _, value in seen.asks], len(seen.files)) == ("200", ["高级"], 1)
    assert (seen.said["entered.reason"], place.stands(ref)) == ("考到高级工", ("0", None))
    place.confirm(ref)
    assert place.stands(ref) == ("200", "bronze")
    assert [str(line.balance) for line in place.shown(ref, "worker").lines] == ["0", "200"]
    with pytest.raises(NotReady):
        place.act(ref, "claim", "worker", points="contest", reason="x", evidence=papers)  # counted once
    assert replay.replay(place.now)[1] == []


def test_nobody_else_sees_or_enters(database: str, now: datetime, tmp_path: Path) -> None:
    place = Earning(now, tmp_path)
    ref, _ = place.worker("worker"), place.worker("other", 2)
    for who in ("other", "school"):
        with pytest.raises(NotFound):
            place.shown(ref, who)
        with pytest.raises(NotFound):
            place.act(ref, "enter_points", who, points="service", reason="x")
    with pytest.raises(NotAllowed):
        place.act(ref, "enter_points", "worker", points="service", reason="x")


def test_what_is_settled_cannot_be_changed_in_the_table(database: str, now: datetime, tmp_path: Path) -> None:
    place = Earning(now, tmp_path)
    ref = place.worker("worker")
    place.act(ref, "enter_points", "desk", points="service", reason="社区义诊")
    place.confirm(ref)
    for change in (update(PointsEntryRow).values(value="9999"), delete(PointsEntryRow)):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(change)
    with reading() as session:
        assert session.scalars(select(PointsEntryRow.value)).all() == ["10"]


def test_time_locks_a_month_and_ends_entries_and_an_upheld_appeal_puts_one_right(
    database: str, now: datetime, tmp_path: Path
) -> None:
    place = Earning(now, tmp_path)
    ref = place.worker("worker")
    for _ in range(2):
        place.act(ref, "enter_points", "desk", points="service", reason="社区义诊")
        place.confirm(ref)
    place.act(ref, "appeal_points", "worker", entry="2", reason="那天是三次")
    given = {"conclusion": "upheld", "right": "30", "reason": "签到表属实"}
    actions.perform(place.item(ref, "desk"), "settle_points_appeal", place["desk_2"], place.now, inputs=given)
    assert place.stands(ref)[0] == "40"
    assert place.looked_on(ref) == date(2026, 12, 1)
    place.on(date(2026, 12, 1))
    assert place.locked(ref) == [("2026-11", "40")]
    with pytest.raises(NotReady) as refused:
        place.act(ref, "enter_points", "desk", points="service", reason="漏记", on=date(2026, 11, 30))
    assert [reason.where for reason in refused.value.reasons] == ["on"]
    place.act(ref, "correct_points", "desk", points="service", reason="漏记", on=date(2026, 11, 30))
    place.confirm(ref)
    assert (place.stands(ref)[0], place.locked(ref)) == ("50", [("2026-11", "40")])
    place.on(date(2028, 12, 2))
    assert (place.stands(ref)[0], len(place.locked(ref))) == ("0", 25)
    assert replay.replay(place.now)[1] == []


def test_a_worker_earns_for_two_years(database: str, now: datetime, tmp_path: Path) -> None:
    """Everything that the program has, one after the other: table, training, claim, cap, appeal, lock and expiry."""
    place = Earning(now, tmp_path, ("base: 0\n", "base: 0\n  cap: 300\n"))
    ref = place.worker("worker")
    row = (place.number(ref), "志愿服务", "社区义诊")
    (points_place,) = points_people.places(place["desk"])
    kind = PointsList(points_place, place["desk"])
    assert imports.run(kind, sheet(("编号", "事项", "说明"), row), "all_or_nothing", place["desk"], place.now).written
    place.confirm(ref)
    training = scheduled(place, 1)
    trainings_own.sign("sign_up", training, ref, place["worker"], place.now)
    place.on(date(2026, 11, 23))
    trainings_roll.mark(training, {ref: ("present", {"hours": "40"})}, place["school"], place.now)
    trainings_roll.close(training, place["school"], place.now)
    place.confirm(ref)
    assert place.stands(ref) == ("50", None)
    papers = place.evidence(ref, "level_up", "worker")
    place.act(ref, "claim", "worker", points="level_up", asks={"grade": "技师"}, evidence=papers)
    place.confirm(ref)
    assert (place.stands(ref), str(place.shown(ref).lines[-1].total)) == (("300", "silver"), "450")
    place.act(ref, "correct_points", "desk", entry="3", right="200", reason="证书是高级")
    place.confirm(ref)
    assert place.stands(ref) == ("250", "bronze")
    place.on(date(2026, 12, 1))
    place.act(ref, "appeal_points", "worker", entry="3", reason="是技师，换证前的那本")
    given = {"conclusion": "upheld", "right": "400", "reason": "查到换证记录"}
    actions.perform(place.item(ref, "desk"), "settle_points_appeal", place["desk_2"], place.now, inputs=given)
    assert (place.stands(ref), place.locked(ref)) == (("300", "silver"), [("2026-11", "250")])
    place.on(date(2028, 11, 24))
    assert place.stands(ref) == ("0", None)
    assert str([line.balance for line in place.shown(ref).lines if line.expired][-1]) == "0"
    assert replay.replay(place.now)[1] == []
