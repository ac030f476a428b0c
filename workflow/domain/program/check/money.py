"""Benefits, points and sessions: that money has a way to the person, and points a source."""

from decimal import Decimal

from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import AwardStage, Benefit, Field, TextField
from workflow.domain.words import Words


def instalments_add_up(desk: Desk) -> None:
    for key, benefit in desk.definition.benefits.items():
        total = sum((part.share.percent for part in benefit.instalments), Decimal(0))
        if benefit.instalments and total != 100:
            words = Words("“%(benefit)s”各期合计%(total)s%%，应为100%%", benefit=benefit.name, total=total)
            desk.error("M01", ("benefits", key, "paid"), words)


def instalments_wait_for_something_that_happens(desk: Desk) -> None:
    for key, benefit in desk.definition.benefits.items():
        for at, part in enumerate(benefit.instalments):
            path = ("benefits", key, "paid", str(at), "after")
            known = [*desk.definition.stages, *desk.definition.duties]
            words = Words("没有任务或环节“%(after)s”", after=part.after)
            if desk.expect("M02", path, part.after, known, words) and may_never_happen(desk, benefit, part.after):
                words = Words("第%(n)s期等“%(after)s”，它可能永远不出现", n=at + 1, after=name_of(desk, part.after))
                desk.warn("M05", path, words)


def name_of(desk: Desk, key: str) -> object:
    entry = desk.definition.stages.get(key) or desk.definition.duties[key]
    return entry.name


def may_never_happen(desk: Desk, benefit: Benefit, after: str) -> bool:
    """A stage that a granting route skips; a duty with a condition, that may go unanswered, or without follow-up."""
    routes = [route for route, _ in granting(desk, benefit.key)]
    stage = desk.definition.stages.get(after)
    if stage in [award for _, award in granting(desk, benefit.key)]:
        return False
    if stage is not None:
        return stage.when is not None or any(after not in route.stages for route in routes)
    duty = desk.definition.duties[after]
    if duty.when is not None or duty.optional:
        return True
    return bool(duty.during) and any(not set(duty.during) & set(route.stages) for route in routes)


def granting(desk: Desk, benefit: str) -> list[tuple[Route, AwardStage]]:
    """The routes on which the benefit is granted, and by which award."""
    return [
        (route, stage)
        for route in desk.routes
        for stage in desk.stages_on(route)
        if isinstance(stage, AwardStage) and benefit in stage.benefits
    ]


def money_has_an_account_to_go_to(desk: Desk) -> None:
    for key, benefit in desk.definition.benefits.items():
        if benefit.amount is None or benefit.amount == 0:
            continue
        for route, _ in granting(desk, key):
            asked = [field for stage in desk.stages_on(route) for field in stage.asks.values()]
            if not any(is_account(field) for field in (*desk.definition.form_fields().values(), *asked)):
                words = Words(
                    "“%(benefit)s”要付钱却没收账户：请在发证环节写 asks: {bank: {standard: bank_account}}",
                    benefit=benefit.name,
                )
                desk.error("M03", ("benefits", key), words)


def is_account(field: Field) -> bool:
    return isinstance(field, TextField) and field.format == "bank_account"


# -- points ------------------------------------------------------------------------------------------------------------


def points_from_sessions_have_a_session(desk: Desk) -> None:
    points = desk.definition.points
    items = points.items if points is not None else {}
    delivered = set()
    for key, session in desk.definition.sessions.items():
        for word in ("gives", "absence"):
            item = getattr(session, word)
            if item is None:
                continue
            delivered.add(item)
            words = Words("没有积分项“%(item)s”", item=item)
            desk.expect("N01", ("sessions", key, word), item, items, words)
    for key, entry in items.items():
        if entry.from_ == "session" and key not in delivered:
            words = Words("“%(item)s”来自培训班，但没有哪种班给这项积分", item=entry.name)
            desk.error("N01", ("points", "items", key, "from"), words)


def tiers_rise(desk: Desk) -> None:
    points = desk.definition.points
    lower: Decimal | None = None
    for key, tier in (points.tiers if points is not None else {}).items():
        path: Path = ("points", "tiers", key)
        if lower is not None and tier.from_ <= lower:
            words = Words("档位应从低到高：“%(tier)s”的 %(mark)s 不比前一档高", tier=tier.name, mark=tier.from_)
            desk.error("N03", (*path, "from"), words)
        lower = tier.from_
        for benefit in tier.benefits:
            desk.benefit((*path, "benefits"), benefit)
