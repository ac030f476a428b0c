"""The reviewer's room through the door: queue, desk, acts, refusals; and who finds nothing there."""

import re
from collections.abc import Mapping
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import applying
from tests.services.houses import account
from tests.stories import Story
from tests.web.front import Page, csrf, faults_of, sign_in
from workflow.services import actions


class Reviewer:
    """One browser of one person of the story."""

    def __init__(self, app: Flask, story: Story, who: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.story = story
        sign_in(self.client, who)

    def open(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    def desk(self, ref: str) -> str:
        with self.client.application.app_context():
            return f"/review/items/{self.story.item(ref)}"

    def post(self, path: str, **data: str) -> TestResponse:
        token = {"csrf_token": csrf(self.client, "/settings")}
        return self.client.post(
            path, data={**token, **{name.replace("__", "."): value for name, value in data.items()}}
        )

    def act(self, ref: str, act: str, typed: Mapping[str, str] | None = None) -> TestResponse:
        desk = self.desk(ref)
        shown = self.client.get(desk).text
        version = re.search(r'name="seen_version" value="(\d+)"', shown)
        key = re.search(r'name="request_key" value="([^"]+)"', shown)
        assert version
        assert key
        data = {"act": act, "seen_version": version[1], "request_key": key[1], **(typed or {})}
        return self.client.post(f"{desk}/act", data={"csrf_token": csrf(self.client, "/settings"), **data})


@pytest.fixture
def clerk(app: Flask, story: Story) -> Reviewer:
    return Reviewer(app, story, "clerk")


@pytest.fixture
def ref(app: Flask, story: Story) -> str:
    with app.app_context():
        return story.at_formal()


PLACES = ("works.1.file", "id_copy", "training_cert", "employment_proof", "portfolio")
ALL_OK = {f"v.{place}": "ok" for place in PLACES}


# -- the queue ---------------------------------------------------------------------------------------------------------
def test_the_heading_says_how_many_and_the_row_leads_to_the_desk(clerk: Reviewer, ref: str) -> None:
    page = clerk.open("/review")
    assert "待我办 1 件" in page.text
    assert clerk.desk(ref) in [link.get("href") for link in page.all("a")]
    assert faults_of(clerk.client.get("/review").text) == []


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_every_page_of_the_room_stands_in_both_languages(clerk: Reviewer, ref: str, language: str) -> None:
    clerk.client.set_cookie("language", language)
    clerk.client.post("/display", data={"csrf_token": csrf(clerk.client, "/settings"), "language": language})
    desk = clerk.desk(ref)
    for path in ("/review", "/review?view=done", "/review/find?q=ye", desk, f"{desk}/hand-over", f"{desk}/recuse",
                 f"/review/applications/{ref}"):  # fmt: skip
        answer = clerk.client.get(path)
        assert answer.status_code == 200, path
        assert faults_of(answer.text) == [], path
        assert "Macro" not in answer.text, path


def test_an_empty_queue_says_that_all_is_done(app: Flask, story: Story) -> None:
    assert "都办完了" in Reviewer(app, story, "hr").open("/review").text


def test_the_peek_is_a_fragment_with_the_buttons_of_the_program(clerk: Reviewer, ref: str) -> None:
    answer = clerk.client.get(f"{clerk.desk(ref)}/peek")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "受理" in answer.text
    assert "一次性退回补正" in answer.text
    assert applying.id_number(1) not in answer.text


def test_search_leads_to_the_case(clerk: Reviewer, ref: str) -> None:
    page = clerk.open("/review/find?q=yzt")
    assert f"/review/applications/{ref}" in [link.get("href") for link in page.all("a")]
    assert "没有找到" in clerk.open("/review/find?q=zzzz").text


# -- the desk ----------------------------------------------------------------------------------------------------------
def test_the_desk_shows_the_case_masked_and_the_words_of_the_program(clerk: Reviewer, ref: str) -> None:
    page = clerk.open(clerk.desk(ref))
    for said in (
        "叶梓桐",
        "受理",
        "一次性退回补正",
        "不予受理",
        "培训结业证书",
        "办法第四条（一）（示例）",
        "联审时查",
    ):
        assert said in page.text, said
    assert applying.id_number(1) not in page.text
    names = {control.get("name") for control in page.all("input")}
    assert {f"v.{place}" for place in PLACES} <= names


def test_passing_goes_on_to_the_next_item_and_offers_to_undo(
    app: Flask, clerk: Reviewer, story: Story, ref: str
) -> None:
    with app.app_context():
        second = story.at_formal()
    answer = clerk.act(ref, "pass", ALL_OK)
    assert answer.status_code == 303
    assert answer.headers["Location"] == clerk.desk(second)
    page = clerk.open(answer.headers["Location"])
    assert "叶梓桐：受理" in page.text
    with app.app_context():
        assert story.row(ref).stage_key == "eligibility"
    undone = clerk.post("/review/undo")
    assert undone.status_code == 303
    with app.app_context():
        assert story.row(ref).stage_key == "formal"
    assert "已撤销刚才的 1 件" in clerk.open("/review").text


def test_what_is_missing_is_said_at_once_and_nothing_typed_is_lost(
    app: Flask, clerk: Reviewer, story: Story, ref: str
) -> None:
    answer = clerk.act(ref, "pass", {"v.training_cert": "flag", "c.training_cert": "第 1 页糊了", "note": "先放一放"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "“证件影像”还没有给结论" in page.text
    assert "第 1 页糊了" in page.text
    assert "先放一放" in page.text
    targets = {tag[1].get("id") for tag in page.tags}
    linked = {link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#place-")}
    assert linked
    assert linked <= targets
    with app.app_context():
        assert story.row(ref).stage_key == "formal"


def test_returning_tells_every_flag_at_once(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    typed = {"v.training_cert": "flag", "c.training_cert": "第 1 页糊了", "f.years": "和合同不一致"}
    assert clerk.act(ref, "return", typed).status_code == 303
    with app.app_context():
        assert story.row(ref).status == "correcting"
    page = clerk.open(f"/review/applications/{ref}")
    assert "已退回补正，等申报人交回" in page.text
    assert "等申报人补正 1" in clerk.open("/review").text.replace("\n", " ")


def test_a_late_flag_must_say_why_it_comes_only_now(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    clerk.act(ref, "return", {**ALL_OK, "v.training_cert": "flag", "c.training_cert": "第 1 页糊了"})
    with app.app_context():
        story.hand_back(ref, "person0", "training_cert")
    late = {"v.portfolio": "flag", "c.portfolio": "打不开"}
    answer = clerk.act(ref, "return", late)
    assert answer.status_code == 422
    assert 'href="#late_reason"' in answer.text
    assert "打不开" in answer.text
    assert clerk.act(ref, "return", {**late, "late_reason": "上次没有点开"}).status_code == 303
    shown = clerk.open(f"/review/applications/{ref}")
    assert "补正改了 1 处" in shown.text


def test_the_employer_answers_with_an_opinion_and_a_stamped_file(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = story.submitted(channel="employer")
    employer = Reviewer(app, story, "employer")
    desk = employer.desk(ref)
    page = employer.open(desk)
    assert "同意推荐" in page.text
    version = employer.client.get(desk).text
    seen = re.search(r'name="seen_version" value="(\d+)"', version)
    assert seen
    data = {
        "csrf_token": csrf(employer.client, "/settings"),
        "act": "pass",
        "seen_version": seen[1],
        "record-opinion": "",
    }
    answer = employer.client.post(
        f"{desk}/act", data={**data, "record-seal": (BytesIO(applying.picture()), "盖章件.png")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    held = re.search(r'name="held-seal" value="([^"]+)"', answer.text)
    assert held, "the file that was taken in is not asked for again"
    again = employer.client.post(f"{desk}/act", data={**data, "record-opinion": "同意推荐", "held-seal": held[1]})
    assert again.status_code == 303, again.text
    with app.app_context():
        assert story.row(ref).stage_key == "formal"
        assert story.row(ref).place_taken
    assert employer.client.get(f"/files/{held[1]}").status_code == 200
    assert Reviewer(app, story, "clerk").client.get(f"/files/{held[1]}").status_code == 200
    assert Reviewer(app, story, "hr").client.get(f"/files/{held[1]}").status_code == 404


def test_a_wrong_file_is_refused_in_a_sentence_and_the_opinion_stays(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = story.submitted()
    employer = Reviewer(app, story, "employer")
    answer = employer.client.post(
        f"{employer.desk(ref)}/act",
        data={
            "csrf_token": csrf(employer.client, "/settings"), "act": "pass", "record-opinion": "同意推荐",
            "record-seal": (BytesIO(b"MZ..."), "a.exe"),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "这里只收" in answer.text
    assert "同意推荐</textarea>" in answer.text


def test_four_eyes_the_second_signer_sees_who_proposed_and_confirms(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = story.at_eligibility()
    first, second = Reviewer(app, story, "hr"), Reviewer(app, story, "hr2")
    assert "附件结论" not in first.open(first.desk(ref)).text  # nothing to judge, nothing to send back
    rules = {f"r.{key}": "meets" for key in ("E1", "E2", "E3", "E4", "E5")}
    assert first.act(ref, "pass", {**rules, "note": "材料齐"}).status_code == 303
    assert first.client.get(first.desk(ref)).status_code == 200
    assert 'value="confirm"' not in first.client.get(first.desk(ref)).text
    page = second.open(second.desk(ref))
    assert "顾行拟办：合格" in page.text
    assert "材料齐" in page.text
    assert second.act(ref, "reject_proposal").status_code == 422
    assert second.act(ref, "confirm").status_code == 303
    with app.app_context():
        assert story.row(ref).stage_key == "theory"


def test_a_rule_that_fails_passes_only_with_a_written_reason(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = story.at_eligibility(insured_months="4")
    hr = Reviewer(app, story, "hr")
    rules = {f"r.{key}": "meets" for key in ("E2", "E3", "E4", "E5")}
    answer = hr.act(ref, "pass", rules)
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert hr.act(ref, "pass", {**rules, "reason": "补缴证明已核"}).status_code == 303


# -- two at once, and stale pages --------------------------------------------------------------------------------------
def test_of_two_reviewers_one_wins_and_the_other_keeps_every_word(
    app: Flask, clerk: Reviewer, story: Story, ref: str
) -> None:
    other = Reviewer(app, story, "clerk2")
    seen = re.search(r'name="seen_version" value="(\d+)"', other.client.get(other.desk(ref)).text)
    assert seen
    desk = other.desk(ref)
    assert clerk.act(ref, "return", {"v.training_cert": "flag", "c.training_cert": "第 1 页糊了"}).status_code == 303
    answer = other.client.post(
        f"{desk}/act",
        data={
            "csrf_token": csrf(other.client, "/settings"), "act": "return", "seen_version": seen[1],
            "v.portfolio": "flag", "c.portfolio": "业绩第 1 行请写明是每件还是每批",
        },
    )  # fmt: skip
    assert answer.status_code == 409
    assert "业绩第 1 行请写明是每件还是每批" in answer.text
    assert re.search(r'value="要补正" readonly', answer.text), "a verdict in the words of the page, not as it is sent"
    assert "陈芸" in answer.text
    assert f'href="{desk}"' in answer.text
    after = other.client.get(desk)
    assert after.status_code == 303
    assert after.headers["Location"] == f"/review/applications/{ref}"


def test_the_same_press_twice_is_one_act(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    desk, shown = clerk.desk(ref), clerk.client.get(clerk.desk(ref)).text
    key = re.search(r'name="request_key" value="([^"]+)"', shown)
    assert key
    data = {"csrf_token": csrf(clerk.client, "/settings"), "act": "judge", "request_key": key[1], **ALL_OK}
    first, again = (clerk.client.post(f"{desk}/act", data=data) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    with app.app_context():
        assert story.row(ref).version == 4


# -- sealed values -----------------------------------------------------------------------------------------------------
def test_a_number_opens_for_who_may_with_a_reason_and_the_typed_words_stay(app: Flask, story: Story, ref: str) -> None:
    manager = Reviewer(app, story, "manager")
    with app.app_context():
        item = story.item(ref)
    shown = manager.open(f"/review/applications/{ref}")
    assert applying.id_number(1) not in shown.text
    clerk = Reviewer(app, story, "clerk")
    path = f"/review/items/{item}/look"
    refused = clerk.post(path, look="id_no", why__id_no="核对", c__portfolio="写到一半")
    assert refused.status_code == 422
    assert "这一项的全文不归你看" in refused.text
    assert "写到一半" in refused.text
    assert applying.id_number(1) not in refused.text
    answer = manager.post(path, look="id_no", why__id_no="")
    assert answer.status_code == 422
    opened = manager.post(path, look="id_no", why__id_no="核对同名")
    assert applying.id_number(1) in opened.text
    assert "no-store" in opened.headers["Cache-Control"]


# -- handing over, stepping out ----------------------------------------------------------------------------------------
def test_handing_over_offers_only_who_could_take_it(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    desk = clerk.desk(ref)
    page = clerk.open(f"{desk}/hand-over?q=wen")
    assert "温以宁" in page.text
    for somebody in ("顾行", "周明", "林主管"):
        assert somebody not in clerk.open(f"{desk}/hand-over").text
    refs = [tag["value"] for tag in page.all("input") if tag.get("name") == "to"]
    assert len(refs) == 1
    refused = clerk.post(f"{desk}/hand-over", to="nobody", note="电话问过")
    assert refused.status_code == 422
    assert "电话问过</textarea>" in refused.text
    assert clerk.post(f"{desk}/hand-over", to=refs[0], note="电话问过").status_code == 303
    assert "待我办 0 件" in clerk.open("/review").text
    assert "待我办 1 件" in Reviewer(app, story, "clerk2").open("/review").text


def test_who_steps_out_finds_nothing_any_more(clerk: Reviewer, ref: str) -> None:
    desk = clerk.desk(ref)
    assert clerk.post(f"{desk}/recuse", reason="").status_code == 422
    assert clerk.post(f"{desk}/recuse", reason="是亲戚").status_code == 303
    for path in (desk, f"{desk}/peek", f"{desk}/hand-over", f"/review/applications/{ref}"):
        assert clerk.client.get(path).status_code == 404, path
    assert "待我办 0 件" in clerk.open("/review").text


# -- the office --------------------------------------------------------------------------------------------------------
def test_the_manager_holds_and_releases_and_nobody_acts_meanwhile(
    app: Flask, clerk: Reviewer, story: Story, ref: str
) -> None:
    manager = Reviewer(app, story, "manager")
    case = f"/review/applications/{ref}"
    assert "停表" in manager.open(case).text
    assert manager.post(f"{case}/act", act="hold").status_code == 422
    assert manager.post(f"{case}/act", act="hold", basis="举报核查").status_code == 303
    assert "已停表" in clerk.open(clerk.desk(ref)).text
    assert "待我办 0 件" in clerk.open("/review").text
    assert "停表 1" in clerk.open("/review").text
    assert manager.post(f"{case}/act", act="release", basis="核查完毕").status_code == 303
    assert "待我办 1 件" in clerk.open("/review").text
    assert clerk.post(f"{case}/act", act="hold", basis="x").status_code == 403


def test_a_refused_case_is_reopened_by_two(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    assert clerk.act(ref, "refuse", {"reason": "不在范围"}).status_code == 303
    first, second = Reviewer(app, story, "manager"), Reviewer(app, story, "manager2")
    asked = first.post(f"/review/applications/{ref}/act", act="propose_reopen", stage="formal", reason="漏看了社保记录")
    assert asked.status_code == 303
    assert "提议重办" in second.open("/review").text
    assert "漏看了社保记录" in second.open(second.desk(ref)).text
    assert second.act(ref, "reopen").status_code == 303
    with app.app_context():
        assert story.row(ref).stage_key == "formal"


def test_an_appeal_is_settled_by_somebody_else(app: Flask, clerk: Reviewer, story: Story, ref: str) -> None:
    clerk.act(ref, "refuse", {"reason": "不在范围"})
    with app.app_context():
        actions.perform(ref, "appeal", story["person0"], story.now, inputs={"reason": "我有社保记录"})
    manager = Reviewer(app, story, "manager")
    page = manager.open(manager.desk(ref))
    assert "我有社保记录" in page.text
    assert manager.act(ref, "settle_appeal", {"conclusion": "upheld"}).status_code == 422
    assert manager.act(ref, "settle_appeal", {"conclusion": "upheld", "reason": "确有记录"}).status_code == 303
    assert clerk.client.get(f"/review/applications/{ref}").status_code == 404
    assert "待我办 1 件" in Reviewer(app, story, "clerk2").open("/review").text


# -- many at once ------------------------------------------------------------------------------------------------------
def test_many_are_passed_only_where_nothing_is_left_to_look_at(
    app: Flask, clerk: Reviewer, story: Story, ref: str
) -> None:
    with app.app_context():
        second, third = story.at_formal(), story.at_formal(modeling="no")
    for one in (ref, third):
        assert clerk.act(one, "judge", ALL_OK).status_code == 303
    items = [clerk.desk(one).rsplit("/", 1)[1] for one in (ref, second, third)]
    answer = clerk.client.post("/review/bulk", data={"csrf_token": csrf(clerk.client, "/settings"), "pick": items})
    assert answer.status_code == 303
    page = clerk.open("/review")
    assert "已办 1 件" in page.text
    assert "顾南枝、陆闻舟：还有要人看的，没有成批办，仍在待办里" in page.text
    with app.app_context():
        assert [story.row(one).stage_key for one in (ref, second, third)] == ["eligibility", "formal", "formal"]
    foreign = Reviewer(app, story, "hr2")
    clerk.post("/review/undo")
    foreign.client.post("/review/bulk", data={"csrf_token": csrf(foreign.client, "/settings"), "pick": items})
    with app.app_context():
        assert story.row(ref).stage_key == "formal"


# -- who finds nothing -------------------------------------------------------------------------------------------------
def test_a_foreign_reference_has_the_face_of_a_missing_one(app: Flask, story: Story, ref: str) -> None:
    with app.app_context():
        item = story.item(ref)
    for who in ("hr", "trainer", "person0"):
        reviewer = Reviewer(app, story, who)
        for path in (f"/review/items/{item}", f"/review/items/{item}/peek", f"/review/items/{item}/hand-over",
                     f"/review/items/{item}/recuse", f"/review/applications/{ref}"):  # fmt: skip
            there, missing = (
                reviewer.client.get(path),
                reviewer.client.get(path.replace(item or "", "x").replace(ref, "x")),
            )
            assert there.status_code == missing.status_code, (who, path)
            assert there.status_code in (404, 403), (who, path)
        for path in (f"/review/items/{item}/act", f"/review/items/{item}/look", f"/review/applications/{ref}/act"):
            answer = reviewer.post(path, act="pass", look="id_no", why__id_no="x")
            assert answer.status_code in (404, 403), (who, path)


def test_nobody_enters_without_signing_in(app: Flask, story: Story, ref: str) -> None:
    client = app.test_client()
    for path in ("/review", "/nominate", f"/review/applications/{ref}"):
        assert client.get(path).status_code == 303, path


def test_who_holds_nothing_is_told_so(app: Flask, story: Story) -> None:
    with app.app_context():
        account(story.now, "plain")
    assert Reviewer(app, story, "plain").client.get("/review").status_code == 403
