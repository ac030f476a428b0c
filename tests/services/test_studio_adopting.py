"""Applications run while their program is changed: each change reaches whom it may, and there is a way back."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from models.programs import COMPOSED, ProgramVersion
from models.rounds import Round
from tests.domain.cases import all_ok
from tests.domain.programs import text
from tests.services.houses import account
from tests.services.plots import Plot
from workflow.domain.actor import SYSTEM, Actor, Office
from workflow.domain.errors import InvalidInput, NotFound
from workflow.domain.program import editing
from workflow.domain.program.editing import Add, Put
from workflow.domain.program.schema import Definition
from workflow.domain.program.schema.fields import ChoiceField
from workflow.services import actions, evidence, programs
from workflow.services import reading as cases
from workflow.services.replay import replay
from workflow.services.rulebooks import definition_of
from workflow.services.studio import adopting, adoptions
from workflow.services.studio.adopting_plan import Choice

WAGE = ("form", "work", "fields", "wage")
WEIGHT = ("scoring", "sheets", "pattern", "criteria", "modeling_3d", "weight")
OTHER = ("scoring", "sheets", "pattern", "criteria", "precision", "weight")
OPTION = ("form", "work", "fields", "post", "options")
ROUTE = ("route",)
MINUTE = timedelta(minutes=1)
CASES = 20
CHECKED = {"verdicts": all_ok()}


@cache
def next_version() -> str:
    """A new required field, a removed stage, changed weights, a new channel and a renamed option, all at once."""
    was = text("fashion_engineer")
    sheet = ("scoring", "sheets", "theory")
    edits = [
        Put(WAGE, {"name": "月薪", "type": "number", "unit": "元"}),
        *editing.removal(was, ("stages", "theory")),
        editing.Remove(sheet),
        Put(WEIGHT, 20),
        Put(OTHER, 35),
        Add(("channels",), "own", {"name": "社会自荐"}),
        Put((*OPTION, "0"), {"key": "制版师", "name": "制版工程师"}),
    ]
    return editing.edit_all(was, edits).text


def definition_for(ref: str) -> Definition:
    with reading() as session:
        row = session.scalars(select(ApplicationRow).where(ApplicationRow.ref == ref)).one()
        return definition_of(session.get_one(ProgramVersion, row.version_id))


def says(definition: Definition) -> tuple[bool, bool, int, bool, str]:
    fields = definition.form_fields()
    post = fields["post"]
    assert isinstance(post, ChoiceField)
    return (
        "wage" in fields,
        "theory" in definition.route,
        int(definition.scoring.sheets["pattern"].criteria["modeling_3d"].weight),
        "own" in definition.channels,
        post.options[0].name.zh,
    )


OLD = (False, True, 30, False, "制版师")
BY_ITSELF = (False, True, 30, True, "制版工程师")
ALL = (True, False, 20, True, "制版工程师")


@pytest.fixture
def plot(database: str, now: datetime) -> Plot:
    return Plot(now)


@pytest.fixture
def officer(plot: Plot, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


def whole(now: datetime) -> None:
    """Chains hold, tables are what the events say, and everybody can open every case."""
    assert evidence.verify() == []
    assert replay(now)[1] == []


def test_running_applications_survive_a_new_version_and_the_way_back(plot: Plot, officer: Actor, now: datetime) -> None:
    refs = plot.plant(CASES)
    for ref in refs[:8]:
        plot.endorse(ref)
    made = programs.publish(next_version(), officer, now)
    told = {change.path: change for change in adoptions.affected(made.version_id, officer)}
    assert {path: (told[path].reach, told[path].reached, told[path].choosable) for path in (WAGE, ROUTE, WEIGHT)} == {
        WAGE: ("ask", 0, CASES), ROUTE: ("ask", 0, CASES), WEIGHT: ("round", 0, CASES)
    }  # fmt: skip
    assert told["channels", "own"].reached == told[*OPTION, "制版师", "name"].reached == CASES

    first = adopting.adopt(made.version_id, officer, now + MINUTE)
    assert (first.moved, first.rounds, first.aside) == (CASES, 1, {})
    assert {says(definition_for(ref)) for ref in refs} == {BY_ITSELF}
    again = adopting.adopt(made.version_id, officer, now + MINUTE)
    assert (again.moved, again.rounds) == (0, 0)

    chosen = Choice(frozenset({WAGE, ROUTE, WEIGHT, OTHER}))
    with pytest.raises(InvalidInput):
        adopting.adopt(made.version_id, officer, now, choice=chosen)
    second = adopting.adopt(made.version_id, officer, now + 2 * MINUTE, choice=chosen, reason="办法修订，全批一致")
    assert (second.moved, second.rounds, second.aside) == (CASES, 1, {})
    assert {says(definition_for(ref)) for ref in refs} == {ALL}
    whole(now + 2 * MINUTE)

    for ref in refs[8:12]:  # nobody is stuck: the next step is done under the new version
        plot.endorse(ref)
        assert actions.perform(plot.item(ref)[0], "pass", plot.people["clerk"], now, inputs=CHECKED).stage
    assert cases.sheet(refs[0], plot.people["manager"], now) is not None

    back = adopting.revert(made.version_id, second.key, officer, now + 3 * MINUTE, "还是等下一批")
    assert (back.moved, back.rounds, len(back.aside)) == (CASES - 4, 1, 4)
    assert {says(definition_for(ref)) for ref in refs[12:]} == {BY_ITSELF}
    assert {says(definition_for(ref)) for ref in refs[8:12]} == {ALL}
    adopting.revert(made.version_id, first.key, officer, now + 3 * MINUTE, "全部退回")
    whole(now + 3 * MINUTE)


def test_what_is_chosen_reaches_only_the_chosen(plot: Plot, officer: Actor, now: datetime) -> None:
    one, two = plot.plant(2)
    made = programs.publish(next_version(), officer, now)
    choice = Choice(frozenset({WAGE}), cases=frozenset({one}))
    adopting.adopt(made.version_id, officer, now, choice=choice, reason="只补这一件")
    assert ("wage" in definition_for(one).form_fields(), "wage" in definition_for(two).form_fields()) == (True, False)


def test_the_versions_made_for_running_cases_are_nobodys_newest(plot: Plot, officer: Actor, now: datetime) -> None:
    plot.plant(1)
    made = programs.publish(next_version(), officer, now)
    adopting.adopt(made.version_id, officer, now)
    with reading() as session:
        composed = session.scalars(select(ProgramVersion).where(ProgramVersion.number >= COMPOSED)).one()
        assert (composed.towards_id, composed.published_by) == (made.version_id, None)
        round_ = session.scalars(select(Round.version_id)).one()
        assert round_ == composed.id
        newest = programs.newest_version(session, plot.program_id)
        assert newest is not None
        assert newest.id == made.version_id
        assert session.scalar(select(func.count()).select_from(ProgramVersion)) == 3
    assert [line.number for line in programs.listed()[0].versions] == [2, 1]
    with pytest.raises(NotFound):
        adopting.adopt(composed.id, officer, now)
    later = editing.edit(next_version(), Put(("program", "owner"), "另一个局")).text
    assert programs.publish(later, SYSTEM, now).number == 3
