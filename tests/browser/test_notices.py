"""A public notice in a real browser: drawn up, published, read by everybody, objected to, settled, printed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from models.applications import Answers, ApplicationRow
from models.base import writing
from models.notices import Notice
from models.people import Person
from tests.browser.conftest import Visit, Visitor, sound_at_both
from tests.services.listed import Listing
from tests.web.town import give_passwords
from workflow.domain.calendar import local_day

pytestmark = pytest.mark.browser


@pytest.fixture
def listing(visit: Visit) -> Listing:
    made = Listing(datetime.now(UTC) - timedelta(seconds=1))
    refs = made.waiting(10)
    with writing() as session:
        for ref, year in zip(refs[3:5], (1988, 1979), strict=True):
            row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
            answers = session.get_one(Answers, (row.id, 1))
            answers.body = {**answers.body, "name": "郑砚耕"}
            session.execute(update(Person).where(Person.id == row.person_id).values(birth_date=date(year, 5, 1)))
    give_passwords()
    return made


def publish(office: Visitor, listing: Listing) -> str:
    page = office.open(f"/manage/rounds/{listing.round_ref}/notices")
    page.get_by_role("link", name="拟公示单").click()
    page.get_by_label("文号").fill("锦人才办公示〔2026〕9号")
    page.get_by_label("异议向谁反映").fill("受理电话 0571-0000 1212\n监督电话 0571-0000 1290（区纪委监委派驻组）")
    page.get_by_role("button", name="发布公示").click()
    expect(page.locator(".sum")).to_contain_text("请再看一遍下面的样子")
    sound_at_both(page)
    page.get_by_role("button", name="发布公示").click()
    page.wait_for_url(lambda url: "/manage/notices/" in url)
    expect(page.get_by_role("status")).to_contain_text("公示已发布")
    return page.url.rsplit("/", 1)[1]


def test_from_the_draft_to_a_settled_objection(visit: Visit, listing: Listing) -> None:
    office = visit()
    office.sign_in("manager")
    ref = publish(office, listing)

    public = visit()
    page = public.open(f"/notices/{ref}")
    expect(page.get_by_role("cell", name="郑砚耕（1988年生）")).to_be_visible()
    chosen = page.get_by_label("反映谁").locator("option", has_text="叶疏桐").inner_text()
    page.get_by_label("反映谁").select_option(label=chosen)
    page.get_by_label("事实和依据").fill("2024年3月的业绩是别人做的，有合同为证")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("事实和依据")).to_have_value("2024年3月的业绩是别人做的，有合同为证")
    page.get_by_role("button", name="提交异议").click()
    expect(page.locator(".sum")).to_contain_text("请留电话")
    sound_at_both(page)
    page.get_by_label("姓名").fill("冯晚照")
    page.get_by_label("电话").fill("13805710001")
    page.get_by_label("我知道").check()
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_role("status").first).to_contain_text("异议已收下")

    supervisor = visit()
    supervisor.sign_in("supervisor")
    desk = supervisor.open("/review/objections")
    desk.get_by_role("link", name=chosen).click()
    expect(desk.get_by_text("有合同为证")).to_be_visible()
    desk.get_by_label("核查情况").fill("查了合同和台账")
    desk.get_by_label("为什么要看").fill("约谈反映人")
    desk.get_by_role("button", name="看反映人").click()
    expect(desk.get_by_text("冯晚照")).to_be_visible()
    expect(desk.get_by_label("核查情况")).to_have_value("查了合同和台账")
    desk.get_by_label("不成立").check()
    sound_at_both(desk)
    desk.get_by_role("button", name="办结异议").click()
    expect(desk.locator(".sum")).to_contain_text("结论的理由")
    desk.get_by_label("结论的理由").fill("业绩属实")
    desk.get_by_role("button", name="办结异议").click()
    expect(desk.get_by_role("status")).to_contain_text("异议已办结")


def test_it_prints_on_upright_paper_and_is_gone_when_it_is_over(visit: Visit, listing: Listing) -> None:
    ref = listing.publish(datetime.now(UTC))
    public = visit("wide")
    page = public.open(f"/notices/{ref}")
    page.emulate_media(media="print")
    for hidden in ("aside", "header.top", "footer.foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".doc tbody tr")).to_have_count(10)
    page.emulate_media(media="screen")
    past = local_day(datetime.now(UTC)) - timedelta(days=30)
    with writing() as session:
        session.execute(update(Notice).values(first_day=past, last_day=past + timedelta(days=5)))
    gone = page.reload()
    assert gone is not None
    assert gone.status == 410
    sound_at_both(page)
    page.go_back()
    expect(page.get_by_text("叶疏桐")).to_have_count(0)


def test_the_list_is_drawn_up_by_keyboard(visit: Visit, listing: Listing) -> None:
    office = visit("wide")
    office.sign_in("manager")
    page = office.open(f"/manage/rounds/{listing.round_ref}/notices/notice/new")
    page.get_by_label("苏棠梨").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("苏棠梨").first).not_to_be_checked()
    page.get_by_role("button", name="重看公示的样子").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".doc tbody tr")).to_have_count(9)
    expect(page.get_by_label("为什么先公示这一批")).to_be_visible()
