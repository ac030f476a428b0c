"""Where a rule turns: the values at which its comparisons decide, and a setting in which one of them does.

A rule is read as a tree. Every comparison names values worth trying for what it reads: the limit itself and what lies
just beyond on either side, each option and another one, yes and no, rows more or fewer. Which of them decide is not
worked out but tried, with the rule itself.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Any

from workflow.domain.rules import Rule
from workflow.domain.rules.reading import (
    Binary,
    Call,
    Choose,
    Index,
    Listed,
    Mapped,
    Name,
    Node,
    Number,
    Select,
    Text,
    Truth,
    Unary,
    read,
)

_SUMS = frozenset("+-*/")
_MOST_SETTINGS = 400
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OVER_ROWS = frozenset(("exists", "all", "filter", "map"))
_SOMETHING_ELSE = "其他"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Trial:
    """One thing to try: a value of a name, of a column in every row of a table, or a number of rows.

    `source` says which comparison asks for it, `side` where the value lies: `at` or `beyond`.
    """

    name: str
    value: Any
    source: str
    side: str
    column: str | None = None
    rows: bool = False

    def laid_over(self, inputs: Mapping[str, Any]) -> Any:
        if self.rows:
            return _with_rows(inputs.get(self.name), int(self.value))
        if self.column is None:
            return self.value
        rows = inputs.get(self.name) or ()
        if self.side == "shared":
            return _shared(rows, self.column, self.value)
        return [{**row, self.column: self._cell(row)} for row in rows]

    def _cell(self, row: Mapping[str, Any]) -> Any:
        """A value that names another column is that column's, or one more."""
        if isinstance(self.value, tuple):
            other, step = self.value
            known = row.get(other)
            return known + step if isinstance(known, Decimal) else known
        return self.value


def _with_rows(rows: Any, number: int) -> list[Any]:
    known = list(rows or ())
    return [known[at % len(known)] for at in range(number)] if known else []


def _shared(rows: Sequence[Mapping[str, Any]], column: str, whole: Decimal) -> list[dict[str, Any]]:
    """A whole shared out over the rows, the rest to the first."""
    if not rows:
        return []
    each = Decimal(int(whole) // len(rows))
    first = whole - each * (len(rows) - 1)
    return [{**row, column: first if at == 0 else each} for at, row in enumerate(rows)]


Options = Mapping[str, Sequence[str]]
"""By name, `table.column` for a column: what a choice offers, so that "another one" is one of them."""


# -- reading -----------------------------------------------------------------------------------------------------------
def trials_of(source: str, options: Options) -> tuple[Trial, ...]:
    """Everything worth trying, in the order in which the rule reads it."""
    return tuple(dict.fromkeys(each for trial in _written(source) for each in _chosen(trial, options)))


@lru_cache(maxsize=512)
def _written(source: str) -> tuple[Trial, ...]:
    return tuple(_trials(read(source), source, {}))


def _chosen(trial: Trial, options: Options) -> Iterator[Trial]:
    """ "Something else" becomes one of the other options, where only options may be given."""
    known = options.get(f"{trial.name}.{trial.column}" if trial.column else trial.name, ())
    if trial.value != _SOMETHING_ELSE or not known:
        yield trial
        return
    named = {each.value for each in _written(trial.source) if (each.name, each.column) == (trial.name, trial.column)}
    others = [option for option in known if option not in named] or list(known)
    yield from (replace(trial, value=option) for option in others[:2])


def _trials(node: Node, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    """`rows`: name of a row variable -> the table it runs over."""
    if isinstance(node, Binary) and node.op in ("&&", "||"):
        yield from _trials(node.left, source, rows)
        yield from _trials(node.right, source, rows)
    elif isinstance(node, Binary):
        if node.op not in _SUMS:
            yield from _compared(node, source, rows)
        yield from _within((node.left, node.right), source, rows)
    elif isinstance(node, Unary):
        yield from (_trials if node.op == "!" else _inner)(node.operand, source, rows)
    elif isinstance(node, Choose):
        yield from _trials(node.condition, source, rows)
        yield from _within((node.yes, node.no), source, rows)
    elif isinstance(node, Call):
        yield from _called(node, source, rows)
    elif isinstance(node, Index):
        yield from _indexed(node, source, rows)
    elif isinstance(node, Name | Select):
        yield from _either(node, source, rows)


def _within(parts: Sequence[Node], source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    for part in parts:
        yield from _inner(part, source, rows)


def _inner(node: Node, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    """A part that is a value, not a question: a bare name there asks nothing."""
    if not isinstance(node, Name | Select):
        yield from _trials(node, source, rows)


def _called(node: Call, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    inner = dict(rows)
    table = _path(node.of) if node.of is not None else None
    if node.name in _OVER_ROWS and table is not None and node.args and isinstance(node.args[0], Name):
        inner[node.args[0].name] = table
        for part in node.args[1:]:
            yield from (_inner if node.name == "map" else _trials)(part, source, inner)
        return
    yield from _within((*((node.of,) if node.of is not None else ()), *node.args), source, rows)


def _indexed(node: Index, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    if isinstance(node.of, Mapped):
        for key, _ in node.of.entries:
            yield from _placed(node.by, _literal(key), source, "at", rows)


def _either(node: Node, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    yield from _placed(node, True, source, "at", rows)
    yield from _placed(node, False, source, "beyond", rows)


def _compared(node: Binary, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    left, right, op = node.left, node.right, node.op
    limit = _literal(right)
    if limit is None and _literal(left) is not None:
        left, right, op, limit = right, left, _FLIPPED.get(op, op), _literal(left)
    if op == "in" and isinstance(right, Listed):
        for each in right.items:
            yield from _placed(left, _literal(each), source, "at", rows)
        yield from _placed(left, _SOMETHING_ELSE, source, "beyond", rows)
    elif limit is not None:
        for value, side in _around(limit, op):
            yield from _placed(left, value, source, side, rows)
    else:
        yield from _against_another(left, right, source, rows)


def _around(limit: Any, op: str) -> Iterator[tuple[Any, str]]:
    yield limit, "at"
    if isinstance(limit, bool):
        yield not limit, "beyond"
    elif isinstance(limit, Decimal):
        yield from ((limit - 1, "beyond"), (limit + 1, "beyond"))
    elif isinstance(limit, date):
        yield from ((limit - _ONE_DAY, "beyond"), (limit + _ONE_DAY, "beyond"))
    else:
        yield _SOMETHING_ELSE, "beyond"


def _against_another(left: Node, right: Node, source: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    """Two columns of one row compared with each other: equal, and one apart."""
    one, other = _cell(left, rows), _cell(right, rows)
    if one is not None and other is not None and one[0] == other[0]:
        for step in (0, 1, -1):
            yield Trial(one[0], (other[1], step), source, "beyond" if step else "at", one[1])


def _cell(node: Node, rows: Mapping[str, str]) -> tuple[str, str] | None:
    if isinstance(node, Select) and isinstance(node.of, Name) and node.of.name in rows:
        return rows[node.of.name], node.name
    return None


def _placed(node: Node, value: Any, source: str, side: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    """What has to be set so that `node` comes to `value`, as far as a name or a plain count can be set."""
    if value is None:
        return
    cell, path = _cell(node, rows), _path(node)
    if cell is not None:
        yield Trial(cell[0], value, source, side, cell[1])
    elif path is not None and path not in rows:
        yield Trial(path, value, source, side)
    elif isinstance(node, Call):
        yield from _counted(node, value, source, side, rows)
    elif isinstance(node, Binary):
        for part in (node.left, node.right):
            yield from _placed(part, value, source, side, rows)


def _counted(node: Call, value: Any, source: str, side: str, rows: Mapping[str, str]) -> Iterator[Trial]:
    inner = node.args[0] if node.args else None
    if not isinstance(value, Decimal) or inner is None:
        return
    table = _table_of(inner)
    if node.name == "count" and table is not None and value >= 0:
        yield Trial(table, value, source, side, rows=True)
    elif node.name == "sum" and isinstance(inner, Call) and table is not None and len(inner.args) == 2:
        column = inner.args[1]
        if isinstance(column, Select):
            yield Trial(table, value, source, "shared", column.name)
    elif node.name == "length" and _path(inner) is not None:
        yield Trial(str(_path(inner)), "字" * int(max(value, Decimal(0))), source, side)
    elif node.name in ("min", "max", "round"):
        for part in node.args:
            yield from _placed(part, value, source, side, rows)


def _table_of(node: Node) -> str | None:
    while isinstance(node, Call) and node.of is not None:
        node = node.of
    return _path(node)


def _path(node: Node | None) -> str | None:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Select):
        before = _path(node.of)
        return f"{before}.{node.name}" if before is not None else None
    return None


def _literal(node: Node) -> Any:
    if isinstance(node, Number | Text | Truth):
        return node.value
    if isinstance(node, Unary) and node.op == "-" and isinstance(node.operand, Number):
        return -node.operand.value
    if isinstance(node, Call) and node.name == "date" and node.args and isinstance(node.args[0], Text):
        return date.fromisoformat(node.args[0].value)
    return None


# -- trying ------------------------------------------------------------------------------------------------------------
def setting(
    rule: Rule, inputs: Mapping[str, Any], wanted: Callable[[str], bool], only: Container[str], options: Options
) -> dict[str, Any] | None:
    """The fewest changes, to names in `only`, after which the rule answers as wanted; None where no trial does."""
    for changes in _combinations(rule.source, inputs, only, options):
        if wanted(rule.evaluate({**inputs, **changes}).answer.value):
            return changes
    return None


def _combinations(
    source: str, inputs: Mapping[str, Any], only: Container[str], options: Options
) -> Iterator[dict[str, Any]]:
    """Nothing changed, then one name, then two at a time."""
    by_name: dict[str, list[Trial]] = {}
    for trial in trials_of(source, options):
        if trial.name in only:
            by_name.setdefault(trial.name, []).append(trial)
    yield {}
    for name, trials in by_name.items():
        yield from ({name: trial.laid_over(inputs)} for trial in trials)
    names, left = list(by_name), _MOST_SETTINGS
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            for first, second in product(by_name[one], by_name[other]):
                if left := left - 1:
                    yield {one: first.laid_over(inputs), other: second.laid_over(inputs)}
                else:
                    return


@dataclass(frozen=True)
class Turning:
    """A setting in which one trial decides: with it the rule answers otherwise than with its counterpart."""

    trial: Trial
    changes: Mapping[str, Any]


def turnings(
    rule: Rule, inputs: Mapping[str, Any], only: Container[str], options: Options
) -> tuple[list[Turning], list[Trial]]:
    """For each trial a setting in which it decides, if there is one; and those trials that never decide."""
    found: list[Turning] = []
    hidden: list[Trial] = []
    every = [trial for trial in trials_of(rule.source, options) if trial.name in only]
    for trial in every:
        turning = _turning(rule, inputs, trial, every)
        if turning is None:
            hidden.append(trial)
        else:
            found.append(turning)
    return found, hidden


def _turning(rule: Rule, inputs: Mapping[str, Any], trial: Trial, every: Sequence[Trial]) -> Turning | None:
    others = [each for each in every if each.name != trial.name]
    same = [each for each in every if each.name == trial.name and each != trial]
    grounds: list[dict[str, Any]] = [{}, *({each.name: each.laid_over(inputs)} for each in others)]
    for ground in grounds:
        laid = {**inputs, **ground}
        answer = rule.evaluate({**laid, trial.name: trial.laid_over(laid)}).answer
        if any(rule.evaluate({**laid, each.name: each.laid_over(laid)}).answer != answer for each in same):
            return Turning(trial, {**ground, trial.name: trial.laid_over(laid)})
    return None


def without(turning: Turning) -> Turning:
    """The same setting with nothing said where the comparison reads."""
    bare = replace(turning.trial, side="without", value=None)
    return Turning(bare, {**turning.changes, turning.trial.name: None})
