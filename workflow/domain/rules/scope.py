"""Which names a rule may read at its place, and of what kind each is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from workflow.domain.rules.kinds import Known

if TYPE_CHECKING:
    from workflow.domain.rules.rule import Rule


class Place(StrEnum):
    """Where an expression stands in the file (LANGUAGE 2.3); each sees its own names."""

    FORM = "form"  # show, required, check
    COMPUTED = "computed"  # a computed field, a computed criterion
    ELIGIBILITY = "eligibility"
    WHEN = "when"
    MENTORS = "mentors"
    LEVEL = "level"
    GRANTS = "grants"
    AMOUNT = "amount"
    COMPLETE = "complete"
    EXIT = "exit"
    DUTY = "duty"
    WHILE = "while"
    QUOTA = "quota"
    PLACES = "places"
    POINTS = "points"
    ENTRY = "entry"  # show, required, check of what a points item or a session asks


@dataclass(frozen=True, eq=False)
class Scope:
    """`open` prefixes take any name (`checks.`); `later` holds records that exist but are not surely known here."""

    place: Place
    names: Mapping[str, Known]
    open: Mapping[str, Known] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    compiled: "dict[tuple[str, str], Rule]" = field(default_factory=dict, repr=False)

    def find(self, path: str) -> Known | None:
        known = self.names.get(path)
        if known is None and self.open:
            head, dot, rest = path.partition(".")
            return self.open.get(head) if dot and rest and "." not in rest else None
        return known

    def candidates(self, path: str) -> Iterable[str]:
        """Names to guess among: those of the same group first."""
        head, dot, _ = path.partition(".")
        same = [name for name in self.names if name.startswith(head + ".")] if dot else []
        return same or self.names
