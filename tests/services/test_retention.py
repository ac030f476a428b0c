"""What was kept as long as it must: the clock lists it, two people sign, what goes is gone and every chain holds."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.messages import Message
from models.notices import ObjectionRow
from models.people import Person
from models.retention import Destruction, RetentionLine
from models.sealed import SealedValue
from tests.applying import ID_NUMBER, PHONE, Intake, bind, gone_again, intake, one, started, stored_files
from tests.services.houses import account, officers
from tests.services.issued import Grounds
from tests.services.listed import Listing
from tests.services.test_erasing import everywhere
from tests.services.test_objections import HERE, SAID
from workflow import storage
from workflow.domain.actor import ANONYMOUS, Actor
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.services import (
    case_erasing,
    clock,
    drafts,
    evidence,
    objections,
    payouts,
    replay,
    retention,
    retention_due,
)
from workflow.storage.local import LocalFolder

BASIS = "档案与信息保存规定第三条，分管领导同意"
TWO_YEARS = timedelta(days=732)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def managers(here: Intake, now: datetime) -> tuple[Actor, Actor]:
    first, second = (bind(account(now, name), "manager", here, now) for name in ("first", "second"))
    return first, second


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def withdrawn(here: Intake, person: Actor, now: datetime) -> str:
    return gone_again(here, person, now)


def listed() -> list[tuple[str, date]]:
    with reading() as session:
        rows = session.scalars(select(RetentionLine).where(RetentionLine.destroyed_at.is_(None)))
        return sorted((row.kind, row.kept_until) for row in rows)


def signed(managers: tuple[Actor, Actor], round_ref: str, now: datetime, *kinds: str) -> str:
    retention_due.carry_out(now)
    ref = retention.ask(managers[0], now, round_ref, kinds, BASIS)
    assert retention.confirm(managers[1], now, ref) == 1
    return ref


def whole(now: datetime) -> None:
    assert evidence.verify() == []
    assert replay.replay(now)[1] == []


def test_the_clock_lists_each_class_on_its_day_and_once(withdrawn: str, now: datetime) -> None:
    """The image of the document thirty days after the case closed, the case itself after two years."""
    for days, wanted in (
        (30, []),
        (31, [("id_image", date(2026, 12, 20))]),
        (732, [("withdrawn", date(2028, 11, 20))]),
    ):
        for _ in range(2):
            retention_due.carry_out(now + timedelta(days=days))
        assert listed() == wanted
    with reading() as session:
        told = evidence.events_of(session, StreamKind.APPLICATION_ACCESS, one(ApplicationRow).id)
    assert [(each.kind, each.actor_kind, each.body["class"]) for each in told] == [
        ("deletion_listed", "system", "id_image"),
        ("deletion_listed", "system", "withdrawn"),
    ]


def test_one_class_goes_and_the_rest_of_the_case_stays(
    withdrawn: str, here: Intake, person: Actor, managers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + timedelta(days=31)
    before = len(stored_files(here))
    ref = signed(managers, here.round_ref, later, "id_image")
    assert len(stored_files(here)) == before  # the same picture lies in other fields of the case
    found = retention.one(managers[0], ref)
    assert [(line.kind, line.files) for line in found.lines] == [("id_image", 1)]
    assert drafts.look(withdrawn, person, later).sheet.body["post"] == "制版师"
    retention_due.carry_out(later + timedelta(days=1))
    assert listed() == []
    whole(later)


def test_a_whole_case_goes_with_its_person_and_only_numbers_stay(
    withdrawn: str, here: Intake, managers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + TWO_YEARS
    with writing() as session:
        session.query(Person).one().created_at = now  # known through this case only
        session.query(Account).filter_by(name="叶梓桐").one().person_id = None
    ref = signed(managers, here.round_ref, later, "withdrawn")
    left = everywhere()
    assert [word for word in (ID_NUMBER, PHONE, "3301**********1226", "羽绒服") if word in left] == []
    assert stored_files(here) == []
    assert one(Person).erased_at == later
    done = retention.one(managers[0], ref)
    assert [(line.number, line.kind, line.files) for line in done.lines] == [
        (one(ApplicationRow).number, "withdrawn", 5)
    ]
    assert (done.head.state, done.head.count, done.basis) == ("done", 1, BASIS)
    with reading() as session:
        told = evidence.events_of(session, StreamKind.ROUND, here.round_id)[-2:]
    assert [(each.kind, each.actor_id) for each in told] == [
        ("destruction_asked", managers[0].account_id),
        ("destruction_done", managers[1].account_id),
    ]
    assert told[0].body["digest"] == told[1].body["digest"] == one(Destruction).digest
    whole(later)


def test_it_takes_two_in_charge(
    withdrawn: str, here: Intake, person: Actor, managers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + TWO_YEARS
    retention_due.carry_out(later)
    first, second = managers
    with pytest.raises(InvalidInput):
        retention.ask(first, later, here.round_ref, ["withdrawn"], " ")
    with pytest.raises(NotReady):
        retention.ask(first, later, here.round_ref, ["refused"], BASIS)
    ref = retention.ask(first, later, here.round_ref, ["withdrawn"], BASIS)
    with pytest.raises(NotReady):
        retention.ask(second, later, here.round_ref, ["withdrawn"], BASIS)
    with pytest.raises(NotAllowed):
        retention.confirm(first, later, ref)
    for outsider in (person, account(now, "other"), officers(now).permissions):
        assert retention.desk(outsider) == retention.Desk((), ())
        with pytest.raises(NotFound):
            retention.one(outsider, ref)
        with pytest.raises(NotFound):
            retention.confirm(outsider, later, ref)
    retention.decline(second, later, ref, "有信访件在查")
    with pytest.raises(MovedOn):
        retention.confirm(second, later, ref)
    assert len(retention.of_round(second, here.round_ref).lines) == 1, "it is due again"


def test_what_is_needed_is_not_destroyed(
    withdrawn: str, here: Intake, managers: tuple[Actor, Actor], now: datetime
) -> None:
    later = now + TWO_YEARS
    retention_due.carry_out(later)
    ref = retention.ask(managers[0], later, here.round_ref, ["withdrawn"], BASIS)
    retention.stop(managers[1], later, withdrawn, "行政复议要用", stopped=True)
    assert retention.confirm(managers[1], later, ref) == 0
    assert one(Person).name == "叶梓桐"
    assert [line.case_ref for line in retention.of_round(managers[0], here.round_ref).stopped] == [withdrawn]
    retention.stop(managers[1], later, withdrawn, "复议已经结束", stopped=False)
    retention_due.carry_out(later + timedelta(days=1))
    assert [kind for kind, _ in listed()] == ["withdrawn"]


def test_a_draft_that_was_taken_up_again_is_off_the_list(
    here: Intake, person: Actor, managers: tuple[Actor, Actor], now: datetime
) -> None:
    ref = started(here, person, now)
    drafts.save(ref, {"name": "叶梓桐"}, None, person, now, section="person")
    later = now + timedelta(days=181)
    retention_due.carry_out(later)
    assert listed() == [("draft", date(2027, 5, 19))]
    asked = retention.ask(managers[0], later, here.round_ref, ["draft"], BASIS)
    drafts.save(ref, {"name": "叶梓桐"}, None, person, later, section="person")
    assert retention.confirm(managers[1], later, asked) == 0
    assert drafts.look(ref, person, later).sheet.body["name"] == "叶梓桐"
    assert "叶梓桐" not in str(retention.one(managers[0], asked))


def test_names_in_a_notice_and_of_who_objected_go_with_the_case(database: str, now: datetime, tmp_path: Path) -> None:
    storage.configure(LocalFolder(tmp_path))
    plot = Listing(now)
    plot.waiting()
    published = plot.publish()
    objections.receive(published, SAID, ANONYMOUS, HERE, now + timedelta(hours=1))
    with writing() as session:
        row = session.scalars(select(ApplicationRow)).one()
        case_erasing.erase_case(session, row.id, now)
    line = plot.lines(published)[0]
    assert (line.shown, line.erased_at) == ([], now)
    said = one(ObjectionRow)
    assert (said.who, said.words, said.address_digest, said.state) == (None, None, None, "open")
    whole(now)


def test_an_account_goes_thirty_days_after_the_last_payment(database: str, now: datetime) -> None:
    """And not while money may still come."""
    plot = Grounds(now)
    refs = plot.before_award(2)
    plot.issue(refs)
    clock.tick(now)
    first = next(line for line in payouts.listed(plot.people["manager"], plot.round_ref, now).lines)
    chosen = [(first.payout.item, first.payout.item_version)]
    payouts.pay(plot.people["manager"], plot.round_ref, chosen, plot.today, "2026-记-118", now, "k1")
    later = now + timedelta(days=31)
    retention_due.carry_out(later)
    assert listed() == [("bank_account", date(2026, 12, 20))]
    managers = (plot.people["manager"], plot.people["manager_3"])
    signed(managers, plot.round_ref, later, "bank_account")
    with reading() as session:
        kept = session.execute(select(SealedValue.mask, SealedValue.destroyed_at).order_by(SealedValue.mask)).all()
    assert [(mask, at) for mask, at in kept] == [("", later), ("****3445", None)]
    whole(later)


def test_whoever_runs_the_program_is_told_once_what_has_come_to_be_listed(
    here: Intake, managers: tuple[Actor, Actor], withdrawn: str, now: datetime
) -> None:
    def told() -> list[tuple[int | None, object]]:
        with reading() as session:
            rows = session.scalars(select(Message).where(Message.kind == "retention_due").order_by(Message.id))
            return [(row.recipient_id, row.params["count"]) for row in rows]

    retention_due.carry_out(now)
    assert told() == []
    later = now + TWO_YEARS
    retention_due.carry_out(later)
    retention_due.carry_out(later + timedelta(days=1))
    assert told() == [(each.account_id, len(listed())) for each in managers]
