"""Members vote themselves: once, only where they sit and may; a secret ballot tells nobody how before it is counted."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from models.base import reading
from models.evidence import StreamKind
from models.meetings import BallotBox
from tests.domain.cases import ROOT
from tests.services.plots import Plot
from tests.services.seated import Assembly
from workflow.domain.actor import Actor
from workflow.domain.ballots import Tally
from workflow.domain.errors import InvalidInput, MovedOn, NotDeclared, NotFound, NotReady
from workflow.services import declarations, evidence, meetings, meetings_board, meetings_casting
from workflow.services.meetings_sitting import Entered, enter

TOTALS = {"pattern": [9000, 8000]}


class House(Assembly):
    def __init__(self, plot: Plot) -> None:
        super().__init__(plot, TOTALS, members=3)
        self.ref = self.call()

    def ready(self, number: int) -> Actor:
        """A member who has declared no relation to anybody on the list."""
        member = self.member(number)
        try:
            meetings_casting.own(member, self.ref)
        except NotDeclared as first:
            paper = declarations.paper(first.item, member, self.now)
            assert paper is not None
            declarations.declare([one.item for one in paper.asked], {}, member, self.now)
        return member

    def roll(self, *numbers: int) -> None:
        present = frozenset(self.committee[number - 1].ref for number in numbers)
        enter(self.manager, self.now, self.ref, Entered(present))

    def votes(self, *said: str) -> dict[str, str]:
        return dict(zip(self.refs, said, strict=True))

    def tallies(self) -> list[Tally | None]:
        board = meetings_board.board(self.manager, self.ref, self.now)
        by_ref = {line.ref: line.count.tally for line in board.lines}
        return [by_ref[ref] for ref in self.refs]


@pytest.fixture
def house(database: str, now: datetime) -> House:
    return House(Plot(now))


@pytest.fixture
def open_house(database: str, now: datetime) -> House:
    source = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    voted = source.replace("kind: vote\n", "kind: vote\n    ballot: open\n", 1)
    assert voted != source
    return House(Plot(now, source=voted))


def test_a_secret_ballot_is_a_number_only_once_it_is_counted(house: House) -> None:
    one, two = house.ready(1), house.ready(2)
    with pytest.raises(NotReady):  # the roll was not taken
        meetings_casting.cast(one, house.now, house.ref, house.votes("for", "against"))
    house.roll(1, 2)
    assert meetings_casting.cast(one, house.now, house.ref, house.votes("for", "against"), request_key="k") == 2
    assert meetings_casting.cast(one, house.now, house.ref, house.votes("for", "against"), request_key="k") == 2
    meetings_casting.cast(two, house.now, house.ref, house.votes("for", "abstained"))
    assert house.tallies() == [None, None]
    assert meetings_casting.own(one, house.ref).waiting == 0
    with pytest.raises(MovedOn):
        meetings_casting.cast(one, house.now, house.ref, house.votes("against", "against"))
    assert meetings_casting.count(house.manager, house.now, house.ref) == 2
    assert house.tallies() == [Tally(2, 0, 0), Tally(0, 1, 1)]
    with reading() as session:
        assert session.scalars(select(BallotBox)).all() == []
        number = meetings.queries.by_ref(session, house.ref)
        assert number is not None
        told = [(each.kind, each.actor_id) for each in evidence.events_of(session, StreamKind.MEETING, number.id)]
        cast = " ".join(str(row) for row in session.execute(text("SELECT * FROM ballot_cast")))
    assert told[2:] == [
        ("ballots_cast", one.account_id),
        ("ballots_cast", two.account_id),
        ("ballots_recorded", house.manager.account_id),
    ]
    assert "for" not in cast
    house.roll(1, 2, 3)
    with pytest.raises(MovedOn):  # too late: it was counted
        meetings_casting.cast(house.ready(3), house.now, house.ref, house.votes("for", "for"))
    with pytest.raises(NotReady):
        meetings_casting.count(house.manager, house.now, house.ref)


def test_an_open_ballot_stands_on_the_board_at_once_under_its_name(open_house: House) -> None:
    house = open_house
    one = house.ready(1)
    house.roll(1, 2)
    meetings_casting.cast(one, house.now, house.ref, house.votes("for", "against"))
    assert house.tallies() == [Tally(1, 0, 0), Tally(0, 1, 0)]
    assert [choice.said for choice in meetings_casting.own(one, house.ref).choices] == ["for", "against"]
    with pytest.raises(NotReady):
        meetings_casting.count(house.manager, house.now, house.ref)


def test_who_is_too_near_or_not_of_the_meeting_casts_nothing(house: House) -> None:
    member = house.member(1)
    with pytest.raises(NotDeclared) as first:
        meetings_casting.own(member, house.ref)
    paper = declarations.paper(first.value.item, member, house.now)
    assert paper is not None
    refs = [one.item for one in paper.asked]
    declarations.declare(refs, {refs[0]: "同事"}, member, house.now)
    house.roll(1, 2)
    recused = [choice.recused for choice in meetings_casting.own(member, house.ref).choices]
    assert sorted(recused) == [False, True]
    with pytest.raises(MovedOn):
        meetings_casting.cast(member, house.now, house.ref, house.votes("for", "for"))
    with pytest.raises(InvalidInput):
        meetings_casting.cast(member, house.now, house.ref, {house.refs[1]: "maybe"})
    for stranger in (house.manager, house.plot.people["clerk"]):
        with pytest.raises(NotFound):
            meetings_casting.own(stranger, house.ref)
    with pytest.raises(NotFound):
        meetings_casting.count(member, house.now, house.ref)
    assert meetings_casting.called_for(house.member(2), house.refs[0]) == house.ref
    assert meetings_casting.called_for(house.manager, house.refs[0]) is None
