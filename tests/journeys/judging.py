"""How sheets are filled and counted: raters at their desks, the draw of experts, whoever counts."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.journeys.applying import MOST, Desk, Row, handed_in, waiting
from tests.journeys.driver import Browser, Form, Page, Typed
from tests.journeys.made_up import workbook
from tests.journeys.town import Town
from tests.services.sheets import sheet, texts

Rate = Callable[[Desk], Mapping[str, Typed]]


def rate_through(browser: Browser, rate: Rate) -> int:
    """The first sheet of each track is read at its desk, all others are filled in from the list until none is left;
    `rate` looks at a desk and says what to give."""
    done = 0
    known: dict[str, Form] = {}
    while rows := waiting(browser):
        assert done <= MOST * 2, f"{browser.who} never comes to an end"
        for row in rows:
            first = row.sort not in known
            desk = _read(browser, row) if first else Desk(row.number, handed_in(known[row.sort], row, browser))
            if known:
                browser.hand_in(desk.panel, rate(desk), press="提交评分")
            else:
                page = browser.send(desk.panel, rate(desk), press="提交评分")
                assert sheet_of(page), f"{browser.who} is not led on to the next sheet: {page.text[:1500]}"
            known.setdefault(row.sort, desk.panel)
            done += 1
    return done


def _read(browser: Browser, row: Row) -> Desk:
    """Before the first look one is asked about relations, for everything that waits at this stage."""
    page = browser.open(row.url)
    if any(form.action.partition("?")[0].endswith("/declare") for form in page.forms):
        page = browser.send(page.form(with_="case"), press="声明并开始评审")
    panel = sheet_of(page)
    assert panel, f"{browser.who} can do nothing about {row.url}: {page.text[:1500]}"
    return Desk(row.number, panel)


def sheet_of(page: Page) -> Form | None:
    return next(
        (form for form in page.forms if form.id == "panel" and form.action.partition("?")[0].endswith("/rate")), None
    )


def all_at(points: int) -> Rate:
    """The same points for every criterion of the sheet."""

    def rate(desk: Desk) -> Mapping[str, Typed]:
        return {name: str(points) for name in sorted(desk.panel.names()) if name.startswith("points.")}

    return rate


def board(town: Town, stage: str, who: str = "manager0") -> Page:
    return town[who].open(f"/manage/rounds/{town.round}/stages/{stage}/scoring")


def seats_drawn(town: Town, stage: str) -> None:
    """One draw over the whole list, and anybody can draw the same again."""
    page = town["manager0"].send(board(town, stage).form("/scoring/draw"))
    assert "照着再抽，结果一致" in page.text, page.text[:1500]


def counted(town: Town, stage: str, who: str = "manager0") -> int:
    """Everything that is complete is counted at once; how many it was."""
    page = board(town, stage, who)
    if not any(form.action.endswith("/scoring/close") for form in page.forms):
        return 0
    page = town[who].send(page.form("/scoring/close"))
    found = re.search(r"已收分 (\d+) 件", page.text)
    assert found, page.text[:800]
    return int(found[1])


def made_known(town: Town, stage: str) -> int:
    page = town["manager0"].send(board(town, stage).form("/scoring/publish"))
    found = re.search(r"已公布 (\d+) 件", page.text)
    assert found, page.text[:800]
    return int(found[1])


def cases_on_board(town: Town, stage: str) -> list[str]:
    """Where each case of a stage opens, over all pages of its board."""
    found: list[str] = []
    page = board(town, stage)
    while True:
        found += page.addresses(rf"/applications/[\w-]+/scoring/{stage}$")
        if not page.addresses(r"\?after=\d+$"):
            return found
        page = town["manager0"].open(page.addresses(r"\?after=\d+$")[0])


def closing(page: Page) -> Form | None:
    """The form that counts the sheets of one case that falls short, where it has not been counted."""
    for form in page.forms:
        if "act" in form.names() and form.value("act") == "close" and "不通过" in form.buttons[-1].words:
            return form
    return None


def redo(page: Page) -> str:
    """Add up by hand, from the points and weights that stand on the page; the last figure is the same. The total."""
    reckon = re.search(r'<ol class="reckon" data-total="([\d.]+)">(.*?)</ol>', page.html, re.DOTALL)
    assert reckon, page.text[:800]
    total = Fraction(0)
    for figure in re.findall(r"<li data-figure.*?</li>", reckon[2], re.DOTALL):
        weight = re.search(r'data-weight="([\d.]+)"', figure)
        roles = [re.findall(r'data-points="([\d.]+)"', role) for role in figure.split("data-role")[1:]]
        assert weight
        assert all(roles)
        total += mean([mean([*map(Fraction, points)]) for points in roles]) * Fraction(weight[1]) / 100
    shown = (Decimal(total.numerator) / Decimal(total.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert shown == Decimal(reckon[1]), page.url
    return reckon[1]


def mean(figures: Sequence[Fraction]) -> Fraction:
    return sum(figures, Fraction(0)) / len(figures)


# -- results from a table ----------------------------------------------------------------------------------------------
def results_brought(town: Town, who: str, stage: str, column: str, result: Callable[[str], str]) -> int:
    """The empty table as the page gives it, filled in by number, handed in, looked at, taken over."""
    browser = town[who]
    page = browser.open(browser.open("/review/results").addresses(rf"/review/results/[\w-]+/{stage}$")[0])
    header, *rows = texts(browser.get(page.addresses(r"/template\.xlsx$")[0]))
    at = header.index(column)
    filled = [(*row[:at], result(row[0]), *row[at + 1 :]) for row in rows]
    page = browser.send(page.form(with_="file"), {"file": workbook("成绩", sheet(header, *filled))})
    assert f"{len(rows)} 行里有 0 行要改" in page.text, page.text[:1500]
    page = browser.send(page.form(with_="mode"), press="录入")
    assert f"已录入 {len(rows)} 人" in page.text, page.text[:1500]
    return len(rows)
