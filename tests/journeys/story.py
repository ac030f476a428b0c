"""The first half of the story of a round of 时尚工程师认定: from an empty house to eligibility."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from models.organizations import Organization
from models.people import Person
from models.rounds import RoundNominator
from tests.journeys import applying, made_up
from tests.journeys.applying import Candidate, Desk, accepted, open_case, work_through
from tests.journeys.driver import Typed
from tests.journeys.made_up import Trainee, Unit
from tests.journeys.town import Town
from workflow.services import clock

SPOILT: Mapping[int, Mapping[int, str]] = {
    3: {1: "11010519900101003X"},
    40: {2: "不详"},
    77: {4: "没有这家公司"},
    101: {0: ""},
    240: {3: "12345"},
    333: {1: "110105199001019"},
    500: {1: ""},
    884: {4: "也没有这家"},
}
SEAL = made_up.paper("盖章的推荐表")
NEW_UNIT = Unit("云杉服饰工作室", "用人单位", made_up.credit_code(95), 60, "方远", "13700000095")


class Numbered(Protocol):
    """Somebody whose numbers no log may hold."""

    @property
    def at(self) -> int: ...
    @property
    def id_no(self) -> str: ...
    @property
    def phone(self) -> str: ...


def prepared(town: Town) -> list[Trainee]:
    town.founded()
    town.organizations_imported()
    everybody = made_up.trainees(town.employers)
    assert Counter(one.trade for one in everybody) == {"服装制版": 330, "工艺": 299, "新媒体营销": 256}
    assert town.trainees_imported(everybody, SPOILT) == (8, 8, 0)
    town.staffed()
    town.planned()
    return everybody


def candidates(town: Town, everybody: list[Trainee]) -> list[Candidate]:
    """Sixty on their own, twenty through the trainer, forty through their employer, who fills in half of these.

    The first employer puts forward three where it has two places; the second has as many as it needs.
    """
    by_unit = {unit.name: [one for one in everybody if one.employer == unit.name] for unit in town.employers}
    found: list[Candidate] = []
    for at, (unit, count) in enumerate(zip(town.employers, (3, 5, *[4] * 8, 0, 0), strict=True)):
        staff = by_unit[unit.name]
        mine = [staff[n * 29 % len(staff)] for n in range(12)]  # of all tracks
        found += [Candidate(mine[n], "employer", unit, "unit" if n % 2 else "self") for n in range(count)]
        found += [Candidate(mine[n], "self", unit) for n in range(5, 10)]
        found += [Candidate(mine[n], "trainer", unit) for n in range(10, 12 if at < 8 else 11)]
    return found


def nobody_twice(town: Town) -> None:
    with town.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 885


class Story:
    """What happens to whom; numbers by candidate, so that the end can be compared with what was told."""

    def __init__(self, town: Town, everybody: list[Trainee]) -> None:
        self.town = town
        self.all = candidates(town, everybody)
        self.numbers: dict[str, Candidate] = {}
        own = [one for one in self.all if one.channel == "self"]
        self.withdraws, self.lapses, self.refused = own[0], own[1], own[2]
        self.corrects = [own[3], own[4], next(one for one in self.all if one.channel == "trainer")]
        self.looked_at = next(one for one in own[5:] if one.track == "pattern")
        self.disputed = own[-1]
        self.third = [one for one in self.all if one.channel == "employer"][2]

    def number_of(self, one: Candidate) -> str:
        return next(number for number, each in self.numbers.items() if each == one)

    # -- applying ------------------------------------------------------------------------------------------------------
    def apply(self) -> None:
        town = self.town
        own = [one for one in self.all if one.filled == "self"]
        applying.register(town, own)
        newcomer = own[-1]
        town.unit_proposed(newcomer.key, NEW_UNIT)
        for one in own:
            changes: dict[str, Typed] = {"modeling": "no"} if one == self.looked_at else {}
            if one == newcomer:
                changes["employer"] = NEW_UNIT.name
            last = applying.fill(town, town[one.key], one, changes)
            self.numbers[applying.submit(town[one.key], last)] = one
        for at, one in enumerate(one for one in self.all if one.filled == "unit"):
            self.put_forward(one, objects=at == 0)
        assert (len(self.all), len(self.numbers)) == (120, 120)
        assert Counter(one.channel for one in self.all) == {"self": 60, "employer": 40, "trainer": 20}

    def put_forward(self, one: Candidate, objects: bool) -> None:
        """By the administrator of the employer; the person confirms by the link. One finds a mistake first."""
        office = self.town[one.employer.name]
        last = applying.fill(self.town, office, one, {"years": "45"} if objects else {})
        link = applying.hand_to(self.town, office, one, last)
        if objects:
            applying.object_to(self.town, one, link, "从业年限写错了，是 4.5 年")
            page = office.open(office.open("/apply").addresses(r"/apply/[\w-]{16}$")[0])
            while "years" not in page.forms[-1].names():
                page = office.open(page.addresses(r"/form/work")[0])
            office.send(page.form("/form/work"), {"years": "4.5"}, press="下一步")
            page = office.open(page.url.replace("/form/work", "/check"))
            link = applying.hand_to(self.town, office, one, page.form("/check"))
        self.numbers[applying.confirm(self.town, one, link)] = one

    # -- the employers -------------------------------------------------------------------------------------------------
    def employers_answer(self) -> None:
        town, answered = self.town, 0
        first = town.employers[0]
        for unit in [*town.employers, NEW_UNIT]:
            answered += len(work_through(town[unit.name], self.over_quota if unit is first else recommended))
        assert answered == 120
        page = town["programs"].open(f"/manage/rounds/{town.round}/nominators")
        assert [first.name in page.text, town.trainer.name in page.text] == [True, True]

    def over_quota(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        """The third of two places: the page says so in words and nothing happens; so it is refused, with the reason."""
        mine = [
            n for n, one in self.numbers.items() if one.channel == "employer" and one.employer == self.town.employers[0]
        ]
        if desk.number != sorted(mine)[-1]:
            return recommended(desk)
        browser = self.town[self.town.employers[0].name]
        page = browser.send(desk.panel, recommended(desk)[0], press="同意推荐", expect=422)
        assert "本单位的推荐名额已用完，不能再同意推荐" in page.text
        assert "同意推荐" in page.form("/act").value("record-opinion")
        self.third = self.numbers[desk.number]
        return {"reason": "推荐名额已经用完"}, "不予推荐"

    # -- the form check ------------------------------------------------------------------------------------------------
    def form_is_checked(self) -> None:
        town = self.town
        applying.withdraw(town, self.withdraws, "先去外地工作")
        checked = work_through(town["intake0"], self.form_check)
        assert len(checked) == 118
        assert work_through(town["intake1"], self.form_check) == []
        for one in self.corrects:
            applying.put_right(town, one, {"years": "5", "employment_proof": made_up.paper("新的劳动合同")})
        assert work_through(town["intake1"], self.form_check) == []  # they come back to whoever returned them
        assert sorted(work_through(town["intake0"], accepted)) == sorted(map(self.number_of, self.corrects))

    def form_check(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        one = self.numbers[desk.number]
        if one == self.refused:
            return {"reason": "申报类别与从事的工种不符"}, "不予受理"
        if one in (*self.corrects, self.lapses):
            flags = {
                "v.employment_proof": "flag",
                "c.employment_proof": "合同缺最后一页",
                "f.years": "与合同上的年限对不上",
            }
            return {**applying.all_right(desk), **flags}, "一次性退回补正"
        return accepted(desk)

    # -- eligibility ---------------------------------------------------------------------------------------------------
    def eligibility_is_judged(self) -> None:
        first, second = self.town["hr0"], self.town["hr1"]
        clear = applying.pass_the_clear_ones(first)
        assert clear == 115
        looked = work_through(first, self.judged)
        assert looked == [self.number_of(self.looked_at)]
        confirmed = work_through(second, self.second_look)
        assert len(confirmed) == 116
        page = open_case(first, self.number_of(self.disputed))
        assert "请再核对参保月数" in page.text
        assert work_through(first, self.judged) == [self.number_of(self.disputed)]
        assert work_through(second, confirms) == [self.number_of(self.disputed)]

    def judged(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        if self.numbers[desk.number] == self.looked_at:
            return {"r.E5": "meets", "rc.E5": "当面演示了三维建模"}, "合格"
        return {"note": "参保月数已与社保核对"}, "合格"

    def second_look(self, desk: Desk) -> tuple[Mapping[str, Typed], str]:
        if self.numbers[desk.number] == self.disputed:
            return {"reason": "请再核对参保月数"}, "不同意"
        return confirms(desk)

    # -- the end -------------------------------------------------------------------------------------------------------
    def time_passes(self) -> None:
        """The correction that nobody handed back lapses by itself."""
        assert statuses()["correcting", "formal"] == 1
        with self.town.app.app_context():
            clock.tick(datetime.now(UTC))
            clock.tick(datetime.now(UTC))

    def ends_as_told(self) -> None:
        assert statuses() == {
            ("open", "theory"): 116,
            ("refused", None): 2,
            ("withdrawn", None): 1,
            ("lapsed", None): 1,
        }
        assert ends() == {
            self.number_of(self.third): "refused",
            self.number_of(self.refused): "refused",
            self.number_of(self.withdraws): "withdrawn",
            self.number_of(self.lapses): "lapsed",
        }
        assert taken() == {
            unit.name: count for unit, count in zip(self.town.employers, (2, 5, *[4] * 8, 0, 0), strict=True)
        } | {self.town.trainer.name: 20}
        page = self.town["manager0"].open(f"/manage/rounds/{self.town.round}/applications")
        assert re.search(r"共 120 件", page.text)


def recommended(_desk: Desk) -> tuple[Mapping[str, Typed], str]:
    return {"record-opinion": "同意推荐", "record-seal": SEAL}, "同意推荐"


def confirms(_desk: Desk) -> tuple[Mapping[str, Typed], str]:
    return {}, "同意拟办意见"


def statuses() -> dict[tuple[str, str | None], int]:
    with reading() as session:
        rows = session.execute(select(ApplicationRow.status, ApplicationRow.stage_key)).all()
    return dict(Counter((str(status), stage) for status, stage in rows))


def ends() -> dict[str, str]:
    with reading() as session:
        rows = session.execute(
            select(ApplicationRow.number, ApplicationRow.status).where(ApplicationRow.status != "open")
        )
        return {str(number): str(status) for number, status in rows}


def taken() -> dict[str, int]:
    with reading() as session:
        rows = session.execute(
            select(Organization.name, RoundNominator.taken).join(
                Organization, Organization.id == RoundNominator.organization_id
            )
        )
        return {str(name): int(count) for name, count in rows}


def clean(town: Town, everybody: Sequence[Numbered], log: str, other: Mapping[int, int], cases: int) -> None:
    """The records hold, every page but the named others was one, no number stands in the log."""
    assert re.search(r"\d+ chains, \d+ events, 0 broken", town.command("audit", "verify"))
    assert town.command("audit", "replay") == f"{cases} cases replayed, 0 differences\n"
    assert Counter(seen.status for seen in town.seen if seen.status not in (200, 303)) == other
    assert log.count('"event": "request"') >= len(town.seen)
    numbers = set(re.findall(r"(?=(\d{17}[\dX]))", log)) | set(re.findall(r"(?=(1\d{10}))", log))
    assert [one.at for one in everybody if one.id_no in numbers or one.phone in numbers] == []
