"""The story of a round of 永宁骏才: who is authorized, who is put forward in six ways, and what becomes of them."""

from collections.abc import Mapping, Sequence

from tests.journeys import applying, recognizing
from tests.journeys.applying import Desk, accepted, all_right, at_desk, number_on, panel_of, waiting, work_through
from tests.journeys.driver import Typed
from tests.journeys.made_up import Unit
from tests.journeys.nominating import Nominating
from tests.journeys.yongning_town import BUREAU, FORGE, MOULD, SHOPS, TRADE, WORKS, Enterprise, Faces, Yongning, sealed

MINUTES = sealed("评选会议纪要")
AUTHORIZED: Mapping[Unit, tuple[str, int]] = {
    WORKS: ("self_evaluation", 3),
    FORGE: ("self_evaluation", 6),
    TRADE: ("enterprise_recognition", 4),
}
ADMITTED = (
    ("own", WORKS),
    ("own", FORGE),
    ("enterprise", TRADE),
    ("peers", WORKS),
    ("peers", TRADE),
    ("bureau", BUREAU),
)
PUT_FORWARD: Sequence[tuple[Unit, str, Unit | None, int]] = (
    (WORKS, "own", None, 5),
    (FORGE, "own", None, 15),
    (TRADE, "enterprise", None, 5),
    (WORKS, "peers", MOULD, 8),
    (TRADE, "peers", MOULD, 5),
    (TRADE, "peers", SHOPS, 3),
    (BUREAU, "bureau", BUREAU, 6),
)
LIMITS = {"enterprise": 4, "bureau": 5}  # places that are taken when the person says yes; one more is tried
GROUNDS = ["负面清单命中", "程序违反备案方案", "材料造假"]


class Story:
    def __init__(self, town: Yongning) -> None:
        self.town = town
        self.faces = Faces()
        self.way = Nominating(town)
        self.chosen_ones: dict[str, list[str]] = {}

    # -- the enterprises -----------------------------------------------------------------------------------------------
    def authorized(self) -> None:
        """Each files its scheme; one signs with the places, another confirms, a third gives the certificate."""
        town = self.town
        places: dict[str, int] = {}
        for unit, (track, count) in AUTHORIZED.items():
            one = Enterprise(self.faces(unit), track, unit)
            browser = town[unit.name]
            places[number_on(browser.send(applying.fill(town, browser, one), press="提交申报"))] = count

        def agreed(desk: Desk) -> tuple[Mapping[str, Typed], str]:
            looked = {name: "meets" for name in desk.panel.names() if name == "r.A1"}
            return {**all_right(desk), **looked, "record-places": str(places[desk.number])}, "同意备案"

        assert sorted(work_through(town["manager0"], agreed, "授权与方案备案")) == sorted(places)
        assert sorted(work_through(town["manager1"], lambda _: ({}, "同意拟办意见"), "授权与方案备案")) == sorted(
            places
        )
        said = {"document": "永人才办〔2026〕3号", "on": "2026-11-20"}
        assert "已发 3 人" in recognizing.issued(town, said).text
        assert sorted(recognizing.certificates(town)) == [f"YNQ-2026-00{n}" for n in (1, 2, 3)]

    def put_forward(self) -> None:
        """One by one and from tables; the trade's and the bureau's people, too; others for themselves."""
        way, people = self.way, self.faces.nominees
        for unit, channel, by, count in PUT_FORWARD:
            some = people(count, channel, unit, by)
            begun = {each.channel for each in way.numbers.values()}
            first = [one for one in some if channel not in begun][: len({one.track for one in some})]
            way.by_form(unit, first)
            places = LIMITS.get(channel)
            rest = [one for one in some if one not in first]
            way.by_table(unit, channel, rest, None if places is None else places - len(first))
        for channel, count in (("top", 8), ("other", 7)):
            way.by_themselves(people(count, channel, WORKS))
        assert len(way.numbers) == 60

    # -- what the enterprises choose by themselves ---------------------------------------------------------------------
    def chosen(self) -> None:
        """Each enterprise's own panel, up to the places that its certificate says; then the page says no in words."""
        for who, unit, channel, places, count in (
            ("panel0", WORKS, "own", 3, 5),
            ("panel1", FORGE, "own", 6, 15),
            ("panel2", TRADE, "enterprise", 4, 4),
        ):
            panel = Panel(self.town, who, places)
            assert len(work_through(self.town[who], panel.chooses)) == count
            assert (len(panel.taken), panel.refused) == (places, count - places)
            assert "名额还剩 0" in self.town[unit.name].open("/nominate").text
            self.chosen_ones[channel] = self.chosen_ones.get(channel, []) + panel.taken

    def accepted(self) -> None:
        """The office looks at the form alone. What an enterprise recognized it may refuse for three reasons only."""
        manager = self.town["manager0"]
        assert len(work_through(manager, accepted, "形式审查")) >= 9
        done = work_through(manager, self.limited, "形式审查（政府认账）")
        assert sorted(done) == sorted(self.chosen_ones["enterprise"])

    def limited(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        assert acts(desk) == {"pass", "refuse", "return"}
        if desk.number != max(self.chosen_ones["enterprise"]):
            return all_right(desk), "认账"
        assert [one for one in desk.panel.options("ground") if one] == GROUNDS
        browser = self.town["manager0"]
        page = browser.send(desk.panel, {"reason": "水平不够"}, press="不予认账", expect=422)
        assert "这里只能因下列情形不予通过" in page.text
        return {"ground": GROUNDS[2], "reason": "业绩证明系伪造"}, "不予认账"

    # -- samples -------------------------------------------------------------------------------------------------------
    def sampled(self) -> None:
        """Three of each enterprise are looked at. One of the second fails, and the whole enterprise stands still."""
        manager, board = self.town["manager0"], f"/manage/rounds/{self.town.round}/sampling"
        for _ in range(2):
            manager.send(manager.open(board).form(with_="抽取"))
        assert manager.page.text.count("中抽中 3 人") == 2
        assert "种子" in manager.page.text
        looker = self.town["supervisor0"]
        rows = waiting(looker, "抽查")
        assert len(rows) == 6
        failed = next(row for row in rows if self.way.numbers[row.number].employer == FORGE)
        desk = at_desk(looker, failed, panel_of)
        assert acts(desk) == {"pass", "refuse"}
        looker.send(desk.panel, {"reason": "业绩材料与台账不符"}, press="不合格")
        self.stands_still(board)
        assert len(work_through(looker, lambda _: ({}, "合格"), "抽查")) == 5

    def stands_still(self, board: str) -> None:
        """All that the enterprise has under way; nobody new comes from it, until the office sees it put right."""
        manager, boss = self.town["manager0"], self.town[FORGE.name]
        page = manager.open(board)
        assert "抽查不合格。停表 5 件" in page.text, page.text[:1500]
        assert "抽查不合格，暂停推荐" in boss.open("/nominate").text
        boss.open(f"/apply/rounds/{self.town.round}")
        form = boss.page.form(with_="way")
        page = boss.send(form, {"way": "own@another", "track": "pillar"}, expect=422)
        assert "抽查不合格，暂停推荐" in page.text
        page = manager.open(board)
        page = manager.send(page.form("/release"), {"basis": "已整改，材料逐件复核"}, press="恢复办理")
        assert "已恢复这个单位，5 件恢复办理" in page.text


def acts(desk: Desk) -> set[str]:
    """What may be done at this desk; a conclusion that is only noted decides nothing."""
    return {each.value for each in desk.panel.buttons if each.name == "act"} - {"judge"}


class Panel:
    """An enterprise's own panel of some places."""

    def __init__(self, town: Yongning, who: str, places: int) -> None:
        self.town, self.who, self.places = town, who, places
        self.taken: list[str] = []
        self.refused = 0

    def chooses(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        minutes = {"record-minutes": MINUTES, "record-internal_notice": MINUTES}
        assert acts(desk) == {"pass", "refuse"}
        if len(self.taken) < self.places:
            self.taken.append(desk.number)
            return minutes, "入选"
        if not self.refused:
            page = self.town[self.who].send(desk.panel, minutes, press="入选", expect=422)
            assert "名额已用完" in page.text, page.text[:2000]
        self.refused += 1
        return {"reason": "名额已经用完"}, "落选"
