"""A round with as many applications as wished for: a dozen made by the services, the others copied from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench import writers
from bench.patterns import Pattern, Values
from models.applications import ApplicationRow
from models.base import Base, reading, writing
from models.rounds import Round, RoundNominator, Sequence
from tests import applying
from tests.services.houses import account
from tests.stories import Story

FIRST_SERIAL = 101
"""Numbers below belong to the cases that the services made."""
DAYS_AGO = 9

OF_TWENTY = {"formal": 9, "eligibility": 5, "employer": 2, "draft": 2, "returned": 1, "back": 1}
"""Where twenty applications are in the middle of a round: nearly half of them wait for the intake clerks."""

_FLAG = {"portfolio": {"verdict": "flag", "comment": "打不开，请重新上传"}}


@dataclass(frozen=True)
class Town:
    """What the services made: the clerk who opens the queue, the round, and the cases by where they are."""

    clerk_id: int
    round_ref: str
    cases: dict[str, list[int]]


def found(now: datetime, folder: Path) -> Town:
    story = Story(now - timedelta(days=DAYS_AGO), folder)
    with writing() as session:
        session.execute(update(RoundNominator).values(places=None))
    begun = story.now
    refs: dict[str, list[str]] = {kind: [] for kind in OF_TWENTY}
    for days, options in (
        (0, {}),
        (2, {"modeling": "no"}),
        (5, {"channel": "employer"}),
        (7, {}),
        (8, {"modeling": "no"}),
    ):
        story.now = begun + timedelta(days=days)
        refs["formal"].append(story.at_formal(**options))
    for days in (1, 4, 8):
        story.now = begun + timedelta(days=days)
        refs["eligibility"].append(story.at_eligibility())
    refs["employer"].append(story.submitted())
    refs["returned"].append(_returned(story))
    refs["back"].append(back := _returned(story))
    story.hand_back(back, f"person{sum(map(len, refs.values())) - 1}", "portfolio")
    refs["draft"].append(_draft(story))
    clerk = story["clerk"].account_id
    assert clerk is not None
    return Town(clerk, story.place.round_ref, {kind: [_id_of(ref) for ref in every] for kind, every in refs.items()})


def _returned(story: Story) -> str:
    ref = story.at_formal()
    story.act(ref, "return", "clerk", verdicts={**story.all_ok(ref, "clerk"), **_FLAG})
    return ref


def _draft(story: Story) -> str:
    """Filled to the end, ready to be handed in."""
    person = account(story.now, "person-with-a-draft", name="苏见微")
    ref = applying.started(story.place, person, story.now)
    typed = {"name": "苏见微", "id_no": applying.id_number(333), "mobile": "13805719999"}
    applying.filled(ref, person, story.now, **typed)
    return ref


def _id_of(ref: str) -> int:
    with reading() as session:
        return session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == ref)).one()


# -- copies ------------------------------------------------------------------------------------------------------------
def fill(url: str, town: Town, until: int) -> None:
    """Copies until there are this many applications; then the counters stand as if each had been submitted."""
    spell = writers.spell(url)
    with reading() as session:
        standing = session.scalar(select(func.count()).select_from(ApplicationRow)) or 0
        patterns = {kind: [Pattern(session, number, spell) for number in every] for kind, every in town.cases.items()}
        take = numbers(session)
    wanted = until - standing
    writers.write(url, _copies(patterns, take, wanted))
    with writing() as session:
        count_on(session, FIRST_SERIAL + wanted)


def _copies(
    patterns: dict[str, list[Pattern]], take: Callable[[str], int], wanted: int
) -> Iterator[dict[str, list[Values]]]:
    """In the same mix at every size, the kinds through each other and each kind's patterns in turn."""
    spread = sorted((place / share, kind) for kind, share in OF_TWENTY.items() for place in range(share))
    turns = {kind: count() for kind in patterns}
    for number in range(wanted):
        kind = spread[number % len(spread)][1]
        every = patterns[kind]
        yield every[next(turns[kind]) % len(every)].copy(FIRST_SERIAL + number, take)


def numbers(session: Session) -> Callable[[str], int]:
    """The next free id of each table."""
    last = {
        table.name: count((session.scalar(select(func.max(table.c.id))) or 0) + 1)
        for table in Base.metadata.sorted_tables
        if "id" in table.columns
    }
    return lambda table: next(last[table])


def count_on(session: Session, serial: int) -> None:
    session.execute(update(Round).values(next_number=serial))
    session.execute(update(Sequence).values(next_value=serial))
    held = (
        select(func.count())
        .where(
            ApplicationRow.round_id == RoundNominator.round_id,
            ApplicationRow.nominator_id == RoundNominator.organization_id,
            ApplicationRow.channel == RoundNominator.channel,
            ApplicationRow.place_taken,
        )
        .scalar_subquery()
    )
    session.execute(update(RoundNominator).values(taken=held))
