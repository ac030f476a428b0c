"""The control that a finding concerns, where the finding itself speaks of the part as a whole."""

from collections.abc import Mapping

from workflow.domain.program.problems import Path

_WORDS: Mapping[str, str] = {
    # code -> the word of the part that one would change
    "B01": "blind",
    "E01": "rule",
    "E02": "settled_at",
    "E03": "clause",
    "F02": "purpose",
    "F03": "class",
    "H02": "nominator",
    "H03": "signers",
    "H05": "account",
    "H06": "account",
    "Q01": "nominator",
    "W03": "sheet",
    "W04": "raters",
    "W06": "levels",
    "W13": "sheet",
    "W15": "max",
    "X00": "route",
    "X10": "rank_by",
}


def concerned(code: str, path: Path, asked: Mapping[str, object]) -> Path:
    """The path of the control; the part's own where no single word is to blame. `asked`: the words of the part."""
    word = _WORDS.get(code)
    return (*path, word) if word is not None and word in asked else path
