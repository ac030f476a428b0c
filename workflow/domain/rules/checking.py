"""From a tree to a step that can be worked out, with everything that is wrong said on the way."""

import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from workflow.domain.program.problems import closest
from workflow.domain.rules import reading as tree
from workflow.domain.rules import running
from workflow.domain.rules.errors import RuleError
from workflow.domain.rules.kinds import ANY, BOOL, NAMES, NUMBER, TEXT, Kind, Known, Sort, listed
from workflow.domain.rules.running import Convert, Step
from workflow.domain.rules.scope import Scope
from workflow.domain.words import Words


@dataclass(frozen=True)
class Part:
    """One part of the expression: of what kind, how to work it out, which names it reads."""

    kind: Kind
    step: Step
    reads: frozenset[str] = frozenset()


NOTHING = Part(ANY, running.constant(None))


def fits(kind: Kind, wanted: Kind) -> bool:
    if "any" in (kind.sort, wanted.sort):
        return True
    if kind.sort != wanted.sort:
        return False
    return kind.item is None or wanted.item is None or fits(kind.item, wanted.item)


def joined(parts: Sequence[Part]) -> frozenset[str]:
    return frozenset().union(*(part.reads for part in parts))


def needs_fractions(node: object) -> bool:
    """Whether somewhere a division may not end: then the whole rule counts in fractions, so that 1 / 3 * 3 is 1."""
    if isinstance(node, tree.Binary) and node.op == "/" and not _ends(node.right):
        return True
    if isinstance(node, tuple):
        return any(needs_fractions(item) for item in node)
    return isinstance(node, tree.Node) and any(needs_fractions(value) for value in vars(node).values())


def _ends(divisor: tree.Node) -> bool:
    if not isinstance(divisor, tree.Number) or not divisor.value:
        return False
    left = Fraction(divisor.value).numerator
    for factor in (2, 5):
        while left % factor == 0:
            left //= factor
    return abs(left) == 1


@dataclass
class Checker(ABC):
    scope: Scope
    number: Convert
    errors: list[RuleError] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)  # in the order of reading
    columns: dict[str, set[str]] = field(default_factory=dict)
    locals: dict[str, Part] = field(default_factory=dict)
    slots: int = 0

    def fault(self, code: str, words: Words, at: int, guess: str | None = None) -> None:
        self.errors.append(RuleError(code, words, guess, at))

    def part(self, node: tree.Node) -> Part:
        method: Callable[[Any], Part] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    @abstractmethod
    def _call(self, node: tree.Call) -> Part: ...

    # literals

    def _number(self, node: tree.Number) -> Part:
        return Part(NUMBER, running.constant(self.number(node.value)))

    def _text(self, node: tree.Text) -> Part:
        return Part(TEXT, running.constant(node.value))

    def _truth(self, node: tree.Truth) -> Part:
        return Part(BOOL, running.constant(node.value))

    def _listed(self, node: tree.Listed) -> Part:
        parts = [self.part(item) for item in node.items]
        for item, part in zip(node.items, parts, strict=True):
            if not fits(part.kind, parts[0].kind):
                self.different(item.at, parts[0].kind, part.kind)
        kind = listed(replace(parts[0].kind, options=()) if parts else ANY)
        return Part(kind, running.listing([part.step for part in parts]), joined(parts))

    def _mapped(self, node: tree.Mapped) -> Part:
        keys = [key.value for key, _ in node.entries if isinstance(key, tree.Text)]
        parts = [self.part(value) for _, value in node.entries]
        for (key, value), part in zip(node.entries, parts, strict=True):
            if not isinstance(key, tree.Text):
                self.fault("C02", Words("对照表的左边要写引号里的文字，如 {'高级': 200}"), key.at)
            elif not fits(part.kind, parts[0].kind):
                self.different(value.at, parts[0].kind, part.kind)
        if len(keys) != len(node.entries):
            return NOTHING
        kind = Kind("map", parts[0].kind if parts else ANY)
        return Part(kind, running.mapping(keys, [part.step for part in parts]), joined(parts))

    # names

    def _name(self, node: tree.Name) -> Part:
        return self.locals[node.name] if node.name in self.locals else self.read(node.name, node.at)

    def _select(self, node: tree.Select) -> Part:
        path = self.path(node)
        if path is not None and self.scope.find(path) is not None:
            return self.read(path, _start(node))
        if path is not None and self.scope.find(path.rpartition(".")[0]) is None and not self.holds_table(path):
            return self.read(path, _start(node))
        of = self.part(node.of)
        if of.kind.sort == "row":
            return self.column(of, node)
        if of.kind.sort == "list":
            name = path.rpartition(".")[0] if path else "…"
            words = Words(
                "“%(label)s”是一张表，要逐行看：%(name)s.exists(r, …)、count(%(name)s)", label=of.kind.label, name=name
            )
            self.fault("C06", words, node.at)
        elif of.kind.sort != "any":
            self.fault("C01", Words("这里用不到“%(name)s”", name=node.name), node.at)
        return NOTHING

    def holds_table(self, path: str) -> bool:
        return any(self.scope.find(path[:at]) is not None for at, sign in enumerate(path) if sign == ".")

    def path(self, node: tree.Node) -> str | None:
        """`facts.moved_out` as one dotted name; None where the chain begins with something else than a name."""
        if isinstance(node, tree.Name):
            return None if node.name in self.locals else node.name
        if isinstance(node, tree.Select):
            head = self.path(node.of)
            return None if head is None else f"{head}.{node.name}"
        return None

    def read(self, path: str, at: int) -> Part:
        known = self.scope.find(path)
        if known is None:
            return self.unknown_name(path, at)
        self.bar(known, path, at)
        self.names[path] = None
        default = False if path.startswith("checks.") else None
        reads = frozenset((path,))
        return Part(known.kind, running.reading(path, self.converter(known.kind), default), reads)

    def unknown_name(self, path: str, at: int) -> Part:
        if path in self.scope.later:
            words = Words(
                "“%(name)s”要到“%(stage)s”才有，而不是每条路线都先经过它", name=path, stage=self.scope.later[path]
            )
            self.fault("C05", words, at)
        elif f"given.{path}" in self.scope.names:
            label = self.scope.names[f"given.{path}"].label
            words = Words("附件“%(label)s”只能问交没交：请写 given.%(name)s", label=label, name=path)
            self.fault("C01", words, at, f"given.{path}")
        else:
            self.fault("C01", Words("这里用不到“%(name)s”", name=path), at, closest(path, self.scope.candidates(path)))
        return NOTHING

    def bar(self, known: Known, path: str, at: int) -> None:
        if known.barred == "stats_only":
            self.fault("C04", Words("“%(label)s”只用于统计，不许写进规则", label=known.label), at)
        elif known.barred == "credential":
            words = Words(
                "“%(label)s”是资历字段，不许作门槛或评分；若办法确有规定，请在 program.credentials 写明条款",
                label=known.label,
            )
            self.fault("C07", words, at)
        elif known.barred == "file":
            self.fault("C06", Words("“%(label)s”是附件，规则读不了附件的内容", label=known.label), at)

    def column(self, row: Part, node: tree.Select) -> Part:
        known = row.kind.column(node.name)
        if known is None:
            words = Words("“%(table)s”没有列“%(name)s”", table=row.kind.label, name=node.name)
            self.fault("C06", words, node.at, closest(node.name, [name for name, _ in row.kind.columns]))
            return NOTHING
        self.bar(known, node.name, node.at)
        self.columns.setdefault(row.kind.source, set()).add(node.name)
        path = f"{row.kind.source}.{node.name}"
        step = running.column(row.step, node.name, path, self.converter(known.kind))
        return Part(known.kind, step, row.reads | {path})

    def converter(self, kind: Kind) -> Convert:
        if kind.sort == "list" and kind.item is not None and kind.item.sort == "number":
            return running.each(self.number)
        converters: Mapping[Sort, Convert] = {"number": self.number, "date": running.as_date}
        return converters.get(kind.sort, running.same)

    def _index(self, node: tree.Index) -> Part:
        of, by = self.part(node.of), self.part(node.by)
        if of.kind.sort == "map":
            self.want(by, TEXT, node.by.at)
            self.check_options(by.kind, node.of)
        elif of.kind.sort == "list":
            self.want(by, NUMBER, node.by.at)
        elif of.kind.sort != "any":
            self.fault("C02", Words("只有一串东西或对照表才能用方括号取"), node.at)
        reads = joined((of, by))
        return Part(of.kind.item or ANY, running.guarded(running.at_index, reads, of.step, by.step), reads)

    # operators

    def _unary(self, node: tree.Unary) -> Part:
        operand = self.part(node.operand)
        if node.op == "!":
            self.want(operand, BOOL, node.operand.at)
            return Part(BOOL, running.applied(lambda value: not value, operand.step), operand.reads)
        self.want(operand, NUMBER, node.operand.at)
        return Part(NUMBER, running.applied(lambda value: -value, operand.step), operand.reads)

    def _binary(self, node: tree.Binary) -> Part:
        left, right = self.part(node.left), self.part(node.right)
        if node.op in ("&&", "||"):
            self.want(left, BOOL, node.left.at)
            self.want(right, BOOL, node.right.at)
            logic = running.both if node.op == "&&" else running.either
            return Part(BOOL, logic(left.step, right.step), joined((left, right)))
        if node.op == "in":
            return self.contained(node, left, right)
        if node.op in running.COMPARISONS:
            return self.compared(node, left, right)
        return self.calculated(node, left, right)

    def compared(self, node: tree.Binary, left: Part, right: Part) -> Part:
        chained = isinstance(node.left, tree.Binary) and node.left.op in running.COMPARISONS
        ordered = node.op not in ("==", "!=")
        if chained and left.kind.sort != right.kind.sort:
            self.fault("C02", Words("不能连着比，请用 && 连起来，如 age >= 18 && age <= 60"), node.at)
        elif not fits(left.kind, right.kind):
            self.different(node.at, left.kind, right.kind, _number_meant(node.left, node.right))
        elif ordered and "any" not in (left.kind.sort, right.kind.sort) and left.kind.sort not in ("number", "date"):
            self.fault(
                "C02",
                Words("“%(sign)s”只能比数和日期，这里是%(given)s", sign=node.op, given=NAMES[left.kind.sort]),
                node.at,
            )
        self.check_options(left.kind, node.right)
        self.check_options(right.kind, node.left)
        return Part(BOOL, running.applied(running.COMPARISONS[node.op], left.step, right.step), joined((left, right)))

    def contained(self, node: tree.Binary, left: Part, right: Part) -> Part:
        if right.kind.sort not in ("list", "map", "any"):
            self.fault(
                "C02",
                Words("in 的右边要一串东西，如 ['a', 'b']，这里是%(given)s", given=NAMES[right.kind.sort]),
                node.right.at,
            )
        else:
            item = TEXT if right.kind.sort == "map" else right.kind.item or ANY
            if not fits(left.kind, item):
                self.different(node.at, left.kind, item)
            self.check_options(left.kind, node.right)
            self.check_options(item, node.left)
        return Part(BOOL, running.applied(running.contained, left.step, right.step), joined((left, right)))

    def calculated(self, node: tree.Binary, left: Part, right: Part) -> Part:
        reads = joined((left, right))
        if node.op == "+" and left.kind.sort == "text" and fits(right.kind, TEXT):
            return Part(TEXT, running.applied(running.ARITHMETIC["+"], left.step, right.step), reads)
        self.want(left, NUMBER, node.left.at)
        self.want(right, NUMBER, node.right.at)
        if node.op != "/":
            return Part(NUMBER, running.applied(running.ARITHMETIC[node.op], left.step, right.step), reads)
        if isinstance(node.right, tree.Number) and not node.right.value:
            self.fault("C02", Words("不能除以0"), node.right.at)
        return Part(NUMBER, running.guarded(running.ARITHMETIC["/"], right.reads, left.step, right.step), reads)

    def _choose(self, node: tree.Choose) -> Part:
        condition, yes, no = self.part(node.condition), self.part(node.yes), self.part(node.no)
        self.want(condition, BOOL, node.condition.at)
        if not fits(yes.kind, no.kind):
            self.different(node.at, yes.kind, no.kind)
        kind = no.kind if yes.kind.sort == "any" else yes.kind
        if kind.sort == "text" and yes.kind.options != no.kind.options:
            kind = TEXT
        return Part(kind, running.choose(condition.step, yes.step, no.step), joined((condition, yes, no)))

    # complaints

    def want(self, part: Part, wanted: Kind, at: int) -> None:
        if not fits(part.kind, wanted):
            given, needed = NAMES[part.kind.sort], NAMES[wanted.sort]
            self.fault("C02", Words("这里要的是%(wanted)s，写的是%(given)s", wanted=needed, given=given), at)

    def different(self, at: int, left: Kind, right: Kind, guess: str | None = None) -> None:
        words = Words(
            "两边不是同一类东西：左边是%(left)s，右边是%(right)s", left=NAMES[left.sort], right=NAMES[right.sort]
        )
        self.fault("C02", words, at, guess)

    def check_options(self, kind: Kind, other: tree.Node) -> None:
        """A fixed choice compared with a word nobody can choose is a slip of the pen."""
        if not kind.options:
            return
        for literal in _literals(other):
            guess = _option_meant(literal.value, kind.options)
            if literal.value not in kind.options and (guess or not kind.open):
                self.fault("C03", _no_such_option(kind, literal.value), literal.at, guess)


def _option_meant(given: str, options: Sequence[str]) -> str | None:
    """Chinese words are short: one character of three may be wrong."""
    near = difflib.get_close_matches(given[:50], options, n=1, cutoff=0.6)
    within = [option for option in options if given and (given in option or option in given)]
    return near[0] if near else min(within, key=len, default=None)


def _no_such_option(kind: Kind, given: str) -> Words:
    if kind.source == "track":
        return Words("没有类别“%(given)s”", given=given)
    if kind.source == "channel":
        return Words("没有渠道“%(given)s”", given=given)
    return Words("“%(label)s”没有选项“%(given)s”", label=kind.label, given=given)


def _literals(node: tree.Node) -> list[tree.Text]:
    if isinstance(node, tree.Text):
        return [node]
    if isinstance(node, tree.Listed):
        return [item for item in node.items if isinstance(item, tree.Text)]
    if isinstance(node, tree.Mapped):
        return [key for key, _ in node.entries if isinstance(key, tree.Text)]
    return []


def _number_meant(*sides: tree.Node) -> str | None:
    texts = [side.value for side in sides if isinstance(side, tree.Text)]
    return next((text for text in texts if text.replace(".", "", 1).isdecimal()), None)


def _start(node: tree.Node) -> int:
    return _start(node.of) if isinstance(node, tree.Select) else node.at
