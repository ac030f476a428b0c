"""The first part of the story of 百村千人: put forward, screened, cleared, decided, and into the reserve."""

import re
from collections.abc import Mapping
from dataclasses import replace

from tasks import clock
from tests.journeys import deciding, made_up, recognizing
from tests.journeys.applying import Desk, number_on, work_through
from tests.journeys.driver import Browser, Form, Typed
from tests.journeys.villages_town import DEPARTMENTS, TOWNS, Somebody, Villages

NOT_LISTED, BARRED, UNSURE, VOTED_DOWN = 39, 5, 6, 7
"""What becomes of four of the forty: at the screening, at the police, at the land office, at the meeting."""
WORDS: Mapping[str, Typed] = {"contact": "区委组织部 0571-0000 1212"}


class Story:
    def __init__(self, town: Villages) -> None:
        self.town = town
        self.numbers: dict[str, Somebody] = {}
        self.notice = ""

    def number_of(self, at: int) -> str:
        return next(number for number, one in self.numbers.items() if one.at == at)

    # -- putting forward -----------------------------------------------------------------------------------------------
    def put_forward(self) -> None:
        """The first officer of each township fills for its people."""
        for one in self.town.people:
            browser = self.town[self.filler(one)]
            page = browser.open(f"/nominate/rounds/{self.town.round}/new")
            said = {"channel": one.channel, "track": one.track, "name": one.name, "id_no": one.id_no}
            home = browser.hand_in(page.form(with_="id_no"), said)
            self.filled(browser, one, home)
        assert len(self.numbers) == len(self.town.people)

    def filler(self, one: Somebody) -> str:
        return self.town.of_town("town_officer", one.town)[0]

    def filled(self, browser: Browser, one: Somebody, home: str) -> None:
        """A draft that is begun, to the number that it gets; read once, as everybody is asked the same."""
        asked = one.answers()
        known = self.town.papers.get(("forms", str(one.town)))
        if known is None:
            known = self.town.papers["forms", str(one.town)] = self.read(browser, asked, home)
        for form in known[:-1]:
            here = moved(form, home)
            browser.hand_in(here.of(here.action, browser.token), mine(here, asked), press="下一步")
        last = moved(known[-1], home)
        page = browser.send(last.of(last.action, browser.token), press="提交申报")
        self.numbers[number_on(page)] = one

    @staticmethod
    def read(browser: Browser, asked: Mapping[str, Typed], home: str) -> list[Form]:
        found: list[Form] = []
        for section in ("person", "files"):
            page = browser.open(f"{home}/form/{section}")
            form = next(form for form in page.forms if form.id == "paper")
            for name, value in mine(form, asked).items():
                for depth in range(1, len(value) if isinstance(value, tuple) else 0):
                    page = browser.send(form, {name: value[:depth]}, press="列出下一级")
                    form = next(form for form in page.forms if form.id == "paper")
            found.append(form)
            browser.send(form, mine(form, asked), press="下一步")
        return [*found, browser.open(f"{home}/check").form("/check", with_="提交申报")]

    # -- on the spot ---------------------------------------------------------------------------------------------------
    def screened(self) -> None:
        """Two go there: one writes down what they saw, the other agrees; whoever filled signs once."""
        for at in range(len(TOWNS)):
            first, second = self.town.of_town("town_officer", at)
            done = work_through(self.town[first], self.seen, "实地筛查")
            assert len(done) == sum(one.town == at for one in self.town.people)
            assert len(work_through(self.town[second], agreed, "实地筛查")) == len(done)

    def seen(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        one = self.numbers[desk.number]
        if one.at == NOT_LISTED:
            return {"reason": "本人长期在外，三年内不打算回村"}, "不列入"
        said: dict[str, Typed] = {"record-visit": "走访三户，均认可"}
        if one.education == "初中及以下":
            said |= {"r.E2": "meets", "rc.E2": "带头致富，特别优秀，按第六条放宽"}
        return said, "建议列入"

    # -- nine departments ----------------------------------------------------------------------------------------------
    def cleared(self) -> None:
        """The police object to one; the land office does not know of another, for whom others are asked."""
        town, count = self.town, len(self.town.people) - 1
        barred, unsure = self.number_of(BARRED), self.number_of(UNSURE)
        grounds = {"basis": "公（治）行罚决字〔2026〕88号", "detail": "2026 年 3 月因殴打他人被行政拘留"}
        deciding.objects(town, "police0", barred, grounds)
        deciding.answers(town, "land0", unsure, "unknown")
        answered = {
            who: deciding.no_objection(town, who) for who in (*(f"{one}0" for one in DEPARTMENTS), *TOWN_COURTS)
        }
        of_towns = [sum(one.town == at for one in town.people if one.at != NOT_LISTED) for at in range(2)]
        assert [answered.pop(who) for who in TOWN_COURTS] == of_towns
        assert answered == {f"{one}0": count - (one in ("police", "land")) for one in DEPARTMENTS}
        assert deciding.clear_ones_pass(town, who="district0") == count - 2
        deciding.refused(town, barred, "有行政处罚，负面清单命中", who="district0")
        why = {"reason": "自然资源部门不掌握，已向所在镇国土所核实，无违建", "verified.land": "国土所函复"}
        deciding.passed(town, unsure, why, who="district0")

    # -- the party committees ------------------------------------------------------------------------------------------
    def decided(self) -> None:
        """Each township's own; the officer enters who was there, how they voted, and the minutes."""
        for at in range(len(TOWNS)):
            who = self.town.of_town("town_officer", at)[0]
            page = deciding.convened(self.town, "2026-11-20", who)
            meeting, form, votes = page.url, page.form("/enter"), dict[str, Typed]()
            for ref in deciding.agenda(page):
                for_, against = ("1", "2") if self.on_row(page.html, ref) == VOTED_DOWN else ("3", "0")
                votes |= {f"{ref}.for": for_, f"{ref}.against": against, f"{ref}.abstained": "0"}
            browser = self.town[who]
            page = browser.send(form, {"present": form.options("present"), **votes}, press="记入")
            browser.hand_in(page.form("/minutes"), {"minutes": made_up.paper("会议纪要")})
            page = deciding.ties_settled(self.town, meeting, who)
            page = browser.send(page.form("/final"), press="定稿")
            assert "已定稿" in page.text, page.text[:1500]

    def on_row(self, html: str, ref: str) -> int:
        row = next(row for row in re.findall(r'<tr id="row-.*?</tr>', html, re.DOTALL) if f"{ref}.for" in row)
        return next(one.at for number, one in self.numbers.items() if number in row)

    # -- asked within the organizations --------------------------------------------------------------------------------
    def consulted(self) -> None:
        """Only those who are meant for the first post of a village."""
        self.notice = recognizing.published(self.town, WORDS, "district0")

    def filed(self) -> None:
        done = work_through(self.town["district0"], lambda _: ({}, "同意备案"), "备案")
        assert len(done) == len(self.town.people) - 3

    def taken_in(self) -> None:
        words = {"document": "锦组〔2026〕8号", "on": "2026-11-30"}
        page = recognizing.issued(self.town, words, "district0", "办入库")
        assert f"入库：已办 {len(self.town.people) - 3} 人" in page.text, page.text[:1500]

    # -- time ----------------------------------------------------------------------------------------------------------
    @staticmethod
    def time_is_over() -> None:
        for _ in range(2):
            clock.tick()


TOWN_COURTS = ("justice0", "justice1")


def agreed(_desk: Desk) -> tuple[Mapping[str, Typed], str]:
    return {}, "同意拟办意见"


def moved(form: Form, home: str) -> Form:
    """The form of one draft, at the same place of another."""
    return replace(form, action=home + re.sub(r"^.*/apply/[\w-]{16}", "", form.action))


def mine(form: Form, asked: Mapping[str, Typed]) -> Mapping[str, Typed]:
    return {name: value for name, value in asked.items() if name in form.names()}
