"""锦澜 with its townships and villages, who has a part in 百村千人, and forty people who know nothing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.domain.programs import text
from tests.journeys import made_up
from tests.journeys.driver import Typed
from tests.journeys.town import Town
from tests.services.sheets import id_number, sheet

CHANGES: Sequence[tuple[str, str]] = (
    (
        "\nduties:\n",
        "\nsessions:\n  class: {name: 集中培训, by: town_officer, gives: study, absence: absent}\n\nduties:\n",
    ),
)
"""The townships hold classes for the camps: who was there gains what a day of study is worth, who stayed away loses."""

DISTRICT = ("锦澜区", "区", "", "330102")
TOWNS = ("栖山镇", "白堰镇")
VILLAGES: Mapping[str, Sequence[str]] = {
    "栖山镇": ("青岚村", "石埠村", "梅坞村", "松岭村"),
    "白堰镇": ("云溪村", "竹里村", "花桥村"),
}
PLACES: Mapping[str, str] = {
    town: f"33010200{at}" for at, town in enumerate(TOWNS, start=1)
} | {
    village: f"33010200{at}{201 + n}"
    for at, town in enumerate(TOWNS, start=1)
    for n, village in enumerate(VILLAGES[town])
}  # fmt: skip
DEPARTMENTS = ("discipline", "police", "court", "petition", "health", "land", "market", "civil")  # and each town's own
OFFICE: Mapping[str, Sequence[str]] = {
    "town_officer": ("officer0", "officer1", "officer2", "officer3"),
    "town_party": tuple(f"party{n}" for n in range(6)),
    "town_head": ("head0", "head1"),
    "village_team_head": ("team0", "team1"),
    "justice": ("justice0", "justice1"),
    "tutor": ("tutor0", "tutor1", "tutor2", "tutor3"),
    "trial_unit": ("unit0", "unit1"),
    "district": ("district0", "district1", "district2"),
    **{role: (f"{role}0",) for role in DEPARTMENTS},
    "supervisor": ("supervisor0",),
}
BY_TOWN = ("town_officer", "town_party", "town_head", "village_team_head", "justice")
STAYS: Mapping[str, str] = {"unit0": "青岚村", "unit1": "云溪村"}  # where somebody may be placed
CHANNELS = {"org": "组织推荐", "mass": "群众举荐", "self": "个人自荐"}
TRACKS = {"home": "在家能人", "away": "在外人才"}
GAPS = ("主职缺配", "其他两委缺配", "正常储备", "正常储备")
POSITIONS = ("党务村务工作", "村庄经营公司", "网格治理", "农文旅运营", "电商助农")
PEOPLE = 40


def with_classes(folder: Path) -> Path:
    source = text("hundred_villages")
    for old, new in CHANGES:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    made = folder / "hundred_villages.yaml"
    made.write_text(source, "utf-8")
    return made


@dataclass(frozen=True)
class Somebody:
    """Put forward by the officers of a township; `at` says everything else."""

    at: int

    @property
    def name(self) -> str:
        return made_up.name(300 + self.at)

    @property
    def id_no(self) -> str:
        return id_number(self.at * 31 + 7)

    @property
    def phone(self) -> str:
        return f"138{self.at:08d}"

    @property
    def gender(self) -> str:
        return "男" if int(self.id_no[16]) % 2 else "女"

    @property
    def town(self) -> int:
        return 0 if self.at < 24 else 1

    @property
    def village(self) -> str:
        mine = VILLAGES[TOWNS[self.town]]
        return mine[self.at % len(mine)]

    @property
    def channel(self) -> str:
        return tuple(CHANNELS)[self.at % 3]

    @property
    def track(self) -> str:
        return tuple(TRACKS)[self.at % 2]

    @property
    def gap(self) -> str:
        return GAPS[self.at % 4]

    @property
    def education(self) -> str:
        return "初中及以下" if self.at == 2 else "大专"

    def answers(self) -> dict[str, Typed]:
        code = PLACES[self.village]
        return {
            "name": self.name,
            "id_no": self.id_no,
            "gender": self.gender,
            "mobile": self.phone,
            "village": (code[:9], code),
            "politics": "中共党员",
            "education": self.education,
            "current": "在外经营苗木",
            "position": POSITIONS[self.at % len(POSITIONS)],
            "gap": self.gap,
            "will": "强",
            "recommend": made_up.paper("推荐意见"),
            "talk": made_up.paper("谈话记录"),
        }


class Villages(Town):
    def __init__(self, app: Flask) -> None:
        super().__init__(app, OFFICE, ())
        self.people = [Somebody(at) for at in range(PEOPLE)]

    def prepared(self, folder: Path) -> None:
        """The program published, places registered, everybody of the offices in; the round is open all the year."""
        self.founded(with_classes(folder))
        self.places_registered()
        self.staffed()
        self.round_planned("百村千人", closes_on="")
        self.bound_by_list([(role, who, self.seat(role, who)) for role, all_ in OFFICE.items() for who in all_])
        self.opened()

    def staffed(self) -> None:
        """Everybody of the offices can be written to."""
        for who in [one for all_ in self.staff.values() for one in all_]:
            self.account_invited(who, who, email=f"{who}@jinlan.example")

    def places_registered(self) -> None:
        towns = [(town, "镇街", DISTRICT[0], PLACES[town]) for town in TOWNS]
        villages = [(one, "村", town, PLACES[one]) for town, all_ in VILLAGES.items() for one in all_]
        rows = [DISTRICT, *towns, *villages]
        header = ("单位名称", "类型", "上级单位", "地区代码")
        page = self.upload("sysadmin", "/office/organizations/list", "区镇村", sheet(header, *rows))
        assert f"{len(rows)} 行里有 0 行要改" in page.text, page.text[:1500]
        self.run("sysadmin")

    @staticmethod
    def seat(role: str, who: str) -> str:
        """The organization through which somebody holds a role: half of a town's people are the first town's."""
        if role in BY_TOWN:
            mine = OFFICE[role]
            return TOWNS[mine.index(who) * len(TOWNS) // len(mine)]
        return STAYS.get(who, "")

    def of_town(self, role: str, town: int) -> list[str]:
        return [who for who in OFFICE[role] if self.seat(role, who) == TOWNS[town]]
