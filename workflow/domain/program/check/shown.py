"""Whether a field is surely answered by every case of a channel."""

from workflow.domain import rules
from workflow.domain.program.check.compiled import compiled
from workflow.domain.program.check.desk import Desk
from workflow.domain.program.schema import Field


def surely_answered(desk: Desk, field: Field, channel: str) -> bool:
    return surely(desk, field.required, channel) and surely(desk, field.show, channel)


def surely(desk: Desk, condition: bool | str, channel: str) -> bool:
    """True on the channel whatever else is answered, for every track."""
    if isinstance(condition, bool):
        return condition
    try:
        rule = compiled(desk.definition, rules.Place.FORM, condition, "bool")
    except rules.RuleErrors:
        return True  # said once, where it stands
    known = [{"channel": channel, "track": track} for track in desk.definition.tracks]
    return all(rule.evaluate(inputs).answer is rules.Answer.MEETS for inputs in known)
