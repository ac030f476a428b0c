"""After a draft is published: what it does to running cases by itself, by choice, and back; nothing else is pressed."""

from datetime import datetime

import pytest
from flask import Flask

from tests.journeys.driver import Browser
from tests.services.houses import PASSWORD, account
from tests.services.plots import Plot
from tests.services.test_studio_adopting import ALL, BY_ITSELF, OLD, definition_for, next_version, says
from tests.web.town import give_passwords
from workflow.domain.actor import Actor, Office
from workflow.services.studio import drafts


@pytest.fixture
def builder(database: str, now: datetime) -> Actor:
    return account(now, "builder", name="江述", office=Office.PROGRAMS)


@pytest.fixture
def plot(database: str, now: datetime) -> Plot:
    return Plot(now)


@pytest.fixture
def desk(app: Flask, plot: Plot, builder: Actor) -> Browser:
    give_passwords()
    browser = Browser(app, "builder")
    browser.send(browser.open("/login").form("/login"), {"login": "builder", "password": PASSWORD})
    return browser


def test_a_new_version_reaches_running_cases_by_itself_then_by_choice_and_goes_back(
    desk: Browser, plot: Plot, builder: Actor, now: datetime
) -> None:
    refs = plot.plant(2)
    ref = drafts.start(builder, now, text=next_version())
    page = desk.open(f"/studio/{ref}/publish")
    assert "2 件" not in page.text  # how many it reaches is not known before
    page = desk.send(page.form("/publish", with_="发布这一版"), press="发布这一版")
    assert "改了 2 件、1 个批次" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}

    choosing = page.form("/cases", with_="reason")
    wanted = choosing.options("path")
    assert ("form › work › fields › wage" in wanted, "channels › own" in wanted) == (True, False)
    page = desk.send(choosing, {"path": wanted, "reason": " "}, expect=422)
    assert "请写明理由" in page.text
    assert {says(definition_for(one)) for one in refs} == {BY_ITSELF}
    page = desk.send(page.form("/cases", with_="reason"), {"reason": "办法修订，全批一致"})
    assert "办法修订，全批一致" in page.text
    assert {says(definition_for(one)) for one in refs} == {ALL}

    decisions = [form for form in page.forms if any(button.name == "revert" for button in form.buttons)]
    assert len(decisions) == 2
    page = desk.send(decisions[0], press="改回去", expect=422)
    assert "请写明理由" in page.text
    for left in (1, 0):
        form = page.form("/cases", with_="改回去")
        name = next(name for name in form.names() if name.startswith("why-"))
        page = desk.send(form, {name: "还是等下一批"}, press="改回去")
        assert sum("改回去" in button.words for form in page.forms for button in form.buttons) == left
    assert {says(definition_for(one)) for one in refs} == {OLD}
