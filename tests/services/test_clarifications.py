"""What was made clear once stands beside its field or rule for everybody who comes next."""

from datetime import datetime, timedelta

import pytest

from tests.services.houses import account
from tests.services.plots import Plot
from workflow.domain.errors import InvalidInput, MovedOn, NotFound
from workflow.services import clarifications, evidence

ASKED = {
    "question": "社保断过一个月算不算连续？",
    "answer": "补缴的算，没有补缴的从续上那个月起算",
    "basis": "办法第四条（一）",
}


@pytest.fixture
def plot(database: str, now: datetime) -> Plot:
    return Plot(now)


def test_it_stands_beside_its_place_for_whom_it_is_meant(plot: Plot, now: datetime) -> None:
    manager, round_ref = plot.people["manager"], plot.round_ref
    ref = clarifications.write(manager, now, round_ref, place="rule:E1", **ASKED)
    clarifications.write(
        manager, now + timedelta(minutes=1), round_ref, place="rule:E1", question="甲", answer="乙", inside=True
    )
    clarifications.write(manager, now, round_ref, place="", question="同年能不能再报别的？", answer="能")
    (case,) = plot.plant(1)
    seen = clarifications.beside_case(case, reviewing=True)
    assert {place: [note.question for note in notes] for place, notes in seen.items()} == {
        "rule:E1": ["甲", ASKED["question"]],
        "": ["同年能不能再报别的？"],
    }
    assert [note.question for note in clarifications.beside_case(case, reviewing=False)["rule:E1"]] == [
        ASKED["question"]
    ]
    assert clarifications.beside_round(round_ref)["rule:E1"][0].ref == ref
    found = clarifications.collected(plot.people["clerk"], "补缴")
    assert [[line.note.ref for line in each.lines] for each in found] == [[ref]]
    assert clarifications.collected(account(now, "stranger")) == ()
    assert evidence.verify() == []


def test_newer_words_take_the_place_of_older_ones_and_an_ended_one_is_gone(plot: Plot, now: datetime) -> None:
    manager, round_ref = plot.people["manager"], plot.round_ref
    ref = clarifications.write(manager, now, round_ref, place="field:years", **ASKED)
    newer = clarifications.write(manager, now, round_ref, place="field:years", question="问", answer="新", replaces=ref)
    with pytest.raises(MovedOn):
        clarifications.write(manager, now, round_ref, place="field:years", question="问", answer="又一个", replaces=ref)
    assert [line.note.answer for line in clarifications.board(manager, now, round_ref).lines] == ["新"]
    with pytest.raises(InvalidInput):
        clarifications.end(manager, now, round_ref, newer, " ")
    clarifications.end(manager, now, round_ref, newer, "办法改了")
    assert clarifications.board(manager, now, round_ref).lines == ()
    assert clarifications.beside_round(round_ref) == {}
    with pytest.raises(NotFound):
        clarifications.end(manager, now, round_ref, "nowhere", "办法改了")


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"place": "rule:E77"}, ["place"]),
        ({"question": " "}, ["question"]),
        ({"answer": "", "basis": "据" * 201}, ["answer", "basis"]),
    ],
)
def test_what_is_missing_is_said_where(plot: Plot, now: datetime, typed: dict[str, str], where: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        clarifications.write(plot.people["manager"], now, plot.round_ref, **({"place": "", **ASKED} | typed))
    assert [reason.where for reason in refused.value.reasons] == where
    assert clarifications.board(plot.people["manager"], now, plot.round_ref).lines == ()


def test_only_who_runs_the_round_keeps_them(plot: Plot, now: datetime) -> None:
    ref = clarifications.write(plot.people["manager"], now, plot.round_ref, place="", **ASKED)
    for other in (plot.people["clerk"], account(now, "stranger")):
        for call in (
            lambda other=other: clarifications.board(other, now, plot.round_ref),
            lambda other=other: clarifications.write(other, now, plot.round_ref, place="", **ASKED),
            lambda other=other: clarifications.end(other, now, plot.round_ref, ref, "不要了"),
        ):
            with pytest.raises(NotFound):
                call()
