"""What is asked, what is wrong, what a clerk may type, what rests where, what changed."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.programs import changed as changed_program
from tests.domain.programs import program
from workflow.domain import answers
from workflow.domain.answers import Edit, Questions, form_questions
from workflow.domain.program.schema import Definition, Field
from workflow.domain.words import Words

FE, YN, DY, YE, JG = (
    program(name)
    for name in (
        "fashion_engineer",
        "yongning_juncai",
        "dayun_yingcai",
        "yongning_enterprise",
        "skilled_worker_points",
    )
)
TODAY = date(2026, 11, 20)
ID_NO = "11010519491231002X"


def fields(definition: Definition) -> dict[str, Field]:
    return definition.form_fields()


RESULT_ROW = {"item": "工艺改版", "date": date(2025, 3, 1), "part": "主持", "effect": "提效20%"}


def whole_form() -> dict[str, Any]:
    return {
        "name": "叶思桐",
        "id_type": "居民身份证",
        "id_no": ID_NO,
        "gender": "女",
        "mobile": "13800138000",
        "employer": "org-1",
        "trainer": "org-2",
        "post": "制版师",
        "years": Decimal("3.5"),
        "insured_months": Decimal(8),
        "training_hours": Decimal(40),
        "modeling": True,
        "results": [RESULT_ROW],
        "works": [{"title": "春装", "about": "立体裁剪", "file": ("f1",)}],
        "id_copy": ("f2",),
        "training_cert": ("f3",),
        "employment_proof": ("f4",),
        "portfolio": ("f5",),
        "truth": True,
    }


FORM = form_questions(FE, "self")
PATTERN = {"track": "pattern", "channel": "self"}
CRAFT = {"track": "craft", "channel": "self"}


def flaws(values: dict[str, Any], inputs: Any = None, **more: Any) -> dict[str, str]:
    return {flaw.where: str(flaw.words) for flaw in FORM.flaws(values, inputs or PATTERN, TODAY, **more)}


def test_a_whole_form_has_no_flaw() -> None:
    assert flaws(whole_form()) == {}


def test_every_missing_answer_is_said_at_once_and_in_the_order_of_the_page() -> None:
    found = FORM.flaws({}, PATTERN, TODAY)
    assert [flaw.where for flaw in found] == [k for k in whole_form() if k != "education"]
    assert all(flaw.missing for flaw in found)
    assert str(found[0].words) == "请填写“姓名”"
    assert {str(flaw.words) for flaw in found} >= {
        "请上传“证件影像”",
        "请选择“用人单位”",
        "请先阅读“真实性承诺与个人信息告知”，再勾选同意",
    }


def test_a_hidden_field_is_neither_asked_nor_stored() -> None:
    assert "modeling" in FORM.asked({}, PATTERN)
    assert "modeling" not in FORM.asked({}, CRAFT)
    assert "modeling" in FORM.asked({}, {})  # the track is not known yet: nothing is passed over
    assert flaws({k: v for k, v in whole_form().items() if k != "modeling"}, CRAFT) == {}
    assert "modeling" not in FORM.kept(whole_form(), CRAFT)
    assert FORM.kept(whole_form(), PATTERN)["modeling"] is True


def test_a_requirement_may_depend_on_what_the_house_verified_itself() -> None:
    without = {key: value for key, value in whole_form().items() if key != "id_copy"}
    assert flaws(without) == {"id_copy": "请上传“证件影像”"}
    assert flaws(without, {**PATTERN, "checks.id_online": True}) == {}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("years", Decimal("3.55"), "1位小数"),
        ("years", Decimal(51), "不能大于50"),
        ("years", Decimal(-1), "不能小于0"),
        ("insured_months", Decimal("1.5"), "整数"),
        ("id_no", "110105194912310021", "最后一位"),
        ("mobile", "1380013800", "11位"),
        ("gender", "男性", "没有这个选项"),
        ("post", "裁" * 101, "最多写100"),
        ("name", "叶思桐1", "姓名"),
        ("truth", False, "请先阅读"),
        ("results", [RESULT_ROW] * 11, "最多填10行"),
        ("training_cert", ("a", "b"), "最多交1份"),
        ("modeling", "是", "是"),
    ],
)
def test_a_wrong_value_is_told_what_is_wrong(key: str, value: Any, says: str) -> None:
    found = flaws({**whole_form(), key: value})
    assert set(found) == {key}
    assert says in found[key]


def test_rows_are_judged_cell_by_cell() -> None:
    rows = [RESULT_ROW, {**RESULT_ROW, "date": date(1800, 1, 1), "part": ""}]
    assert flaws({**whole_form(), "results": rows}) == {
        "results.2.date": "请核对年份",
        "results.2.part": "请填写“本人作用”",
    }


def test_an_option_of_ones_own_is_taken_where_the_program_says_so() -> None:
    assert flaws({**whole_form(), "post": "裁剪"}) == {}


def test_a_sealed_value_stored_before_need_not_be_typed_again() -> None:
    without = {key: value for key, value in whole_form().items() if key != "id_no"}
    assert set(flaws(without)) == {"id_no"}
    assert flaws(without, sealed=["id_no"]) == {}


def test_a_number_is_read_by_the_type_of_document() -> None:
    assert flaws({**whole_form(), "id_type": "护照", "id_no": "E12345678"}) == {}
    assert set(flaws({**whole_form(), "id_type": "护照", "id_no": "护照号"})) == {"id_no"}


def team(*shares: str) -> dict[str, Any]:
    return {
        "members": [
            {"name": "张三", "id_no": ID_NO, "mobile": "13800138000", "part": "技术", "share": Decimal(share)}
            for share in shares
        ]
    }


def test_a_check_of_the_program_speaks_its_own_message_and_lets_the_unknown_pass() -> None:
    form = form_questions(DY, "regular")

    def about_members(values: dict[str, Any]) -> list[str]:
        return [str(f.words) for f in form.flaws(values, {"channel": "regular"}, TODAY) if f.where == "members"]

    assert about_members(team("33.33", "33.33", "33.34")) == []
    assert about_members(team("50", "50.01")) == ["持股比例合计不能超过100%"]
    unknown = team("60", "60")
    del unknown["members"][1]["share"]
    assert about_members(unknown) == []


def test_a_table_may_have_no_rows_where_the_program_says_zero() -> None:
    form = form_questions(YN, "top")
    asked = {flaw.where for flaw in form.flaws({}, {"channel": "top", "track": "pillar"}, TODAY)}
    assert "patents" not in asked
    assert {"deed", "skill"} <= asked


def test_what_the_nominator_fills_is_asked_of_the_nominator_where_there_is_one() -> None:
    inputs = {"channel": "own", "track": "pillar"}
    assert "reason" in form_questions(YN, "own").asked({}, inputs)
    assert "reason" not in form_questions(YN, "own", "person").asked({}, inputs)
    assert "reason" in form_questions(YN, "own", "nominator").asked({}, inputs)
    assert "reason" not in form_questions(YN, "top").asked({}, {**inputs, "channel": "top"})


def test_text_is_as_long_as_the_program_says() -> None:
    form = form_questions(YN, "own")
    said = {f.where: str(f.words) for f in form.flaws({"reason": "好" * 150}, {"channel": "own"}, TODAY)}
    assert said["reason"] == "至少写200个字，现在是150个，还差50个"
    said = {f.where: str(f.words) for f in form.flaws({"reason": "好" * 801}, {"channel": "own"}, TODAY)}
    assert said["reason"] == "最多写800个字，现在是801个，请删去1个"


def test_a_computed_field_is_worked_out_and_never_asked() -> None:
    years = "years: {name: 本工种从业年限, type: number, unit: 年, decimals: 1, min: 0, max: 50}"
    definition = changed_program(
        "fashion_engineer", (years, f"{years}\n      months: {{name: 月数, type: computed, value: years * 12}}")
    )
    form = form_questions(definition, "self")
    assert form.kept({"years": Decimal("2.5"), "months": Decimal(1)}, PATTERN)["months"] == 30
    assert "months" not in form.kept({}, PATTERN)
    assert "months" not in {flaw.where for flaw in form.flaws({}, PATTERN, TODAY)}


def test_what_stages_and_points_ask_is_checked_the_same_way() -> None:
    record = answers.stage_questions(FE, "employer_confirm")
    assert [flaw.where for flaw in record.flaws({"opinion": "同意"}, {}, TODAY)] == ["seal"]
    asks = answers.stage_questions(FE, "award", "asks")
    assert [str(f.words) for f in asks.flaws({"bank": "123"}, {}, TODAY)] == [
        "银行账号是12至19位数字，请对照银行卡核对"
    ]
    points = answers.entry_questions(JG, "level_up")
    assert [str(f.words) for f in points.flaws({}, {}, TODAY)] == ["请选择“等级”"]
    session = answers.entry_questions(JG, "class")
    assert [str(f.words) for f in session.flaws({"hours": Decimal(41)}, {}, TODAY)] == ["不能大于40"]


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("years", " ３．５ ", Decimal("3.5")),
        ("years", "1,234.5", Decimal("1234.5")),
        ("years", "１，２３４", Decimal(1234)),
        ("years", "3年", Decimal(3)),
        ("years", "+3", Decimal(3)),
        ("years", "−3", Decimal(-3)),
        ("years", "  ", None),
        ("modeling", "是", True),
        ("modeling", "无", False),
        ("modeling", "Ｙ", True),
        ("truth", "on", True),
        ("post", " 制版师 ", "制版师"),
        ("post", "裁剪工", "裁剪工"),
        ("gender", "Female", "女"),
        ("mobile", "138 0013 8000", "13800138000"),
        ("id_no", "11010519491231002x", ID_NO),
        ("name", " 叶 思桐 ", "叶思桐"),
    ],
)
def test_what_a_clerk_types_is_understood(key: str, raw: str, value: Any) -> None:
    assert answers.parse(fields(FE)[key], raw) == value


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("years", "三年"),
        ("years", "1,23"),
        ("years", "1e5"),
        ("years", "3-5"),
        ("years", "nan"),
        ("years", "Infinity"),
        ("modeling", "也许"),
        ("gender", "不详"),
    ],
)
def test_what_could_be_read_in_two_ways_is_asked_again(key: str, raw: str) -> None:
    assert isinstance(answers.parse(fields(FE)[key], raw), Words)


DAY = FE.form_fields()["results"].columns["date"]


@pytest.mark.parametrize(
    "raw",
    [
        "2026-3-1",
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "20260301",
        "2026年3月1日",
        "２０２６年３月",
        "2026年3月",
        "2026-3",
        "202603",
        "2026-03-01 00:00:00",
        " 2026 年 3 月 1 号 ",
    ],
)
def test_a_day_is_written_in_many_ways(raw: str) -> None:
    assert answers.parse(DAY, raw) == date(2026, 3, 1)


@pytest.mark.parametrize("raw", ["2026-2-30", "3月1日", "2026年", "01/03/2026", "昨天", "46082"])
def test_a_day_that_is_none_is_refused(raw: str) -> None:
    assert isinstance(answers.parse(DAY, raw), Words)


def test_a_slip_in_an_option_gets_a_guess() -> None:
    assert (
        str(answers.parse(program("hundred_villages").form_fields()["politics"], "中共预备党员"))
        == "没有这个选项，是否想选“预备党员”？"
    )


def test_a_page_of_texts_becomes_values_and_faults_by_path() -> None:
    raw = {
        "years": "三",
        "post": "主播",
        "results": [{"item": " 改版 ", "date": "2025年3月"}, {"item": "", "date": " "}, {"item": "x", "date": "去年"}],
    }
    values, wrong = answers.parse_fields(fields(FE), raw)
    assert values == {"post": "主播", "results": [{"item": "改版", "date": date(2025, 3, 1)}, {"item": "x"}]}
    assert set(wrong) == {"years", "results.2.date"}


def test_nothing_of_level_four_rests_in_the_answers() -> None:
    values = {**whole_form(), "works": []}
    stored = answers.encode(fields(FE), values)
    assert ID_NO not in json.dumps(stored)
    assert answers.sealed(fields(FE), values) == {"id_no": ID_NO}
    assert stored["years"] == "3.5"
    assert stored["results"] == [{"item": "工艺改版", "date": "2025-03-01", "part": "主持", "effect": "提效20%"}]
    assert stored["id_copy"] == ["f2"]
    assert "works" not in stored


def test_sealed_cells_keep_their_place_in_the_table() -> None:
    values = {**team("10", "20"), "title": "项目"}
    stored, kept = answers.encode(fields(DY), values), answers.sealed(fields(DY), values)
    assert kept == {"members.1.id_no": ID_NO, "members.2.id_no": ID_NO}
    assert answers.decode(fields(DY), stored, kept) == values
    assert "id_no" not in answers.decode(fields(DY), stored)["members"][0]


def test_a_sealed_number_comes_back_as_a_number() -> None:
    values = {"salary": Decimal("35.50"), "relation": [{"name": "张三", "kind": "师生"}]}
    stored, kept = answers.encode(fields(YN), values), answers.sealed(fields(YN), values)
    assert stored == {"relation": [{}]}
    assert answers.decode(fields(YN), stored, kept) == values


TEXTS = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
ROWS = st.lists(
    st.fixed_dictionaries({"item": TEXTS, "date": st.dates()}, optional={"part": TEXTS, "proof": st.just(("f",))}),
    max_size=4,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "years": st.decimals(-(10**9), 10**9, places=2),
        "modeling": st.booleans(),
        "results": ROWS.filter(bool),
        "id_no": TEXTS,
        "id_copy": st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    },
)


@given(values=VALUES)
def test_what_is_stored_comes_back(values: dict[str, Any]) -> None:
    stored = json.loads(json.dumps(answers.encode(fields(FE), values)))
    assert answers.decode(fields(FE), stored, answers.sealed(fields(FE), values)) == values


@settings(deadline=None)
@given(values=VALUES, track=st.sampled_from(["pattern", "craft", "media"]))
def test_what_is_kept_has_no_flaw_it_did_not_have_and_stays_as_it_is(values: dict[str, Any], track: str) -> None:
    inputs = {"track": track, "channel": "self"}
    kept = FORM.kept(values, inputs)
    assert FORM.kept(kept, inputs) == kept
    assert FORM.flaws(kept, inputs, TODAY) == FORM.flaws(values, inputs, TODAY)


@given(raw=st.dictionaries(st.sampled_from(list(FE.form_fields())), st.text(max_size=30)))
def test_no_text_breaks_the_reader(raw: dict[str, Any]) -> None:
    raw = {key: value for key, value in raw.items() if key not in ("results", "works")}
    values, wrong = answers.parse_fields(fields(FE), raw)
    assert not set(values) & set(wrong)
    assert {flaw.where for flaw in FORM.flaws(values, PATTERN, TODAY)}


def test_only_what_changed_is_listed() -> None:
    before, after = whole_form(), whole_form()
    after["years"] = Decimal(4)
    after["post"] = None
    after["education"] = "大专"
    assert answers.changed(before, after) == (
        Edit("post", "制版师", None),
        Edit("years", Decimal("3.5"), Decimal(4)),
        Edit("education", None, "大专"),
    )


def test_a_row_taken_out_leaves_the_others_unchanged() -> None:
    a, b, c = ({"item": letter} for letter in "abc")
    assert answers.changed({"t": [a, b, c]}, {"t": [b, c]}) == (Edit("t.1", a, None),)
    assert answers.changed({"t": [a, c]}, {"t": [a, b, c]}) == (Edit("t.2", None, b),)
    assert answers.changed({"t": [a, b]}, {"t": [a, {"item": "x"}]}) == (Edit("t.2.item", "b", "x"),)
    assert answers.changed({"t": [a]}, {}) == (Edit("t.1", a, None),)


@given(before=VALUES, after=VALUES)
def test_no_edit_means_no_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert answers.changed(before, before) == ()
    stored = [answers.encode(fields(FE), values) for values in (before, after)]
    sealed = [answers.sealed(fields(FE), values) for values in (before, after)]
    assert (answers.changed(before, after) == ()) == (stored[0] == stored[1] and sealed[0] == sealed[1])


def test_questions_without_fields_ask_nothing() -> None:
    assert Questions({}, FORM.scope).flaws({}, {}, TODAY) == ()
