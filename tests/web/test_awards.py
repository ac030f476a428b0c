"""The pages of awards: the list against the notice, the holder's certificate, and what anybody may ask of it."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from models.accounts import Account
from models.awards import RecognitionRow
from models.base import reading, writing
from models.people import Person
from tests.domain.cases import ROOT
from tests.services.issued import ACCOUNT, DOCUMENT, Grounds, numbers, papers, recording_award, standing
from tests.web.front import csrf, faults_of, sign_in, speak
from tests.web.town import give_passwords
from workflow.domain.calendar import local_day
from workflow.services import recognitions, replay, validity


@pytest.fixture
def plot(app: Flask, now: datetime) -> Grounds:
    return Grounds(now)


def browser(app: Flask, login: str) -> FlaskClient:
    give_passwords()
    client = app.test_client()
    sign_in(client, login)
    return client


def owner(app: Flask, plot: Grounds, ref: str) -> FlaskClient:
    with reading() as session:
        login = session.get_one(Account, plot.owners[ref].account_id).login
    return browser(app, str(login))


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    html = answer.get_data(as_text=True)
    assert faults_of(html) == []
    return html


def send(client: FlaskClient, path: str, **said: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf(client, "/settings"), **said})
    return answer.status_code, answer.get_data(as_text=True)


def seen_version(html: str) -> str:
    found = re.search(r'name="seen_version" value="(\d+)"', html)
    assert found
    return found[1]


# -- the manager -------------------------------------------------------------------------------------------------------
def test_the_manager_issues_the_list(app: Flask, plot: Grounds) -> None:
    refs = plot.before_award(2)
    (silent,) = plot.before_award(provided=False)
    (hidden,) = plot.before_award(shown=False)
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/award"

    shown = text_of(manager, path)
    for words in (
        "2 人可以发证，已发 0 人",
        "本人还没有填“",
        "没有公示过",
        "-PATTERN-0001",
        "和公示名单的差异",
    ):
        assert words in shown
    assert shown.count(" checked") == 2

    given = {"case": refs, "document": DOCUMENT, "on": plot.today.isoformat()}
    status, body = send(manager, path, **{**given, "document": ""})
    assert status == 422
    assert "请写认定文件的文号" in body
    status, body = send(manager, path, **given)
    assert status == 422
    assert "请写明原因" in body
    assert numbers() == []
    status, _ = send(manager, path, **given, difference="一人没交账户", request_key="k1")
    assert status == 303
    assert [number[-4:] for number in numbers()] == ["0001", "0002"]
    assert "已发 2 人" in text_of(manager, path)
    assert {silent, hidden}.isdisjoint(refs)


def test_a_list_of_a_program_without_certificates_speaks_its_own_words(app: Flask, now: datetime) -> None:
    written = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    program = re.sub(r"^    certificate: .*\n|^  renewal: .*\n", "", written, flags=re.M).replace(
        "lasts: valid", "lasts: 1y"
    )
    assert "name: 发文发证" in program
    plot = Grounds(now, source=program.replace("name: 发文发证", "name: 入库"))
    (ref,) = plot.before_award()
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/award"
    shown = text_of(manager, path)
    for words in ("入库：1 人可以办，已办 0 人", "等入库", "给选中的人办入库"):
        assert words in shown
    assert "发证" not in shown
    given = {"case": [ref], "document": DOCUMENT, "on": plot.today.isoformat(), "request_key": "k1"}
    assert send(manager, path, **given)[0] == 303
    assert "入库：已办 1 人" in text_of(manager, path)
    assert "已入库" in text_of(manager, path)
    overview = text_of(manager, f"/manage/rounds/{plot.round_ref}")
    assert ("从申报到入库" in overview, "入库名单" in overview, "发证" in overview) == (True, True, False)
    assert "从申报到入库" in text_of(app.test_client(), f"/programs/{plot.round_ref}")


def test_whoever_may_ask_for_a_persons_file_finds_it_from_their_recognition(app: Flask, plot: Grounds) -> None:
    (ref,) = plot.before_award()
    plot.issue([ref])
    with reading() as session:
        person = session.get_one(Person, plot.row_of(session, ref).person_id).ref
    manager = browser(app, "manager")
    assert f'href="/manage/people/{person}"' in text_of(manager, f"/manage/recognitions/{ref}")
    assert manager.get(f"/manage/people/{person}").status_code == 200


def test_what_a_benefit_is_stands_beside_it(app: Flask, now: datetime) -> None:
    program = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    explained = program.replace("name: 一次性补贴,", "name: 一次性补贴, about: 发到本人社保卡,")
    plot = Grounds(now, source=explained)
    (ref,) = plot.before_award()
    plot.issue([ref])
    assert "发到本人社保卡" in text_of(owner(app, plot, ref), f"/apply/{ref}/certificate")
    assert "发到本人社保卡" in text_of(browser(app, "manager"), f"/manage/recognitions/{ref}")


def test_an_item_in_the_queue_leads_to_the_list(app: Flask, plot: Grounds) -> None:
    (ref,) = plot.before_award()
    manager = browser(app, "manager")
    answer = manager.get(f"/review/items/{plot.owed(ref, 'manager')}", follow_redirects=True)
    assert answer.request.path == f"/manage/rounds/{plot.round_ref}/award"


def test_the_recognized_are_listed_by_the_dates_of_today(app: Flask, plot: Grounds, now: datetime) -> None:
    valid, ending, over = plot.before_award(3)
    plot.issue([valid, ending, over])
    today, ids = local_day(now), {ref: standing(ref).id for ref in (ending, over)}
    with writing() as session:
        for ref, days in ((ending, 30), (over, -1)):
            row = session.get_one(RecognitionRow, ids[ref])
            row.recognized_on, row.valid_until = today - timedelta(days=400), today + timedelta(days=days)
    manager = browser(app, "manager")

    everybody = text_of(manager, "/manage/recognitions")
    assert "已认定 2 人有效，1 人 90 天内到期" in everybody
    for state, ref in (("soon", ending), ("expired", over)):
        found = text_of(manager, f"/manage/recognitions?state={state}")
        assert found.count('class="name"') == 1
        assert f"/manage/recognitions/{ref}" in found
    assert "没有这样的人" in text_of(manager, "/manage/recognitions?q=某某")
    assert "没有这样的人" in text_of(browser(app, "clerk"), "/manage/recognitions?state=revoked")


def test_one_that_ended_before_its_day_is_not_called_run_out(app: Flask, plot: Grounds) -> None:
    (ref,) = plot.before_award(1)
    plot.issue([ref])
    plot.act(ref, "open_exit", "manager", plot.now, exit="left", basis="社保已转出")
    manager = browser(app, "manager")
    rows = text_of(manager, "/manage/recognitions?state=expired").rpartition("<tbody>")[2]
    assert ("已终止" in rows, "已过期" in rows) == (True, False)
    assert "：已终止" in text_of(manager, f"/manage/recognitions/{ref}")
    assert "认定已终止，" in text_of(owner(app, plot, ref), f"/apply/{ref}/certificate")


def test_a_revocation_on_its_page_takes_three(app: Flask, plot: Grounds) -> None:
    ref = plot.recognized()
    path = f"/manage/recognitions/{ref}"
    opener, second, third = (browser(app, who) for who in ("manager", "manager_2", "manager_3"))

    def act(client: FlaskClient, name: str, **given: str) -> tuple[int, str]:
        html = text_of(client, path)
        form = next(part for part in html.split("<form")[1:] if f'value="{name}"' in part)
        return send(client, f"{path}/act", act=name, seen_version=seen_version(form), **given)

    assert act(opener, "open_exit", exit="", basis="核查不实")[0] == 422
    assert act(opener, "open_exit", exit="fraud", basis="核查不实")[0] == 303
    assert act(opener, "notify", alleged="合同是伪造的")[0] == 303
    holder = owner(app, plot, ref)
    shown = text_of(holder, f"/apply/{ref}/certificate")
    assert "合同是伪造的" in shown
    status, _ = send(
        holder, f"/apply/{ref}/certificate/act", act="state", statement="合同是真的", seen_version=seen_version(shown)
    )
    assert status == 303
    assert "由另外两个人决定" in text_of(opener, path)
    assert act(second, "propose_revocation", reason="材料不实", recovery="补贴3000元")[0] == 303
    assert "同意撤销" not in text_of(second, path)
    assert act(third, "confirm_revocation", document="锦人才办〔2026〕30号")[0] == 303
    assert standing(ref).standing == "revoked"
    shown = text_of(holder, f"/apply/{ref}/certificate")
    assert "材料不实" in shown
    assert "已撤销" in shown


def act_of(client: FlaskClient, ref: str, name: str, **given: str) -> tuple[int, str]:
    """One act on the office's page of a recognition, with the version that its form holds."""
    path = f"/manage/recognitions/{ref}"
    form = next(part for part in text_of(client, path).split("<form")[1:] if f'name="act" value="{name}"' in part)
    return send(client, f"{path}/act", act=name, seen_version=seen_version(form), **given)


def test_a_review_on_its_page_is_kept_adjusted_or_leads_to_a_revocation(app: Flask, now: datetime) -> None:
    text = (ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8")
    old = "  fraud: {"
    plot = Grounds(now, source=text.replace(old, "  unfit: {name: 考核不合格, then: review}\n" + old))
    ref = plot.recognized()
    first, second = browser(app, "manager"), browser(app, "manager_2")
    path = f"/manage/recognitions/{ref}"
    for decision, given in (("keep", {}), ("adjust", {"measures": "约谈一次"}), ("remove", {"exit": "fraud"})):
        assert act_of(first, ref, "open_exit", exit="unfit", basis="两次考核不合格")[0] == 303
        assert 'value="keep"' not in text_of(first, path), "who opened it does not decide"
        status, body = act_of(second, ref, decision, reason="", **given)
        assert (status, "请写明理由" in body) == (422, True)
        assert act_of(second, ref, decision, reason="看过材料", **given)[0] == 303
    assert "撤销程序：" in text_of(second, path)


def test_the_office_extends_a_recognition_on_its_page(app: Flask, plot: Grounds) -> None:
    ref = plot.recognized()
    manager = browser(app, "manager")
    status, body = act_of(manager, ref, "extend", until="2027-01-01", basis="评审推迟")
    assert (status, "这一天不比原来的期限晚" in body, "评审推迟" in body) == (422, True, True)
    assert act_of(manager, ref, "extend", until="2030-01-31", basis="评审推迟")[0] == 303
    assert str(standing(ref).valid_until) == "2030-01-31"
    assert "延期换发" in text_of(manager, f"/manage/recognitions/{ref}")


def test_a_revoked_person_appeals_and_others_restore_it(app: Flask, plot: Grounds, now: datetime) -> None:
    ref = plot.recognized()
    plot.act(ref, "open_exit", "manager", now, exit="fraud", basis="核查不实")
    plot.act(ref, "notify", "manager", now, alleged="合同是伪造的")
    plot.act(ref, "state", plot.owners[ref], now, "applicant", statement="合同是真的")
    plot.act(ref, "propose_revocation", "manager_2", now, reason="材料不实", recovery="无")
    plot.act(ref, "confirm_revocation", "manager_3", now, "manager", document="1号")
    holder = owner(app, plot, ref)
    assert f"/apply/{ref}/appeal" in text_of(holder, f"/apply/{ref}/certificate")
    page = text_of(holder, f"/apply/{ref}/appeal")
    status, _ = send(holder, f"/apply/{ref}/appeal", reason="附鉴定书", seen_version=seen_version(page))
    assert status == 303
    plot.another_manager("manager_4")
    item = plot.owed(ref, "manager")
    judge = browser(app, "manager_4")
    desk = text_of(judge, f"/review/items/{item}")
    assert "申诉成立，认定恢复有效" in desk
    status, _ = send(
        judge, f"/review/items/{item}/act", act="settle_appeal", conclusion="upheld", reason="鉴定属实",
        seen_version=seen_version(desk),
    )  # fmt: skip
    assert status == 303
    assert standing(ref).standing == "valid"
    assert replay.replay(now)[1] == []


def test_a_reissue_on_its_page(app: Flask, plot: Grounds) -> None:
    ref = plot.recognized()
    manager, path = browser(app, "manager"), f"/manage/recognitions/{ref}"
    version = seen_version(text_of(manager, path))
    status, body = send(manager, f"{path}/act", act="reissue", why="", reason="本人声明遗失", seen_version=version)
    assert status == 422
    assert "本人声明遗失" in body
    assert 'href="#why"' in body
    assert (
        send(manager, f"{path}/act", act="reissue", why="lost", reason="本人声明遗失", seen_version=version)[0] == 303
    )
    assert "第 1 张，已作废" in text_of(manager, path)
    assert manager.get(f"{path}/certificate.pdf?no=1").mimetype == "application/pdf"


def test_what_an_award_records_is_asked_before_it_is_issued(app: Flask, now: datetime) -> None:
    plot = Grounds(now, source=recording_award())
    (ref,) = plot.before_award()
    manager, path = browser(app, "manager"), f"/manage/applications/{ref}/award-record"
    listed = text_of(manager, f"/manage/rounds/{plot.round_ref}/award")
    assert ("“颁证方式”还没有登记" in listed, path in listed) == (True, True)
    assert plot.issue([ref]).done == ()
    seen = seen_version(text_of(manager, path))
    status, body = send(manager, path, seen_version=seen, **{"record-desk": "3号窗口"})
    assert (status, "3号窗口" in body) == (422, True)
    given = {"record-handed": "现场", "record-desk": "3号窗口"}
    assert send(manager, path, seen_version=seen, **given)[0] == 303
    assert browser(app, "clerk").get(path).status_code == 404
    plot.issue([ref])
    assert "3号窗口" in text_of(manager, f"/manage/recognitions/{ref}")
    assert manager.get(path).status_code == 404, "it is issued"
    assert replay.replay(now)[1] == []


def test_nobody_else_opens_the_office_pages(app: Flask, plot: Grounds) -> None:
    ref = plot.recognized()
    for who in ("clerk", "employer"):
        client = browser(app, who)
        for path in (f"/manage/recognitions/{ref}", f"/manage/recognitions/{ref}/certificate.pdf"):
            assert client.get(path).status_code == 404
        assert client.get(f"/manage/rounds/{plot.round_ref}/award").status_code == 404


def test_all_certificates_of_a_round_come_in_one_file_piece_by_piece(app: Flask, plot: Grounds) -> None:
    refs = plot.before_award(3)
    plot.issue(refs)
    manager, path = browser(app, "manager"), f"/manage/rounds/{plot.round_ref}/certificates.zip"
    assert path in manager.get(f"/manage/recognitions?round={plot.round_ref}").text
    answer = manager.post(path, data={"csrf_token": csrf(manager, "/settings")})
    assert answer.mimetype == "application/zip"
    pieces = list(answer.iter_encoded())
    assert len(pieces) >= 3
    with ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        texts = [pypdfium2.PdfDocument(archive.read(name))[0].get_textpage().get_text_range() for name in names]
    assert names == sorted(names)
    for name, said in zip(names, texts, strict=True):
        assert name.removesuffix(".pdf").split(" ")[0] in said
    for who in ("clerk", "employer"):
        assert send(browser(app, who), path)[0] == 404


# -- the holder --------------------------------------------------------------------------------------------------------
def test_the_person_gives_what_is_asked_and_later_holds_the_certificate(app: Flask, plot: Grounds) -> None:
    (ref,) = plot.before_award(provided=False)
    holder = owner(app, plot, ref)
    assert f"/apply/{ref}/provide" in text_of(holder, f"/apply/{ref}")
    shown = text_of(holder, f"/apply/{ref}/provide")
    status, body = send(holder, f"/apply/{ref}/provide", bank="12", seen_version=seen_version(shown))
    assert status == 422
    assert 'value="12"' in body
    status, _ = send(holder, f"/apply/{ref}/provide", bank=ACCOUNT, seen_version=seen_version(shown))
    assert status == 303
    again = text_of(holder, f"/apply/{ref}/provide")
    assert "****3445" in again
    assert ACCOUNT not in again

    plot.issue([ref])

    assert f"/apply/{ref}/certificate" in text_of(holder, f"/apply/{ref}")
    shown = text_of(holder, f"/apply/{ref}/certificate")
    for words in ("认定有效", "-PATTERN-0001", "一次性补贴", "3000"):
        assert words in shown
    answer = holder.get(f"/apply/{ref}/certificate.pdf")
    assert answer.mimetype == "application/pdf"
    assert "叶梓桐" in pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    assert holder.get(f"/apply/{ref}/provide").status_code == 404
    (other,) = plot.before_award()
    for path in (f"/apply/{other}/certificate", f"/apply/{other}/provide", f"/apply/{other}/certificate.pdf"):
        assert holder.get(path).status_code == 404


def test_the_holder_renews_on_the_certificate_page_and_sees_where_the_new_case_stands(
    app: Flask, plot: Grounds, now: datetime
) -> None:
    ref = plot.recognized()
    soon = now + timedelta(days=3 * 365 - 60)
    with time_machine.travel(soon, tick=False):
        assert validity.carry_out(soon) == 1
        holder = owner(app, plot, ref)
        path = f"/apply/{ref}/certificate"
        shown = text_of(holder, path)
        assert "现在没有开放的批次" in shown
        assert "开始续认申报" not in shown
        with writing() as session:
            again = plot.later_round(session)
            again.opens_at, again.closes_at = soon - timedelta(days=1), soon + timedelta(days=20)
        shown = text_of(holder, path)
        for words in ("2026年第2批", "可以带过来", "岗位工种", "附件和承诺要重新交"):
            assert words in shown
        status, _ = send(holder, f"/apply/{ref}/renew", request_key="k1")
        assert status == 303
        assert "接着填续认申报" in text_of(holder, path)
        assert "续认申报：" in text_of(holder, f"/apply/{ref}")
        assert "还没有交" in text_of(browser(app, "manager"), f"/manage/recognitions/{ref}")
        assert send(browser(app, "clerk"), f"/apply/{ref}/renew")[0] == 404


# -- anybody -----------------------------------------------------------------------------------------------------------
def test_anybody_verifies_without_signing_in(app: Flask, plot: Grounds) -> None:
    (ref,) = plot.before_award()
    plot.identify(ref)
    plot.issue([ref])
    (paper,) = papers(ref)
    anybody = app.test_client()

    shown = text_of(anybody, f"/verify/{paper.token}")

    for words in ("这张证书有效", "叶*桐", "**************2046", "时尚工程师（服装制版）", DOCUMENT, "锦澜区人才办"):
        assert words in shown
    for kept in ("叶梓桐", "3301", ref):
        assert kept not in shown
    assert "查不到" in text_of(anybody, "/verify/" + "A" * 32, 404)
    number = standing(ref).number
    token = csrf(anybody, "/verify")
    for code, words in ((paper.check_code, "这张证书有效"), ("AAAAAAAA", "查不到这张证书")):
        answer = anybody.post("/verify", data={"csrf_token": token, "number": number, "code": code})
        assert answer.status_code == 200
        assert words in answer.text
    speak(anybody, "en")
    assert "This certificate is valid" in text_of(anybody, f"/verify/{paper.token}")


def test_a_replaced_paper_and_a_guesser_are_told_so(app: Flask, plot: Grounds, now: datetime) -> None:
    ref = plot.recognized()
    recognitions.reissue(ref, plot.people["manager"], now, why="lost", reason="遗失")
    anybody = app.test_client()
    assert "已换发，原件作废" in text_of(anybody, f"/verify/{papers(ref)[0].token}")
    token = csrf(anybody, "/verify")
    said = {"csrf_token": token, "number": "FE-2026-PATTERN-0001", "code": "AAAAAAAA"}
    for _ in range(5):
        anybody.post("/verify", data=said)
    answer = anybody.post("/verify", data=said)
    assert answer.status_code == 422
    assert "查得太多了" in answer.text
