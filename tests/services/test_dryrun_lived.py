"""What a dry run counts is what comes of it when the same acts are really done."""

from collections import Counter
from datetime import UTC, datetime

from tests.domain.programs import text
from tests.services.lived import Lived
from workflow.domain.dryrun.cases import ERRAND, PROBE, STRAIGHT
from workflow.services import evidence

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_its_numbers_are_those_of_really_doing_the_same(database: str) -> None:
    """People who go straight, stand at a border, or are refused, appeal, are objected to, move up: funnel, results of
    conditions, places, messages and every case's end and chain."""
    lived = Lived(text("fashion_engineer"), MONDAY, "7", {STRAIGHT: 6, PROBE: 3, ERRAND: 11})
    lived.live()
    world, tally = lived.world, lived.world.tally
    assert tally.acts > 300
    assert lived.fates() == {
        number: (case.state.status.value, case.state.stage, case.state.version) for number, case in world.cases.items()
    }
    told = lived.told()
    assert {number: len(facts) for number, facts in told.items()} == {
        number: case.state.seq for number, case in world.cases.items()
    }
    facts = [fact for every in told.values() for fact in every]
    assert Counter(kind for kind, _, _, _ in facts) == tally.kinds
    assert Counter(stage for kind, _, _, stage in facts if kind == "stage_entered") == tally.entered
    assert lived.prechecks() == tally.judged
    places = {(channel, unit): number for (channel, unit, _), number in world.taken.items() if number}
    assert lived.taken() == places
    assert lived.messages() == tally.messages
    rare = {"refused", "review_reopened", "appeal_settled", "objection_received", "alternate_promoted"}
    assert rare <= set(tally.kinds)
    assert places
    assert sum(lived.messages().values()) > 20
    assert evidence.verify() == []
