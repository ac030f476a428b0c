"""Quotas."""

from tests.domain.program.broken.rows import NOMINATED, QUOTA, ROUTE, row

PLACES = (
    row(
        "Q01",
        "channels.employer.quota",
        "quota: 5",
        (
            NOMINATED,
            "    quota: 5\n",
        ),
        also=("R03",),
    ),
    row("Q02", "quota.total", "quota: {total", (ROUTE, "route: [formal, notice, award, valid]"), also=("R06",)),
    row("Q03", "quota.alternates", "quota: {total", (ROUTE, "route: [formal, meeting, award, valid]"), also=("R06",)),
    row(
        "Q04",
        "channels.self",
        "self:",
        (
            "    quota: min(nominator.staff / 50, 5)\n",
            "    quota: min(nominator.staff / 50, 5)\n  self: {name: 个人, route: [formal, notice, award, valid]}\n",
        ),
    ),
    row(
        "Q05",
        "channels.employer.quota",
        "quota: 5",
        ("    quota: min(nominator.staff / 50, 5)\n", "    quota: 5\n    intake: rolling\n"),
        ("as_of: closes", "as_of: submitted"),
        (QUOTA, "quota: {total: 20, per: year}"),
        guess="per: year",
    ),
    row(
        "Q05",
        "quota",
        "quota: {total",
        ("    quota: min(nominator.staff / 50, 5)\n", "    intake: rolling\n"),
        ("as_of: closes", "as_of: submitted"),
        guess="per: year",
    ),
    row("U07", "quota.tracks", "tracks: {tutor: {", (QUOTA, "quota: {total: 20, tracks: {tutor: {at_least: 24}}}")),
    row("U08", "quota.total", "total: 0", (QUOTA, "quota: {total: 0}")),
    row(
        "R11",
        "quota.tracks.tuter",
        "tuter",
        (QUOTA, "quota: {total: 20, tracks: {tuter: {at_least: 2}}}"),
        guess="tutor",
    ),
)
