"""What is known of a case outside its form: every value with its day and where it comes from (LANGUAGE 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    value: Any
    as_of: date
    source: str = ""


def known_on(facts: Mapping[str, Sequence[Known]], day: date) -> dict[str, Any]:
    """Of each fact the newest value of that day or before; what only became known later is not known yet.

    Values of one day: the one recorded last, which stands last.
    """
    found: dict[str, Any] = {}
    for name, values in facts.items():
        held = [each for each in values if each.as_of <= day]
        if held:
            found[name] = max(enumerate(held), key=lambda pair: (pair[1].as_of, pair[0]))[1].value
    return found
