"""People found in department data, through the front door: from the list to the certificate, and a wrong list back."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading
from models.rounds import Round
from models.work import WorkItem
from tests.services.found import HEAD, House, data, house, person, upload
from tests.services.houses import last_secret
from tests.services.sheets import texts
from tests.web.front import SIDES, csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.domain.calendar import local_day
from workflow.services import series
from workflow.services.replay import replay

LATER = timedelta(minutes=11)
BANK = "6222020200011234567"


@pytest.fixture
def made(app: Flask, now: datetime) -> House:
    it = house(now)
    give_passwords()
    return it


def browser(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, login)
    return client


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert faults_of(answer.text) == []
    return answer.text


def send(client: FlaskClient, path: str, **said: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/login"), **said})
    return answer.status_code, answer.headers.get("Location") or answer.text


def rooms(made: House) -> str:
    return f"/manage/rounds/{made.round_ref}/found/found"


def loaded(client: FlaskClient, made: House, content: bytes, mode: str = "all_or_nothing") -> tuple[int, str]:
    status, preview = send(client, f"{rooms(made)}/list", file=upload(content))
    assert status == 303
    text_of(client, preview)
    return send(client, preview, mode=mode)


def rows() -> list[ApplicationRow]:
    with reading() as session:
        return list(session.scalars(select(ApplicationRow).order_by(ApplicationRow.id)))


def recognized() -> list[RecognitionRow]:
    with reading() as session:
        return list(session.scalars(select(RecognitionRow)))


def item_of(ref: str) -> WorkItem:
    with reading() as session:
        wanted = select(WorkItem).join(ApplicationRow, ApplicationRow.id == WorkItem.application_id)
        return session.scalars(wanted.where(ApplicationRow.ref == ref, WorkItem.state == "open")).one()


def load_page(client: FlaskClient, made: House) -> str:
    found = re.search(rf'href="({re.escape(rooms(made))}/loads/[^"]+)"', text_of(client, rooms(made)))
    assert found
    return found[1]


def pass_check(app: Flask, ref: str) -> None:
    clerk, item = browser(app, "clerk"), item_of(ref)
    desk = text_of(clerk, f"/review/items/{item.ref}")
    assert "区社保中心" in desk or "核对" in desk
    status, _ = send(clerk, f"/review/items/{item.ref}/act", act="pass", seen_version=item.version)
    assert status == 303


def test_from_the_list_to_the_certificate(app: Flask, made: House, now: datetime) -> None:
    """One person without an account: found in data, checked, asked by a link, and only then issued."""
    office = browser(app, "host")
    assert rooms(made) in text_of(office, f"/manage/rounds/{made.round_ref}")
    assert "还没有导入过数据" in text_of(office, rooms(made))
    content = data(person(1, "秦牧野"), person(2, "沈知予", insured="3"))
    status, preview = send(office, f"{rooms(made)}/list", file=upload(content))
    assert status == 303
    shown = text_of(office, f"{preview}?show=all")
    assert "不符合“参保满6个月”，没有起草" in shown
    assert "符合 2 条" in shown
    errors = office.get(f"{preview}/errors.xlsx")
    assert texts(errors.data)[1][-1] == "不符合“参保满6个月”，没有起草"
    assert send(office, preview, mode="all_or_nothing")[0] == 422
    assert rows() == []
    assert send(office, preview, mode="good_rows_only")[0] == 303
    (case,) = rows()
    assert (case.status, case.stage_key, case.precheck) == ("open", "formal", "meets")

    assert loaded(office, made, data(person(1, "秦牧野")))[0] == 303  # the same data once more
    assert len(rows()) == 1

    pass_check(app, case.ref)
    assert rows()[0].stage_key == "award"
    page = text_of(office, load_page(office, made))
    assert "重发链接" in page
    issuer, list_ = browser(app, "host.two"), f"/manage/rounds/{made.round_ref}/award"
    given = {"case": case.ref, "document": "锦人才〔2026〕18号", "on": local_day(now).isoformat()}
    assert "本人还没有确认填的内容，不能发证" in send(issuer, list_, **given)[1]
    assert recognized() == []

    someone, token = app.test_client(), last_secret(now + LATER, "award_link")
    asked = text_of(someone, f"/confirm/award/{token}")
    assert "区人社局（示例）按部门数据替你申报，请你确认" in asked
    assert "秦牧野" in asked
    status, refused = send(someone, f"/confirm/award/{token}", answer="yes", bank=BANK)
    assert status == 422
    assert faults_of(refused) == []
    assert f'value="{BANK}"' in refused  # nothing typed is lost
    assert send(someone, f"/confirm/award/{token}", answer="yes", bank=BANK, confirmed="yes") == (303, "/confirm/done")
    assert "你已确认，接下来由主办发证" in text_of(someone, "/confirm/done")
    assert someone.get(f"/confirm/award/{token}").status_code in (404, 409, 410, 422)

    assert send(issuer, list_, **given)[0] == 303
    assert [(known.number, known.standing) for known in recognized()] == [("QG-2026-001", "valid")]
    assert "已确认" in text_of(office, load_page(office, made))
    assert replay(now + LATER)[1] == []


def test_a_round_a_month_takes_the_list_too(app: Flask, made: House, now: datetime) -> None:
    series.begin(made.programs, now, made.round_ref)
    with reading() as session:
        closes = session.scalars(select(Round.closes_at)).one()
    assert closes is not None
    assert series.carry_out(closes) == 1
    with reading() as session:
        second = session.scalars(select(Round).order_by(Round.id.desc())).first()
    assert second is not None
    assert (second.key, second.state) == ("2026-12", "open")
    with time_machine.travel(closes + timedelta(hours=9)):
        office = browser(app, "host")  # bound to the round before, and so to this one
        assert f"/manage/rounds/{second.ref}/found/found" in text_of(office, f"/manage/rounds/{second.ref}")
        december = replace(made, round_ref=second.ref)
        assert loaded(office, december, data(person(1, "秦牧野")))[0] == 303
        assert loaded(office, made, data(person(2, "沈知予")))[0] != 303  # the one before takes nobody any more
    assert [(row.round_id, row.status) for row in rows()] == [(second.id, "open")]


@pytest.mark.parametrize("language", SIDES)
def test_a_wrong_list_is_taken_back_with_a_reason(app: Flask, made: House, language: str) -> None:
    office = browser(app, "host")
    speak(office, language)
    loaded(office, made, data(person(1, "秦牧野"), person(7, "方竹青", mobile=" ")))
    page = load_page(office, made)
    shown = text_of(office, page)
    assert "方竹青" in shown
    assert f"/apply/{rows()[1].ref}/check" in shown  # a draft, to be completed by who loaded it
    status, refused = send(office, page, reason="")
    assert (status, faults_of(refused)) == (422, [])
    assert send(office, page, reason="导错了文件") == (303, page)
    assert [row.status for row in rows()] == ["withdrawn", "withdrawn"]
    assert "导错了文件" in text_of(office, page)


def test_the_link_is_made_anew_on_a_page_to_print(app: Flask, made: House) -> None:
    office = browser(app, "host")
    loaded(office, made, data(person(1, "秦牧野")))
    (case,) = rows()
    page = load_page(office, made)
    pass_check(app, case.ref)
    status, printed = send(office, f"{page}/{case.ref}", act="print")
    assert (status, faults_of(printed)) == (200, [])
    token = re.search(r"/confirm/award/([\w-]+)", printed)
    assert token
    text_of(app.test_client(), f"/confirm/award/{token[1]}")
    status, _ = send(office, f"{page}/{case.ref}", act="send")
    assert status == 303
    assert "分钟后再发" in text_of(office, page)


def test_nobody_else_comes_near(app: Flask, made: House) -> None:
    office = browser(app, "host")
    loaded(office, made, data(person(1, "秦牧野")))
    page, template = load_page(office, made), f"{rooms(made)}/list/template.xlsx"
    assert set(HEAD) <= set(texts(office.get(template).data)[0])
    for login in ("clerk", "pro"):
        other = browser(app, login)
        for path in (rooms(made), page, f"{rooms(made)}/list", template):
            assert other.get(path).status_code == 404, path
        assert send(other, page, reason="导错了")[0] == 404
        assert send(other, f"{page}/{rows()[0].ref}", act="print")[0] == 404
    assert rows()[0].status == "open"
