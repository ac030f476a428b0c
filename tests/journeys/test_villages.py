"""百村千人 through the front door: forty people who know nothing of it, from the villages into the reserve.

The officers of two townships put them forward in all three channels and on both lists; two go and see each, nine
departments answer, the party committees decide, the district files. Every act is a request of its own.
"""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.journeys.story import clean
from tests.journeys.villages_story import Story
from tests.journeys.villages_town import PEOPLE, Villages


@pytest.mark.slow
def test_forty_people_of_the_villages_come_into_the_reserve(
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
        clean(town, town.people, logged.getvalue(), {}, cases=PEOPLE)
