"""The page of what departments know: values with their day and source, and a table of them."""

from datetime import datetime

from flask import Flask

from tests.services.issued import Grounds
from tests.web.test_awards import browser, send, text_of


def test_a_department_records_what_it_knows_and_nothing_typed_is_lost(app: Flask, now: datetime) -> None:
    plot = Grounds(now)
    ref = plot.issue(plot.before_award(1)).done[0]
    office, page = browser(app, "hr"), f"/manage/applications/{ref}/facts"
    assert "还没有登记过" in text_of(office, page)

    given = {"insurance_moved_out": "yes", "as_of": "", "source": "区人社局参保库", "request_key": "k"}
    status, body = send(office, page, **given)
    assert (status, "请选这些数据是哪一天的" in body, "区人社局参保库" in body) == (422, True, True)
    assert send(office, page, **{**given, "as_of": plot.today.isoformat()})[0] == 303
    shown = text_of(office, page)
    assert "社保已转出本区" in shown
    assert "区人社局参保库" in shown
    assert "部门数据" in text_of(browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/applications")
    assert send(browser(app, "clerk"), page, **given)[0] == 404
