"""When a round opens: the people, the answers and the calendar behind a sound program."""

from dataclasses import replace

import pytest

from tests.domain.program.test_load import definition_of
from tests.domain.programs import text
from workflow.domain.program.check import Opening, opening_problems
from workflow.domain.program.editing import Put, edit_all
from workflow.domain.program.load import load

FASHION = definition_of("fashion_engineer")
VILLAGES = definition_of("hundred_villages")
READY = Opening(
    settings={"places": 60},
    pools={
        "manager": frozenset({1}),
        "intake": frozenset({2}),
        "hr_officer": frozenset({3, 4}),
        "examiner": frozenset({5, 6}),
        "expert": frozenset(range(10, 20)),
        "credit": frozenset({21}),
        "police": frozenset({22}),
        "court": frozenset({23}),
        "market": frozenset({24}),
        "committee": frozenset(range(30, 37)),
    },
    found={"employer_admin": {"锦澜服饰": frozenset({40})}, "trainer_admin": {"实训中心": frozenset({41})}},
    last_year=2026,
    covered_years=frozenset({2026}),
)


def told(facts: Opening) -> list[tuple[str, tuple[str, ...], str]]:
    return [(found.code, found.path, found.severity) for found in opening_problems(FASHION, facts)]


def test_a_staffed_round_may_open() -> None:
    assert told(READY) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(READY, settings={}), ("O01", ("round", "places"), "error")),
        (replace(READY, pools={**READY.pools, "examiner": frozenset()}), ("O02", ("roles", "examiner"), "error")),
        (replace(READY, without_administrator=("新联服饰",)), ("O03", ("channels",), "error")),
        (
            replace(READY, pools={**READY.pools, "hr_officer": frozenset({3})}),
            ("O04", ("roles", "hr_officer"), "error"),
        ),
        (replace(READY, conflicted={"court": frozenset({23, 99})}), ("O05", ("stages", "joint"), "error")),
        (replace(READY, last_year=2027), ("O07", ("calendar",), "warning")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_missing_is_told(facts: Opening, expected: tuple[str, tuple[str, ...], str]) -> None:
    assert told(facts) == [expected]


def test_a_ladder_that_ends_at_nobody_is_told() -> None:
    """Who only hears of what is late acts nowhere, so that nothing else misses them."""
    edits = [Put(("roles", "chief"), "分管领导"), Put(("escalate",), {"3wd": "chief"})]
    definition = load(edit_all(text("fashion_engineer"), edits).text).definition
    assert definition is not None
    told = [(found.code, found.path, found.severity) for found in opening_problems(definition, READY)]
    assert told == [("O09", ("roles", "chief"), "warning")]
    assert opening_problems(definition, replace(READY, pools={**READY.pools, "chief": frozenset({99})})) == ()


def test_two_stages_that_exclude_each_other_need_people_of_their_own() -> None:
    same = frozenset({3, 4})
    found = told(replace(READY, pools={**READY.pools, "intake": same, "hr_officer": same}))
    assert found == [("O06", ("fairness", "never_both"), "error")]


@pytest.mark.parametrize(("managers", "codes"), [({1}, ["O06"]), ({1, 2}, [])])
def test_who_keeps_the_meeting_is_told_apart_from_who_looked_before(managers: set[int], codes: list[str]) -> None:
    """The secretary acts on every case of the list: nobody who acted in the other stage of the pair can be it."""
    apart = FASHION.fairness.model_copy(update={"never_both": (("meeting", "formal"),)})
    formal = FASHION.stages["formal"].model_copy(update={"by": ("manager",)})
    changed = FASHION.model_copy(update={"fairness": apart, "stages": {**FASHION.stages, "formal": formal}})
    facts = replace(READY, pools={**READY.pools, "manager": frozenset(managers)})
    assert [found.code for found in opening_problems(changed, facts)] == codes


def test_each_organization_needs_its_second_signer() -> None:
    facts = Opening(found={"town_officer": {"前进街道": frozenset({1}), "北塘镇": frozenset({2, 3})}})
    short = [found for found in opening_problems(VILLAGES, facts) if found.code == "O04"]
    assert [str(found.words) for found in short][:1] == ["“实地筛查”要2名镇街组织员，“前进街道”只有1名"]


def test_a_draft_may_name_who_runs_it_before_that_role_is_there() -> None:
    wanted = [Put(("program", "run_by"), "nobody_yet")]
    definition = load(edit_all(text("fashion_engineer"), wanted).text).definition
    assert definition is not None
    assert {problem.code for problem in opening_problems(definition, Opening())} >= {"O02"}
    assert "nobody_yet" not in {problem.path[-1] for problem in opening_problems(definition, Opening())}
