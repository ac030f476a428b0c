"""How moments are written for people."""

from datetime import datetime, timedelta

from workflow.web import dates


def test_a_saved_moment_of_another_day_says_the_day(now: datetime) -> None:
    assert dates.clock(now) == "10:00:00"
    assert dates.clock(now - timedelta(days=4)) == "11-16 10:00"
    assert dates.clock(now - timedelta(hours=10, seconds=1)) == "11-19 23:59", "yesterday here, the same day in UTC"
