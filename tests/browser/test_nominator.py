"""The nominator's desk in a real browser: whom to answer, who still has to confirm, places, the own list."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import applying
from tests.browser.conftest import Visit, sound_at_both
from tests.stories import Story
from tests.web.town import give_passwords
from workflow.services import starting, submissions

pytestmark = pytest.mark.browser


def test_who_has_to_confirm_is_reminded(visit: Visit, now: datetime, tmp_path: Path) -> None:
    story = Story(now, tmp_path)
    story.submitted(channel="employer")
    story.at_formal(channel="employer")
    boss = story["employer"]
    ref = starting.start(story.place.round_ref, "employer", "pattern", boss, now, for_another=True)
    applying.filled(ref, boss, now, id_no=applying.id_number(40))
    submissions.submit(ref, boss, now)
    give_passwords()
    employer = visit()
    employer.sign_in("employer")
    page = employer.open("/nominate")
    sound_at_both(page)
    page.get_by_role("button", name="重发确认链接").click()
    expect(page.get_by_role("status").first).to_contain_text("分钟后再发")
