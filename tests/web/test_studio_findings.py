"""What may be wrong with a draft, walked through the studio by its pages, in Chinese and in English.

Each of the eight is told where one publishes and beside its control; its link leads to that control, which is described
by it; its remedy, pressed, ends it. Six keep the draft from being published, as does the seventh where nobody can get
past a stage; a year without official days is told and never refused, since its days are not out yet.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import pytest
from flask import Flask

from tests.journeys.driver import Browser, Page
from tests.services.houses import PASSWORD, account
from tests.web.front import SIDES, faults_of, speak
from tests.web.town import give_passwords
from workflow.domain.actor import Actor, Office
from workflow.domain.program.editing import Edit, Put, Remove
from workflow.services.studio import drafts, editing

CRITERIA = ("scoring", "sheets", "pattern", "criteria")
RULE = ("eligibility", "rules", "E2", "rule")
TITLE = ("stages", "award", "certificate", "title")

PUBLISH = ("发布这一版", "Publish this version")
UNREAD = ("改掉，或者看过勾上再发布", "mend them, or read them")


@dataclass(frozen=True)
class Wrong:
    """`control`: the id of what is described by it. `says`, `way`: the finding and its remedy, in both languages.

    `warned`: it is refused until whoever publishes says that they have read it; an error is refused until it is gone.
    """

    name: str
    edits: tuple[Edit, ...]
    code: str
    control: str
    says: tuple[str, str]
    way: tuple[str, str]
    warned: bool = False


WRONG = (
    Wrong(
        "weights not 100",
        (Put((*CRITERIA, "teaching", "weight"), 5),),
        "W01",
        "c-teaching-weight",
        ("权重合计95，应为100", "The weights of"),
        ("加到“带徒与创新”", "Add it to ‘带徒与创新’"),
    ),
    Wrong(
        "a stage that cannot be reached, since nobody gets past the one before",
        (Put(("stages", "formal", "may"), ["refuse", "return"]),),
        "U01",
        "p-may",
        ("谁也过不去", "nobody can get through"),
        ("许“通过”", 'Allow "pass"'),
    ),
    Wrong(
        "a stage that no route passes",
        (Put(("stages", "spare"), {"name": "复核", "kind": "check", "by": "manager"}),),
        "R06",
        "whole",
        ("没有一条路线经过环节“复核”", "No route passes"),
        ("放进路线，在发证之前", "Put it on the route, before the award"),
        warned=True,
    ),
    Wrong(
        "a stage without anybody who acts",
        (Remove(("stages", "formal", "by")),),
        "S05",
        "p-by",
        ("缺少“by”", "'by' is missing"),
        ("由“项目管理员”办", '"项目管理员" acts here'),
    ),
    Wrong(
        "a rule on a field that is not there",
        (Put(RULE, "yeers >= 3"),),
        "C01",
        "p-rule-t",
        ("这里用不到“yeers”", "yeers"),
        ("改成 years", "Change to years"),
    ),
    Wrong(
        "a rule that compares a number with a text",
        (Put(RULE, "years >= '3'"),),
        "C02",
        "p-rule-t",
        ("两边不是同一类东西", "different"),
        ("去掉数字两边的引号", "Take the quotes off the number"),
    ),
    Wrong(
        "a placeholder that nothing fills",
        (Put(TITLE, "时尚工程师{level}"),),
        "K02",
        "p-certificate-title",
        ("占位词“{level}”填不出来", "{level} cannot be filled"),
        ("去掉“{level}”", "Take out {level}"),
    ),
    Wrong(
        "a deadline in a year whose holidays are not out",
        (),
        "O07",
        "whole",
        ("2027年的放假安排还没有公布", "2027"),
        ("去录放假安排", "Enter the official holidays"),
        warned=True,
    ),
    Wrong(
        "papers and titles as a threshold",
        (
            Remove(("form", "person", "fields", "education", "stats_only")),
            Put(RULE, "education == '本科'"),
        ),
        "C07",
        "p-rule-t",
        ("是资历字段，不许作门槛", "is a credential and may be neither"),
        ("去写办法依据的条款", "Name the clause of the policy"),
    ),
)


@pytest.fixture
def builder(database: str, now: datetime) -> Actor:
    return account(now, "builder", name="江述", office=Office.PROGRAMS)


@pytest.fixture(params=SIDES)
def desk(request: pytest.FixtureRequest, app: Flask, builder: Actor) -> Browser:
    give_passwords()
    browser = Browser(app, "builder")
    browser.send(browser.open("/login").form("/login"), {"login": "builder", "password": PASSWORD})
    speak(browser._client, request.param)
    browser.who = request.param
    return browser


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_each_is_told_with_its_place_and_its_way_out(
    desk: Browser, builder: Actor, now: datetime, wrong: Wrong
) -> None:
    ref = drafts.start(builder, now, shipped="fashion_engineer")
    if wrong.edits:
        editing.edit(ref, list(wrong.edits), 0, builder, now)
    language = SIDES.index(desk.who)
    says, way = wrong.says[language], wrong.way[language]
    page = desk.open(f"/studio/{ref}/publish")
    assert says in page.text
    assert (PUBLISH[language] in [button.words for form in page.forms for button in form.buttons]) is wrong.warned
    if wrong.warned:
        refusal = desk.send(page.form("/publish", with_=PUBLISH[language]), press=PUBLISH[language], expect=422)
        assert UNREAD[language] in refusal.text
        assert says in refusal.text
        assert faults_of(refusal.html) == []
    place = desk.open(_links(page, wrong.code)[0])
    assert says in _description(place, wrong.control)
    if any(way in button.words for form in place.forms for button in form.buttons):
        desk.send(place.form("/act", with_=way), press=way)
        assert says not in desk.open(f"/studio/{ref}/publish").text
        assert PUBLISH[language] in [button.words for form in desk.page.forms for button in form.buttons]
    else:
        assert desk.open(place.link(way)).status == 200


def _links(page: Page, code: str) -> list[str]:
    """Where the finding of this code says that it stands."""
    found = re.findall(rf'<span class="mono">{code}</span>\s*<a href="([^"]+)"', page.html)
    assert found, page.text
    return [unescape(one) for one in found]


def _description(page: Page, control: str) -> str:
    """What a screen reader reads after the control, or what stands above the part as a whole."""
    if control == "whole":
        found = re.search(r'id="whole-b">(.*?)</form>', page.html, re.DOTALL)
        return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""
    tag = re.search(rf'<[^>]*\bid="{control}"[^>]*>', page.html)
    assert tag, control
    described = re.search(r'aria-describedby="([^"]+)"', tag[0])
    assert described, tag[0]
    texts = [re.search(rf'id="{one}">(.*?)</(?:div|p)>', page.html, re.DOTALL) for one in described[1].split()]
    return unescape(re.sub(r"<[^>]+>", "", " ".join(one[1] for one in texts if one)))
