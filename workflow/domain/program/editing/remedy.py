"""One way out of a finding: edits ready to be made, or the place where only the administrator can say what to write."""

from dataclasses import dataclass

from workflow.domain.program.editing.changes import Edit
from workflow.domain.program.problems import Path
from workflow.domain.words import Words


@dataclass(frozen=True)
class Remedy:
    words: Words
    edits: tuple[Edit, ...]
    goes: Path = ()
