"""The overview in a real browser: one page of paper, high contrast."""

import pytest

from tests.browser.conftest import Visit, faults_of
from tests.browser.test_joint import come, plot  # noqa: F401 - the fixture
from tests.services.jointly import JointPlot

pytestmark = pytest.mark.browser


def test_the_overview_on_one_page_of_paper(visit: Visit, plot: JointPlot) -> None:  # noqa: F811
    page = come(visit, "manager").open("/manage/")
    page.get_by_role("link", name="一页报告").click()
    page.wait_for_url("**/report")
    page.emulate_media(media="print")
    assert page.locator(".no-print").first.is_hidden()
    assert page.locator("svg.plot").first.is_visible()


def test_the_overview_in_high_contrast(visit: Visit, plot: JointPlot) -> None:  # noqa: F811
    page = come(visit, "manager").open("/manage/")
    page.evaluate("document.documentElement.classList.add('contrast')")
    assert faults_of(page) == []
    fill = "getComputedStyle(document.querySelector('.p-part')).fill"
    assert page.evaluate(fill) == "rgb(0, 0, 0)"
