"""One word of one part of the language, as something a page can draw."""

from dataclasses import dataclass
from typing import Any

from workflow.domain.program.schema.base import Part
from workflow.domain.words import Words

Extra = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """One word of one part. `kind` names what reads and draws it (`forms/studio`); `default` is as a file writes it.

    `options`: what may be chosen, as written. `refers`: the section of the draft whose keys may be chosen. `part`: what
    stands inside, for a nested part, a keyed section or a list of parts; `columns` the controls of one row.
    """

    word: str
    name: Words
    hint: Words | None
    kind: str
    required: bool = False
    default: Any = None
    options: tuple[str, ...] = ()
    refers: str = ""
    part: type[Part] | None = None
    columns: tuple["Control", ...] = ()
    owner: str = ""

    @property
    def inner(self) -> type[Part]:
        """What stands inside, of a control that has something inside."""
        if self.part is None:
            raise TypeError(f"nothing stands inside {self.owner}.{self.word}")
        return self.part


def column(word: str, kind: str, name: Words, **extra: Any) -> Control:
    return Control(word, name, None, kind, **extra)
