"""An administrator who knows no YAML builds 西湖工匠 by the pages alone, publishes it, and it plays to its end."""

import re
from datetime import datetime

import pytest
from flask import Flask

from tests.journeys.driver import Browser, Form, Page, Typed
from tests.services.houses import PASSWORD, account
from tests.web.town import give_passwords
from workflow.domain.actor import Office
from workflow.domain.calendar import official
from workflow.domain.dryrun import try_out
from workflow.services import programs
from workflow.services.studio import checking

pytestmark = pytest.mark.once


class Builder:
    """Presses and types only what the pages show."""

    def __init__(self, app: Flask) -> None:
        self.browser = Browser(app, "builder")
        self.browser.send(self.browser.open("/login").form("/login"), {"login": "builder", "password": PASSWORD})
        page = self.browser.open("/studio/new")
        typed = {"source": "nothing", "name": "西湖工匠", "key": "west_lake"}
        page = self.browser.send(page.form("/new"), typed)
        self.ref = page.url.split("/studio/")[1].split("?")[0]

    def open(self, at: str) -> Page:
        return self.browser.open(f"/studio/{self.ref}?at={at}")

    def paper(self) -> Form:
        return next(form for form in self.browser.page.forms if form.id == "paper")

    def set(self, at: str, **typed: Typed) -> None:
        """`name_zh` is the control `p.name~zh`, `nominator__role` is `p.nominator.role`."""
        self.open(at)
        names = {f"p.{word.replace('__', '.').replace('_', '~', 1)}": value for word, value in typed.items()}
        self.browser.send(self.paper(), names)

    def add(self, section: str, name: str, kind: str = "", near: str = "") -> str:
        """Adds an entry where its section is shown; its key."""
        tab = TAB[section.partition("/")[0]]
        page = self.open(near) if near else self.browser.open(f"/studio/{self.ref}?tab={tab}")
        typed = {f"name:{section}": name, **({f"kind:{section}": kind} if kind else {})}
        form = page.form("/act", with_=f"name:{section}")
        page = self.browser.send(form, typed, press="加")
        found = re.search(r"(?:at=[^&]*?|/sheet/)([A-Za-z0-9_]+)(?:&|$)", page.url)
        assert found, page.url
        return found[1]

    def criteria(self, sheet: str, *named: tuple[str, str]) -> None:
        self.browser.open(f"/studio/{self.ref}/sheet/{sheet}")
        for name, _ in named:
            self.browser.send(self.paper(), {"new_name": name}, press="加一个指标")
        typed: dict[str, Typed] = {}
        for at, (_, weight) in enumerate(named, start=1):
            typed |= {f"c-criterion_{at}-weight": weight}
            typed |= {f"c-criterion_{at}-l0": "样样到位", f"c-criterion_{at}-l1": "还有欠缺"}
        self.browser.send(self.paper(), typed, press="存好这张表")


TAB = {
    "tracks": "channels", "channels": "channels", "roles": "basics", "form": "form", "stages": "stages",
    "eligibility": "eligibility", "scoring": "scoring",
}  # fmt: skip


def test_a_program_is_built_from_nothing_and_published(app: Flask, database: str, now: datetime) -> None:
    administrator = account(now, "builder", name="江述", office=Office.PROGRAMS)
    give_passwords()
    made = Builder(app)
    made.set("program", owner_zh="西湖区人社局", policy_zh="西湖工匠认定办法")
    made.add("tracks", "西湖首席工匠")
    made.add("form/person/fields", "用人单位", "organization", near="form/person")
    made.add("form/person/fields", "从业年限", "number", near="form/person")
    made.set("form/person/fields/field_2", unit_zh="年", decimals="1")
    for name in ("单位管理员", "考核员", "评审专家", "评委"):
        made.add("roles", name)
    made.set("roles/role_1", of="field_1")
    made.add("channels", "单位推荐")
    made.open("channels/channel_1")
    typed = {"p.nominator~on": "y", "p.nominator.role": "role_1", "p.filled_by": "either", "p.quota.places": "5"}
    made.browser.send(made.paper(), typed)
    page = made.open("channels/self")
    made.browser.send(page.form("/act", with_="复制一份"), press="去掉“个人申报”")

    made.add("eligibility/rules", "从业满3年")
    made.open("eligibility/rules/E1")
    rule = {"p.clause~zh": "办法第四条", "p.rule~0.left": "field_2", "p.rule~0.how": ">=", "p.rule~0.value": "3"}
    made.browser.send(made.paper(), rule, press="按对照表写成算式")

    made.open("scoring")
    levels = {
        "p.levels~0.level": "优",
        "p.levels~0.span": "80-100",
        "p.levels~1.level": "差",
        "p.levels~1.span": "0-79",
    }
    made.browser.send(made.paper(), levels)
    made.browser.send(made.paper(), {"p.explain": ["差"]})
    for sheet in ("实操评分表", "专家评分表"):
        page = made.browser.open(f"/studio/{made.ref}?tab=scoring&at=scoring")
        made.browser.send(page.form("/act", with_="name:scoring/sheets"), {"name:scoring/sheets": sheet}, press="加")
    made.criteria("sheet_1", ("技能水平", "50"), ("工艺质量", "30"), ("安全规范", "20"))
    made.criteria("sheet_2", ("业绩贡献", "60"), ("带徒传技", "40"))

    kinds = (("实操考核", "score"), ("专家盲评", "score"), ("评审会", "vote"), ("公示", "notice"))
    for name, kind in kinds:
        made.add("stages", name, kind)
    made.open("stages/formal")
    made.browser.send(made.paper(), {"p.rules~word": "all", "p.due~amount": "5"})
    for at, role, sheet, raters in (("stage_1", "role_2", "sheet_1", "2"), ("stage_2", "role_3", "sheet_2", "5")):
        made.open(f"stages/{at}")
        made.browser.send(made.paper(), {"p.by": [role], "p.sheet": sheet, "p.raters~0.number": raters})
    made.open("stages/stage_2")
    blind = {"p.blind": "y", "p.combine": "trimmed", "p.choose": "draw", "p.min_valid": "5"}
    made.browser.send(made.paper(), blind)
    made.open("stages/stage_3")
    made.browser.send(made.paper(), {"p.by": ["role_4"], "p.rank_by": "total.sheet_2"})
    made.set("quota", total="20")
    made.open("stages/stage_4")
    made.browser.send(made.paper(), {"p.show": ["name", "field_1", "track"]})
    made.open("stages/award")
    certificate = {
        "p.certificate~on": "y",
        "p.certificate.title~zh": "{track}",
        "p.certificate.number": "XH-{year}-{seq:4}",
    }
    made.browser.send(made.paper(), certificate)

    found = checking.findings(made.ref, administrator, now).findings
    assert [str(one.words) for one in found if one.severity == "error"] == []
    page = made.browser.open(f"/studio/{made.ref}/publish")
    assert "没有拦住发布的问题" in page.text
    made.browser.send(page.form("/publish", with_="发布这一版"), {"known": "y"}, press="发布这一版")
    [line] = programs.listed()
    definition = programs.definition(line.versions[0].id)
    assert (line.name, definition.route) == (
        "西湖工匠",
        ("formal", "stage_1", "stage_2", "stage_3", "stage_4", "award"),
    )
    played = try_out(definition, official(), size=12, seed="west lake", now=now, carry_on=False)
    assert played.ends()["recognized"] > 0 or played.ends()["ended"] > 0
    assert {fate.channel for fate in played.fates} == {"channel_1"}
