"""How departments answer and a meeting decides."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tests.journeys.driver import Form, Page, Typed
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


def answers(town: Town, who: str, number: str, answer: str) -> None:
    """Nothing more than one word."""
    browser = town[who]
    page = browser.open(f"/review/joint?q={number}")
    form = browser.open(page.addresses(r"/review/joint/items/[\w-]+")[0]).form(with_="detail")
    browser.send(form, {"answer": answer})


def matrix(town: Town, query: str = "", stage: str = "joint", who: str = "manager0") -> Page:
    return town[who].open(f"/manage/rounds/{town.round}/joint/{stage}{query}")


def clear_ones_pass(town: Town, stage: str = "joint", who: str = "manager0") -> int:
    browser, done = town[who], 0
    while picks := _picks(matrix(town, stage=stage, who=who)):
        listed = "&".join(f"pick={ref}" for ref in picks)
        page = browser.open(f"/manage/rounds/{town.round}/joint/{stage}/confirm?{listed}")
        browser.send(page.form("/confirm"), press="确认")
        done += len(picks)
    return done


def refused(town: Town, number: str, why: str, who: str = "manager0") -> None:
    town[who].send(_conclusion(town, number, who), {"reason": why}, press="不通过")


def passed(town: Town, number: str, said: Mapping[str, Typed], who: str = "manager0") -> None:
    town[who].send(_conclusion(town, number, who), said, press="通过")


def _conclusion(town: Town, number: str, who: str) -> Form:
    page = matrix(town, f"?q={number}", who=who)
    return town[who].open(page.addresses(r"/manage/joint/[\w-]+$")[0]).form("/conclude")


# -- the meeting -------------------------------------------------------------------------------------------------------
def convened(town: Town, day: str, who: str = "manager0") -> Page:
    browser = town[who]
    browser.open("/manage/meetings")
    page = browser.press("建会议")
    return browser.send(page.form(with_="held_on"), {"held_on": day, "held_clock": "09:30", "place": "三楼会议室"})


def agenda(page: Page) -> list[str]:
    """References of the cases in their order."""
    return list(dict.fromkeys(re.findall(r'name="([\w-]+)\.for"', page.html)))


def ties_settled(town: Town, meeting: str, who: str = "manager0") -> Page:
    """Who is drawn as an expert is chance, and so is who comes out equal where it matters: the meeting settles it."""
    browser = town[who]
    while ties := browser.open(f"{meeting}/final").addresses(r"/ties/[\w-]+$"):
        form = browser.open(ties[0]).form(with_="reason")
        orders = sorted(name for name in form.names() if name.endswith(".order"))
        settled = {name: str(place) for place, name in enumerate(orders, start=1)}
        browser.hand_in(form, {**settled, "reason": "同分，会上再投一次定先后"}, press="记入先后")
    return browser.page


_LINE = re.compile(
    r"(?P<number>FE26-\d-\d{4}) \S+，(?P<track>\S+) (?P<total>\d+\.\d\d) .*? "
    r"(?P<favor>\d+)-(?P<against>\d+)-(?P<abstained>\d+) .*?投 (?P<present>\d+) 票，要 (?P<needed>\d+) 票 "
    r"(?P<result>通过|候补|线外)"
)


def counted_again(page: Page, totals: Mapping[str, str], places: int, floor: int, alternates: int) -> None:
    """From the figures on the board: what each case needed and had, and where floors and order draw the line."""
    rows = re.findall(r'<tr id="row-.*?</tr>', page.html, re.DOTALL)
    lines = [found for row in rows if (found := _LINE.search(re.sub(r"(<[^>]*>|\s)+", " ", row)))]
    assert len(lines) == len(rows) > places
    for line in lines:
        cast = [int(line[name]) for name in ("favor", "against", "abstained")]
        present, needed = int(line["present"]), int(line["needed"])
        assert (sum(cast), -(-present * 2 // 3)) == (present, needed), line[0]
        assert cast[0] >= needed, line[0]
        assert line["total"] == totals[line["number"]], line[0]
    ordered = [Decimal(line["total"]) for line in lines]
    assert ordered == sorted(ordered, reverse=True)
    first = [line for track in {line["track"] for line in lines} for line in _of(lines, track)[:floor]]
    behind = [line for line in lines if line not in first]
    passed = places - len(first)
    assert {*first, *behind[:passed]} == {line for line in lines if line["result"] == "通过"}
    assert behind[passed : passed + alternates] == [line for line in lines if line["result"] == "候补"]


def _of(lines: Sequence[re.Match[str]], track: str) -> list[re.Match[str]]:
    return [line for line in lines if line["track"] == track]
