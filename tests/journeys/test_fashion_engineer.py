"""One round of 时尚工程师认定, from an empty house to a certificate taken back, through the front door alone.

120 applications, the theory test from a table, two raters and five experts for each, four departments, a committee of
nine with one recusal, 80 places with a floor for each track, a notice with two objections, an alternate, certificates
and a revocation. Every act is a request of its own; what nobody needs to see twice is not asked for (see `applying`).
The total of every sheet, the count and line of the meeting and what the person reads are redone from what is printed.
"""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from tests.journeys.story import Story, clean, nobody_twice, prepared
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
        clean(town, everybody, logged.getvalue(), {422: 2, 410: 2}, cases=120)
        nobody_twice(town)
