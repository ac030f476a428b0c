"""One stage, its words, messages and numbers."""

from tests.domain.program.broken.rows import CHECKED, DUTIES, FORMAL, NOMINATED, SHEET, row, with_benefit, with_sheet

STAGES = (
    row("X07", "stages.meeting.rank_by", "rank_by", ("rank_by: votes", "rank_by: total")),
    row(
        "X07",
        "stages.meeting.rank_by",
        "rank_by",
        *with_sheet(SHEET),
        ("notice, award, valid]", "notice, award, valid]"),
        ("rank_by: votes", "rank_by: total.later"),
        (
            "  sheets:\n",
            "  sheets:\n    later: {name: 另一张表, track: tutor, criteria: {x: {name: 项, weight: 100}}}\n",
        ),
        ("by: expert, raters: 5", "by: expert, sheet: main, raters: 5"),
    ),
    row(
        "R09",
        "stages.meeting.rank_by",
        "rank_by",
        *with_sheet(SHEET),
        ("rank_by: votes", "rank_by: total.mian"),
        guess="main",
    ),
    row(
        "X10",
        "stages.decide.rank_by",
        "rank_by: total",
        ("rank_by: total.defense", "rank_by: total"),
        guess="total.defense",
        base="dayun_yingcai",
    ),
    row(
        "X11",
        "stages.formal.refuse_only_for",
        "refuse_only_for",
        (FORMAL, FORMAL + " may: [pass, return], refuse_only_for: [造假],"),
        ("refuse: 不予受理, ", ""),
    ),
    row("X12", "stages.formal.words.return", "words", (FORMAL, FORMAL + " may: [pass, refuse],")),
    row(
        "X13",
        "stages.formal.lead",
        "lead",
        (FORMAL, FORMAL.replace("形式审查", "联审")),
        (
            CHECKED,
            "kind: joint_check, by: [manager, committee], lead: manager}",
        ),
        also=("U04",),
    ),
    row(
        "X14",
        "stages.formal.by",
        "joint_check",
        (
            CHECKED,
            "kind: joint_check, by: committee}",
        ),
        also=("U04",),
    ),
    row("X15", "stages.formal.if_silent", "if_silent", (FORMAL, FORMAL + " if_silent: go_on,"), also=()),
    row(
        "X15",
        "stages.formal.if_silent",
        "if_silent",
        ("by: manager, verify: files, rules: all", "by: applicant, if_silent: go_on"),
        *with_benefit("{name: 补贴, amount: 100, paid: [{share: 100%, after: formal}]}"),
        also=("U04",),
    ),
    row("X16", "stages.formal.as_list", "as_list", (FORMAL, FORMAL + " as_list: true,")),
    row(
        "X20",
        "stages.formal.sample",
        "sample",
        (FORMAL, FORMAL + " sample: {rate: 10%},"),
        (
            NOMINATED,
            "",
        ),
        also=("R03",),
    ),
    row(
        "U01",
        "stages.formal.may",
        "formal: {",
        (FORMAL, FORMAL + " may: [refuse],"),
        ("words: {pass: 受理, refuse: 不予受理, return: 退回补正}", "note: 无"),
    ),
    row(
        "U02",
        "stages.valid.complete_when",
        "complete_when",
        (", lasts: valid}", ", lasts: valid, tasks: [一, 二, 三, 四], complete_when: tasks.done >= 5}"),
    ),
    row("U03", "stages.formal.correction.rounds", "rounds: 0", (FORMAL, FORMAL + " correction: {rounds: 0},")),
    row("N10", "stages.notice.show", "show", ("show: [name, employer]", "show: [name, id_no]")),
    row("R08", "stages.notice.show", "show", ("show: [name, employer]", "show: [name, emplyer]"), guess="employer"),
    row("R08", "stages.formal.verify", "verify", ("verify: files", "verify: [prof]"), guess="proof"),
    row(
        "R07",
        "stages.formal.rules",
        "rules: [",
        ("rules: all, words", "rules: [E1, E9], words"),
    ),
    row(
        "R10",
        "stages.award.benefits",
        "benefits",
        *with_benefit("{name: 补贴}"),
        ("benefits: [grant]", "benefits: [grnt]"),
        guess="grant",
    ),
    row("K01", "messages.retuned", "retuned", (DUTIES, "messages:\n  retuned: 请补正\n" + DUTIES), guess="returned"),
    row("K02", "messages.returned", "naem", (DUTIES, "messages:\n  returned: 请{naem}补正\n" + DUTIES), guess="name"),
    row("K02", "stages.award.certificate.number", "award:", ("DT-{year}-{seq:3}", "DT-{year}")),
    row(
        "K02", "stages.award.certificate.title", "award:", ("title: 带徒师傅", 'title: "带徒师傅{trak}"'), guess="track"
    ),
)
