"""Routes."""

from tests.domain.program.broken.rows import DUTIES, FORMAL, MEETING, ROUTE, row

ROUTES = (
    row("X00", "channels.employer", "employer:\n".strip(), (ROUTE + "\n", "")),
    row("X00", "route", "route:", (ROUTE, "route: []"), also=()),
    row("R02", "route", "route:", ("route: [formal, meeting", "route: [formall, formal, meeting"), guess="formal"),
    row(
        "R02",
        "channels.employer.quota.taken_at",
        "quota:",
        ("quota: min(nominator.staff / 50, 5)", "quota: {places: 5, taken_at: formel}"),
        guess="formal",
    ),
    row(
        "R02",
        "fairness.never_both",
        "never_both",
        (DUTIES, "fairness: {never_both: [[formal, meting]]}\n" + DUTIES),
        guess="meeting",
    ),
    row("R06", "stages.extra", "extra:", (MEETING, MEETING + "\n  extra: {name: 复核, kind: check, by: manager}")),
    row(
        "X01",
        "route",
        "route:",
        ("route: [formal, meeting, notice, award, valid]", "route: [notice, award, valid]"),
        ("quota: {total: 20, alternates: 10%}\n", ""),
        also=("R06", "R06", "U04"),
    ),
    row("X02", "route", "route:", ("notice, award, valid]", "award, notice, valid]")),
    row(
        "X03",
        "route",
        "route:",
        ("meeting, notice, award", "meeting, award"),
        ("alternates: 10%", "per: round"),
        also=("R06",),
    ),
    row(
        "X04",
        "stages.formal.send_back_to",
        "send_back_to",
        (FORMAL, FORMAL + " may: [pass, refuse, return, send_back], send_back_to: meeting,"),
    ),
    row("X04", "stages.formal.may", "send_back", (FORMAL, FORMAL + " may: [pass, refuse, return, send_back],")),
    row("X06", "route", "route:", ("notice, award, valid]", "notice, valid, award]")),
    row("X08", "route", "route:", ("route: [formal, meeting, notice", "route: [formal, meeting, formal, notice")),
    row("X09", "route", "route:", ("notice, award, valid]", "notice, valid]"), also=("X02", "R06")),
)
