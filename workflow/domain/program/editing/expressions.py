"""Names inside the rules' expressions: who reads what, and the same expression with another name in its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.problems import Path
from workflow.domain.rules import reading as rules
from workflow.domain.rules.errors import RuleErrors

_ALWAYS = frozenset(("rule", "when", "while", "complete_when"))
_QUANTITIES = frozenset(("amount", "total", "places", "points"))
_MACROS = frozenset(("all", "exists", "exists_one", "filter", "map"))


def expression_paths(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text that the language reads as an expression."""
    inside = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for word, value in inside:
        where = (*path, str(word))
        if isinstance(value, str):
            if is_expression(where):
                yield where, value
        else:
            yield from expression_paths(value, where)


def is_expression(path: Path) -> bool:
    word = path[-1]
    if path[0] in ("program", "messages", "roles", "tracks", "appeal", "calendar", "retention", "remind", "escalate"):
        return False
    if len(path) > 1 and path[-2] in ("record", "asks", "fields", "columns", "words", "rubric", "options"):
        return False  # an entry of that key, or its label
    if word in _ALWAYS or word in _QUANTITIES or (len(path) > 1 and path[-2] == "grants"):
        return True
    if word == "level":
        return len(path) == 3 and path[0] == "stages"
    if word == "quota":
        return path[0] == "channels"
    if word == "show":
        return not (len(path) == 3 and path[0] == "stages")
    return word in ("required", "value")


@dataclass(frozen=True)
class Renaming:
    """`group`: how the key is read: `field`, `records` (a stage), `record` (a field of stage `of`), `option`
    (compared with `of`), `column` (of table `of`), `entry`, or the name before the dot."""

    group: str
    key: str
    of: str = ""

    def places(self, path: Path, source: str) -> Sequence[int]:
        """Where the key stands in the expression, from 0; nowhere in one that cannot be read."""
        try:
            tree = rules.read(source)
        except (RuleErrors, RecursionError):
            return ()
        return sorted(set(_Finding(self, path).inside(tree, {})))

    def renamed(self, path: Path, source: str, key: str) -> str:
        for at in reversed(self.places(path, source)):
            source = source[:at] + key + source[at + len(self.key) :]
        return source


def reads(reading: Renaming, path: Path, source: str) -> bool:
    return reading.key in source and bool(reading.places(path, source))


class _Finding:
    def __init__(self, wanted: Renaming, path: Path) -> None:
        self.wanted = wanted
        self.path = path

    def inside(self, node: rules.Node, bound: Mapping[str, str]) -> Iterator[int]:
        yield from self.here(node, bound)
        if isinstance(node, rules.Call) and node.of is not None and node.name in _MACROS and node.args:
            yield from self.inside(node.of, bound)
            variable = node.args[0]
            inner = {**bound, variable.name: _table(node.of)} if isinstance(variable, rules.Name) else bound
            for arg in node.args[1:]:
                yield from self.inside(arg, inner)
            return
        for child in _children(node):
            yield from self.inside(child, bound)

    def here(self, node: rules.Node, bound: Mapping[str, str]) -> Iterator[int]:
        wanted = self.wanted
        if isinstance(node, rules.Name) and node.name == wanted.key and node.name not in bound:
            if (wanted.group == "field" and self.sees_fields()) or (wanted.group == "column" and self.in_own_table()):
                yield node.at - 1
        elif isinstance(node, rules.Select) and node.name == wanted.key:
            if self.selected(node.of, bound):
                yield node.at - 1
        elif wanted.group == "option":
            yield from self.compared(node)

    def selected(self, of: rules.Node, bound: Mapping[str, str]) -> bool:
        wanted = self.wanted
        if isinstance(of, rules.Name) and of.name not in bound:
            groups = {"field": ("given",), "paid": ("paid", "payments")}.get(wanted.group, (wanted.group,))
            if wanted.group == "entry":
                return of.name == "entry" and ".".join(self.path).startswith(wanted.of + ".")
            return of.name in groups
        if wanted.group == "column" and isinstance(of, rules.Name):
            return bound[of.name] == wanted.of
        if wanted.group == "record" and isinstance(of, rules.Select) and isinstance(of.of, rules.Name):
            return of.of.name == "records" and of.name == wanted.of
        return False

    def compared(self, node: rules.Node) -> Iterator[int]:
        """`track == 'craft'`, `track in ['craft', 'media']`."""
        if not isinstance(node, rules.Binary) or node.op not in ("==", "!=", "in"):
            return
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, rules.Name) and one.name == self.wanted.of:
                texts = other.items if isinstance(other, rules.Listed) else (other,)
                yield from (text.at for text in texts if isinstance(text, rules.Text) and text.value == self.wanted.key)

    def sees_fields(self) -> bool:
        """Names of the form are not read by quotas, nor by points; within a table its own columns come first."""
        return self.path[0] not in ("quota", "points", "sessions", "round") and self.path[-1] not in ("quota", "places")

    def in_own_table(self) -> bool:
        return self.path[:1] == ("form",) and self.path[3:5] == (self.wanted.of, "columns")


def _table(node: rules.Node) -> str:
    """The table whose rows a macro walks: `rows` and `rows.filter(…)` alike."""
    while isinstance(node, rules.Call) and node.of is not None and node.name == "filter":
        node = node.of
    return node.name if isinstance(node, rules.Name) else ""


def _children(node: rules.Node) -> Iterator[rules.Node]:
    match node:
        case rules.Select(of=of):
            yield of
        case rules.Index(of=of, by=by):
            yield from (of, by)
        case rules.Call(of=of, args=args):
            yield from args if of is None else (of, *args)
        case rules.Unary(operand=operand):
            yield operand
        case rules.Binary(left=left, right=right):
            yield from (left, right)
        case rules.Choose(condition=condition, yes=yes, no=no):
            yield from (condition, yes, no)
        case rules.Listed(items=items):
            yield from items
        case rules.Mapped(entries=entries):
            yield from (part for pair in entries for part in pair)
