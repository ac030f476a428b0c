"""永宁 with everybody who has a part in 永宁骏才: three enterprises, two associations, a bureau, the office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.domain.programs import text
from tests.journeys import made_up
from tests.journeys.applying import Applicant
from tests.journeys.driver import File, Typed
from tests.journeys.made_up import Trainee, Unit, credit_code
from tests.journeys.town import Town
from tests.services.sheets import id_number

CHANGES: Sequence[tuple[str, str]] = (
    ("quota:\n  total: 100 ", "quota:\n  total: 41 "),  # as many as come through: the last one takes the last place
    ("alternates: 10%", "alternates: 1"),
    ("places: 20 ", "places: 5 "),  # of the top ones: where the leading group draws its line
    ("by: assoc_jury, raters: 9, combine: trimmed,", "by: assoc_jury, raters: 3, combine: mean,"),
    ("raters: 5, choose: draw, blind: true, combine: trimmed,", "raters: 3, choose: draw, blind: true, combine: mean,"),
)
OFFICE: Mapping[str, Sequence[str]] = {
    "manager": ("manager0", "manager1", "manager2"),
    "supervisor": ("supervisor0",),
    "visitor": ("visitor0", "visitor1"),
    "hr": ("hr0",),
    "police": ("police0",),
    "market": ("market0",),
    "tax": ("tax0",),
    "credit": ("credit0",),
    "expert": ("expert0", "expert1", "expert2", "expert3"),
    "leaders": ("leader0", "leader1", "leader2"),
}
DEPARTMENTS = ("hr0", "police0", "market0", "tax0", "credit0")
WORKS = Unit("永宁精密模具有限公司", "用人单位", credit_code(1), 120, "林知夏", "13700000001")
FORGE = Unit("甬江锻造有限公司", "用人单位", credit_code(2), 620, "何听澜", "13700000002")
TRADE = Unit("海曙跨境电商有限公司", "用人单位", credit_code(3), 80, "陆望津", "13700000003")
MOULD = Unit("区模具行业协会", "协会", credit_code(4), 0, "孟长亭", "13700000004")
SHOPS = Unit("区电子商务协会", "协会", credit_code(5), 0, "商听雨", "13700000005")
BUREAU = Unit("区经信局", "部门", credit_code(6), 0, "费松年", "13700000006")
UNITS = (WORKS, FORGE, TRADE, MOULD, SHOPS, BUREAU)
OF_UNITS: Mapping[str, tuple[str, Unit]] = {
    "panel0": ("org_panel", WORKS),
    "panel1": ("org_panel", FORGE),
    "panel2": ("org_panel", TRADE),
    **{f"mould{n}": ("assoc_jury", MOULD) for n in range(3)},
    **{f"shops{n}": ("assoc_jury", SHOPS) for n in range(3)},
}
BOSSES: Mapping[Unit, str] = {
    WORKS: "employer_admin",
    FORGE: "employer_admin",
    TRADE: "employer_admin",
    MOULD: "association",
    SHOPS: "association",
    BUREAU: "bureau",
}
TRACKS = ("pillar", "special", "emerging")
TRACK_NAMES = {"pillar": "支柱产业", "special": "特色产业", "emerging": "新兴领域"}
PAPER = made_up.png("证明", 7)


def scarce(folder: Path) -> Path:
    """永宁骏才 with few places and small panels, as a file to be published."""
    source = text("yongning_juncai")
    for old, new in CHANGES:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    made = folder / "yongning_juncai.yaml"
    made.write_text(source, "utf-8")
    return made


class Yongning(Town):
    def __init__(self, app: Flask) -> None:
        super().__init__(app, OFFICE, UNITS)
        self.rounds: dict[str, str] = {}

    def prepared(self, folder: Path) -> None:
        """Both programs published; units and people come in; the round of the authorizations is open."""
        self.founded(self.source("yongning_enterprise"), scarce(folder))
        self.organizations_imported()
        self.staffed()
        for login, (_, unit) in OF_UNITS.items():
            self.account_invited(login, login, organization=unit.code)
        self.rounds["enterprise"] = self.round_planned("永宁骏才授权企业备案", closes_on="")
        self.bound_by_list([("manager", login, "") for login in OFFICE["manager"]])
        self.opened()

    def nominating_opened(self, admitted: Sequence[tuple[str, Unit]]) -> None:
        """The round of the nominations: who does what, for whom, and who may put people forward."""
        self.rounds["juncai"] = self.round_planned("永宁骏才评价")
        office = [(role, login, "") for role, logins in OFFICE.items() for login in logins]
        members = [(role, login, unit.code) for login, (role, unit) in OF_UNITS.items()]
        self.bound_by_list([*office, *members, *((role, unit.phone, unit.code) for unit, role in BOSSES.items())])
        for channel, unit in admitted:
            assert "列入" in self.admitted(channel, unit).text
        self.opened()

    @staticmethod
    def source(name: str) -> Path:
        return Path(__file__).resolve().parents[2] / "programs" / f"{name}.yaml"


class Enterprise(Applicant):
    """A unit that applies for itself. `channel`: the track that it wants to be authorized for."""

    @property
    def track(self) -> str:
        return self.channel

    @property
    def way(self) -> str:
        return "self"

    def answers(self, town: Town) -> dict[str, Typed]:
        rows = {f"panel-{n}-name": name for n, name in enumerate(("姚思远", "辛若水", "柳长青"))}
        return {
            "org_name": self.employer.name,
            "credit_code": self.employer.code,
            "staff": str(self.employer.number),
            "rd_rate": "4.5",
            "rd_staff": "18",
            "growth": "12",
            "scheme_file": made_up.paper("企业评价方案"),
            "weights-0-item": "技能",
            "weights-0-weight": "60",
            "weights-1-item": "实绩",
            "weights-1-weight": "40",
            **rows,
            **{f"panel-{n}-post": "总工" for n in range(3)},
            "procedure": "评选小组过半数同意，内部公示5个工作日。",
        }


@dataclass(frozen=True)
class Nominee(Applicant):
    """`by`: the association or bureau that the nomination goes through, where it goes through one."""

    by: Unit | None = None

    @property
    def track(self) -> str:
        return TRACKS[self.person.at % 3]

    def answers(self, town: Town) -> dict[str, Typed]:
        person = self.person
        before, now = ("91.5", "98.2"), ("30", "21")
        return {
            "name": person.name,
            "id_type": "居民身份证",
            "id_no": person.id_no,
            "gender": person.gender,
            "mobile": person.phone,
            "employer": self.employer.name,
            "recommender": self.by.name if self.by else "",
            "business_place": ("33", "3302", "330203"),
            "occupation": "模具制造",
            "local_months": "36",
            "skill-0-skill": "微米级抛光",
            "skill-0-scene": "光学模具",
            "skill-0-effect": "良率提高",
            "deed-0-index": "良率",
            "deed-0-before": before[0],
            "deed-0-now": before[1],
            "deed-0-part": "主要负责",
            "deed-0-proof": PAPER,
            "deed-1-index": "交付天数",
            "deed-1-before": now[0],
            "deed-1-now": now[1],
            "deed-1-part": "参与",
            "deed-1-proof": PAPER,
            "salary": "32.5",
            "evidence": PAPER,
            "reason": "技艺精湛，" * 50,
            "truth": "yes",
        }


class Faces:
    """People who do not exist, each another one."""

    def __init__(self) -> None:
        self.made: list[Trainee] = []

    def __call__(self, unit: Unit) -> Trainee:
        at = len(self.made)
        one = Trainee(at, made_up.name(at), id_number(at * 31), f"139{at:08d}", "", unit.name)
        self.made.append(one)
        return one

    def nominees(self, count: int, channel: str, unit: Unit, by: Unit | None = None) -> list[Nominee]:
        filled = "self" if channel in ("top", "other") else "unit"
        return [Nominee(self(unit), channel, unit, filled, by) for _ in range(count)]


def sealed(title: str) -> File:
    return made_up.paper(title)
