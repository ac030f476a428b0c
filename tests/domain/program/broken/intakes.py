"""How applications come in."""

from tests.domain.program.broken.rows import QUOTA, row

OWN = "    quota: min(nominator.staff / 50, 5)\n"
SUBMITTED = ("as_of: closes", "as_of: submitted")
BY_YEAR = (QUOTA, "quota: {total: 20, per: year}")


def monthly(intake: str) -> tuple[str, str]:
    return "    filled_by: either", f"    intake: {{every: month, {intake}}}\n    filled_by: either"


def beside(channel: str) -> tuple[str, str]:
    return OWN, f"{OWN}  found: {{name: 找到的人, {channel}}}\n"


INTAKES = (
    row(
        "I01",
        "channels.employer.intake.roll",
        "intake:",
        monthly("closes: 25, roll: skip"),
        SUBMITTED,
        guess="previous_workday",
    ),
    row(
        "I01",
        "channels.found.intake",
        "found:",
        monthly("closes: 25"),
        beside("intake: {every: month, closes: 20}"),
        SUBMITTED,
    ),
    row(
        "I02",
        "channels.found",
        "found:",
        beside("intake: {from: facts}"),
        SUBMITTED,
        BY_YEAR,
        guess="filled_by: manager",
        also=("I04",),
    ),
    row(
        "I03",
        "channels.found.nominator",
        "found:",
        beside("intake: {from: facts}, filled_by: manager, nominator: {role: employer_admin}"),
        SUBMITTED,
        BY_YEAR,
        also=("I04",),
    ),
    row(
        "I03",
        "channels.found",
        "found:",
        beside("intake: {from: facts}, filled_by: manager"),
        ("[name, id_no, mobile]", "[name, mobile]"),
        SUBMITTED,
        BY_YEAR,
        also=("I04", "F06"),
    ),
    row("I04", "channels.found", "found:", beside("intake: {from: facts}, filled_by: manager"), SUBMITTED, BY_YEAR),
    row(
        "I05",
        "channels.found.confirm",
        "found:",
        beside("intake: {from: facts}, filled_by: manager, confirm: at_award, route: [formal]"),
        SUBMITTED,
        BY_YEAR,
        guess="before",
        also=("I04", "X09", "Q04"),
    ),
)
