"""One round of 时尚工程师认定, from an empty house to a certificate taken back, through the front door alone.

Too long to be collected so far, so it is named when it is wanted: `manage.py test tests/journeys/whole_round.py`.
"""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from tests.journeys.story import Story, clean, prepared
from tests.journeys.town import Town
from tests.journeys.verdicts import Verdicts


@pytest.mark.slow
def test_a_round_from_an_empty_house_to_a_certificate_taken_back(
    town_app: Flask, now: datetime, logged: StringIO
) -> None:
    with time_machine.travel(now, tick=True):
        town = Town(town_app)
        everybody = prepared(town)
        story = Story(town, everybody)
        story.apply()
        story.employers_answer()
        story.form_is_checked()
        story.eligibility_is_judged()
    verdicts = Verdicts(story)
    with time_machine.travel(now + timedelta(days=10), tick=True):
        town.days_pass()
        story.time_passes()
        story.ends_as_told()
        verdicts.theory()
        verdicts.practical()
        verdicts.experts()
        verdicts.joint()
        verdicts.meets()
        verdicts.shown_in_public()
    with time_machine.travel(now + timedelta(days=15), tick=True):
        town.days_pass()
        verdicts.time_is_over()
        verdicts.alternate_moves_up()
    with time_machine.travel(now + timedelta(days=22), tick=True):
        town.days_pass()
        verdicts.time_is_over()
        verdicts.issued()
        verdicts.verified()
        verdicts.heard()
    with time_machine.travel(now + timedelta(days=38), tick=True):
        town.days_pass()
        verdicts.revoked()
        clean(town, everybody, logged.getvalue(), {422: 2, 410: 2})
