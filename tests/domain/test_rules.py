"""What rules answer: the rules of the six programs, three values, exact numbers, replay."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.programs import program
from workflow.domain.rules import FAILS, MEETS, Decision, Place, Unknown, look, scope_for
from workflow.domain.rules import compile as rule_of

FE = program("fashion_engineer")
ELIGIBLE = scope_for(FE, Place.ELIGIBILITY)
AS_OF = date(2026, 11, 20)


def judge(source: str, **values: Any) -> Decision:
    return rule_of(source, ELIGIBLE).evaluate({name.replace("__", "."): value for name, value in values.items()})


@pytest.mark.parametrize(
    ("rule", "values", "decision"),
    [
        ("E1", {"insured_months": Decimal(6)}, MEETS),
        ("E1", {"insured_months": Decimal(5)}, FAILS),
        ("E1", {}, look("insured_months")),
        ("E2", {"years": Decimal("3.0")}, MEETS),
        ("E2", {"years": Decimal("2.9")}, FAILS),
        ("E3", {"training_hours": Decimal(40), "given.training_cert": True}, MEETS),
        ("E3", {"training_hours": Decimal(39)}, FAILS),
        ("E3", {"given.training_cert": False}, FAILS),
        ("E3", {"training_hours": Decimal(40)}, look("given.training_cert")),
        ("E3", {}, look("training_hours", "given.training_cert")),
        ("E4", {"person.age": 18}, MEETS),
        ("E4", {"person.age": 61}, FAILS),
        ("E5", {"track": "craft"}, MEETS),
        ("E5", {"track": "pattern", "modeling": False}, FAILS),
        ("E5", {"track": "pattern"}, look("modeling")),
        ("E5", {"modeling": True}, MEETS),
        ("E5", {"modeling": False}, look("track")),
    ],
)
def test_the_rules_of_the_fashion_engineer(rule: str, values: dict[str, Any], decision: Decision) -> None:
    source = FE.eligibility.rules[rule].rule
    assert source is not None
    assert rule_of(source, ELIGIBLE).evaluate(values) == decision


def test_an_unconnected_check_is_false_but_a_missing_fact_is_unknown() -> None:
    form = scope_for(FE, Place.FORM)
    assert rule_of("!checks.id_online", form).evaluate({}) == MEETS
    assert rule_of("!checks.id_online", form).evaluate({"checks.id_online": True}) == FAILS
    assert rule_of("facts.insurance_moved_out", form).evaluate({}) == look("facts.insurance_moved_out")


def test_one_kind_of_number() -> None:
    for source in ("years >= 3", "years >= 3.0", "years >= 0.3e1", "3 <= years", "years - 3 >= 0"):
        assert judge(source, years=Decimal(3)) == MEETS
        assert judge(source, years=3) == MEETS
        assert judge(source, years="3.0") == MEETS


@pytest.mark.parametrize(
    "source",
    [
        "0.1 + 0.2 == 0.3",
        "0.29 * 100 == 29",
        "1 / 3 * 3 == 1",
        "1 / 3 + 1 / 3 + 1 / 3 == 1.0",
        "7 / 2 == 3.5",
        "round(2.5) == 3 && round(3.5) == 4 && round(-2.5) == -3 && round(1.005, 2) == 1.01",
        "round(5 / 3, 2) == 1.67 && round(-5 / 3) == -2 && round(1 / 2) == 1",
        "min(3, 1, 2) == 1 && max([1, 2, 3]) == 3 && sum([0.1, 0.2]) == 0.3 && sum([]) == 0",
        "count([1, 2]) == 2 && length('张三') == 2 && [10, 20][1] == 20",
        "{'a': 1, 'b': 2}['b'] == 2 && 'a' in {'a': 1} && 2 in [1, 2] && !(3 in [1, 2])",
        "years_between(date('2000-02-29'), date('2018-02-28')) == 18",
        "months_between(date('2026-01-31'), date('2026-02-28')) == 1",
        "days_between(date('2026-01-01'), date('2026-03-01')) == 59",
        "in_a_row_below([50, 70, 59, 40], 60) == 2 && in_a_row_below([50, 70], 60) == 0",
        "[1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6]",
        "[1, 2].all(x, x > 0) && [1, 2].exists(x, x == 2) && [].all(x, x > 0) && ![1].exists(x, x > 1)",
        "'外观设计专利'.contains('专利') && 'a' + 'b' == 'ab'",
        "[1, 2].exists(x, [3].exists(y, y == x + 1))",
        "(1 < 2 ? 'a' : 'b') == 'a' && (false ? 1 : true ? 2 : 3) == 2",
        "--1 == 1 && !!true && -(-1) == 1 && 2 - 1 - 1 == 0 && 8 / 2 / 2 == 2",
    ],
)
def test_arithmetic_is_exact_and_functions_do_what_they_say(source: str) -> None:
    assert judge(source) == MEETS


@pytest.mark.parametrize(
    ("source", "decision"),
    [
        ("false && modeling", FAILS),
        ("modeling && false", FAILS),
        ("true || modeling", MEETS),
        ("modeling || true", MEETS),
        ("true && modeling", look("modeling")),
        ("!modeling", look("modeling")),
        ("modeling ? true : true", look("modeling")),
        ("true ? modeling : facts.insurance_moved_out", look("modeling")),
        ("false ? modeling : true", MEETS),
        ("years + insured_months > 3", look("years", "insured_months")),
        ("years > 3 && insured_months > 3 || modeling", look("years", "insured_months", "modeling")),
        ("10 / training_hours > 1", look("training_hours")),
        ("[1, 2][3] == 1 || true", MEETS),
        ("results.exists(r, r.item == 'x')", look("results")),
    ],
)
def test_a_missing_input_matters_only_where_cel_says_so(source: str, decision: Decision) -> None:
    assert judge(source, training_hours=None) == decision


def test_division_by_a_zero_that_was_typed_in_is_for_a_person_to_look_at() -> None:
    assert judge("10 / training_hours > 1", training_hours=Decimal(0)) == look("training_hours")


ROWS = scope_for(program("yongning_juncai"), Place.ELIGIBILITY)


@pytest.mark.parametrize(
    ("rows", "decision"),
    [
        ([{"now": Decimal(1), "before": Decimal(1)}], FAILS),
        ([{"now": Decimal(1), "before": Decimal(1)}, {"now": Decimal(2), "before": Decimal(1)}], MEETS),
        ([{"now": Decimal(1)}, {"now": Decimal(2), "before": Decimal(1)}], MEETS),
        ([{"now": Decimal(1)}, {"now": Decimal(1), "before": Decimal(1)}], look("deed.before")),
        ([], FAILS),
        (None, look("deed")),
    ],
)
def test_a_gap_in_one_row_matters_only_if_no_other_row_decides(rows: Any, decision: Decision) -> None:
    assert rule_of("deed.exists(r, r.now != r.before)", ROWS).evaluate({"deed": rows}) == decision


def test_amounts_quotas_levels_and_points_are_values() -> None:
    dy, points = program("dayun_yingcai"), program("skilled_worker_points")
    amount = rule_of(str(dy.benefits["grant"].amount), scope_for(dy, Place.AMOUNT), "number")
    assert [amount.value({"level": level}) for level in ("一等", "二等", "三等")] == [500, 300, 100]
    assert amount.value({}) == Unknown(frozenset({"level"}))
    quota = rule_of("min(nominator.staff / 50, 10)", scope_for(FE, Place.QUOTA), "number")
    assert [quota.value({"nominator.staff": n}) for n in (49, 50, 5000)] == [Decimal("0.98"), 1, 10]
    third = rule_of("nominator.staff / 3", scope_for(FE, Place.QUOTA), "number").value({"nominator.staff": 9})
    assert third == 3
    assert isinstance(third, Decimal)
    level_up = str(points.points.items["level_up"].points) if points.points else ""
    rule = rule_of(level_up, scope_for(points, Place.POINTS, item="level_up"), "number")
    assert rule.value({"entry.grade": "技师"}) == 400
    assert rule.value({"entry.grade": "未知"}) == Unknown(frozenset({"entry.grade"}))
    grants = scope_for(program("yongning_enterprise"), Place.GRANTS, stage="issue")
    assert rule_of("staff", grants, "number").value({"staff": Decimal(120)}) == 120


def test_results_of_assessments_open_a_review() -> None:
    villages = program("hundred_villages")
    rule = rule_of(str(villages.exits["low_twice"].when), scope_for(villages, Place.EXIT))
    assert rule.evaluate({"results.quarterly": ["80", "55", "59.99"]}) == MEETS
    assert rule.evaluate({"results.quarterly": [Decimal(55), Decimal(59), Decimal(60)]}) == FAILS
    assert rule.evaluate({}) == look("results.quarterly")


def test_what_a_verdict_rests_on_is_stored_small_and_replays() -> None:
    rule = rule_of("deed.exists(r, r.now > r.before * 1.5) && local_months >= 6", ROWS)
    rows = [{"index": "姓名", "now": Decimal("30.00"), "before": Decimal(10)}]
    stored = rule.inputs_of({"deed": rows, "local_months": Decimal("6.0"), "salary": Decimal(99)})
    assert stored == {"deed": [{"before": "10", "now": "30"}], "local_months": "6"}
    assert rule.evaluate(json.loads(json.dumps(stored))) == MEETS
    dated = rule_of("years_between(person.birth_date, as_of) >= 18", ELIGIBLE)
    stored = dated.inputs_of({"person.birth_date": date(2000, 1, 1), "as_of": AS_OF})
    assert stored == {"person.birth_date": "2000-01-01", "as_of": "2026-11-20"}
    assert dated.evaluate(json.loads(json.dumps(stored))) == MEETS


def test_names_are_what_the_rule_reads_in_its_order() -> None:
    rule = rule_of(
        "years > 1 && facts.insurance_moved_out || count(results.filter(r, r.item == as_of_item)) > 0".replace(
            "as_of_item", "'x'"
        ),
        ELIGIBLE,
    )
    assert rule.names == ("years", "facts.insurance_moved_out", "results")
    assert rule.columns == {"results": ("item",)}


def test_one_source_is_compiled_once_per_scope() -> None:
    assert rule_of("years >= 3", ELIGIBLE) is rule_of("years >= 3", scope_for(FE, Place.ELIGIBILITY))
    assert rule_of("years >= 3", ELIGIBLE) is not rule_of("years >= 3", scope_for(FE, Place.FORM))


NUMBERS = st.decimals(-(10**6), 10**6, places=3, allow_nan=False)


@given(a=NUMBERS, b=NUMBERS)
def test_comparisons_agree_with_the_numbers_themselves(a: Decimal, b: Decimal) -> None:
    for sign, truth in {"<": a < b, "<=": a <= b, "==": a == b, "!=": a != b, ">": a > b, ">=": a >= b}.items():
        assert judge(f"years {sign} insured_months", years=a, insured_months=b) == (MEETS if truth else FAILS)
    assert judge("years + insured_months - insured_months == years", years=a, insured_months=b) == MEETS
    assert judge("years / 7 * 7 == years", years=a) == MEETS


@given(values=st.dictionaries(st.sampled_from(["years", "insured_months", "training_hours"]), NUMBERS))
def test_stored_inputs_always_give_the_same_answer(values: dict[str, Decimal]) -> None:
    rule = rule_of("years > 2.5 && insured_months / 12 >= years || training_hours == 40", ELIGIBLE)
    assert rule.evaluate(json.loads(json.dumps(rule.inputs_of(values)))) == rule.evaluate(values)
