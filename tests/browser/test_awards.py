"""From the list to a certificate that anybody verifies, in real browsers: the manager's, the holder's, a stranger's."""

from datetime import datetime

import pypdfium2
import pytest
from playwright.sync_api import expect

from models.accounts import Account
from models.base import reading
from tests.browser.conftest import Visit, faults_of
from tests.services.issued import ACCOUNT, DOCUMENT, Grounds, numbers, papers, standing
from tests.web.town import give_passwords

pytestmark = pytest.mark.browser


@pytest.fixture
def plot(visit: Visit, now: datetime) -> Grounds:
    return Grounds(now)


def login_of(plot: Grounds, ref: str) -> str:
    give_passwords()
    with reading() as session:
        return str(session.get_one(Account, plot.owners[ref].account_id).login)


def test_from_the_list_to_a_verified_certificate(visit: Visit, plot: Grounds) -> None:
    asked, ready = plot.before_award(provided=False)[0], plot.before_award()[0]
    plot.identify(asked)
    holder = visit("phone")
    holder.sign_in(login_of(plot, asked))
    page = holder.open(f"/apply/{asked}")
    page.get_by_role("link", name="去填").click()
    page.locator("#bank").fill(ACCOUNT)
    page.get_by_role("button", name="交给主办").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("加密存放")

    manager = visit("wide")
    manager.sign_in("manager")
    page = manager.open(f"/manage/rounds/{plot.round_ref}")
    page.get_by_role("link", name="发证名单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 人可以发证")
    page.locator("#document").fill(DOCUMENT)
    page.locator("#on").fill(plot.today.isoformat())
    page.get_by_role("button", name="给选中的人发证").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已发 2 人")
    assert [number[-4:] for number in numbers()] == ["0001", "0002"]

    page = holder.open(f"/apply/{asked}")
    page.get_by_role("link", name="看证书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("认定有效")
    answer = page.context.request.get(f"{holder.address}/apply/{asked}/certificate.pdf")
    words = pypdfium2.PdfDocument(answer.body())[0].get_textpage().get_text_range()
    assert standing(asked).number in words

    (paper,) = papers(asked)
    stranger = visit("phone")
    page = stranger.open(f"/verify/{paper.token}")
    expect(page.get_by_role("heading", level=2).first).to_have_text("这张证书有效")
    page.get_by_label("证书编号").fill(standing(asked).number)
    page.get_by_label("查验码").fill(f"{paper.check_code[:4]}-{paper.check_code[4:]}")
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("这张证书有效")
    assert faults_of(page) == []
    assert ready != asked
