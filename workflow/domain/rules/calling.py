"""The functions and the macros of the language: what each wants, and what is said when it gets something else."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflow.domain.program.problems import closest
from workflow.domain.rules import reading as tree
from workflow.domain.rules import running
from workflow.domain.rules.checking import NOTHING, Checker, Part, joined
from workflow.domain.rules.kinds import ANY, BOOL, DATE, NAMES, NUMBER, TEXT, Kind, listed
from workflow.domain.rules.running import Step
from workflow.domain.words import Words

_MACROS = ("exists", "all", "filter", "map")
_NUMBERS = listed(NUMBER)
_SIGNATURES: Mapping[str, tuple[Kind, ...]] = {
    "sum": (_NUMBERS,),
    "count": (listed(ANY),),
    "length": (TEXT,),
    "years_between": (DATE, DATE),
    "months_between": (DATE, DATE),
    "days_between": (DATE, DATE),
    "in_a_row_below": (_NUMBERS, NUMBER),
}
FUNCTIONS = (*_SIGNATURES, "min", "max", "round", "date")
_COUNTED_ELSEWHERE = {"size": "count", "len": "count", "count": "count", "length": "length"}


class CallChecker(Checker):
    def _call(self, node: tree.Call) -> Part:
        if node.of is not None:
            return self.method(node, node.of)
        if node.name in ("min", "max"):
            return self.extreme(node)
        if node.name == "round":
            return self.rounded(node)
        if node.name == "date":
            return self.date(node)
        if node.name not in _SIGNATURES:
            return self.unknown_function(node)
        return self.function(node)

    def unknown_function(self, node: tree.Call) -> Part:
        for argument in node.args if node.of is None else ():
            self.part(argument)
        if node.name in ("size", "len"):
            self.fault("C08", Words("数个数请用 count(…)，文字长短请用 length(…)"), node.at, "count")
        elif node.name in (*_MACROS, "contains"):
            words = Words("%(name)s 要写在一张表或一段文字的后面，如 rows.%(name)s(…)", name=node.name)
            self.fault("C01", words, node.at)
        else:
            words = Words("没有“%(name)s(…)”这种算法", name=node.name)
            self.fault("C01", words, node.at, closest(node.name, (*FUNCTIONS, *_MACROS, "contains")))
        return NOTHING

    def function(self, node: tree.Call) -> Part:
        wanted = _SIGNATURES[node.name]
        parts = self.arguments(node, len(wanted), len(wanted))
        if parts is None:
            return Part(NUMBER, running.constant(None))
        if node.name in ("count", "length") and parts[0].kind.sort in ("text", "list"):
            if parts[0].kind.sort != wanted[0].sort:
                guess = "length" if node.name == "count" else "count"
                self.fault("C08", Words("数个数请用 count(…)，文字长短请用 length(…)"), node.at, guess)
        else:
            for argument, part, kind in zip(node.args, parts, wanted, strict=True):
                self.want(part, kind, argument.at)
        return Part(NUMBER, self.worked_out(node.name, [part.step for part in parts]), joined(parts))

    def worked_out(self, name: str, steps: list[Step]) -> Step:
        counted: Mapping[str, Callable[..., int]] = {
            "count": len,
            "length": len,
            "in_a_row_below": running.in_a_row_below,
            **running.DATES,
        }
        if name == "sum":
            zero = self.number(0)
            return running.applied(lambda values: sum(values, zero), *steps)
        return running.applied(running.counting(counted[name], self.number), *steps)

    def arguments(self, node: tree.Call, least: int, most: int) -> list[Part] | None:
        parts = [self.part(argument) for argument in node.args]
        if least <= len(parts) <= most:
            return parts
        words = Words("%(name)s(…) 里要写%(n)s样，这里有%(given)s样", name=node.name, n=least, given=len(parts))
        self.fault("C02", words, node.at)
        return None

    def extreme(self, node: tree.Call) -> Part:
        parts = self.arguments(node, 1, 50)
        if parts is None:
            return Part(NUMBER, running.constant(None))
        pick: Callable[..., Any] = min if node.name == "min" else max
        reads = joined(parts)
        if len(parts) == 1 and parts[0].kind.sort == "list":
            self.want(parts[0], _NUMBERS, node.args[0].at)
            return Part(NUMBER, running.guarded(pick, reads, parts[0].step), reads)
        for argument, part in zip(node.args, parts, strict=True):
            self.want(part, NUMBER, argument.at)
        return Part(NUMBER, running.applied(lambda *values: pick(values), *(part.step for part in parts)), reads)

    def rounded(self, node: tree.Call) -> Part:
        parts = self.arguments(node, 1, 2)
        if parts is None:
            return Part(NUMBER, running.constant(None))
        self.want(parts[0], NUMBER, node.args[0].at)
        places = node.args[1] if len(parts) == 2 else tree.Number(node.at, running.as_decimal(0))
        if not (isinstance(places, tree.Number) and places.value in range(7)):
            self.fault("C02", Words("round(…) 的第二样是小数位数，写0到6的整数"), places.at)
        return Part(NUMBER, running.applied(running.rounded, *(part.step for part in parts)), parts[0].reads)

    def date(self, node: tree.Call) -> Part:
        try:
            literal = node.args[0] if len(node.args) == 1 else None
            day = date.fromisoformat(literal.value if isinstance(literal, tree.Text) else "")
        except ValueError:
            self.fault("C02", Words("日期要写成 date('1985-01-01')"), node.at)
            return Part(DATE, running.constant(None))
        return Part(DATE, running.constant(day))

    def method(self, node: tree.Call, of_node: tree.Node) -> Part:
        if node.name in _MACROS:
            return self.macro(node, self.part(of_node))
        of = self.part(of_node)
        if node.name == "contains":
            parts = self.arguments(node, 1, 1)
            self.want(of, TEXT, of_node.at)
            if parts is None:
                return Part(BOOL, running.constant(None))
            self.want(parts[0], TEXT, node.args[0].at)
            return Part(
                BOOL, running.applied(lambda text, part: part in text, of.step, parts[0].step), joined((of, *parts))
            )
        if node.name in _COUNTED_ELSEWHERE:
            guess = "length" if of.kind.sort == "text" else "count"
            self.fault("C08", Words("数个数请用 count(…)，文字长短请用 length(…)"), node.at, guess)
            return Part(NUMBER, running.constant(None))
        return self.unknown_function(node)

    def macro(self, node: tree.Call, of: Part) -> Part:
        if of.kind.sort not in ("list", "any"):
            words = Words(
                "%(name)s 只能跟在一张表或一串东西后面，这里是%(given)s", name=node.name, given=NAMES[of.kind.sort]
            )
            self.fault("C02", words, node.at)
        variable = node.args[0] if len(node.args) == 2 else None
        if not isinstance(variable, tree.Name):
            self.fault("C02", Words("%(name)s 要写成 表.%(name)s(r, …r.列名…) 这样", name=node.name), node.at)
            return NOTHING
        slot, outer = self.slots, self.locals
        self.slots += 1
        self.locals = {**outer, variable.name: Part(of.kind.item or ANY, running.local(slot))}
        body = self.part(node.args[1])
        self.locals = outer
        reads = joined((of, body))
        if node.name == "map":
            return Part(listed(body.kind), running.mapped(of.step, slot, body.step), reads)
        self.want(body, BOOL, node.args[1].at)
        if node.name == "filter":
            return Part(of.kind, running.filtered(of.step, slot, body.step), reads)
        settle = running.exists if node.name == "exists" else running.all_rows
        return Part(BOOL, settle(of.step, slot, body.step), reads)
