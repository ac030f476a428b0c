"""Eighteen months of 百村千人, sitting by sitting: when the clock looks, when people come, and what they do then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tests.journeys import deciding
from tests.journeys.driver import Typed
from tests.journeys.villages_camps import DOUBTED, LOW, OBJECTED, Camps
from tests.journeys.villages_story import BARRED, NOT_LISTED, VOTED_DOWN
from tests.journeys.villages_town import PEOPLE, Somebody

STAY = (0, 1, 2, 3, 4, 6, 9, 10, 11, 24, 25, 26, 27)  # whom nobody elects in the first winter
ELECTED_LATER = (1, 4, 24, 26)
ENTRIES: Mapping[str, Sequence[tuple[int, str, str]]] = {
    "officer1": [
        *((0, "村集体增收", f"2027-01-{day}") for day in range(20, 25)),
        *((at, "入户走访", "2027-02-10") for at in (1, 2, OBJECTED, 4, DOUBTED)),
        *((LOW, "工作失误", f"2027-02-{day}") for day in range(10, 16)),
        (LOW, "有效投诉", "2027-02-18"),
    ],
    "officer3": [(at, "矛盾化解", "2027-02-11") for at in (24, 25, 26, 27)],
}


HOLIDAYS = """
2027-01-01 至 2027-01-03 休
2027-02-05 至 2027-02-11 休
2027-02-28 班
2027-05-01 至 2027-05-05 休
2027-10-01 至 2027-10-07 休
2028-01-01 至 2028-01-02 休
2028-01-25 至 2028-01-31 休
"""


def begun(camps: Camps) -> None:
    """The holidays of the years to come are published; everybody in the reserve has somebody who leads them on."""
    office = camps.town["programs"]
    page = office.open("/office/calendar")
    page = office.send(page.form(with_="先看会改什么"), {"days": HOLIDAYS})
    office.hand_in(page.form(with_="basis"), {"basis": "国办发明电〔2026〕9号"})
    camps.here = [at for at in range(PEOPLE) if at not in (NOT_LISTED, BARRED, VOTED_DOWN)]
    camps.found()
    camps.mentored()


def first_election(camps: Camps) -> None:
    camps.elected([at for at in camps.here if at not in STAY])


def first_quarter(camps: Camps) -> None:
    assert camps.assessed(1) == 2 * len(STAY)
    assert camps.logged() == 2 * len(STAY)
    assert camps.checked_anew() == len(STAY)
    assert camps.alerted() == 2
    camps.class_called("officer1", "officer0", date(2027, 2, 23))


def points(camps: Camps) -> None:
    """From the class and from a table, signed by the mentors; one entry is objected to and put right."""
    camps.class_held("officer1", away=(LOW, OBJECTED))
    camps.entered(ENTRIES)
    assert camps.agreed() == len(camps.pupils) + sum(map(len, ENTRIES.values()))
    camps.objected(OBJECTED, 1, "officer0")


def second_quarter(camps: Camps) -> None:
    """Three months of logs are late. One has been below the line twice: to be removed, and told so."""
    camps.written_late("officer1", 2, "visit", "2027-03-10")
    assert camps.agreed() == 1
    assert camps.assessed(2) == 2 * len(STAY)
    assert camps.logged() == 3 * 2 * len(STAY)
    assert camps.alerted() == 3
    camps.look()
    camps.recognition("district1", LOW, "remove", {"exit": "low_twice", "reason": "连续两季不合格，帮带无效"})
    camps.recognition("district0", LOW, "notify", {"alleged": "连续两季低于60分，拟出库"})


def one_leaves(camps: Camps) -> None:
    """Proposed by a second, confirmed by a third; others are elected; whoever stays has done the first camp."""
    camps.recognition("district1", LOW, "propose_revocation", {"reason": "连续两季低于60分，没有陈述"})
    camps.recognition("district2", LOW, "confirm_revocation", {"document": "锦组〔2027〕12号"})
    camps.here.remove(LOW)
    assert camps.logged() == 2 * 2 * len(camps.here)
    camps.elected(ELECTED_LATER)
    camps.tasks_done()
    camps.completed()
    camps.placed_somewhere()
    camps.alerted()


def checked_again(camps: Camps) -> None:
    """The court finds something about one, who is looked at by another of the district, and kept."""
    assert camps.assessed(3) == 3 * len(camps.here)
    camps.logged()
    grounds = {"basis": "（2027）执88号", "detail": "有一笔执行案件未履行"}
    deciding.objects(camps.town, "court0", camps.story.number_of(DOUBTED), grounds)
    assert camps.checked_anew(doubted) == len(camps.here)
    camps.recognition("district1", DOUBTED, "keep", {"reason": "已经履行完毕，法院出具证明"})
    camps.alerted()


def doubted(one: Somebody) -> Mapping[str, Typed]:
    return {"effect": "refuse", "reason": "法院有新情况"} if one.at == DOUBTED else {"effect": "pass"}


def late(camps: Camps) -> None:
    """The quarter stayed open past its last day, and the district heard of it."""
    assert camps.assessed(4) == 3 * len(camps.here)
    camps.logged()


def second_camp_ends(camps: Camps) -> None:
    for who in camps.units():
        assert camps.answered(who, "挂职试岗到期", lambda *_: {"note": "同意出营"}) > 0
    camps.logged()
    camps.completed()
    camps.alerted()


def fifth_quarter(camps: Camps) -> None:
    assert camps.assessed(5) == 3 * len(camps.here)
    camps.logged()
    assert camps.checked_anew() == len(camps.here)


def sixth_quarter(camps: Camps) -> None:
    assert camps.assessed(6) == 3 * len(camps.here)
    camps.logged()


def third_camp_ends(camps: Camps) -> None:
    camps.logged()
    camps.alerted()
    camps.completed()


@dataclass(frozen=True)
class Sitting:
    on: date
    happens: Callable[[Camps], None]
    looks: Sequence[date] = ()


YEARS = (
    Sitting(date(2026, 12, 8), begun),
    Sitting(date(2026, 12, 28), first_election, (date(2026, 12, 10),)),
    Sitting(date(2027, 1, 12), first_quarter, (date(2026, 12, 31), date(2027, 1, 8))),
    Sitting(date(2027, 2, 24), points, (date(2027, 1, 29), date(2027, 2, 8))),
    Sitting(date(2027, 4, 13), second_quarter, (date(2027, 3, 10), date(2027, 3, 31), date(2027, 4, 12))),
    Sitting(date(2027, 6, 2), one_leaves, (date(2027, 4, 30), date(2027, 5, 10), date(2027, 5, 31))),
    Sitting(date(2027, 7, 14), checked_again, (date(2027, 6, 10), date(2027, 6, 30), date(2027, 7, 9))),
    Sitting(date(2027, 10, 25), late, (date(2027, 8, 31), date(2027, 9, 30), date(2027, 10, 15), date(2027, 10, 20))),
    Sitting(date(2027, 12, 6), second_camp_ends, (date(2027, 11, 2), date(2027, 11, 29), date(2027, 11, 30))),
    Sitting(date(2028, 1, 13), fifth_quarter, (date(2027, 12, 10), date(2027, 12, 31), date(2028, 1, 10))),
    Sitting(date(2028, 4, 13), sixth_quarter, (date(2028, 3, 10), date(2028, 3, 31), date(2028, 4, 11))),
    Sitting(date(2028, 6, 8), third_camp_ends, (date(2028, 4, 28), date(2028, 5, 31))),
)
