"""One person's file: what its reader may know, all of it, opened with a reason; and not a trace of the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.base import reading, writing
from models.evidence import StreamKind
from models.people import Person, PersonToken
from tests.applying import id_number
from tests.services.houses import account, officers
from tests.services.issued import Grounds
from tests.services.villages import Villages
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import clock, evidence, people, person_file

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
