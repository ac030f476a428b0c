"""The second half of the story of 永宁骏才: the trade's meeting under the government's eye, experts, the leaders."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tests.journeys import deciding, judging, recognizing
from tests.journeys.applying import Desk, accepted, all_right, waiting, work_through
from tests.journeys.driver import Typed
from tests.journeys.made_up import Unit
from tests.journeys.yongning_story import Story, acts
from tests.journeys.yongning_town import BUREAU, DEPARTMENTS, MOULD, PAPER, SHOPS, TRADE, UNITS, WORKS, Yongning
from workflow.services import clock

PLACES = 17  # that the leading group gives
OF_ASSOCIATION = 10
WORDS: Mapping[str, Typed] = {
    "number": "永人才公示〔2026〕3号",
    "contact": "区人才办，电话 0574-88000000；监督电话 0574-88000001",
}
ACCOUNT = "6222021001116245705"


class Verdicts:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.town: Yongning = story.town
        self.meeting = ""
        self.notices: list[str] = []

    # -- the trade -----------------------------------------------------------------------------------------------------
    def lists_handed_in(self) -> None:
        """Each enterprise puts its people in its own order and hands the list in with the sealed page."""
        for unit in (WORKS, TRADE):
            browser, page = self.town[unit.name], self.story.way.desk(unit, "peers")
            second = [each.words for each in page.form("/order").buttons if "往前" in each.words][1]
            page = browser.send(page.form("/order"), press=second)
            page = browser.send(page.form("/hand-in"), {"seal": PAPER}, press="提交名单")
            assert "先后不再变" in page.text
            assert "往前" not in page.text

    def recommended(self) -> None:
        """Checked, rated and voted by the associations; of thirteen ten get one of the first one's places."""
        for unit, jury, count in ((MOULD, "mould", 13), (SHOPS, "shops", 3)):
            office = self.town[unit.name]
            assert len(work_through(office, lambda desk: (all_right(desk), "提交公荐"), "协会初审")) == count
            for n in range(3):
                assert judging.rate_through(self.town[f"{jury}{n}"], judging.all_at(80 + n)) == count
            assert judging.counted(self.town, "assoc_score", unit.name) == count
        assert MOULD.name not in self.town["manager0"].open("/manage/meetings").text
        assert "10 人通过，1 人候补" in self.voted(MOULD)
        assert "3 人通过，0 人候补" in self.voted(SHOPS)

    def voted(self, unit: Unit) -> str:
        """The association keeps its meeting by itself, with the sealed letter; what the board says at the end."""
        browser = self.town[unit.name]
        page = deciding.convened(self.town, "2026-11-20", unit.name)
        meeting, form = page.url, page.form("/enter")
        votes: dict[str, Typed] = {}
        for at, ref in enumerate(deciding.agenda(page)):
            favor = 3 if at < OF_ASSOCIATION else 2
            votes |= {f"{ref}.for": str(favor), f"{ref}.against": str(3 - favor), f"{ref}.abstained": "0"}
        page = browser.send(form, {"present": form.options("present"), **votes}, press="记入")
        browser.hand_in(page.form("/record"), {"record-letter": PAPER, "record-minutes": PAPER})
        page = deciding.ties_settled(self.town, meeting, unit.name)
        return browser.send(page.form("/final"), press="定稿").text

    def supervised(self) -> None:
        """The government may stop, and does so once, for all of one meeting; it never touches the order."""
        looker = self.town["supervisor0"]
        assert len(work_through(looker, self.by_the_rules, "监督复核")) == 13
        assert "3 人通过" in self.voted(SHOPS)
        assert len(work_through(looker, lambda _: ({}, "程序合规"), "监督复核")) == 3

    def by_the_rules(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        assert acts(desk) == {"pass", "send_back"}
        if self.story.way.numbers[desk.number].by == SHOPS:
            return {"reason": "签到表少一人签名"}, "程序存疑退回"
        return {}, "程序合规"

    # -- bureau, top, other --------------------------------------------------------------------------------------------
    def judged(self) -> None:
        """One sheet of the bureau each; the office looks at the form; three of four experts; two who go and see."""
        town = self.town
        assert judging.rate_through(town[BUREAU.name], judging.all_at(85)) == 5
        assert judging.counted(town, "bureau_review") == 5
        work_through(town["manager0"], accepted, "形式审查")
        judging.seats_drawn(town, "expert")
        assert sum(judging.rate_through(town[f"expert{n}"], judging.all_at(80 + n)) for n in range(4)) == 20 * 3
        assert judging.counted(town, "expert") == 20
        assert len(work_through(town["visitor0"], self.seen, "现场考察")) == 8
        assert waiting(town["visitor0"], "现场考察") == []  # of two signers nobody is both
        assert len(work_through(town["visitor1"], lambda _: ({}, "同意拟办意见"), "现场考察")) == 8

    def seen(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        assert acts(desk) == {"pass", "refuse"}
        talk = "访谈班组长和同事各一人，核对台账。"
        return {"record-place": "模具车间", "record-talk": talk, "record-photos": PAPER}, "通过"

    def cleared(self) -> None:
        """Five departments find nothing against anybody."""
        count = 13 + 5 + 8 + 3
        assert [deciding.no_objection(self.town, who) for who in DEPARTMENTS] == [count] * 5
        assert deciding.clear_ones_pass(self.town, "verify") == count

    # -- the leading group ---------------------------------------------------------------------------------------------
    def decided(self) -> None:
        """Everybody has the votes; the total of the sheets says who has one of the places, and who waits."""
        manager, page = self.town["manager0"], deciding.convened(self.town, "2026-11-20")
        self.meeting, form = page.url, page.form("/enter")
        votes: dict[str, Typed] = {}
        for ref in deciding.agenda(page):
            votes |= {f"{ref}.for": "3", f"{ref}.against": "0", f"{ref}.abstained": "0"}
        manager.hand_in(form, {"present": form.options("present"), **votes}, press="记入")
        page = deciding.ties_settled(self.town, self.meeting)
        page = manager.send(page.form("/final"), press="定稿")
        assert f"已定稿：{PLACES} 人通过，1 人候补" in page.text, page.text[:1500]

    # -- in public -----------------------------------------------------------------------------------------------------
    def shown_in_public(self) -> None:
        """Somebody objects to one of those whom the leading group chose, and is right."""
        self.notices.append(recognizing.published(self.town, WORDS))
        lines = [row for row in self.town.browser("reader").open(self.notices[0]).rows() if len(row) == 5]
        at = next(n for n, row in enumerate(lines) if row[-1] == "拔尖人才专项评价")
        recognizing.objected(self.town, "reader0", self.notices[0], at, "业绩材料与事实不符，有同事可以作证")
        (objection,) = recognizing.objections(self.town)
        assert "成立" in recognizing.settled(self.town, objection, "upheld", "业绩材料经核实不属实")

    def time_is_over(self) -> None:
        assert "公示" in self.town.browser("late reader").open(self.notices[-1], expect=410).text
        with self.town.app.app_context():
            for _ in range(3):
                clock.tick(datetime.now(UTC))

    def alternate_moves_up(self) -> None:
        manager = self.town["manager0"]
        form = manager.open(f"{self.meeting}/promote").form("/promote")
        manager.send(form, {"reason": "一人公示有异议成立，空出一个名额"}, press="递补")
        self.notices.append(recognizing.published(self.town, {**WORDS, "number": "永人才公示〔2026〕4号"}))

    # -- certificates --------------------------------------------------------------------------------------------------
    def certified(self) -> int:
        """Everybody's account is given by whoever filled; each certificate is verified by the code on its paper."""
        town = self.town
        fillers = [unit.name for unit in UNITS if unit not in (MOULD, SHOPS)]
        fillers += [one.key for one in self.story.way.numbers.values() if one.filled == "self"]
        count = sum(recognizing.provided(town, who, ACCOUNT, {}) for who in fillers)
        words = {"document": "永人才〔2026〕21号", "on": "2026-12-08", "difference": "一人异议成立，递补一人"}
        page = recognizing.issued(town, words)
        assert f"已发 {count} 人" in page.text, page.text[:1500]
        found, passer_by = recognizing.certificates(town), town.browser("passer-by")
        assert sorted(found) == [f"YNJC-2026-{n:04d}" for n in range(1, count + 1)]
        for number, address in found.items():
            page = passer_by.open(address)
            assert ("这张证书有效" in page.text, number in page.text) == (True, True)
        return len(found)
