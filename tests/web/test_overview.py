"""The pages of whoever runs a round: overview, ledger, report, and one application on paper."""

from datetime import datetime

import pytest
from flask import Flask

from tests.services.jointly import BY, GROUNDS, JointPlot
from tests.web.front import csrf
from tests.web.test_joint import browser, text_of
from tests.web.town import give_passwords
from workflow.documents import spreadsheet


@pytest.fixture
def plot(app: Flask, now: datetime) -> JointPlot:
    made = JointPlot(now)
    give_passwords()
    return made


def test_each_plot_stands_beside_its_numbers(app: Flask, plot: JointPlot) -> None:
    plot.plant(1)
    plot.everybody(plot.asked(3)[0])
    manager = browser(app, "manager")
    for path in ("/manage/", f"/manage/rounds/{plot.round_ref}/overview", f"/manage/rounds/{plot.round_ref}/report"):
        shown = text_of(manager, path)
        assert shown.count('<svg class="plot"') == 4 + 2 + 1, path  # stages, stages with cases, the days
        assert "联审：到过 3 人，现在停在这一步 3 人" in shown
    assert "4 件在办，0 件逾期" in text_of(manager, "/manage/")
    assert ">总览<" in text_of(manager, "/manage/")


def test_who_runs_no_round_is_told_so(app: Flask, plot: JointPlot) -> None:
    clerk = browser(app, "clerk")
    assert "没有由你主办的批次" in text_of(clerk, "/manage/")
    for path in ("overview", "report"):
        assert clerk.get(f"/manage/rounds/{plot.round_ref}/{path}").status_code == 404


def test_the_ledger_is_taken_by_an_act(app: Flask, plot: JointPlot) -> None:
    plot.asked(2)
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/ledger"
    assert manager.get(path).status_code == 404, "looking takes nothing"
    taken = manager.post(path, data={"csrf_token": csrf(manager, "/settings")})
    assert taken.status_code == 200
    assert taken.mimetype.endswith("spreadsheetml.sheet")
    assert len(spreadsheet.read(taken.get_data())) == 3
    clerk = browser(app, "clerk")
    assert clerk.post(path, data={"csrf_token": csrf(clerk, "/settings")}).status_code == 404


def test_an_application_on_paper_shows_what_its_reader_may_see(app: Flask, plot: JointPlot) -> None:
    (ref,) = plot.asked()
    plot.everybody(ref, roles=BY[:2])
    plot.say(ref, "court", GROUNDS)
    path = f"/manage/applications/{ref}/print"
    shown = text_of(browser(app, "manager"), path)
    assert "蓝埠家纺集团" in shown
    assert "办法第四条" in shown
    assert GROUNDS.basis not in shown
    assert "有异议" not in shown
    assert "manager 打印于" in shown
    by_department = text_of(browser(app, "market"), path)
    assert "制版师" in shown
    assert "制版师" not in by_department
    assert browser(app, "hr").get(path).status_code == 404
