"""No threshold on papers, titles, degrees, awards: whichever way such a field gets into a rule or a score."""

import pytest

from tests.domain.program.broken.rows import OTHERS
from tests.domain.programs import text
from workflow.domain.program.load import load

TITLE = ("title: {standard: title, required: false, stats_only: true}", "title: {standard: title, required: false}")
E1, E1_AT = "rule: local_months >= 6,", "eligibility.rules.E1.rule"
INNOVATION = (
    "{name: 创新能力, weight: 25, rubric: {优: 解决行业共性难题或有自主知识产权, 良: 改进工艺流程并有记录, "
    "中: 参与改进, 差: 无实例}}"
)


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ((TITLE, (E1, "rule: title == '高级工程师',")), E1_AT),
        (
            (
                ("\nform:\n", "\nfacts:\n  degree: {standard: education}\n\nform:\n"),
                (E1, "rule: facts.degree != '大专',"),
            ),
            E1_AT,
        ),
        (
            (
                ("skill: 技能或绝活, scene", "award: {name: 获奖, credential: true}, skill: 技能或绝活, scene"),
                (E1, "rule: \"skill.exists(r, r.award == '国赛')\","),
            ),
            E1_AT,
        ),
        (
            (TITLE, (INNOVATION, "{name: 创新能力, weight: 25, type: computed, value: \"title == '高工' ? 100 : 0\"}")),
            "scoring.sheets.common.criteria.innovation.value",
        ),
    ],
    ids=["form", "facts", "a column", "scoring"],
)
def test_a_credential_measures_nobody(changes: tuple[tuple[str, str], ...], at: str) -> None:
    source = text("yongning_juncai")
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    assert [(each.code, ".".join(each.path)) for each in load(source, OTHERS).errors] == [("C07", at)]
    named = source.replace("  code: YN\n", "  code: YN\n  credentials: 办法第五条（示例）\n")
    assert load(named, OTHERS).errors == ()
