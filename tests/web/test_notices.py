"""Public notices through the front door: drawn up, published, read, objected to, settled, gone when they are over."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models.base import reading, writing
from models.notices import Notice, ObjectionRow
from tests.services.houses import PASSWORD
from tests.services.listed import NAMES, Listing
from tests.web.front import Page, csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.domain.calendar import local_day

FACTS = "2024年3月的业绩是别人做的，有合同为证"


@pytest.fixture
def listing(app: Flask) -> Listing:
    with app.app_context():
        made = Listing(datetime.now(UTC) - timedelta(seconds=1))
        give_passwords()
    return made


def browser(app: Flask, who: str | None = None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        sign_in(client, who, PASSWORD)
    return client


def published(app: Flask, listing: Listing, count: int = 3, **changed: object) -> str:
    with app.app_context():
        listing.waiting(count)
        return listing.publish(datetime.now(UTC), **changed)


def over(app: Flask, ref: str) -> None:
    """As if its last day had ended; nothing else happens."""
    past = local_day(datetime.now(UTC)) - timedelta(days=30)
    with app.app_context(), writing() as session:
        session.execute(
            update(Notice).where(Notice.ref == ref).values(first_day=past, last_day=past + timedelta(days=5))
        )


def new_page(app: Flask, listing: Listing) -> str:
    return f"/manage/rounds/{listing.round_ref}/notices/notice/new"


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def drawn_up(client: FlaskClient, path: str, **typed: object) -> dict[str, object]:
    html = client.get(path).text
    chosen = re.findall(r'name="chosen" value="([^"]+)" checked', html)
    return {
        "csrf_token": hidden(html, "csrf_token"),
        "request_key": hidden(html, "request_key"),
        "seen": hidden(html, "seen"),
        "chosen": chosen,
        "contact": "受理电话 0571-0000 1212",
        **typed,
    }


# -- the office --------------------------------------------------------------------------------------------------------
def test_the_office_sees_the_list_as_it_will_be_and_publishes_it(app: Flask, listing: Listing) -> None:
    with app.app_context():
        listing.waiting(3)
    manager, path = browser(app, "manager"), new_page(app, listing)
    shown = manager.get(f"/manage/rounds/{listing.round_ref}/notices").text
    assert "3 件等公示" in shown
    html = manager.get(path).text
    assert faults_of(html) == []
    assert all(Page(html).text.count("　".join(n) if len(n) == 2 else n) for n in NAMES[:3])
    looked = manager.post(path, data=drawn_up(manager, path, look="1"))
    assert (looked.status_code, "受理电话 0571-0000 1212" in looked.text) == (200, True)
    sent = drawn_up(manager, path) | {"seen": hidden(looked.text, "seen"), "publish": "1"}
    answer = manager.post(path, data=sent)
    assert answer.status_code == 303, answer.text
    page = manager.get(answer.location)
    assert "公示中" in page.text
    assert faults_of(page.text) == []
    again = manager.post(path, data=sent)
    assert again.location == answer.location


def test_words_that_were_not_looked_at_are_not_published(app: Flask, listing: Listing) -> None:
    with app.app_context():
        listing.waiting(1)
    manager, path = browser(app, "manager"), new_page(app, listing)
    answer = manager.post(path, data=drawn_up(manager, path, publish="1", title="另一个标题"))
    assert answer.status_code == 422
    assert "和你看过的不一样了" in answer.text
    assert 'value="另一个标题"' in answer.text
    assert faults_of(answer.text) == []


def test_what_is_missing_stands_at_its_field_and_nothing_typed_is_lost(app: Flask, listing: Listing) -> None:
    with app.app_context():
        listing.waiting(2)
    manager, path = browser(app, "manager"), new_page(app, listing)
    typed = drawn_up(manager, path, publish="1", contact="", starts_on="2020-01-01", preamble="写了半天的一段")
    typed["chosen"] = typed["chosen"][:1]
    answer = manager.post(path, data=typed)
    assert answer.status_code == 422
    for words in ("请写明异议向谁反映", "开始公示的时间已经过去", "还有 1 件没有列入这次公示", "写了半天的一段"):
        assert words in answer.text
    late = manager.post(path, data={**typed, "starts_clock": "25点"})
    assert "时间要像 09:00 或 24:00" in late.text


def test_two_offices_publish_and_the_second_is_shown_what_happened(app: Flask, listing: Listing) -> None:
    with app.app_context():
        listing.waiting(2)
    path = new_page(app, listing)
    first, second = browser(app, "manager"), browser(app, "manager_2")
    mine, theirs = (drawn_up(each, path) for each in (first, second))
    look = first.post(path, data={**mine, "look": "1"}).text
    seen = hidden(look, "seen")
    assert first.post(path, data={**mine, "seen": seen, "publish": "1"}).status_code == 303
    assert second.post(path, data={**theirs, "seen": seen, "publish": "1", "title": "第二张"}).status_code == 409


def test_taking_down_asks_why_and_the_public_page_says_it_is_gone(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    manager = browser(app, "manager")
    path = f"/manage/notices/{ref}/take-down"
    html = manager.get(path).text
    token = {"csrf_token": hidden(html, "csrf_token"), "request_key": hidden(html, "request_key")}
    assert manager.post(path, data=token).status_code == 422
    assert manager.post(path, data={**token, "reason": "单位写错"}).status_code == 303
    gone = browser(app).get(f"/notices/{ref}")
    assert gone.status_code == 410
    assert not any(name in gone.text for name in NAMES[:3])
    assert manager.get(f"/manage/notices/{ref}").status_code == 200


def test_the_office_ends_it_by_hand_when_time_has_come_and_not_before(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    manager = browser(app, "manager")
    html = manager.get(f"/manage/notices/{ref}").text
    assert "期满，进入下一环节" not in html
    token = csrf(manager, f"/manage/notices/{ref}")
    early = manager.post(f"/manage/notices/{ref}/end", data={"csrf_token": token}, follow_redirects=True)
    assert "满了以后才能进入下一环节" in early.text


@pytest.mark.parametrize("who", ["supervisor", "district", None])
def test_only_who_runs_the_round_comes_here(app: Flask, listing: Listing, who: str | None) -> None:
    ref = published(app, listing)
    client = browser(app, who)
    for path in (f"/manage/rounds/{listing.round_ref}/notices", new_page(app, listing), f"/manage/notices/{ref}"):
        assert client.get(path).status_code in (302, 303, 404)


# -- the public --------------------------------------------------------------------------------------------------------
def test_everybody_reads_it_and_no_copy_is_kept(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    anybody = browser(app)
    answer = anybody.get(f"/notices/{ref}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert {"name": "robots", "content": "noindex, nofollow, noarchive"} in page.all("meta")
    assert faults_of(answer.text) == []
    assert "叶疏桐" in page.text
    assert "13805710000" not in answer.text
    listed = anybody.get("/notices").text
    assert f"/notices/{ref}" in listed
    assert f"/notices/{ref}" in anybody.get("/").text
    assert faults_of(listed) == []
    speak(anybody, "en")
    assert "In public" in anybody.get(f"/notices/{ref}").text


def test_when_it_is_over_the_address_says_so_and_names_nobody(app: Flask, listing: Listing) -> None:
    """Nobody has ended it and no clock runs."""
    ref = published(app, listing)
    over(app, ref)
    for who in (None, "manager", "supervisor"):
        gone = browser(app, who).get(f"/notices/{ref}")
        assert gone.status_code == 410
        assert "公示已结束" in gone.text
        assert not any(name in gone.text for name in (*NAMES[:3], "蓝埠家纺集团"))
        assert "noindex" in gone.headers["X-Robots-Tag"]
    assert f"/notices/{ref}" not in browser(app).get("/notices").text
    assert browser(app).get(f"/notices/{ref}/objection").status_code == 410


def test_before_its_minute_it_is_not_there(app: Flask, listing: Listing) -> None:
    ref = published(app, listing, starts_at=datetime.now(UTC) + timedelta(hours=2))
    assert browser(app).get(f"/notices/{ref}").status_code == 404
    assert browser(app, "manager").get(f"/manage/notices/{ref}").status_code == 200


# -- objecting ---------------------------------------------------------------------------------------------------------
def objected(app: Flask, ref: str, **changed: object) -> tuple[FlaskClient, object]:
    anybody = browser(app)
    html = anybody.get(f"/notices/{ref}/objection").text
    typed = {
        "csrf_token": hidden(html, "csrf_token"),
        "request_key": hidden(html, "request_key"),
        "line": "2",
        "facts": FACTS,
        "name": "冯晚照",
        "phone": "13805710001",
        "consent": "y",
        **changed,
    }
    return anybody, anybody.post(f"/notices/{ref}/objection", data=typed)


def test_an_objection_goes_from_the_list_to_the_office_that_settles_it(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    anybody = browser(app)
    first = anybody.post(
        f"/notices/{ref}/objection",
        data={"csrf_token": csrf(anybody, f"/notices/{ref}"), "next": "1", "line": "2", "facts": FACTS},
    )
    assert first.status_code == 200
    assert FACTS in first.text
    assert faults_of(first.text) == []
    _, answer = objected(app, ref)
    assert answer.status_code == 303
    received = browser(app).get(answer.location).text
    assert re.search(r"编号 YY-[0-9A-F]{8}", received)
    supervisor = browser(app, "supervisor")
    register = supervisor.get("/review/objections").text
    assert "1 件异议待核查" in register
    assert faults_of(register) == []
    with app.app_context(), reading() as session:
        made = session.scalars(select(ObjectionRow.ref)).one()
    path = f"/review/objections/{made}"
    html = supervisor.get(path).text
    assert FACTS in html
    assert "冯晚照" not in html
    assert faults_of(html) == []
    token = {name: hidden(html, name) for name in ("csrf_token", "request_key", "seen_version")}
    refused = supervisor.post(path, data={**token, "conclusion": "rejected", "report": "查了台账"})
    assert refused.status_code == 422
    assert "查了台账" in refused.text
    who = supervisor.post(f"{path}/who", data={"csrf_token": token["csrf_token"], "why": "约谈"})
    assert "冯晚照" in who.text
    told = {**token, "conclusion": "rejected", "report": "查了台账", "reason": "业绩属实"}
    assert supervisor.post(path, data=told).status_code == 303
    assert "不成立" in supervisor.get(path).text


def test_who_may_not_settle_finds_no_objection(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    objected(app, ref)
    with app.app_context(), reading() as session:
        made = session.scalars(select(ObjectionRow.ref)).one()
    for who in ("manager", "district"):
        client = browser(app, who)
        assert client.get(f"/review/objections/{made}").status_code == 404
        assert FACTS not in client.get("/review/objections").text
    assert browser(app).get(f"/review/objections/{made}").status_code in (302, 303)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    _, answer = objected(app, ref, phone="", consent="")
    assert answer.status_code == 422
    assert FACTS in answer.text
    assert "冯晚照" in answer.text
    assert "请留电话" in answer.text
    with app.app_context(), reading() as session:
        assert session.scalars(select(ObjectionRow)).all() == []


def test_what_came_by_letter_is_written_down(app: Flask, listing: Listing) -> None:
    ref = published(app, listing)
    supervisor = browser(app, "supervisor")
    path = f"/review/notices/{ref}/objection"
    html = supervisor.get(path).text
    assert faults_of(html) == []
    typed = {name: hidden(html, name) for name in ("csrf_token", "request_key")}
    typed |= {"line": "1", "via": "letter", "facts": FACTS, "name": "冯晚照", "received": hidden(html, "received")}
    answer = supervisor.post(path, data=typed)
    assert answer.status_code == 303, answer.text
    assert "来信" in supervisor.get(answer.location).text
    assert browser(app, "manager").get(path).status_code == 404


def test_the_person_reads_the_days_on_the_own_page(app: Flask, listing: Listing) -> None:
    with app.app_context():
        refs = listing.waiting(1)
        ref = listing.publish(datetime.now(UTC))
        owner = listing.owners[refs[0]]
        give_passwords()
    client = browser(app, f"p{owner.person_id}")
    html = client.get(f"/apply/{refs[0]}").text
    assert "列入公示" in html
    assert f"/notices/{ref}" in html


def test_an_item_of_a_notice_leads_to_where_it_is_answered(app: Flask, listing: Listing) -> None:
    with app.app_context():
        refs = listing.waiting(2)
        item, _ = listing.item(refs[0])
    manager = browser(app, "manager")
    assert manager.get(f"/review/items/{item}").location == f"/manage/rounds/{listing.round_ref}/notices"
    with app.app_context():
        ref = listing.publish(datetime.now(UTC))
        item, _ = listing.item(refs[0])
    assert manager.get(f"/review/items/{item}").location == f"/manage/notices/{ref}"
