"""The second half of the story of a round: from the theory test to certificates, and one of them taken back."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.journeys import applying, deciding, judging, recognizing
from tests.journeys.applying import Desk
from tests.journeys.driver import Typed
from tests.journeys.story import Story
from tests.journeys.town import Town
from workflow.services import clock

PLACES, FLOOR, ALTERNATES = 80, 10, 8
ACCOUNT = "6222021001116245705"


class Verdicts:
    """Who gets which points is told by the order of the numbers; everything else is read from the pages."""

    def __init__(self, story: Story) -> None:
        self.town: Town = story.town
        self.story = story
        self.order = {number: at for at, number in enumerate(sorted(story.numbers))}
        self.rated, self.cleared = 112, 107
        self.totals: dict[str, str] = {}  # by number, of the sheet that was counted last
        self.meeting = ""
        self.notices: list[str] = []
        self.certificates: dict[str, str] = {}  # number of the certificate -> where it is verified

    # -- sheets --------------------------------------------------------------------------------------------------------
    def theory(self) -> None:
        """From a table; four fail."""
        brought = judging.results_brought(self.town, self.town.trainer.name, "theory", "卷面成绩", self.exam)
        assert brought == 116
        assert judging.counted(self.town, "theory") == 112
        self.redone("theory", 116, fail=4)

    def exam(self, number: str) -> str:
        at = self.order[number]
        return "45" if at % 30 == 7 else str(65 + at % 30)

    def practical(self) -> None:
        """By two examiners each; the sheet is full only after the experts."""
        for more in range(2):
            assert judging.rate_through(self.town[f"examiner{more}"], self.skill(more)) == 112
        assert judging.counted(self.town, "practical") == 112
        self.redone("practical", 112, fail=0)

    def skill(self, more: int) -> judging.Rate:
        def rate(desk: Desk) -> Mapping[str, Typed]:
            at = self.order[desk.number]
            return judging.all_at(62 if at % 24 == 5 else 74 + at * 7 % 19 + more)(desk)

        return rate

    def experts(self) -> None:
        """Five of seven, drawn for each case; nobody knows whose it is."""
        judging.seats_drawn(self.town, "expert")
        done = [judging.rate_through(self.town[f"expert{n}"], judging.all_at(82 + n)) for n in range(7)]
        assert sum(done) == 112 * 5
        assert max(done) - min(done) <= 1, f"drawn unevenly: {done}"
        assert judging.counted(self.town, "expert") == 108
        self.redone("expert", 112, fail=4)

    def redone(self, stage: str, cases: int, fail: int) -> None:
        """Each total is redone from the figures on its page; who is below the line is closed there, one by one."""
        manager, closed, totals = self.town["manager0"], 0, dict[str, str]()
        for url in judging.cases_on_board(self.town, stage):
            page = manager.open(url)
            totals[applying.number_on(page)] = judging.redo(page)
            form = judging.closing(page)
            if form is not None:
                manager.send(form, press="收分：不通过")
                closed += 1
        assert (len(totals), closed) == (cases, fail)
        self.totals = totals

    # -- departments ---------------------------------------------------------------------------------------------------
    def joint(self) -> None:
        """The police object to one; everybody else is cleared by all four, each list confirmed by name."""
        barred = applying.number_on(self.town["police0"].open("/review/joint"))
        grounds = {"basis": "公（治）行罚决字〔2026〕88号", "detail": "2026 年 3 月因殴打他人被行政拘留"}
        deciding.objects(self.town, "police0", barred, grounds)
        answered = [deciding.no_objection(self.town, who) for who in deciding.DEPARTMENTS]
        assert answered == [108, 107, 108, 108]
        assert deciding.clear_ones_pass(self.town) == self.cleared
        deciding.refused(self.town, barred, "有行政处罚，不符合办法第四条")

    # -- the meeting ---------------------------------------------------------------------------------------------------
    def meets(self) -> None:
        """Nine members, one of whom leaves the room for one case; eighty places, ten at least of each track."""
        manager = self.town["manager0"]
        page = deciding.convened(self.town, "2026-11-30")
        self.meeting = page.url
        refs = deciding.agenda(page)
        assert len(refs) == self.cleared
        left = refs[3]
        one = manager.open(f"{self.meeting}/cases/{left}").form(with_="recused")
        manager.hand_in(one, {"recused": [one.options("recused")[0]]}, press="记入这一件")
        form = manager.open(self.meeting).form("/enter")
        assert len(form.options("present")) == 9
        votes: dict[str, Typed] = {}
        for ref in refs:
            in_the_room = 8 if ref == left else 9
            votes |= {f"{ref}.for": str(in_the_room - 1), f"{ref}.against": "1", f"{ref}.abstained": "0"}
        manager.hand_in(form, {"present": form.options("present"), **votes}, press="记入")
        page = deciding.ties_settled(self.town, self.meeting)
        assert "还不能定稿" not in page.text, page.text[:2500]
        page = manager.send(page.form("/final"), press="定稿")
        assert f"已定稿：{PLACES} 人通过，{ALTERNATES} 人候补" in page.text, page.text[:1500]
        deciding.counted_again(page, self.totals, PLACES, FLOOR, ALTERNATES)
        self.made_known()

    def made_known(self) -> None:
        """Nobody outside knows anything of points or votes until both are published."""
        assert judging.made_known(self.town, "expert") == self.rated
        manager = self.town["manager0"]
        page = manager.send(manager.open(self.meeting).form("/publish"))
        assert f"已公布 {self.cleared} 件" in page.text, page.text[:600]

    # -- in public -----------------------------------------------------------------------------------------------------
    def shown_in_public(self) -> None:
        """Two people object, each to one name; one objection holds."""
        self.notices.append(recognizing.published(self.town, WORDS))
        recognizing.objected(self.town, "reader0", self.notices[0], 0, "业绩材料与事实不符，有同事可以作证")
        recognizing.objected(self.town, "reader1", self.notices[0], 5, "听说已经不在本区上班")
        first, second = recognizing.objections(self.town)
        assert "成立" in recognizing.settled(self.town, first, "upheld", "业绩材料经核实不属实")
        assert "不成立" in recognizing.settled(self.town, second, "rejected", "社保和考勤都在本区")

    def time_is_over(self) -> None:
        """The days are over: the page shows nobody any more, and whoever is not frozen moves on."""
        reader = self.town.browser("late reader")
        assert "公示" in reader.open(self.notices[-1], expect=410).text
        with self.town.app.app_context():
            for _ in range(3):
                clock.tick(datetime.now(UTC))

    def alternate_moves_up(self) -> None:
        """One place is free; who takes it is shown in a notice of their own."""
        manager = self.town["manager0"]
        form = manager.open(f"{self.meeting}/promote").form("/promote")
        manager.send(form, {"reason": "一人公示有异议成立，空出一个名额"}, press="递补")
        self.notices.append(recognizing.published(self.town, {**WORDS, "number": "锦人才公示〔2026〕4号"}))
        assert self.notices[0] != self.notices[1]

    # -- certificates --------------------------------------------------------------------------------------------------
    def issued(self) -> None:
        """Everybody gives the account that is only asked for now; the list is compared with what was shown."""
        people = [unit.name for unit in self.town.units]
        people += [one.key for one in self.story.all if one.filled == "self"]
        assert sum(recognizing.provided(self.town, who, ACCOUNT, self.totals) for who in people) == PLACES
        words = {"document": "锦人才〔2026〕21号", "on": "2026-12-12", "difference": "一人异议成立，递补一人"}
        page = recognizing.issued(self.town, words)
        assert f"已发 {PLACES} 人" in page.text, page.text[:1500]
        self.certificates = recognizing.certificates(self.town)
        assert len(self.certificates) == PLACES
        series = Counter(number.rsplit("-", 1)[0] for number in self.certificates)
        for start, count in series.items():
            assert {f"{start}-{n:04d}" for n in range(1, count + 1)} <= set(self.certificates)
        assert sum(1 for count in series.values() if count >= 10) == 3

    def verified(self) -> None:
        """Anybody, by the address that the code on the paper leads to."""
        passer_by = self.town.browser("passer-by")
        for number, address in self.certificates.items():
            page = passer_by.open(address)
            assert ("这张证书有效" in page.text, number in page.text) == (True, True)

    def heard(self) -> None:
        """One opens the case and tells the person what they are accused of."""
        recognizing.heard(self.town, min(self.certificates))

    def revoked(self) -> None:
        """The person had their days to speak: proposed by a second, confirmed by a third."""
        number, address = min(self.certificates.items())
        recognizing.taken_back(self.town, number, "锦人才〔2026〕30号")
        assert "这张证书已撤销" in self.town.browser("doubter").open(address).text


WORDS: Mapping[str, Typed] = {
    "number": "锦人才公示〔2026〕3号",
    "contact": "区人才办，电话 0571-88000000；监督电话 0571-88000001",
}
