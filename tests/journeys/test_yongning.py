"""One round of 永宁骏才 through the front door: six channels, three powers, from the authorizations to certificates.

Three enterprises are authorized; sixty people are put forward one by one, from tables, and by themselves. An enterprise
chooses its own and is suspended by a sample; an association recommends, and is sent back to hold its meeting again; the
leading group draws a line; an objection holds and the alternate moves up. Every act is a request of its own.
"""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.journeys.story import clean
from tests.journeys.yongning_story import ADMITTED, Story
from tests.journeys.yongning_town import Yongning
from tests.journeys.yongning_verdicts import PLACES, Verdicts


@pytest.mark.slow
def test_a_round_of_six_channels_from_authorizations_to_certificates(
    town_app: Flask, now: datetime, logged: StringIO, tmp_path: Path
) -> None:
    with time_machine.travel(now, tick=True):
        town = Yongning(town_app)
        town.prepared(tmp_path)
        story = Story(town)
        story.authorized()
        town.nominating_opened(ADMITTED)
        story.put_forward()
        story.chosen()
        story.accepted()
        story.sampled()
        verdicts = Verdicts(story)
        verdicts.lists_handed_in()
        verdicts.recommended()
        verdicts.supervised()
        verdicts.judged()
        verdicts.cleared()
        verdicts.decided()
        verdicts.shown_in_public()
    with time_machine.travel(now + timedelta(days=10), tick=True):
        town.days_pass()
        verdicts.time_is_over()
        verdicts.alternate_moves_up()
    with time_machine.travel(now + timedelta(days=18), tick=True):
        town.days_pass()
        verdicts.time_is_over()
        assert verdicts.certified() == 8 + 13 + 3 + PLACES
        clean(town, story.faces.made, logged.getvalue(), {422: 6, 410: 2}, cases=65)
