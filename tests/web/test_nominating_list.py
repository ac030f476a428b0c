"""The nominator's list through the door: places, buttons that work without a script, the sealed page, a spreadsheet."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests import applying
from tests.services.test_nominating_list import row, sheet, where
from tests.services.yongning import Yongning
from tests.web.front import faults_of
from tests.web.test_reviewer import Reviewer
from workflow.services import nominating_list


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Yongning:
    with app.app_context():
        made = Yongning(now, tmp_path / "files")
        made.admit("peers", "works", "rival")
        return made


def at(here: Yongning) -> str:
    place = where(here)
    return f"/nominate/{place.round_ref}/{place.channel}/{place.unit}"


def test_the_list_is_put_in_order_by_buttons_and_handed_in_with_its_seal(app: Flask, here: Yongning) -> None:
    with app.app_context():
        first, second = here.nominated("peers"), here.nominated("peers")
    boss = Reviewer(app, here, "boss")
    page = boss.open(at(here))
    assert "行业团体公荐：2 人" in page.text
    assert "名额按“推荐协会或主管局”计" in page.text
    for path in (at(here), f"{at(here)}/print", "/nominate"):
        assert faults_of(boss.client.get(path).text) == [], path
    moved = boss.post(f"{at(here)}/order", move=f"down:{first}", seen_version="0")
    assert moved.headers["Location"].endswith(f"#person-{first}")
    people = [tag.get("data-person") for tag in boss.open(at(here)).all("tr") if tag.get("data-person")]
    assert people == [second, first]
    bare = boss.post(f"{at(here)}/hand-in", seen_version="1")
    assert (bare.status_code, "请选盖章页的文件" in bare.text) == (422, True)
    boss.post(f"{at(here)}/hand-in", seen_version="1", seal=(BytesIO(applying.picture()), "盖章.png"))
    page = boss.open(at(here))
    assert "提交，先后不再变" in page.text
    assert "往前" not in page.text
    assert "表格批量提名" not in page.text
    assert boss.client.get(f"{at(here)}/seal").status_code == 200
    manager, nominators = Reviewer(app, here, "manager"), f"/manage/rounds/{where(here).round_ref}/nominators"
    assert "盖章页" in manager.open(nominators).text
    back = f"{nominators}/peers/{where(here).unit}/return"
    assert faults_of(manager.client.get(back).text) == []
    assert "请写明为什么" in manager.post(back, reason="").text
    manager.post(back, reason="少盖了一个章")
    assert "往前" in boss.open(at(here)).text


def test_many_come_from_a_spreadsheet_with_a_verdict_for_each(app: Flask, here: Yongning) -> None:
    boss = Reviewer(app, here, "boss")
    assert faults_of(boss.client.get(f"{at(here)}/list").text) == []
    assert boss.client.get(f"{at(here)}/list/template.xlsx").status_code == 200
    data = sheet(row(1, "柳青"), row(2, "白露", track="木工"))
    sent = boss.post(f"{at(here)}/list", file=(BytesIO(data), "提名.xlsx"))
    preview = boss.client.get(sent.headers["Location"])
    assert "类别请写其中一个" in preview.text
    assert applying.id_number(1) not in preview.text
    assert boss.client.get(f"{sent.headers['Location']}/errors.xlsx").status_code == 200
    boss.post(sent.headers["Location"], mode="good_rows_only", request_key="k1")
    assert "柳青" in boss.open(at(here)).text


@pytest.mark.parametrize("who", ["rival_boss", "secretary", "manager", "supervisor"])
def test_for_everybody_else_the_list_is_not_there(app: Flask, here: Yongning, who: str) -> None:
    other = Reviewer(app, here, who)
    for path in (at(here), f"{at(here)}/print", f"{at(here)}/list", f"{at(here)}/seal"):
        assert other.client.get(path).status_code in (403, 404), path
    assert other.post(f"{at(here)}/order", move="up:x", seen_version="0").status_code in (403, 404)


def test_a_list_that_changed_meanwhile_is_not_overwritten(app: Flask, here: Yongning) -> None:
    with app.app_context():
        first, _ = here.nominated("peers"), here.nominated("peers")
        nominating_list.move(here["boss"], here.now, where(here), first, 1, 0)
    assert (
        Reviewer(app, here, "boss").post(f"{at(here)}/order", move=f"up:{first}", seen_version="0").status_code == 409
    )
