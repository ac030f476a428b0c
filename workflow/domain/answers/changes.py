"""What changed from one revision of the answers to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from workflow.domain.answers.storing import Values, is_blank


@dataclass(frozen=True)
class Edit:
    """`path` counts rows from 1 as they stand after, a removed row as it stood before. None is no answer."""

    path: str
    old: Any
    new: Any


def changed(before: Values, after: Values) -> tuple[Edit, ...]:
    keys = [*before, *(key for key in after if key not in before)]
    return tuple(edit for key in keys for edit in _edits(key, before.get(key), after.get(key)))


def _edits(path: str, old: Any, new: Any) -> Iterator[Edit]:
    if is_blank(old) and is_blank(new):
        return
    if _is_table(old) or _is_table(new):
        yield from _row_edits(path, old or [], new or [])
    elif old != new:
        yield Edit(path, old, new)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _row_edits(path: str, old: list[Any], new: list[Any]) -> Iterator[Edit]:
    """Rows that stayed are recognized, so that one row taken out does not make all below it look changed."""
    matcher = SequenceMatcher(None, [_spelled(row) for row in old], [_spelled(row) for row in new], autojunk=False)
    for _, i, i_end, j, j_end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        shared = min(i_end - i, j_end - j)
        for step in range(shared):
            yield from _cell_edits(f"{path}.{j + step + 1}", old[i + step], new[j + step])
        for removed in range(i + shared, i_end):
            yield Edit(f"{path}.{removed + 1}", old[removed], None)
        for added in range(j + shared, j_end):
            yield Edit(f"{path}.{added + 1}", None, new[added])


def _spelled(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, repr(value)) for key, value in row.items() if not is_blank(value)))


def _cell_edits(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _edits(f"{path}.{key}", old.get(key), new.get(key))
