"""Fields."""

from tests.domain.program.broken.rows import DUTIES, FORMAL, QUOTA, row

FIELDS = (
    row("F01", "form.all.fields.mobile", "mobile: 电话", ("      truth:", "      mobile: 电话\n      truth:")),
    row(
        "F01",
        "form.more.fields.proof",
        "proof: 另一份",
        ("eligibility:\n", "  more: {name: 其他, fields: {\n      proof: 另一份}}\neligibility:\n"),
    ),
    row("F05", "form.all.fields.Proof", "Proof", ("      proof:", "      Proof:")),
    row("F05", "tracks.带徒", "tracks", ("tracks: {tutor: 带徒师傅}", "tracks: {带徒: 带徒师傅}")),
    row("F05", "form.all.fields.level", "level", ("      proof:", "      level:")),
    row("F05", "stages.formal.record.grade", "grade: 档", (FORMAL, FORMAL + " record: {grade: 档},")),
    row(
        "F02",
        "form.all.fields.income",
        "income",
        ("    purpose: 核对身份、判断条件\n", ""),
        ("      truth:", "      income: {name: 收入, type: number, level: L3}\n      truth:"),
    ),
    row("F03", "form.all.fields.proof", "proof", ("type: file}", "type: file, level: L4}")),
    row("F04", "form", "form:", ("      truth: {name: 承诺, type: consent, text: 所填属实，已阅个人信息告知。}\n", "")),
    row(
        "F07",
        "form.all.fields.apprentices.declares_conflicts",
        "declares_conflicts",
        ("type: table,", "type: table, declares_conflicts: true,"),
    ),
    row("F06", "form", "form:", ("[name, id_no, mobile]", "[name, mobile]")),
    row(
        "R13",
        "channels.employer.quota.counted_per",
        "counted_per",
        ("quota: min(nominator.staff / 50, 5)", "quota: {places: 5, counted_per: name}"),
    ),
    row("R13", "program.team.members", "team:", ("  policy:", "  team: {members: proof}\n  policy:")),
    row("R13", "fairness.conflicts.same", "same", (DUTIES, "fairness: {conflicts: {same: [trainr]}}\n" + DUTIES)),
    row("R13", "quota.each.field", "each", (QUOTA, "quota: {total: 20, each: {field: name, at_least: 1}}")),
    row("R13", "program.line", "line:", ("  policy:", "  line: name\n  policy:")),
)
