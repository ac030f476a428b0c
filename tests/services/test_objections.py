"""Objections: taken from the page or by hand, sealed, read by one office alone, settled apart from everybody else's."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models.base import db, reading
from models.notices import ObjectionRow
from tests.applying import picture
from tests.services.listed import Listing
from workflow import storage
from workflow.domain.actor import ANONYMOUS
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, NotReady, Refusal
from workflow.services import (
    actions,
    evidence,
    objections,
    objections_settling,
    public_notices,
    public_notices_publishing,
    replay,
)
from workflow.services.objections import Given
from workflow.storage.local import LocalFolder

SAID = Given(line=1, facts="2024年3月的业绩是别人做的，有合同为证", name="冯晚照", phone="13805710001", consent=True)
HERE = "203.0.113.7"
FOUND = {"conclusion": "rejected", "report": "查了合同和台账，业绩属实", "reason": "经核查，业绩属实"}


def whole(now: datetime) -> None:
    assert replay.replay(now)[1] == []
    assert evidence.verify() == []


def row(ref: str) -> ObjectionRow:
    with reading() as session:
        return session.scalars(select(ObjectionRow).where(ObjectionRow.ref == ref)).one()


def test_the_case_is_frozen_and_the_others_go_on(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(3)
    ref = plot.publish()
    objections.receive(ref, SAID, ANONYMOUS, HERE, now + timedelta(hours=1))
    assert public_notices_publishing.carry_out(plot.after(ref)) == 2
    assert [plot.case(each).stage_key for each in refs] == ["notice", "filing", "filing"]
    with pytest.raises(NotReady):
        public_notices_publishing.end(plot.people["manager"], ref, plot.after(ref))
    whole(plot.after(ref))


@pytest.mark.parametrize(
    ("conclusion", "status", "stage"), [("rejected", "open", "filing"), ("upheld", "refused", None)]
)
def test_settled_it_goes_on_or_ends(
    database: str, now: datetime, conclusion: str, status: str, stage: str | None
) -> None:
    plot = Listing(now)
    refs = plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now + timedelta(hours=1))
    later = plot.after(ref, days=1)
    objections_settling.settle(made, {**FOUND, "conclusion": conclusion}, plot.people["supervisor"], later)
    public_notices_publishing.carry_out(later + timedelta(minutes=1))
    case = plot.case(refs[0])
    assert (case.status, case.stage_key) == (status, stage)
    assert row(made).state == conclusion
    whole(later + timedelta(minutes=1))


def test_partly_upheld_the_office_decides_without_learning_who_objected(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    manager, supervisor = plot.people["manager"], plot.people["supervisor"]
    with pytest.raises(NotFound):
        objections_settling.sheet(made, manager, now)
    objections_settling.settle(made, {**FOUND, "conclusion": "partly"}, supervisor, now)
    shown = objections_settling.sheet(made, manager, now)
    assert (shown.asks, shown.handles, shown.report) == ("weigh", False, FOUND["report"])
    with pytest.raises(NotFound):
        objections_settling.reveal(made, "想知道", manager, now)
    objections_settling.settle(made, {"decision": "kept", "reason": "不影响认定"}, manager, now)
    assert plot.case(refs[0]).status == "open"
    assert row(made).state == "kept"
    whole(now)


def test_two_objections_to_one_person_are_settled_apart(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    made = [objections.receive(ref, SAID, ANONYMOUS, f"203.0.113.{n}", now) for n in (1, 2)]
    objections_settling.settle(made[0], FOUND, plot.people["supervisor"], now)
    assert public_notices_publishing.carry_out(plot.after(ref)) == 0
    objections_settling.settle(made[1], FOUND, plot.people["supervisor"], now)
    assert public_notices_publishing.carry_out(plot.after(ref)) == 1


def test_two_people_settle_at_once_and_one_is_told(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    seen = objections_settling.sheet(made, plot.people["supervisor"], now).version
    objections_settling.settle(made, FOUND, plot.people["supervisor"], now, seen=seen)
    with pytest.raises(MovedOn):
        objections_settling.settle(made, FOUND, plot.people["supervisor_2"], now, seen=seen)


# -- who reads what ----------------------------------------------------------------------------------------------------
def test_who_objects_and_why_stands_nowhere_in_clear(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    objections_settling.settle(made, FOUND, plot.people["supervisor"], now)
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            kept = str(connection.execute(text(f'SELECT * FROM "{table.name}"')).fetchall())
            for said in (SAID.facts, SAID.name, SAID.phone, FOUND["report"], HERE):
                assert said not in kept, table.name


def test_only_the_settling_office_reads_it_and_a_look_at_the_name_is_on_record(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    supervisor = plot.people["supervisor"]
    shown = objections_settling.sheet(made, supervisor, now)
    assert (shown.facts, dict(shown.who), shown.asks) == (SAID.facts, {}, "settle")
    with pytest.raises(InvalidInput):
        objections_settling.reveal(made, " ", supervisor, now)
    assert objections_settling.reveal(made, "约谈反映人", supervisor, now) == {"name": "冯晚照", "phone": "13805710001"}
    for who in ("manager", "district"):
        with pytest.raises(NotFound):
            objections_settling.sheet(made, plot.people[who], now)
        assert objections_settling.register(plot.people[who], now) == []
    assert [line.line for line in objections_settling.register(supervisor, now)] == [1]
    whole(now)


def test_who_runs_the_round_sees_that_a_line_is_frozen_and_nothing_more(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(2)
    ref = plot.publish()
    objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    mine = public_notices.shown(ref, plot.people["manager"], now)
    assert [line.objected for line in mine.lines] == [True, False]
    assert [line.objected for line in public_notices.shown(ref, ANONYMOUS, now).lines] == [False, False]
    kept = public_notices.register(plot.people["manager"], plot.round_ref, now).notices[0]
    assert (kept.objections, kept.open_objections) == (1, 1)


# -- what is asked -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"facts": "不行"}, "facts"),
        ({"name": ""}, "name"),
        ({"phone": " "}, "phone"),
        ({"consent": False}, "consent"),
        ({"line": 9}, "line"),
        ({"facts": "长" * 5001}, "facts"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    database: str, now: datetime, changed: dict[str, object], where: str
) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    with pytest.raises(InvalidInput) as refused:
        objections.receive(ref, Given(**{**vars(SAID), **changed}), ANONYMOUS, HERE, now)
    assert [reason.where for reason in refused.value.reasons] == [where]


def test_where_names_are_not_asked_none_is_needed(database: str, now: datetime) -> None:
    plot = Listing(now, **{"due: 10wd}": "due: 10wd, real_name: false}"})
    plot.waiting(1)
    ref = plot.publish()
    unnamed = Given(line=1, facts=SAID.facts, consent=True)
    assert objections.receive(ref, unnamed, ANONYMOUS, HERE, now)


def test_after_the_last_day_the_page_takes_nothing_but_a_letter_of_that_day_counts(
    database: str, now: datetime
) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    over = plot.after(ref)
    with pytest.raises(NotReady):
        objections.receive(ref, SAID, ANONYMOUS, HERE, over)
    letter = Given(1, SAID.facts, "冯晚照", via="letter", received=plot.notice(ref).last_day)
    assert objections.enter(ref, letter, plot.people["supervisor"], over)
    late = Given(1, SAID.facts, "冯晚照", via="letter", received=date(2026, 11, 27))
    with pytest.raises(NotReady):
        objections.enter(ref, late, plot.people["supervisor"], over + timedelta(days=1))


def test_by_hand_only_the_settling_office_writes_it_down(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    phone = Given(1, SAID.facts, "冯晚照", via="phone", received=local_day(now))
    with pytest.raises(NotFound):
        objections.enter(ref, phone, plot.people["manager"], now)
    with pytest.raises(InvalidInput):
        objections.enter(ref, Given(1, SAID.facts, "冯晚照"), plot.people["supervisor"], now)
    first, again = (objections.enter(ref, phone, plot.people["supervisor"], now, request_key="k") for _ in range(2))
    assert first == again
    assert row(first).entered_by == plot.people["supervisor"].account_id
    whole(now)


def test_a_flood_from_one_place_is_stopped(database: str, now: datetime) -> None:
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    for _ in range(objections.FROM_ONE_PLACE):
        objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    with pytest.raises(Refusal):
        objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    assert objections.receive(ref, SAID, ANONYMOUS, HERE, now + timedelta(hours=2))


def test_a_file_comes_along_and_opens_to_the_settling_office_alone(
    database: str, now: datetime, tmp_path: Path
) -> None:
    storage.configure(LocalFolder(tmp_path))
    plot = Listing(now)
    plot.waiting(1)
    ref = plot.publish()
    file = objections.take_file("合同.png", BytesIO(picture()), now)
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now, file=file)
    assert objections_settling.fetch_file(made, plot.people["supervisor"], now).name == "合同.png"
    for who in ("manager", "district"):
        with pytest.raises(NotFound):
            objections_settling.fetch_file(made, plot.people[who], now)
    with pytest.raises(InvalidInput):
        objections.take_file("x.exe", BytesIO(b"MZ" * 100), now)


def test_a_case_that_leaves_takes_its_open_objection_with_it(database: str, now: datetime) -> None:
    plot = Listing(now)
    refs = plot.waiting(1)
    ref = plot.publish()
    made = objections.receive(ref, SAID, ANONYMOUS, HERE, now)
    actions.perform(refs[0], "withdraw", plot.owners[refs[0]], now, inputs={"reason": "不申报了"})
    assert row(made).state == "moot"
    assert objections_settling.sheet(made, plot.people["supervisor"], now).asks == ""
    whole(now)
