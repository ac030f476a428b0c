"""The queue as a tool: filters that combine in the address, views of one's own, many handed over, the list."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import reading, writing
from models.evidence import EventRow
from models.roles import RoleBinding
from models.views import SavedView
from models.work import WorkItem
from tests.laws.queries import counted
from tests.services.plots import Plot
from tests.web.front import SIDES, csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.documents import spreadsheet

NAMES = {"name": "制版类的"}


class Room:
    """One reviewer at one browser, with three cases in the form check."""

    def __init__(self, app: Flask, now: datetime, who: str) -> None:
        self.plot = Plot(now)
        self.cases = self.plot.plant(3)
        for case in self.cases:
            self.plot.endorse(case)
        give_passwords()
        self.client = app.test_client()
        self.enter(who)

    def enter(self, who: str) -> None:
        sign_in(self.client, who)

    def items(self) -> list[str]:
        with reading() as session:
            return list(session.scalars(select(WorkItem.ref).where(WorkItem.state == "open").order_by(WorkItem.id)))

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        assert faults_of(answer.text) == [], path
        return answer.text

    def post(self, path: str, **data: object) -> tuple[int, str]:
        sent = {"csrf_token": csrf(self.client, "/settings"), **data}
        answer = self.client.post(path, data=sent)
        return answer.status_code, answer.headers.get("Location") or answer.text


@pytest.fixture
def clerk(app: Flask, now: datetime) -> Room:
    return Room(app, now, "clerk")


def test_filters_combine_in_the_address_and_count_what_they_would_leave(clerk: Room, now: datetime) -> None:
    late = clerk.items()[0]
    with writing() as session:
        session.query(WorkItem).filter_by(ref=late).one().due_at = datetime(2026, 1, 2, tzinfo=UTC)
    page = clerk.get("/review?stage=formal&channel=self&track=pattern")
    assert "待我办 3 件" in page
    assert "late=1" in page
    page = clerk.get("/review?stage=formal&channel=self&track=pattern&late=1")
    assert "待我办 1 件" in page
    assert late in page
    assert "期限：已逾期" in page
    assert 'class="chip on" href="/review?stage=formal&amp;track=pattern&amp;channel=self"' in page  # late taken away
    for nothing in ("track=craft", "employer=nobody", "flagged=1", "late=1&flagged=1", "precheck=fails"):
        assert "待我办 0 件" in clerk.get(f"/review?{nothing}"), nothing


@pytest.mark.parametrize("language", SIDES)
def test_a_view_is_kept_counted_and_dropped_by_its_owner_alone(app: Flask, clerk: Room, language: str) -> None:
    speak(clerk.client, language)
    status, there = clerk.post("/review/views?stage=formal&track=pattern", **NAMES)
    assert (status, there) == (303, "/review?stage=formal&track=pattern")
    page = clerk.get(there)
    assert re.search(r'aria-current="page">[^\n]*制版类的<b>3</b>', page)
    clerk.post("/review/views?stage=formal&track=craft", **NAMES)  # the same name: the new filters
    with reading() as session:
        (view,) = session.scalars(select(SavedView)).all()
    assert view.query == "stage=formal&track=craft"
    clerk.enter("hr")
    assert "制版类的" not in clerk.get("/review")
    assert clerk.post(f"/review/views/{view.ref}/drop")[0] == 404
    clerk.enter("clerk")
    assert clerk.post(f"/review/views/{view.ref}/drop") == (303, "/review")
    assert "制版类的" not in clerk.get("/review")


def test_a_view_without_name_or_filter_is_refused_in_words(clerk: Room) -> None:
    clerk.post("/review/views?stage=formal", name="  ")
    assert "请给视图起个名字" in clerk.get("/review")
    clerk.post("/review/views", **NAMES)
    assert "先选筛选" in clerk.get("/review")


def test_the_page_asks_the_same_however_many_rows_it_shows(clerk: Room) -> None:
    clerk.post("/review/views?stage=formal", **NAMES)
    with counted() as few:
        clerk.get("/review")
    for case in clerk.plot.plant(20):
        clerk.plot.endorse(case)
    with counted() as many:
        clerk.get("/review")
    assert len(many) == len(few) <= 15


# -- many at once ------------------------------------------------------------------------------------------------------
def test_ticked_rows_are_listed_then_handed_over_and_can_be_taken_back(clerk: Room) -> None:
    picked = clerk.items()[:2]
    status, page = clerk.post("/review/hand-over?stage=formal", pick=picked)
    assert status == 200
    assert faults_of(page) == []
    assert "转交这 2 件" in page
    to = re.search(r'name="to" value="([^"]+)"', page)
    assert to
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="(\d+)"', page))
    assert len(seen) == 2
    status, page = clerk.post("/review/hand-over", pick=picked, confirmed="yes", **seen)
    assert status == 422
    assert "请选转给谁" in page
    sent = {"pick": picked, "confirmed": "yes", "to": to[1], "request_key": "k-many", **seen}
    assert clerk.post("/review/hand-over?stage=formal", **sent) == (303, "/review?stage=formal")
    page = clerk.get("/review")
    assert "转交给clerk_2 2 件" in page
    assert "待我办 1 件" in page
    clerk.post("/review/undo")
    assert "待我办 3 件" in clerk.get("/review")


def test_what_is_not_ones_own_cannot_be_handed_over(clerk: Room) -> None:
    clerk.enter("hr")
    assert clerk.post("/review/hand-over", pick=clerk.items()) == (303, "/review")
    assert "没有选中要转交的" in clerk.get("/review")


# -- the list ----------------------------------------------------------------------------------------------------------
def bind(plot: Plot, who: str, role: str) -> None:
    with writing() as session:
        session.add(
            RoleBinding(
                ref=f"b-{who}",
                identity=f"{who}:{role}",
                account_id=plot.people[who].account_id,
                role_key=role,
                program_id=plot.program_id,
                round_id=plot.round_id,
                starts_at=plot.now,
            )
        )


def test_who_runs_the_round_takes_the_filtered_list_and_that_is_on_record(app: Flask, clerk: Room) -> None:
    assert "/review/export" not in clerk.get("/review")
    assert clerk.post("/review/export")[0] == 404
    bind(clerk.plot, "clerk", "manager")
    assert "/review/export" in clerk.get("/review")
    answer = clerk.client.post("/review/export?channel=self", data={"csrf_token": csrf(clerk.client, "/settings")})
    assert answer.status_code == 200
    rows = [row.cells for row in spreadsheet.read(answer.data)]
    assert tuple(rows[0][:3]) == ("编号", "姓名", "类别")
    assert {row[1] for row in rows[1:]} == {"叶梓桐"}
    assert len(rows) == 4
    with reading() as session:
        taken = session.scalars(select(EventRow).where(EventRow.kind == "queue_exported")).one()
    assert taken.body["value"] == len(rows) - 1
