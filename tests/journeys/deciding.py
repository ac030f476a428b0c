"""How departments answer and a meeting decides."""

import re
from collections.abc import Mapping, Sequence

from tests.journeys.driver import Page, Typed
from tests.journeys.town import Town

DEPARTMENTS = ("credit0", "police0", "court0", "market0")


# -- joint check -------------------------------------------------------------------------------------------------------
def no_objection(town: Town, who: str) -> int:
    """All that are asked about, page after page, each time with a list to confirm."""
    browser, done = town[who], 0
    while picks := _picks(browser.open("/review/joint")):
        page = browser.open("/review/joint/confirm?" + "&".join(f"pick={ref}" for ref in picks))
        browser.send(page.form("/review/joint/confirm"), press="确认")
        done += len(picks)
    return done


def _picks(page: Page) -> Sequence[str]:
    found = [one for form in page.forms for one in form.controls if one.kind == "checkbox" and one.name == "pick"]
    return [one.value for one in found]


def objects(town: Town, who: str, number: str, grounds: Mapping[str, Typed]) -> None:
    """With a kind, a document and what it is about."""
    browser = town[who]
    page = browser.open(f"/review/joint?q={number}")
    form = browser.open(page.addresses(r"/review/joint/items/[\w-]+")[0]).form(with_="detail")
    kind = next(one for one in form.options("category") if one)
    browser.send(form, {"answer": "issue", "category": kind, **grounds})


def matrix(town: Town, query: str = "") -> Page:
    return town["manager0"].open(f"/manage/rounds/{town.round}/joint/joint{query}")


def clear_ones_pass(town: Town) -> int:
    browser, done = town["manager0"], 0
    while picks := _picks(matrix(town)):
        listed = "&".join(f"pick={ref}" for ref in picks)
        page = browser.open(f"/manage/rounds/{town.round}/joint/joint/confirm?{listed}")
        browser.send(page.form("/confirm"), press="确认")
        done += len(picks)
    return done


def refused(town: Town, number: str, why: str) -> None:
    browser = town["manager0"]
    page = browser.open(matrix(town, f"?q={number}").addresses(r"/manage/joint/[\w-]+$")[0])
    browser.send(page.form("/conclude"), {"reason": why}, press="不通过")


# -- the meeting -------------------------------------------------------------------------------------------------------
def convened(town: Town, day: str) -> Page:
    browser = town["manager0"]
    browser.open("/manage/meetings")
    page = browser.press("建会议")
    return browser.send(page.form(with_="held_on"), {"held_on": day, "held_clock": "09:30", "place": "三楼会议室"})


def agenda(page: Page) -> list[str]:
    """References of the cases in their order."""
    return list(dict.fromkeys(re.findall(r'name="([\w-]+)\.for"', page.html)))
