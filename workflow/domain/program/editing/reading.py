"""A text as the tree of its signs, and as plain data."""

from typing import Any

from ruamel.yaml.error import YAMLError

from workflow.domain.program.editing.changes import CannotEdit
from workflow.domain.program.editing.tree import Tree, read_plainly
from workflow.domain.program.source import unreadable
from workflow.domain.words import Words


def tree_of(text: str) -> Tree:
    refusal = unreadable(text.removeprefix("\ufeff"))
    if refusal is not None:
        raise CannotEdit(refusal[1])
    try:
        return Tree(text)
    except (YAMLError, ValueError, RecursionError):
        raise CannotEdit(Words("这份文件现在读不懂，请先按提示改好源文件")) from None


def data_of(text: str) -> dict[str, Any]:
    """The file as plain data, None for what is left empty; refused where it is no YAML at all."""
    read: dict[str, Any] = read_plainly(tree_of(text).root)
    return read
