"""A place in the form without a script: lists one below the other, and only what stands in them is taken."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import writing
from models.organizations import Organization
from tests.applying import ROOT, filled, intake, organization, started
from tests.services.houses import account
from tests.web.front import csrf, faults_of, sign_in

POST = "      post: {name: 岗位"
HOME = "      home: {name: 户籍地, type: region}\n      town: {name: 所在镇街, type: region, depth: town}\n"


@pytest.fixture
def draft(app: Flask, client: FlaskClient, tmp_path: Path) -> str:
    now = datetime.now(UTC)
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    assert POST in text
    with app.app_context():
        here = intake(now, tmp_path, text.replace(POST, HOME + POST))
        person = account(now, "ye", name="叶梓桐")
        with writing() as session:
            for name, kind, code in (
                ("云溪镇", "township", "330199001"),
                ("青石街道", "township", "330199002"),
                ("蓝埠面料厂", "employer", "330199003"),
            ):
                session.get_one(Organization, organization(session, name, kind, None, now).id).region_code = code
        ref = started(here, person, now)
        filled(ref, person, now)
    sign_in(client, "ye")
    return ref


def lists(html: str, name: str) -> list[tuple[int, str]]:
    """Of each list: how many places it holds, and which is chosen."""
    found = re.findall(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', html, re.S)
    return [(each.count("<option") - 1, (re.findall(r'value="(\d+)" selected', each) or [""])[0]) for each in found]


def choose(client: FlaskClient, page: str, **chosen: list[str]) -> str:
    html = client.get(page).text
    seen = re.search(r'name="seen" value="([^"]*)"', html)
    assert seen
    sent = {"csrf_token": csrf(client, page), "seen": seen[1], **chosen}
    answer = client.post(page, data={**sent, "place": "home"})
    assert answer.status_code == 303
    assert answer.location.endswith("#home")
    return client.get(page).text


def test_a_place_is_chosen_list_by_list(client: FlaskClient, draft: str) -> None:
    page = f"/apply/{draft}/form/work"
    html = client.get(page).text
    assert faults_of(html) == []
    assert lists(html, "home") == [(34, "")]
    assert lists(html, "town") == [(2, "")], "a firm that lies somewhere is no town"
    assert lists(choose(client, page, home=["33"]), "home") == [(34, "33"), (11, "")]
    html = choose(client, page, home=["33", "3301"])
    assert "还没有选完" not in html
    assert lists(html, "home")[2] == (13, "")
    assert lists(choose(client, page, home=["32", "3301", "330102"]), "home") == [(34, "32"), (13, "")]
    choose(client, page, home=["33", "3301", "330102"], town=["330199001"])
    read = client.get(f"/apply/{draft}/check").text
    assert "浙江省杭州市上城区" in read
    assert "云溪镇" in read


@pytest.mark.parametrize(
    ("home", "town", "said"),
    [
        ("3301", "330199001", "还没有选完"),
        ("330199", "330199001", "没有这个区县"),
        ("330102", "330199003", "这个地方不在名单里"),
    ],
)
def test_what_is_on_no_list_is_not_taken(client: FlaskClient, draft: str, home: str, town: str, said: str) -> None:
    choose(client, f"/apply/{draft}/form/work", home=[home], town=[town])
    assert said in client.get(f"/apply/{draft}/check").text


def test_the_script_asks_for_the_lists_below(client: FlaskClient, draft: str) -> None:
    html = client.get("/apply/places?depth=county&name=home&code=3301").text
    assert lists(html, "home") == [(34, "33"), (11, "3301"), (13, "")]
    assert client.get("/apply/places?depth=street&name=home").status_code == 404
