"""Every code the linter gives for an expression, with its column and its guess."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.programs import NAMES, changed, program
from workflow.domain.program.schema import AwardStage, Definition, FollowUpStage
from workflow.domain.rules import Answer, Expects, Place, RuleError, RuleErrors, Scope, scope_for
from workflow.domain.rules import compile as rule_of

FE, YN, BQ, DY, JG = (
    program(name)
    for name in ("fashion_engineer", "yongning_juncai", "hundred_villages", "dayun_yingcai", "skilled_worker_points")
)


def complaints(
    definition: Definition, source: str, place: Place = Place.ELIGIBILITY, expects: Any = "bool", **where: Any
) -> list[tuple[str, int, str | None]]:
    with pytest.raises(RuleErrors) as caught:
        rule_of(source, scope_for(definition, place, **where), expects)
    assert all(str(error.words) for error in caught.value.errors)
    return [(error.code, error.column, error.guess) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("insured_month >= 6", ("C01", 1, "insured_months")),
        ("true && insured >= 6", ("C01", 9, "insured_months")),
        ("person.ag >= 18", ("C01", 1, "person.age")),
        ("facts.moved_out", ("C01", 1, "facts.insurance_moved_out")),
        ("given.training_crt", ("C01", 1, "given.training_cert")),
        ("training_cert", ("C01", 1, "given.training_cert")),
        ("nominator.staf > 3", ("C01", 1, "nominator.staff")),
        ("cout(results) > 1", ("C01", 1, "count")),
        ("exists(results)", ("C01", 1, None)),
        ("years >= '3'", ("C02", 7, "3")),
        ("years + 1", ("C02", 1, None)),
        ("modeling >= 1", ("C02", 10, None)),
        ("years && true", ("C02", 1, None)),
        ("modeling < modeling", ("C02", 10, None)),
        ("18 <= person.age <= 60", ("C02", 18, None)),
        ("years ? true : false", ("C02", 1, None)),
        ("true ? 1 : 'a'", ("C02", 6, None)),
        ("years in 3", ("C02", 10, None)),
        ("years in ['a']", ("C02", 7, None)),
        ("years / 0 > 1", ("C02", 9, None)),
        ("round(years, 9) > 1", ("C02", 14, None)),
        ("date('2026-02-30') < as_of", ("C02", 1, None)),
        ("years_between(years, as_of) > 1", ("C02", 15, None)),
        ("sum(results) > 1", ("C02", 5, None)),
        ("sum() > 1", ("C02", 1, None)),
        ("years.exists(r, true)", ("C02", 7, None)),
        ("results.exists(true)", ("C02", 9, None)),
        ("years > = 3", ("C02", 9, "==")),
        ("years = 3", ("C02", 7, "==")),
        ("years ＞ 3", ("C02", 7, ">")),
        ("years ≥ 3", ("C02", 7, ">=")),
        ("modeling and true", ("C02", 10, "&&")),
        ("not modeling", ("C02", 1, "!")),
        ("(years > 3", ("C02", 11, ")")),
        ("years >", ("C02", 8, None)),
        ("track == 'pattern", ("C02", 10, None)),
        ("track == “pattern”", ("C02", 10, "'")),
        ("年限 > 3", ("C02", 1, None)),
        ("3years > 1", ("C02", 1, None)),
        ("years > 3 # ok", ("C02", 11, None)),
        ("", ("C02", 1, None)),
        ("track == 'patern'", ("C03", 10, "pattern")),
        ("track in ['pattern', 'crafty']", ("C03", 22, "craft")),
        ("channel != 'employr'", ("C03", 12, "employer")),
        ("education != ''", ("C04", 1, None)),
        ("given.education", ("C04", 1, None)),
        ("results.exists(r, r.efect == 'x')", ("C06", 21, "effect")),
        ("results.item == 'x'", ("C06", 9, None)),
        ("results.exists(r, r.proof == 'x')", ("C06", 21, None)),
        ("size(results) > 1", ("C08", 1, "count")),
        ("results.size() > 1", ("C08", 9, "count")),
        ("post.size() > 1", ("C08", 6, "length")),
        ("count(post) > 1", ("C08", 1, "length")),
        ("length(results) > 1", ("C08", 1, "count")),
    ],
)
def test_a_slip_in_an_eligibility_rule_is_found_where_it_is(source: str, expected: tuple[str, int, str | None]) -> None:
    assert expected in complaints(FE, source)


def test_everything_wrong_is_said_at_once() -> None:
    assert [code for code, _, _ in complaints(FE, "insured_month > 6 && track == 'patern' && years == 'x'")] == [
        "C01",
        "C03",
        "C02",
    ]


def test_a_word_close_to_an_option_is_a_slip_even_where_others_may_be_typed() -> None:
    assert complaints(FE, "post == '制版员'") == [("C03", 9, "制版师")]
    rule_of("post == '裁剪'", scope_for(FE, Place.ELIGIBILITY))


@pytest.mark.parametrize(
    ("definition", "source", "place", "where", "expected"),
    [
        (YN, "relation.exists(r, r.kind == '师徒')", Place.ELIGIBILITY, {}, ("C03", 30, None)),
        (BQ, "education == '初中'", Place.ELIGIBILITY, {}, ("C03", 14, "初中及以下")),
        (BQ, "'主职' == gap", Place.WHEN, {"stage": "consult"}, ("C03", 1, "主职缺配")),
        (DY, "records.decide.level == '一等奖'", Place.GRANTS, {"stage": "award"}, ("C03", 25, "一等")),
        (DY, "level == '特等'", Place.AMOUNT, {}, ("C03", 10, None)),
        (JG, "{'初级': 1, '高级工': 2}[entry.grade] > 1", Place.POINTS, {"item": "level_up"}, ("C03", 11, "高级")),
    ],
)
def test_options_are_checked_wherever_they_are_compared(
    definition: Definition, source: str, place: Place, where: dict[str, Any], expected: tuple[str, int, str | None]
) -> None:
    assert complaints(definition, source, place, **where) == [expected]


def test_facts_have_options_too() -> None:
    fact = "insurance_moved_out: {name: 社保已转出本区, type: yes_no, by: hr_officer}"
    honest = "honest: {name: 诚信等级, type: choice, options: [甲, 乙], by: hr_officer}"
    definition = changed("fashion_engineer", (fact, f"{fact}\n  {honest}"))
    assert complaints(definition, "facts.honest == '丙'") == [("C03", 17, None)]


def test_a_credential_is_no_threshold_unless_the_policy_names_it() -> None:
    clause = "credentials: 办法第六条（示例）：高中以上，特别优秀可放宽"
    without = changed("hundred_villages", (f"  {clause}\n", ""))
    assert complaints(without, "education != '初中及以下'") == [("C07", 1, None)]
    assert complaints(without, "given.education") == [("C07", 1, None)]
    rule_of("education != '初中及以下'", scope_for(BQ, Place.ELIGIBILITY))


def test_a_record_is_read_only_where_every_route_has_surely_made_it() -> None:
    assert complaints(YN, "records.visit.place == 'x'", Place.WHEN, stage="decide") == [("C05", 1, None)]
    assert complaints(YN, "records.visit.place == 'x'", channels=()) == [("C05", 1, None)]
    rule_of("records.visit.place == 'x'", scope_for(YN, Place.WHEN, stage="decide", channels=["top"]))
    assert complaints(DY, "records.decide.level == '一等'", Place.WHEN, stage="joint") == [("C05", 1, None)]
    rule_of("records.decide.level == '一等'", scope_for(DY, Place.WHEN, stage="award"))


def test_a_rule_that_was_checked_in_its_place_compiles_without_naming_it() -> None:
    for place in (Place.WHEN, Place.ELIGIBILITY, Place.AMOUNT):
        rule_of("records.visit.place == 'x'", scope_for(YN, place))


@pytest.mark.parametrize(
    ("place", "where", "source"),
    [
        (Place.FORM, {}, "nominator.staff > 1"),
        (Place.ELIGIBILITY, {}, "total.pattern > 1"),
        (Place.WHEN, {"stage": "meeting"}, "tasks.done > 1"),
        (Place.QUOTA, {}, "years > 1"),
        (Place.PLACES, {}, "track == 'pattern'"),
        (Place.POINTS, {}, "round.places > 1"),
        (Place.WHEN, {"stage": "meeting"}, "level == 'x'"),
    ],
)
def test_each_place_has_its_own_names(place: Place, where: dict[str, Any], source: str) -> None:
    assert complaints(FE, source, place, **where)[0][0] == "C01"


@pytest.mark.parametrize(
    ("place", "where", "source"),
    [
        (Place.FORM, {}, "round.places > 1 && as_of > date('2020-01-01') && person.birth_date < as_of"),
        (Place.ELIGIBILITY, {}, "nominator.staff > 1 || channel == 'self'"),
        (Place.WHEN, {"stage": "meeting"}, "total.by_track > 80 && total.theory > 60"),
        (Place.WHEN, {"stage": "formal"}, "facts.insurance_moved_out"),
        (Place.EXIT, {}, "tasks.done > 1 && points.balance > 1 && paid.subsidy > 1 && payments.subsidy > 1"),
        (Place.QUOTA, {}, "nominator.staff + round.places > 1"),
        (Place.FORM, {"stage": "employer_confirm"}, "length(opinion) > 10"),
        (Place.FORM, {"table": "results"}, "length(effect) > 1 && years > 1"),
    ],
)
def test_the_names_of_each_place_are_known(place: Place, where: dict[str, Any], source: str) -> None:
    assert rule_of(source, scope_for(FE, place, **where)).names


def test_what_a_held_recognition_grants_is_checked_once_it_is_known() -> None:
    rule_of("nominator.staffs", scope_for(YN, Place.QUOTA, channel="own"), "number")
    assert complaints(YN, "nominator.staffs", Place.QUOTA, "number", channel="own", granted=["staff", "places"]) == [
        ("C01", 1, "nominator.staff")
    ]
    rule_of("nominator.places", scope_for(YN, Place.QUOTA, channel="own", granted=["staff", "places"]), "number")


def test_a_rule_must_give_what_its_place_wants() -> None:
    assert complaints(FE, "true", Place.QUOTA, "number") == [("C02", 1, None)]
    assert complaints(FE, "years", Place.FORM) == [("C02", 1, None)]
    assert complaints(DY, "tasks.done", Place.COMPLETE, "text", stage="landing") == [("C02", 1, None)]


def test_no_complaint_repeats_more_than_the_rule_itself() -> None:
    with pytest.raises(RuleErrors) as caught:
        rule_of("insured_month > 6", scope_for(FE, Place.ELIGIBILITY))
    assert str(caught.value.errors[0].words) == "这里用不到“insured_month”"


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    assert complaints(FE, "(" * 500 + "true" + ")" * 500)[0][0] == "C02"
    assert complaints(FE, "!" * 5000 + "true" + ")")[0][0] == "C02"


def conditions(definition: Definition) -> Iterator[tuple[str, Scope, Expects]]:
    """Every expression of a program with the place where it stands."""
    for rule in definition.eligibility.rules.values():
        yield rule.rule or "true", scope_for(definition, Place.ELIGIBILITY, channels=rule.channels), "bool"
    for field in definition.form_fields().values():
        for condition in (field.show, field.required, field.check.rule if field.check else True):
            yield (
                str(condition).lower() if condition in (True, False) else str(condition),
                scope_for(definition, Place.FORM),
                "bool",
            )
    for stage in definition.stages.values():
        yield stage.when or "true", scope_for(definition, Place.WHEN, stage=stage.key), "bool"
        if isinstance(stage, AwardStage):
            yield stage.level or "''", scope_for(definition, Place.LEVEL, stage=stage.key), "text"
        if isinstance(stage, FollowUpStage):
            yield stage.complete_when or "true", scope_for(definition, Place.COMPLETE, stage=stage.key), "bool"
            for line in stage.mentors:
                yield line.when or "true", scope_for(definition, Place.MENTORS, stage=stage.key), "bool"
    for benefit in definition.benefits.values():
        yield str(benefit.amount or 0), scope_for(definition, Place.AMOUNT), "number"
    for after in (*definition.duties.values(), *definition.exits.values()):
        yield after.when or "true", scope_for(definition, Place.EXIT), "bool"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_the_six_programs_compiles(name: str) -> None:
    for source, scope, expects in conditions(program(name)):
        assert rule_of(source, scope, expects).source == source


PIECES = st.sampled_from(
    [
        *("years", "results", "track", "given.", "r", ".", "facts.x", "(", ")", "[", "]", "{", "}", ",", ":", "?", "!"),
        *("-", "+", "*", "/", "==", "<", "&&", "||", "in", "'pattern'", "3", "0.5", "exists", "count", "min", "date"),
        *("round", "filter", "map", "sum", "contains", "true", " ", "“", "＝", "\\", "'", "1e9", "length"),
    ]
)


@settings(max_examples=500, deadline=None)
@given(source=st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=14).map("".join)))
def test_no_text_breaks_the_reader_of_rules(source: str) -> None:
    scope = scope_for(FE, Place.ELIGIBILITY)
    errors: tuple[RuleError, ...] = ()
    try:
        assert rule_of(source, scope).evaluate({}).answer in Answer
    except RuleErrors as broken:
        errors = broken.errors
    assert all(1 <= error.column <= len(source) + 1 and str(error.words) for error in errors)
