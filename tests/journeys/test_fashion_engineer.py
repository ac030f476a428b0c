"""The story of one round of 时尚工程师认定, from an empty house to eligibility, through the front door alone."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from tests.journeys.story import Story, clean, prepared
from tests.journeys.town import Town


@pytest.mark.slow
def test_a_round_from_an_empty_house_to_eligibility(town_app: Flask, now: datetime, logged: StringIO) -> None:
    with time_machine.travel(now, tick=True):
        town = Town(town_app)
        everybody = prepared(town)
        story = Story(town, everybody)
        story.apply()
        story.employers_answer()
        story.form_is_checked()
        story.eligibility_is_judged()
    with time_machine.travel(now + timedelta(days=10), tick=True):
        town.days_pass()
        story.time_passes()
        story.ends_as_told()
    clean(town, everybody, logged.getvalue(), {422: 2})
