"""Duties, points, money."""

from tests.domain.program.broken.rows import DUTIES, MEETING, RENEWAL, ROUTE, row, with_benefit, with_duty, with_points

AFTER = (
    row("D01", "duties.task", "task:", with_duty("{name: 年报, every: year, on: 12-01, once: 6mo, by: manager}")),
    row("D01", "duties.task", "task:", with_duty("{name: 年报, by: manager}")),
    row("D01", "duties.renewal", "renewal:", (RENEWAL, "  renewal: {name: 续认, once: 6mo, by: applicant}")),
    row("D02", "duties.task", "task:", with_duty("{name: 年报, every: year, by: manager}")),
    row("D02", "duties.task", "task:", with_duty("{name: 年报, before: expiry, by: manager}")),
    row("D02", "benefits.grant.paid.on", "grant:", *with_benefit("{name: 补贴, amount: 100, paid: {every: month}}")),
    row("D03", "duties.renewal", "renewal:", (ROUTE, "route: [formal, meeting, notice, award]"), also=("R06",)),
    row(
        "D03",
        "duties.task.during",
        "during",
        with_duty("{name: 年报, every: year, on: 12-01, by: manager, during: [notice]}"),
        also=(),
    ),
    row(
        "D03",
        "duties.task.before",
        "task:",
        with_duty("{name: 到期, before: stage_end, at: [7d], by: manager}"),
        (", lasts: valid}", ", lasts: open}"),
    ),
    row(
        "D04", "duties.task.runs", "runs", with_duty("{name: 核查, every: year, on: 12-01, by: manager, runs: meeting}")
    ),
    row("D05", "duties.renewal.before", "renewal:", (", valid: 3y}", "}"), also=("D05",)),
    row(
        "D06",
        "duties.task.on",
        "每月第一周周五",
        with_duty("{name: 年报, every: month, on: 每月第一周周五, by: manager}"),
        also=("D02",),
    ),
    row("T02", "duties.task.on", "12-10", with_duty("{name: 月报, every: month, on: 12-10, by: manager}")),
    row(
        "T03",
        "duties.task.on",
        "on: 31",
        with_duty("{name: 月报, every: month, on: 31, by: manager}"),
        guess="last_day",
    ),
    row("T04", "duties.task.once", "once", with_duty("{name: 中期评估, once: 60mo, by: manager}")),
    row(
        "R02",
        "duties.task.during",
        "during",
        with_duty("{name: 年报, every: year, on: 12-01, by: manager, during: [vald]}"),
        guess="valid",
    ),
    row("N01", "points.items.class.from", "class:", with_points("class: {name: 参训, points: 1, from: session}")),
    row(
        "N01",
        "sessions.course.gives",
        "course:",
        with_points("class: {name: 参训, points: 1}", "sessions:\n  course: {name: 班, by: manager, gives: clas}\n"),
        guess="class",
    ),
    row("N02", "points.items.class.limit", "limit", with_points("class: {name: 参训, points: 1, limit: 每月10次}")),
    row(
        "N03",
        "points.tiers.gold.from",
        "gold",
        with_points(
            "class: {name: 参训, points: 1}",
            "  tiers:\n    silver: {name: 银, from: 300}\n    gold: {name: 金, from: 200}\n",
        ),
    ),
    row(
        "R10",
        "points.tiers.gold.benefits",
        "gold",
        with_points(
            "class: {name: 参训, points: 1}", "  tiers:\n    gold: {name: 金, from: 200, benefits: [parkng]}\n"
        ),
        (DUTIES, "benefits: {parking: 停车}\n" + DUTIES),
        guess="parking",
    ),
    row(
        "M01",
        "benefits.grant.paid",
        "grant:",
        *with_benefit("{name: 补贴, amount: 100, paid: [{share: 60%, after: award}, {share: 50%, after: valid}]}"),
    ),
    row(
        "M02",
        "benefits.grant.paid.1.after",
        "grant:",
        *with_benefit("{name: 补贴, amount: 100, paid: [{share: 60%, after: award}, {share: 40%, after: renewals}]}"),
        guess="renewal",
    ),
    row("M03", "benefits.grant", "grant:", *with_benefit("{name: 补贴, amount: 100}", account=False)),
    row("M04", "benefits.grant.amount", "grant:", *with_benefit("{name: 补贴, amount: \"level == '一等' ? 2 : 1\"}")),
    row(
        "M04",
        "benefits.grant.amount",
        "grant:",
        *with_benefit("{name: 补贴, amount: records.extra.sum}"),
        (
            MEETING,
            MEETING + "\n  extra: {name: 核定, kind: check, by: manager, record: {sum: {name: 数, type: number}}}",
        ),
        also=("R06",),
    ),
    row(
        "M05",
        "benefits.grant.paid.1.after",
        "grant:",
        *with_benefit("{name: 补贴, amount: 100, paid: [{share: 60%, after: award}, {share: 40%, after: task}]}"),
        with_duty("{name: 离区, when: given.proof, by: manager}"),
    ),
)
