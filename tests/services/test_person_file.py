"""One person's file: what its reader may know, all of it, opened with a reason; and not a trace of the rest."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person, PersonIdentity, PersonToken
from tests.applying import id_number
from tests.services.following import Grown
from tests.services.houses import account, officers
from tests.services.issued import Grounds
from tests.services.villages import Villages
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import clock, evidence, people, person_file, person_file_taken

REASON = "核对续认材料"


@dataclass
class Both:
    """Somebody recognized in a public program, whom a township has put forward without a word in an internal one."""

    person: int
    ref: str
    public: str
    inside: str
    runs_public: Actor
    runs_inside: Actor
    office: Actor


@pytest.fixture
def both(database: str, now: datetime, tmp_path: Path) -> Both:
    grounds, office = Grounds(now), officers(now).programs
    villages = Villages(now, tmp_path / "files")
    inside = villages.put_forward()
    (public,) = grounds.before_award()
    grounds.issue([public])
    clock.tick(now)
    with writing() as session:
        person = session.get_one(Person, grounds.row_of(session, public).person_id)
        session.add_all(PersonToken(**row) for row in people.token_rows(person.id, people.person_tokens(person.name)))
        case = grounds.row_of(session, inside)
        case.person_id, case.unique_slot = person.id, None
        runs = grounds.people["manager"], villages.people["district"]
        return Both(person.id, person.ref, public, inside, *runs, office)


def read(both: Both, actor: Actor, now: datetime) -> person_file.PersonFile:
    person_file.open_file(both.ref, REASON, actor, now)
    found = person_file.opened(both.ref, actor, now)
    assert found is not None
    return found


def test_each_reader_finds_what_they_run_and_nothing_else(both: Both, now: datetime) -> None:
    for actor, refs in (
        (both.runs_public, [both.public]), (both.office, [both.public]), (both.runs_inside, [both.inside]),
    ):  # fmt: skip
        for typed in ("叶梓桐", "梓桐", "yezitong", "YZT"):
            assert [(hit.ref, hit.cases) for hit in person_file.search(actor, typed)] == [(both.ref, 1)]
        assert [line.ref for line in read(both, actor, now).lines] == refs
    stranger = account(now, "stranger")
    assert person_file.search(stranger, "叶梓桐") == []
    for ask in (
        lambda: person_file.named(both.ref, stranger),
        lambda: person_file.opened(both.ref, stranger, now),
        lambda: person_file.open_file(both.ref, REASON, stranger, now),
    ):
        with pytest.raises(NotFound):
            ask()


def test_the_file_holds_recognition_paper_and_money(both: Both, now: datetime) -> None:
    (line,) = read(both, both.runs_public, now).lines
    assert (line.own, line.standing, len(line.papers), len(line.benefits)) == (True, "valid", 1, 1)
    (benefit,) = line.benefits
    assert (benefit.granted.amount, benefit.is_due, benefit.paid) == ("3000", True, 0)
    assert [one.kind for one in read(both, both.runs_public, now).urgent] == ["payment"]
    (line,) = read(both, both.office, now).lines
    assert (line.own, line.objections, line.appeals, line.after) == (False, (), 0, None)
    assert len(line.benefits) == 1


def test_it_opens_with_a_reason_for_a_while_and_each_look_is_told(both: Both, now: datetime) -> None:
    actor = both.runs_public
    assert person_file.opened(both.ref, actor, now) is None
    with pytest.raises(InvalidInput):
        person_file.open_file(both.ref, "  ", actor, now)
    person_file.open_file(both.ref, REASON, actor, now)
    assert person_file.opened(both.ref, actor, now + timedelta(minutes=14)) is not None
    assert person_file.opened(both.ref, actor, now + timedelta(minutes=16)) is None
    assert person_file.opened(both.ref, both.office, now) is None, "somebody else's reason opens nothing"
    with reading() as session:
        (told,) = evidence.events_of(session, StreamKind.PERSON_ACCESS, both.person)
    assert (told.kind, told.actor_id, len(told.body["cases"])) == ("person_file_opened", actor.account_id, 1)
    assert evidence.verify() == []


def test_a_whole_number_finds_and_part_of_one_does_not(database: str, now: datetime, tmp_path: Path) -> None:
    villages = Villages(now, tmp_path / "files")
    villages.put_forward()
    number = id_number(1, "19900301")
    assert [hit.name for hit in person_file.search(villages.people["district"], f"{number[:6]} {number[6:]}")] == [
        "顾砚秋"
    ]
    assert person_file.search(villages.people["district"], number[:14]) == []
    assert person_file.search(villages.people["far_officer"], number) == []


def test_one_person_of_several_cases_with_points_and_duties(database: str, now: datetime, tmp_path: Path) -> None:
    """Read by somebody who runs both programs: every case once, with what belongs to it and to no other."""
    then = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    grounds = Grounds(then)
    grown = Grown(then, tmp_path / "files")
    inside = grown.recognized()
    grown.on(date(2026, 10, 9))
    first, second = grounds.before_award(2)
    grounds.issue([first, second])
    clock.tick(grown.now)
    with writing() as session:
        person = session.get_one(Person, grown.row(inside).person_id)
        for row in (grounds.row_of(session, first), grounds.row_of(session, second)):
            row.person_id, row.unique_slot = person.id, None
        ref, known = person.ref, session.scalar(select(PersonIdentity.id_type))
    district, manager = grown.people["district"], grounds.people["manager"]
    reader = replace(manager, holdings=(*manager.holdings, *district.holdings))
    person_file.open_file(ref, REASON, reader, grown.now)
    found = person_file.opened(ref, reader, grown.now)
    assert found is not None
    lines = {line.ref: line for line in found.lines}
    assert set(lines) == {inside, first, second}
    after = lines[inside].after
    assert after is not None
    assert after.ledger is not None
    assert (after.ledger.balance, {str(duty.name) for duty in after.duties} >= {"季度测评"}) == (Decimal(100), True)
    assert [len(lines[each].benefits) for each in (inside, first, second)] == [0, 1, 1]
    assert [len(lines[each].papers) for each in (inside, first, second)] == [0, 1, 1]

    with pytest.raises(InvalidInput):
        person_file_taken.numbers(ref, " ", reader, grown.now)
    (read_now,) = person_file_taken.numbers(ref, "核对证件", reader, grown.now) or ()
    assert (read_now[0], len(read_now[1])) == (known, 18)
    folder = person_file_taken.folder(ref, reader, grown.now)
    assert folder is not None
    held = dict(folder.files(b"index", lambda token: f"https://example.gov.cn/v/{token}"))
    assert next(iter(held)).endswith("/index.html")
    assert sum(name.endswith(".pdf") and body[:4] == b"%PDF" for name, body in held.items()) >= 2
    later = grown.now + timedelta(minutes=16)
    assert person_file_taken.folder(ref, reader, later) is None
    assert person_file_taken.numbers(ref, "核对证件", reader, later) is None
    with reading() as session:
        told = [each.kind for each in evidence.events_of(session, StreamKind.PERSON_ACCESS, person.id)]
    assert told == ["person_file_opened", "person_number_read", "person_file_taken"]


def test_the_office_of_programs_reads_no_whole_number(both: Both, now: datetime) -> None:
    read(both, both.office, now)
    with pytest.raises(NotFound):
        person_file_taken.numbers(both.ref, "核对证件", both.office, now)
    folder = person_file_taken.folder(both.ref, both.office, now)
    assert folder is not None
    assert (folder.papers, folder.certificates) == ((), ())
