"""百村千人 through the front door: forty people who know nothing of it, over eighteen months, to their last duty.

The officers of two townships put them forward in all three channels and on both lists; two go and see each, nine
departments answer, the party committees decide, the district files. Then three camps: mentors and monthly logs, a class
with absences, points with an objection and a late correction, six quarters from three sources, half-yearly checks of
which one finds something, one removal by three people, elections. Time moves through the task of the clock alone.
"""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.journeys import villages_reckoning as reckoning
from tests.journeys.story import clean
from tests.journeys.villages_camps import Camps
from tests.journeys.villages_story import Story
from tests.journeys.villages_town import PEOPLE, Villages
from tests.journeys.villages_years import YEARS


@pytest.mark.slow
def test_forty_people_of_the_villages_and_what_becomes_of_them_in_eighteen_months(
    town_app: Flask, now: datetime, logged: StringIO, tmp_path: Path
) -> None:
    with time_machine.travel(now, tick=True):
        town = Villages(town_app)
        town.prepared(tmp_path)
        story = Story(town)
        story.put_forward()
        story.screened()
        story.cleared()
        story.decided()
        story.consulted()
    with time_machine.travel(now + timedelta(days=10), tick=True):
        town.days_pass()
        story.time_is_over()
        story.filed()
        story.taken_in()
    camps = Camps(story)
    for sitting in YEARS:
        with camps.on(sitting.on, looks=sitting.looks):
            sitting.happens(camps)
    assert [no for no, _ in camps.quarters] == [1, 2, 3, 4, 5, 6]
    with camps.on(YEARS[-1].on + timedelta(days=4)):
        reckoning.assessments_add_up(camps)
        reckoning.balances_add_up(camps)
        reckoning.holidays_moved_what_fell_on_them(camps)
        reckoning.nothing_hangs(camps)
        reckoning.one_digest_a_day(camps)
        reckoning.nobody_was_told(camps)
        reckoning.others_see_nothing(camps)
        clean(town, town.people, logged.getvalue(), {422: 1, 404: 3}, cases=PEOPLE)
