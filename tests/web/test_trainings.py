"""The pages of trainings: the school schedules and takes the roll, the person signs up and off."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.services.earning import Earning
from tests.services.test_trainings import scheduled
from tests.web.front import csrf
from tests.web.test_awards import send, text_of
from tests.web.test_points import browser
from workflow.services import trainings, trainings_own


@pytest.fixture
def earning(app: Flask, now: datetime, tmp_path: Path) -> Earning:
    return Earning(now, tmp_path)


def test_the_school_schedules_and_the_person_signs_up_and_off(app: Flask, earning: Earning) -> None:
    ref = earning.worker("worker")
    school, worker = browser(app, "school"), browser(app, "worker")
    (held,) = trainings.held(earning["school"])
    form = f"/review/trainings/new/{held.program_ref}"
    assert "排一期培训" in text_of(school, form)
    given = {
        "session": "class",
        "name": "焊工班",
        "place": "实训楼",
        "starts_at": "2099-12-01",
        "ends_at": "2099-12-01",
    }
    status, body = send(school, form, **{**given, "place": "", "seats": "很多"})
    assert (status, "名额请写正整数" in body, "焊工班" in body) == (422, True, True)
    assert send(school, form, **given)[0] == 303
    html = text_of(worker, "/trainings")
    assert ("焊工班" in html, "还剩 40 个" in html) == (True, True)
    path = "/trainings/" + html.split('action="/trainings/')[1].split('"')[0]
    assert send(worker, path, application=ref)[0] == 303
    assert "你要上 1 期培训" in text_of(worker, "/trainings")
    assert send(worker, path, application=ref)[0] == 422
    assert send(worker, path.replace("sign_up", "sign_off"), application=ref)[0] == 303
    training = text_of(school, "/review/trainings").split("/review/trainings/")[-1].split('"')[0]
    assert "已取消报名" in text_of(school, f"/review/trainings/{training}")
    cancel = f"/review/trainings/{training}/cancel"
    assert send(school, cancel)[0] == 422
    assert send(school, cancel, reason="老师病了")[0] == 303
    assert "这一期已取消" in text_of(worker, "/trainings")


def test_the_roll_is_taken_with_one_number_for_all_and_closed(app: Flask, earning: Earning) -> None:
    one, two = earning.worker("one"), earning.worker("two", 2)
    earning.now -= timedelta(days=400)  # the training lies in the past of the pages
    ref = scheduled(earning)
    for who, case in (("one", one), ("two", two)):
        trainings_own.sign("sign_up", ref, case, earning[who], earning.now)
    school, path = browser(app, "school"), f"/review/trainings/{ref}"
    assert "等点名办结" in text_of(school, path)
    status, body = send(school, path, act="close", **{f"mark.{one}": "present", "all.hours": "八"})
    assert (status, "请只填数字" in body) == (422, True)
    status, body = send(school, path, act="close", **{f"mark.{one}": "present", "all.hours": "8"})
    assert (status, "还有1人既没有记到场，也没有记缺席" in body) == (422, True)
    assert (
        send(school, path, act="close", **{f"mark.{two}": "absent", f"mark.{one}": "present", "all.hours": "8"})[0]
        == 303
    )
    html = text_of(school, path)
    assert ("已办结" in html, "没有到场" in html) == (True, True)


def test_nobody_else_sees_a_training(app: Flask, earning: Earning) -> None:
    earning.worker("worker")
    ref = scheduled(earning)
    auditor, worker = browser(app, "auditor"), browser(app, "worker")
    (held,) = trainings.held(earning["school"])
    for path in (f"/{ref}", f"/{ref}/cancel", f"/new/{held.program_ref}"):
        assert auditor.get(f"/review/trainings{path}").status_code == 404
        assert worker.get(f"/review/trainings{path}").status_code in (403, 404)
    token = csrf(auditor, "/settings")
    assert auditor.post(f"/trainings/{ref}/sign_up", data={"csrf_token": token}).status_code == 404
