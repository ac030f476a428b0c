"""How people apply, answer, and put right: each step as the pages offer it.

The first of every kind opens each page and reads it. Whoever comes after hands the same forms in with answers of their
own, one request each, and does not wait to be shown the page that follows: what is done is done through the door all
the same, and whatever is refused fails at once.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tests.journeys.driver import Browser, File, Form, Page, Typed
from tests.journeys.made_up import TRACKS, Trainee, Unit, paper, png
from tests.journeys.town import PASSWORD, Town


@dataclass(frozen=True)
class Applicant(ABC):
    """Somebody with a channel. `filled`: by whom, self or the unit's administrator."""

    person: Trainee
    channel: str
    employer: Unit
    filled: str = "self"

    @property
    @abstractmethod
    def track(self) -> str: ...

    @property
    def way(self) -> str:
        return self.channel if self.filled == "self" else f"{self.channel}@another"

    @property
    def key(self) -> str:
        return f"trainee{self.person.at}"

    @abstractmethod
    def answers(self, town: Town) -> dict[str, Typed]:
        """To everything that the form of the program asks."""


class Candidate(Applicant):
    """Of 时尚工程师认定."""

    @property
    def track(self) -> str:
        return TRACKS[self.person.trade]

    def answers(self, town: Town) -> dict[str, Typed]:
        person = self.person
        return {
            "name": person.name,
            "id_type": "居民身份证",
            "id_no": person.id_no,
            "gender": person.gender,
            "mobile": person.phone,
            "employer": self.employer.name,
            "trainer": town.trainer.name,
            "post": {"pattern": "制版师", "craft": "工艺员", "media": "主播"}[self.track],
            "years": "4.5",
            "insured_months": "14",
            "training_hours": "48",
            "modeling": "yes",
            "results-0-item": "羽绒服立体版型改 3D 建模",
            "results-0-date": "2025-03",
            "results-0-part": "主要负责",
            "results-0-effect": "打样从 4 次减到 1 次",
            "works-0-title": "春装版型",
            "works-0-about": "一套 12 款",
            "works-0-file": png("作品", person.at),
            "id_copy": png("证件", person.at),
            "training_cert": paper("结业证书"),
            "employment_proof": paper("劳动合同"),
            "portfolio": png("作品集", person.at + 1),
            "truth": "yes",
        }


MOST = 300  # decisions of one person in one sitting


# -- coming in ---------------------------------------------------------------------------------------------------------
def register(town: Town, candidates: Sequence[Applicant]) -> None:
    """Each asks for a code, the codes arrive, each chooses a password."""
    for one in candidates:
        browser = town.browser(one.key)
        browser.send(browser.open("/register").form("/register"), {"address": one.person.phone})
    codes: dict[str, str] = {}
    for address, about, code in town.caught():
        if "注册" in about:
            codes.setdefault(address, code)
    for one in candidates:
        browser = town[one.key]
        typed = {"code": codes[one.person.phone], "name": one.person.name}
        browser.send(browser.page.form(with_="code"), {**typed, "password": PASSWORD, "password_again": PASSWORD})
        town.logins[one.key] = one.person.phone


# -- filling -----------------------------------------------------------------------------------------------------------
def fill(town: Town, browser: Browser, one: Applicant, changes: Mapping[str, Typed] | None = None) -> Form:
    """From the program's page through all sections to the last look; the form by which it is handed in there."""
    asked = {**one.answers(town), **(changes or {})}
    known = town.papers.get(_sort(one))
    if known is None:
        return _filled_first(town, browser, one, asked)
    begin = known[0]
    return fill_on(town, browser, one, browser.hand_in(begin.of(begin.action, browser.token), _way(one)), asked)


def fill_on(
    town: Town, browser: Browser, one: Applicant, home: str, asked: Mapping[str, Typed], after: int = 0
) -> Form:
    """A draft that is begun, whose first sections are answered: the others, to the last look."""
    papers, where = town.papers[_sort(one)][1 + after :], home
    for form in papers[:-1]:
        here = _moved(form, home)
        where = browser.hand_in(here.of(here.action, browser.token), _mine(here, asked), press="下一步")
    last = _moved(papers[-1], home)
    assert where == last.action, where
    return last.of(last.action, browser.token)


def _filled_first(town: Town, browser: Browser, one: Applicant, asked: Mapping[str, Typed]) -> Form:
    browser.open(f"/apply/rounds/{town.round}")
    read = [browser.page.form(with_="way")]
    browser.send(read[0], _way(one))
    while form := _paper(browser.page):
        assert len(read) < 8, f"{browser.who} never comes to an end"
        read.append(_places_listed(browser, form, asked))
        browser.send(read[-1], _mine(read[-1], asked), press="下一步")
    read.append(browser.page.form("/check", with_="提交申报" if one.filled == "self" else "交给本人确认"))
    town.papers[_sort(one)] = read
    return read[-1]


def _places_listed(browser: Browser, form: Form, asked: Mapping[str, Typed]) -> Form:
    """A place is chosen step by step, each list opening the next one."""
    for name, value in _mine(form, asked).items():
        if not isinstance(value, str | File):
            for depth in range(1, len(value)):
                form = _paper(browser.send(form, {name: value[:depth]}, press="列出下一级")) or form
    return form


def _sort(one: Applicant) -> tuple[str, ...]:
    """Those who are asked the same."""
    return one.channel, one.filled, one.track


def _way(one: Applicant) -> Mapping[str, Typed]:
    return {"way": one.way, "track": one.track}


def _mine(form: Form, asked: Mapping[str, Typed]) -> Mapping[str, Typed]:
    return {name: value for name, value in asked.items() if name in form.names()}


def _moved(form: Form, home: str) -> Form:
    """The form of one application, at the same place of another."""
    return replace(form, action=home + re.sub(r"^.*/apply/[\w-]{16}", "", form.action))


def _paper(page: Page) -> Form | None:
    return next((form for form in page.forms if form.id == "paper"), None)


def submit(browser: Browser, last: Form) -> str:
    """Hand it in from the last look; the number it gets."""
    return number_on(browser.send(last, press="提交申报"))


def hand_to(town: Town, browser: Browser, one: Applicant, last: Form) -> str:
    """The employer has filled it: the person gets a link. Where it leads."""
    page = browser.send(last, press="交给本人确认")
    assert "等本人确认" in browser.open(page.url.removesuffix("/receipt")).text
    return town.link_for(one.person.phone)


def confirm(town: Town, one: Applicant, link: str) -> str:
    """The person opens the link on their phone, without an account, and says yes; the number."""
    phone = town.browser(f"phone of {one.key}")
    assert one.person.name in phone.open(link).text
    assert one.person.id_no not in phone.page.html
    return number_on(phone.send(phone.page.form(with_="确认并提交")))


def object_to(town: Town, one: Applicant, link: str, why: str) -> None:
    """The person opens the link and says what is wrong; the link is used up by that."""
    phone = town.browser(f"phone of {one.key}")
    phone.open(link)
    phone.send(phone.page.form(with_="reason"), {"reason": why})
    phone.open(link, expect=422)


def number_on(page: Page) -> str:
    found = re.search(r"[A-Z]{2}26-\d-\d{4}", page.text)
    assert found, page.text[:500]
    return found[0]


# -- afterwards --------------------------------------------------------------------------------------------------------
def home(town: Town, one: Applicant) -> Page:
    """From one's own list to the application."""
    browser = town[one.key]
    return browser.open(browser.open("/apply").addresses(r"/apply/[\w-]{16}$")[0])


def withdraw(town: Town, one: Applicant, why: str) -> None:
    home(town, one)
    page = town[one.key].press("撤回申报")
    page = town[one.key].send(page.form("/withdraw"), {"reason": why})
    assert "申报已撤回" in page.text


def put_right(town: Town, one: Applicant, changes: Mapping[str, Typed]) -> None:
    """Only what was flagged is open; each flagged place is changed; then straight back."""
    home(town, one)
    page = town[one.key].press("去交回")
    form = page.form("/correct")
    open_ = {name for name in form.names() if not name.startswith(("unchanged-", "seen", "csrf", "request"))}
    assert open_ == set(changes), open_
    page = town[one.key].send(form, changes, press="交回")
    assert "补正已交回" in page.text


# -- at the desk -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Desk:
    """What is judged, and the form by which that is said."""

    number: str
    panel: Form


@dataclass(frozen=True)
class Row:
    """One line of a queue. `sort`: its track and stage; who judges blind reads no number."""

    url: str
    number: str
    sort: str


Judge = Callable[[Desk], tuple[Mapping[str, Typed], str]]


def work_through(browser: Browser, judge: Judge, stage: str = "") -> list[str]:
    """Open the queue, read the first desk, go on to the next one, answer the rest from the list until nothing is left;
    the numbers in the order they were decided.

    `judge` looks at a desk and says what to fill in and which button to press. `stage`: only what waits at that one.
    """
    done: list[str] = []
    known: Form | None = None
    while rows := waiting(browser, stage):
        assert len(done) <= MOST, f"{browser.who} never comes to an end"
        for row in rows:
            desk = (
                at_desk(browser, row, panel_of) if known is None else Desk(row.number, handed_in(known, row, browser))
            )
            typed, press = judge(desk)
            send = browser.send if known is None else browser.hand_in
            send(desk.panel, typed, press=press)
            known = desk.panel
            done.append(desk.number)
    return done


def waiting(browser: Browser, stage: str = "") -> list[Row]:
    """The first page of what is to be done."""
    rows = [row for row in browser.open("/review").rows() if len(row) > 4 and row[4].endswith(stage)]
    return [Row(row[2], row[3], row[4]) for row in rows if re.search(r"/review/items/[\w-]+(\?|$)", row[2])]


def at_desk(browser: Browser, row: Row, panel: Callable[[Page], Form | None]) -> Desk:
    found = panel(browser.open(row.url))
    assert found, f"{browser.who} can do nothing about {row.url}: {browser.page.text[:1500]}"
    assert row.number in browser.page.text
    return Desk(row.number, found)


def handed_in(form: Form, row: Row, browser: Browser) -> Form:
    """The form of a desk that was read, as the desk of another row has it."""
    item = urlsplit(row.url).path
    return form.of(re.sub(r"/review/items/[\w-]+", item, urlsplit(form.action).path), browser.token)


def open_case(browser: Browser, number: str) -> Page:
    """Found by its number, opened at the desk."""
    page = browser.open(f"/review/find?q={number}")
    return browser.open(page.addresses(r"/review/(items|applications)/")[0])


def panel_of(page: Page) -> Form | None:
    return next(
        (form for form in page.forms if form.id == "panel" and form.action.partition("?")[0].endswith("/act")), None
    )


def pass_the_clear_ones(browser: Browser) -> int:
    """Tick the whole page and pass what is clear, page after page until one is all unclear; how many it was."""
    done = 0
    while passed := _passed(browser.open("/review"), browser):
        done += passed
    return done


def _passed(page: Page, browser: Browser) -> int:
    before = page.addresses(r"/review/items/[\w-]+(\?|$)")
    if not before:
        return 0
    browser.send(page.form("/review/bulk"), {"pick": page.form("/review/bulk").options("pick")}, press="通过选中的")
    after = browser.open("/review").addresses(r"/review/items/[\w-]+(\?|$)")
    return len(set(before) - set(after))


def all_right(desk: Desk) -> dict[str, Typed]:
    """Every paper that asks for a verdict looks right."""
    return {name: "ok" for name in sorted(desk.panel.names()) if name.startswith("v.")}


def accepted(desk: Desk) -> tuple[Mapping[str, Typed], str]:
    return all_right(desk), "受理"
