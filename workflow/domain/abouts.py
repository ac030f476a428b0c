"""What an item of the time after a recognition is about, in the program's own words: `duty:quarterly:3`, `place`."""

from workflow.domain.program.schema import Definition, Label
from workflow.domain.program.schema.after import Duty
from workflow.domain.words import Words

_PLAIN = {
    "place": Words("安排单位"),
    "review": Words("研判"),
    "pay": Words("付款"),
    "points": Words("积分"),
    "renewal": Words("续认"),
}


def duty_about(definition: Definition, about: str | None) -> Duty | None:
    kind, _, rest = (about or "").partition(":")
    return definition.duties.get(rest.partition(":")[0]) if kind == "duty" else None


def name_of(definition: Definition, about: str | None) -> Label | Words | None:
    """None for an item of a stage."""
    if not about:
        return None
    duty = duty_about(definition, about)
    return duty.name if duty is not None else _PLAIN.get(about.partition(":")[0])
