"""Sheets and panels."""

from tests.domain.program.broken.rows import SHEET, row, with_duty, with_sheet

SCORING = (
    row("W01", "scoring.sheets.main.criteria", "main:", *with_sheet(SHEET.replace("60", "65"))),
    row(
        "W02",
        "scoring.sheets.main.criteria.skill.at",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, at: notice")),
    ),
    row(
        "R02",
        "scoring.sheets.main.criteria.skill.at",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, at: marsk")),
        guess="marks",
    ),
    row(
        "W03",
        "stages.marks",
        "marks:",
        *with_sheet(SHEET.replace("{name: 评分表,", "{name: 评分表, track: other,")),
        ("tracks: {tutor: 带徒师傅}", "tracks: {tutor: 带徒师傅, other: 其他}"),
    ),
    row(
        "W03",
        "stages.marks",
        "marks: {",
        *with_sheet(
            SHEET.replace("weight: 60", "weight: 60, by: expert").replace("weight: 40", "weight: 40, by: expert"),
            "{name: 评分, kind: score, by: [expert, committee], raters: 3}",
        ),
        also=("W10",),
    ),
    row(
        "R09",
        "stages.marks.sheet",
        "marks: {",
        *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 5, sheet: mian}"),
        guess="main",
    ),
    row(
        "R11",
        "scoring.sheets.main.track",
        "main:",
        *with_sheet(SHEET.replace("{name: 评分表,", "{name: 评分表, track: tuter,")),
        guess="tutor",
        also=("W03",),
    ),
    row(
        "R01",
        "scoring.sheets.main.criteria.skill.by",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, by: exprt")),
        guess="expert",
    ),
    row(
        "W04",
        "stages.marks.raters",
        "marks: {",
        *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 3, combine: trimmed}"),
    ),
    row(
        "W05",
        "stages.marks.min_valid",
        "marks: {",
        *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 5, min_valid: 6}"),
    ),
    row("W06", "scoring.levels.优", "levels:", *with_sheet(SHEET), ("良: 60-89", "良: 60-90")),
    row("W06", "scoring.levels.优", "levels:", *with_sheet(SHEET), ("良: 60-89", "良: 60-85")),
    row("W06", "scoring.levels", "levels:", *with_sheet(SHEET), ("差: 0-59", "差: 10-59")),
    row(
        "W06",
        "scoring",
        "scoring:",
        *with_sheet(SHEET),
        ("  levels: {优: 90-100, 良: 60-89, 差: 0-59}\n  explain: [差]\n", ""),
    ),
    row(
        "W07",
        "scoring.sheets.main.criteria.skill.rubric",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, rubric: {优: 好, 良: 行}")),
    ),
    row(
        "W07",
        "scoring.sheets.main.criteria.skill.rubric.中",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, rubric: {优: 好, 良: 行, 差: 否, 中: 可}")),
    ),
    row(
        "W08",
        "scoring.sheets.main.criteria.skill.by",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, by: committee")),
    ),
    row(
        "W10", "stages.marks.raters", "marks: {", *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 4}")
    ),
    row("W10", "roles.committee.seats", "committee:", ("committee: 评委", "committee: {name: 评委, seats: 4}")),
    row(
        "W13",
        "stages.marks",
        "marks: {",
        *with_sheet(SHEET),
        ("  sheets:\n", "  sheets:\n    second: {name: 另一张表, criteria: {x: {name: 项, weight: 100}}}\n"),
    ),
    row(
        "W14",
        "duties.task.by",
        "task:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, by: expert")),
        with_duty("{name: 年度考核, every: year, on: 12-01, by: manager, sheet: main}"),
    ),
    row(
        "R09",
        "duties.task.sheet",
        "task:",
        with_duty("{name: 年度考核, every: year, on: 12-01, by: manager, sheet: main}"),
    ),
    row(
        "W15",
        "scoring.sheets.main.criteria.skill",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, type: number")),
    ),
    row(
        "S05",
        "scoring.sheets.main.criteria.skill",
        "main:",
        *with_sheet(SHEET.replace("weight: 60", "weight: 60, type: computed")),
    ),
    row(
        "U06",
        "stages.marks.when",
        "marks: {",
        *with_sheet(
            SHEET.replace("weight: 60", "weight: 60, at: marks"),
            "{name: 评分, kind: score, by: expert, raters: 5, when: given.proof}",
        ),
    ),
    row(
        "B01",
        "form.all.fields.proof",
        "proof:",
        *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 5, blind: true}"),
    ),
    row(
        "B02",
        "stages.marks.import",
        "marks: {",
        *with_sheet(SHEET, "{name: 评分, kind: score, by: expert, raters: 5, blind: true, import: true}"),
        also=("B01",),
    ),
)
