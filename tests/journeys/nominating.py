"""How units put people forward: one by one or from a table, and how each of these says yes on a phone."""

import re
from collections.abc import Sequence

from tests.journeys import applying
from tests.journeys.applying import number_on
from tests.journeys.driver import Browser, Form, Page
from tests.journeys.made_up import Unit, workbook
from tests.journeys.yongning_town import TRACK_NAMES, Nominee, Yongning
from tests.services.sheets import sheet

HEADER = ("姓名", "证件类型", "证件号码", "性别", "手机号", "用人单位", "推荐协会或主管局",
          "职业工种（含新职业）", "在本区工作或经营月数", "类别")  # fmt: skip
HANDED = "交给本人确认"


class Nominating:
    """Numbers by person, as they come back from the phones."""

    def __init__(self, town: Yongning) -> None:
        self.town = town
        self.numbers: dict[str, Nominee] = {}
        self._yes: Form | None = None

    def number_of(self, one: Nominee) -> str:
        return next(number for number, each in self.numbers.items() if each == one)

    def by_form(self, unit: Unit, people: Sequence[Nominee]) -> None:
        """Each filled in for the person by the unit's administrator, then confirmed by the person."""
        browser = self.town[unit.name]
        for one in people:
            browser.hand_in(applying.fill(self.town, browser, one), press=HANDED)
        self.confirmed(people)

    def by_table(self, unit: Unit, channel: str, people: Sequence[Nominee], places: int | None = None) -> None:
        """The first section of all of them from a spreadsheet, the rest in each draft. `places`: for how many."""
        browser = self.town[unit.name]
        page = self.desk(unit, channel)
        page = browser.open(page.link("表格批量提名"))
        page = browser.send(
            page.form(with_="file"),
            {"file": workbook("提名", sheet(HEADER, *(_row(self.town, one) for one in people)))},
        )
        assert f"{len(people)} 行里有 0 行要改" in page.text, page.text[:1500]
        page = browser.send(page.form(with_="mode"))
        drafts = _drafts(self.desk(unit, channel))
        for one in people:
            home = drafts[one.person.name]
            last = applying.fill_on(self.town, browser, one, home, one.answers(self.town), after=1)
            browser.hand_in(last, press=HANDED)
        self.confirmed(people[:places])
        for one in people[len(people) if places is None else places :]:
            self.one_too_many(one)

    def desk(self, unit: Unit, channel: str) -> Page:
        browser = self.town[unit.name]
        return browser.open(browser.open("/nominate").addresses(rf"/nominate/{self.town.round}/{channel}/[\w-]+$")[0])

    def confirmed(self, people: Sequence[Nominee]) -> None:
        """The links have arrived; each opens theirs on the phone that goes round, and says yes."""
        links: dict[str, str] = {}
        for address, _, link in self.town.caught():
            links.setdefault(address, link)
        phone = self.phone
        for one in people:
            page = phone.open(links[one.person.phone])
            assert one.person.name in page.text
            self.numbers[number_on(phone.send(page.form(with_="确认并提交")))] = one

    def one_too_many(self, one: Nominee) -> None:
        """The places were taken by those who had said yes before: the page says so, nothing is handed in."""
        page = self.phone.open(self.town.link_for(one.person.phone))
        page = self.phone.send(page.form(with_="确认并提交"), expect=422)
        assert "推荐单位的名额已经用完" in page.text

    @property
    def phone(self) -> Browser:
        return self.town.browsers.get("phone") or self.town.browser("phone")

    def by_themselves(self, people: Sequence[Nominee]) -> None:
        applying.register(self.town, people)
        for one in people:
            browser = self.town[one.key]
            self.numbers[applying.submit(browser, applying.fill(self.town, browser, one))] = one


def _row(town: Yongning, one: Nominee) -> tuple[str, ...]:
    asked = one.answers(town)
    keys = ("name", "id_type", "id_no", "gender", "mobile", "employer", "recommender", "occupation", "local_months")
    return (*(str(asked[key]) for key in keys), TRACK_NAMES[one.track])


def _drafts(page: Page) -> dict[str, str]:
    """Where each person of the list is filled in, by name."""
    return {said.strip(): address for said, address in page.links if re.search(r"/apply/[\w-]{16}$", address)}
