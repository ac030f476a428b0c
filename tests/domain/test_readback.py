"""The clerk signs this text: nothing of the program may be missing from it, and its wording is fixed here."""

from pathlib import Path

import pytest

from tests.domain.programs import NAMES, changed, program
from workflow.domain.program.readback import chapters, read_back
from workflow.domain.program.readback.saying import say
from workflow.domain.program.schema import Definition, TableField

GOLDEN = Path(__file__).parent / "golden" / "fashion_engineer.txt"
FE = program("fashion_engineer")
TEXT = read_back(FE)


def test_the_fashion_engineer_reads_as_it_was_signed() -> None:
    assert read_back(FE) == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    "sentence",
    [
        "单位审核：单位管理员办，3个工作日内答复“同意推荐、不予推荐、退回本人”；补正5个工作日、最多1次",
        "专家盲评：5名评审专家（抽取）盲评，只看隐名副本，7个工作日；满5份有效时去掉总分最高、最低各一份",
        "联审：信用部门、公安部门、法院、市监部门同时答复，5个工作日，不答复不算通过；项目管理员汇总",
        "会议审定：认定委员，到会2/3、赞成2/3，按所报类别评分表的总分排序划线",
        "每年12月1日，单位管理员办“年度在岗确认”，15个工作日内",
        "一次性补贴3000元，发证后付",
        "没有人点“付款”，系统不付",
        "到期前90天起续认，提醒3次；过期不自动续",
    ],
)
def test_the_sentences_of_the_language_document_stand_in_it(sentence: str) -> None:
    assert sentence in TEXT


def test_several_assessors_and_instalments_are_told_in_full() -> None:
    text = read_back(program("dayun_yingcai"))
    assert "认定满18个月，技术专家、投资专家各一名办“中期评估”，20个工作日内；都答才算完成" in text
    assert "分三期，发证后40%、落地期完成后30%、中期评估完成后30%" in text


def names_in(definition: Definition) -> set[str]:
    fields = definition.form_fields().values()
    columns = [column for field in fields if isinstance(field, TableField) for column in field.columns.values()]
    criteria = [criterion for sheet in definition.scoring.sheets.values() for criterion in sheet.criteria.values()]
    records = [f for stage in definition.stages.values() for f in (*stage.record.values(), *stage.asks.values())]
    items = definition.points.items.values() if definition.points else ()
    used = {stage for _, route in definition.routes() for stage in route}
    stages = [stage for key, stage in definition.stages.items() if key in used]
    every = (
        *definition.tracks.values(), *definition.channels.values(), *definition.form.values(), *fields, *columns,
        *definition.eligibility.rules.values(), *definition.scoring.sheets.values(), *criteria, *stages, *records,
        *definition.benefits.values(), *definition.exits.values(), *items, *definition.sessions.values(),
        *definition.duties.values(), *definition.roles.values(),
    )  # fmt: skip
    return {entry.name.zh for entry in every}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_with_a_name_is_left_out(name: str) -> None:
    text = read_back(program(name))
    assert {entry for entry in names_in(program(name)) if entry not in text} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_chapter_has_lines_and_no_trace_of_code(name: str) -> None:
    for chapter in chapters(program(name)):
        assert chapter.lines
        for line in chapter.lines:
            assert "None" not in line
            assert "Decimal" not in line
            assert "&&" not in line
            assert "==" not in line


def test_a_change_that_matters_changes_the_text() -> None:
    for old, new in (
        ("signers: 2 ", "signers: 1 "),
        ("weight: 30, at: practical", "weight: 30, at: expert"),
        ("due: 3wd\n", "due: 4wd\n"),
        ("ban: 2y", "ban: 3y"),
        ("alternates: 10%", "alternates: 20%"),
        ("one_per_person: round ", "one_per_person: year "),
        ("count: first_day ", "count: next_day "),
        ("insured_months >= 6", "insured_months >= 7"),
        ("never_both: [[formal, eligibility], ", "never_both: ["),
        ("在{due}前完成", "务必在{due}前完成"),
    ):
        assert read_back(changed("fashion_engineer", (old, new))) != TEXT, new


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "years >= 3 && (modeling || track == 'craft')",
            "本工种从业年限≥3，且（具备3D服装建模技能，或类别是“服装工艺”）",
        ),
        ("results.exists(r, r.effect.contains('专利'))", "近3年主要业绩里有一行成效数据里有“专利”"),
        ("count(results.filter(r, r.item != '')) >= 3", "近3年主要业绩里事项不是“”的各行的个数≥3"),
        ("post in ['制版师', '主播']", "岗位工种是“制版师”、“主播”之一"),
        ("years_between(person.birth_date, as_of) < 60", "出生日期与计算日期相隔的整年数＜60"),
        ("!facts.insurance_moved_out", "没有“社保已转出本区”"),
        ("total.pattern > 80 && -years < 0", "服装制版评分表（权重为示例）的总分＞80，且－本工种从业年限＜0"),
        ("paid.subsidy >= 3000 || payments.subsidy > 1", "一次性补贴已付金额≥3000，或一次性补贴已付次数＞1"),
        ("as_of > date('2026-01-01')", "计算日期＞2026-01-01"),
        ("sum(results.map(r, 1)) == [1, 2][0]", "近3年主要业绩各行的1的合计＝0对应的数（1、2）"),
        ("results.all(r, true)", "近3年主要业绩里每一行都是"),
        ("records.employer_confirm.opinion == '同意'", "推荐意见是“同意”"),
    ],
)
def test_expressions_are_said_in_chinese(source: str, said: str) -> None:
    assert say(FE, source) == said
