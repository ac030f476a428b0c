"""How a list is shown in public, objected to, and becomes certificates; and how one of them is taken back."""

import re
from collections.abc import Mapping, Sequence

from pypdfium2 import PdfDocument

from tests.journeys.applying import number_on
from tests.journeys.driver import Browser, Form, Page, Typed
from tests.journeys.scanning import scanned
from tests.journeys.town import Town


# -- the public notice -------------------------------------------------------------------------------------------------
def published(town: Town, said: Mapping[str, Typed], who: str = "manager0") -> str:
    """Draw up the list as it will be seen, publish exactly that; where everybody can read it."""
    browser = town[who]
    browser.open(f"/manage/rounds/{town.round}/notices")
    page = browser.press("拟公示单")
    page = browser.send(page.form(with_="chosen"), said, press="重看公示的样子")
    page = browser.send(page.form(with_="chosen"), press="发布公示")
    assert "公示已发布" in page.text
    found = re.search(r"/notices/([\w-]+)", page.url)
    assert found, page.url
    return f"/notices/{found[1]}"


def objected(town: Town, who: str, notice: str, line: int, facts: str) -> None:
    """Anybody who reads the list, with their real name."""
    reader = town.browser(who)
    reader.open(notice)
    page = reader.open(f"{notice}/objection")
    form = page.form(with_="facts")
    choices = [one for one in form.options("line") if one]
    said = {"line": choices[line], "facts": facts, "name": "叶知秋", "phone": "13900000001"}
    reader.send(form, {**said, "consent": form.options("consent")[0]}, press="提交异议")


def objections(town: Town) -> Sequence[str]:
    return town["supervisor0"].open("/review/objections").addresses(r"/review/objections/[\w-]{8,}$")


def settled(town: Town, address: str, conclusion: str, why: str) -> str:
    browser = town["supervisor0"]
    page = browser.open(address)
    form = page.form(with_="conclusion")
    said = {"conclusion": conclusion, "report": f"调取材料，找当事人谈话：{why}", "reason": why}
    return browser.send(form, said, press="办结异议").text


# -- the award ---------------------------------------------------------------------------------------------------------
def provided(town: Town, who: str, account: str, totals: Mapping[str, str]) -> int:
    """The person's own turn: what is only asked of those who are recognized; of how many it was asked here.

    Each who was rated reads the total of the experts that the office's page was redone to.
    """
    browser, asked = town[who], 0
    page = browser.open("/apply")
    for address in page.addresses(r"/apply/[\w-]{16}$") if "份等你办" in page.text else ():
        page = browser.open(address)
        found = page.addresses(r"/provide$")
        if found:
            total = totals.get(number_on(page))
            assert total is None or f"：总分 {total} 分" in page.text, page.text[:3000]
            browser.hand_in(_provide_form(town, browser, found[0]), {"bank": account}, press="交给主办")
            asked += 1
    return asked


def _provide_form(town: Town, browser: Browser, address: str) -> Form:
    """Read once; everybody is asked the same."""
    known = town.papers.get(("provide",))
    if known is None:
        known = town.papers["provide",] = [browser.open(address).form("/provide")]
    return known[0].of(address, browser.token)


def award_list(town: Town, who: str = "manager0") -> Page:
    return town[who].open(f"/manage/rounds/{town.round}/award")


def issued(town: Town, said: Mapping[str, Typed], who: str = "manager0", what: str = "发证") -> Page:
    """`what`: the program's own word where it issues no certificate."""
    browser = town[who]
    form = award_list(town, who).form("/award")
    return browser.send(form, {"case": form.options("case"), **said}, press=f"给选中的人{what}")


def printed_on(content: bytes) -> str:
    """The words of a certificate, as a reader of the file finds them."""
    document = PdfDocument(content)
    try:
        return "".join(document[at].get_textpage().get_text_range() for at in range(len(document)))
    finally:
        document.close()


def act(browser: Browser, page: Page, name: str, said: Mapping[str, Typed]) -> Page:
    """One of the acts on the page of a recognition: each has a form of its own."""
    form = next(form for form in page.forms if "act" in form.names() and form.value("act") == name)
    return browser.send(form, said)


def certificates(town: Town) -> dict[str, str]:
    """Every certificate's number, which its file says in words, and where the code that is printed on it leads."""
    manager, found = town["manager0"], {}
    for address in _recognized(town):
        page = manager.open(address)
        content = manager.get(page.link("证书 PDF"))
        number = re.search(r"[A-Z]+-\d{4}(-\w+)?-\d{3,4}", page.text)
        assert number, page.text[:600]
        words = re.sub(r"\s", "", printed_on(content))
        assert number[0] in words
        found[number[0]] = re.sub(r"^https?://[^/]+", "", scanned(content))
    return found


def _recognized(town: Town) -> list[str]:
    manager, found = town["manager0"], list[str]()
    page = manager.open(f"/manage/recognitions?round={town.round}")
    while True:
        found += page.addresses(r"/manage/recognitions/[\w-]+$")
        behind = [url for said, url in page.links if "下一页" in said]
        if not behind:
            return list(dict.fromkeys(found))
        page = manager.open(behind[0])


# -- taking back -------------------------------------------------------------------------------------------------------
def heard(town: Town, number: str) -> None:
    """One opens the case and tells the person, who may speak for some days."""
    manager = town["manager0"]
    page = manager.open(_page_of(town, "manager0", number))
    form = next(one for one in page.forms if "exit" in one.names())
    page = manager.send(form, {"exit": "fraud", "basis": "举报核实：业绩材料系伪造"}, press="办理退出")
    act(manager, page, "notify", {"alleged": "2025 年打样记录系伪造，依据办法第十二条拟撤销认定"})


def taken_back(town: Town, number: str, document: str) -> None:
    """Two others: who proposes and who confirms."""
    second, third = town["manager1"], town["manager2"]
    page = second.open(_page_of(town, "manager1", number))
    act(
        second,
        page,
        "propose_revocation",
        {"reason": "业绩材料伪造，本人没有陈述", "recovery": "补贴 3000 元，尚未发放"},
    )
    page = third.open(_page_of(town, "manager2", number))
    act(third, page, "confirm_revocation", {"document": document})


def _page_of(town: Town, who: str, number: str) -> str:
    return town[who].open(f"/manage/recognitions?q={number}").addresses(r"/manage/recognitions/[\w-]+$")[0]
