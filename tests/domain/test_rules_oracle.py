"""The CEL engine itself as the judge of our grammar and logic, where its binary numbers are exact."""

from typing import Any

from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.domain.rules import FAILS, MEETS, Answer, Place, Scope
from workflow.domain.rules import compile as rule_of
from workflow.domain.rules.kinds import BOOL, NUMBER, TEXT, Kind, Known, listed

KINDS = {"a": BOOL, "b": BOOL, "n": NUMBER, "m": NUMBER, "s": TEXT, "facts.ok": BOOL}
COLUMNS = (("k", Known(NUMBER)), ("t", Known(TEXT)), ("y", Known(BOOL)))
SCOPE = Scope(
    Place.FORM,
    {
        **{name: Known(kind) for name, kind in KINDS.items()},
        "rows": Known(listed(Kind("row", columns=COLUMNS, source="rows"), "rows")),
    },
)
T = cel.Type
TYPES = {"bool": T.BOOL, "number": T.DOUBLE, "text": T.STRING}
ENGINE = cel.NewEnv(
    variables={**{name: TYPES[kind.sort] for name, kind in KINDS.items()}, "rows": T.List(T.Map(T.STRING, T.DYN))}
)

NUMBERS = st.sampled_from(["n", "m", "0.0", "1.0", "2.5", "-3.0"])
TEXTS = st.sampled_from(["s", "'x'", "'专利'", "''"])
TRUTHS = st.sampled_from(["a", "b", "facts.ok", "true", "false"])


def sums(inner: Any) -> Any:
    return st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)


NUMBER = st.recursive(NUMBERS, sums, max_leaves=3)
COMPARED = st.one_of(
    st.builds("{} {} {}".format, NUMBER, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBER),
    st.builds("{} {} {}".format, TEXTS, st.sampled_from(["==", "!="]), TEXTS),
    st.builds("{}.contains({})".format, TEXTS, TEXTS),
    st.builds("{} in [{}, {}]".format, NUMBERS, NUMBERS, NUMBERS),
)
IN_A_ROW = st.sampled_from(["r.k > n", "r.k == 1.0", "r.t == 'x'", "r.y", "!r.y && a", "r.k > 0.0 || r.y", "true", "a"])
OVER_ROWS = st.builds("rows.{}(r, {})".format, st.sampled_from(["exists", "all"]), IN_A_ROW)


def larger(inner: Any) -> Any:
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["&&", "||"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    )


RULES = st.recursive(st.one_of(TRUTHS, COMPARED, OVER_ROWS), larger, max_leaves=8)
HALVES = st.integers(-6, 6).map(lambda n: n / 2)
ROW = st.fixed_dictionaries({}, optional={"k": HALVES, "t": st.sampled_from(["x", "y"]), "y": st.booleans()})
CASES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.booleans(),
        "b": st.booleans(),
        "facts.ok": st.booleans(),
        "n": HALVES,
        "m": HALVES,
        "s": st.sampled_from(["x", "专利号"]),
        "rows": st.lists(ROW, max_size=3),
    },
)


@settings(max_examples=600, deadline=None)
@given(source=RULES, case=CASES)
def test_answers_are_those_of_the_engine(source: str, case: dict[str, Any]) -> None:
    ours = rule_of(source, SCOPE).evaluate(case)
    theirs = ENGINE.compile(source).eval(data=case)
    if theirs.type() == T.ERROR:
        assert ours.answer is Answer.LOOK
        assert ours.missing
    else:
        assert ours == (MEETS if theirs.value() else FAILS)


@settings(max_examples=200, deadline=None)
@given(source=RULES, case=CASES, more=CASES)
def test_knowing_more_never_turns_an_answer_around(source: str, case: dict[str, Any], more: dict[str, Any]) -> None:
    rule = rule_of(source, SCOPE)
    before, after = rule.evaluate(case), rule.evaluate({**more, **case})
    assert before.answer is Answer.LOOK or before == after


@settings(max_examples=200, deadline=None)
@given(source=RULES, case=CASES, everything=CASES)
def test_what_is_named_as_missing_is_missing(source: str, case: dict[str, Any], everything: dict[str, Any]) -> None:
    rule = rule_of(source, SCOPE)
    for name in rule.evaluate(case).missing:
        table, _, column = name.partition(".")
        rows = case.get("rows", [])
        assert name not in case
        assert table != "rows" or not column or any(column not in row for row in rows)
    assert set(rule.names) <= set(SCOPE.names)
