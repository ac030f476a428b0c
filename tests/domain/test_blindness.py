"""What a blind judge is shown of a form, and what is struck out of its texts."""

import pytest

from tests.domain.cases import book
from workflow.domain.blindness import STRUCK_OUT, Veil, code_of, is_hidden, names_in

FORM = book().definition.form_fields()


def test_who_and_where_stay_away_and_what_was_done_is_shown() -> None:
    hidden = {key for key, field in FORM.items() if is_hidden(field)}
    assert hidden == {
        "name", "id_type", "id_no", "gender", "mobile", "employer", "trainer", "education",
        "id_copy", "training_cert", "employment_proof",
    }  # fmt: skip
    assert {"years", "results", "works", "portfolio"} <= FORM.keys() - hidden


def test_files_in_a_table_stay_away() -> None:
    columns = {f"{key}.{name}": column for key in ("results", "works") for name, column in FORM[key].columns.items()}
    assert {path for path, column in columns.items() if is_hidden(column)} == {"results.proof", "works.file"}


@pytest.mark.parametrize(
    "typed",
    [
        "叶梓桐负责打样",
        "由叶 梓 桐负责",
        "叶·梓·桐",
        "电话 13805710000。",
        "138 0571 0000",
        "138-0571-0000",
        "１３８０５７１００００",
        "蓝埠家纺集团的生产线",
        "蓝埠家纺 集团",
        "Ye.Zitong@Example.com",
        "编号FE26-1-0001",
        "fe26 1 0001",
    ],
)
def test_the_veil_strikes_a_name_out_however_it_is_written(typed: str) -> None:
    words = ["叶梓桐", "13805710000", "蓝埠家纺集团", "ye.zitong@example.com", "FE26-1-0001"]
    seen = Veil(words).over(typed)
    assert STRUCK_OUT in seen
    assert all(word not in seen for word in [*words, "0571", "梓", "家纺", "Zitong", "0001"])


def test_the_veil_leaves_the_rest_as_it_was_typed() -> None:
    veil = Veil(["叶梓桐", "", "王", "A-1"])
    for typed in ("打样从 4 次减到 1 次", "叶片与桐木", "王牌款式", "ＡＢＣ（全角）", "", None, 4, ["一", "二"]):
        assert veil.over(typed) == typed
    assert veil.over(["叶梓桐", "款式"]) == [STRUCK_OUT, "款式"]


def test_names_come_also_from_the_rows_of_tables() -> None:
    form = book("yongning_juncai").definition.form_fields()
    values = {"name": "叶梓桐", "mobile": "13805710000", "years": 3}
    assert set(names_in(form, values)) == {"叶梓桐", "13805710000"}


def test_each_sheet_has_a_name_of_its_own() -> None:
    assert code_of("x1") == code_of("x1") != code_of("x2")
