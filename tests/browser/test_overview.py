"""The manager in a real browser: from a number to whom it is about, the ledger, one page of paper."""

from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_of
from tests.browser.departments import NAMES, asked, come
from tests.services.jointly import JointPlot
from workflow.documents.spreadsheet import read

pytestmark = pytest.mark.browser


@pytest.fixture
def plot(app: Flask, now: datetime) -> JointPlot:
    return asked(app, now)


def test_the_manager_goes_from_a_number_to_whoever_it_is_about(
    visit: Visit,
    plot: JointPlot,
) -> None:
    visitor = come(visit, "manager")
    page = visitor.open("/manage/")
    expect(page.locator("h1")).to_contain_text("逾期")
    page.get_by_role("region", name="逾期在谁手上").get_by_role("link").first.click()
    page.wait_for_url("**/joint/**")
    expect(page.get_by_role("table").first).to_contain_text("许拾")

    page = visitor.open("/manage/")
    each = page.get_by_role("link", name="逐件看")
    told = each.inner_text()
    each.click()
    page.wait_for_url("**/applications?state=running")
    assert told == f"逐件看 {page.get_by_role('row').filter(has=page.get_by_role('link')).count()} 件"
    page.get_by_role("row", name="许拾").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("许拾")

    page = visitor.open("/manage/")
    with page.expect_download() as kept:
        page.get_by_role("button", name="台账 Excel").click()
    written = [cell for row in read(kept.value.path().read_bytes()) for cell in row.cells]
    assert set(NAMES) <= set(written)


def test_the_overview_on_one_page_of_paper(visit: Visit, plot: JointPlot) -> None:
    page = come(visit, "manager").open("/manage/")
    page.get_by_role("link", name="一页报告").click()
    page.wait_for_url("**/report")
    page.emulate_media(media="print")
    assert page.locator(".no-print").first.is_hidden()
    assert page.locator("svg.plot").first.is_visible()


def test_the_overview_in_high_contrast(visit: Visit, plot: JointPlot) -> None:
    page = come(visit, "manager").open("/manage/")
    page.evaluate("document.documentElement.classList.add('contrast')")
    assert faults_of(page) == []
    fill = "getComputedStyle(document.querySelector('.p-part')).fill"
    assert page.evaluate(fill) == "rgb(0, 0, 0)"
