"""Where whoever comes first has a place, too many on their way are told before anybody is shown to the public."""

from datetime import datetime

from models.base import writing
from models.rounds import Round
from tests.domain.programs import text
from tests.services.plots import Plot
from workflow.services import overview, reading

FIRST_COME = text("fashion_engineer").replace("rank_by: total.by_track", "rank_by: none")


def small(source: str, now: datetime) -> tuple[Plot, list[str], str]:
    plot = Plot(now, source=source)
    with writing() as session:
        round_ = session.get_one(Round, plot.round_id)
        round_.settings = {"places": "2"}
        round_ref = round_.ref
    return plot, plot.plant(3), round_ref


def test_more_cases_than_places_are_told_to_the_office_in_time(database: str, now: datetime) -> None:
    plot, refs, round_ref = small(FIRST_COME, now)
    seen = overview.overview(plot.people["manager"], round_ref, now)
    assert [(each.most, each.left, each.running, each.too_many) for each in seen.tight if not each.group] == [
        (2, 2, 3, 1)
    ]
    plot.endorse(refs[0])
    clerk = reading.sheet(refs[0], plot.people["clerk"], now)
    assert [each.running for each in clerk.tight if not each.group] == [3]
    owner = reading.sheet(refs[0], plot.owners[refs[0]], now)
    assert owner.tight == ()


def test_a_meeting_that_ranks_draws_the_line_itself(database: str, now: datetime) -> None:
    plot, _, round_ref = small(text("fashion_engineer"), now)
    assert overview.overview(plot.people["manager"], round_ref, now).tight == ()
