"""The bar of a tour that runs, on a desk page, on a page off its path and on the list of its steps."""

from datetime import datetime

import pytest
from flask import Flask

from tests.browser.conftest import Visit, sound_at_both
from tests.services.plots import Plot
from tests.web.test_demo import told
from workflow.services.demo.filling import BEGUN, FILLED

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_bar_of_a_running_tour_is_sound_and_goes_with_the_reader(app: Flask, visit: Visit, now: datetime) -> None:
    plot = Plot(now)
    plot.endorse(plot.plant(1)[0])
    told(now, BEGUN, FILLED)
    page = visit().open("/tour")
    page.get_by_role("button", name="进去做第 3 步").click()
    bar = page.get_by_role("complementary", name="演示环境")
    bar.get_by_role("button", name="跳过这一步").wait_for()
    work = page.url
    sound_at_both(page)
    bar.get_by_role("link", name="全部步骤").click()
    bar.get_by_role("button", name="回到这一步").wait_for()
    sound_at_both(page)
    bar.get_by_role("button", name="回到这一步").click()
    page.wait_for_url(work)
