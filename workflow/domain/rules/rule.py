"""A rule, ready to be answered: meets, fails, or look, naming what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from workflow.domain.rules import running
from workflow.domain.rules.calling import CallChecker
from workflow.domain.rules.checking import Part, fits, needs_fractions
from workflow.domain.rules.errors import RuleError, RuleErrors
from workflow.domain.rules.kinds import BOOL, NAMES, NUMBER, TEXT, Kind
from workflow.domain.rules.reading import read
from workflow.domain.rules.running import Step, Unknown
from workflow.domain.rules.scope import Scope
from workflow.domain.words import Words

Expects = Literal["bool", "number", "text"]
Value = bool | Decimal | str | date
_EXPECTED: Mapping[Expects, Kind] = {"bool": BOOL, "number": NUMBER, "text": TEXT}


class Answer(StrEnum):
    MEETS = "meets"
    FAILS = "fails"
    LOOK = "look"


@dataclass(frozen=True)
class Decision:
    """`missing`: the dotted names whose values would decide, in the order the rule reads them."""

    answer: Answer
    missing: tuple[str, ...] = ()


MEETS = Decision(Answer.MEETS)
FAILS = Decision(Answer.FAILS)


def look(*missing: str) -> Decision:
    return Decision(Answer.LOOK, missing)


@dataclass(frozen=True, eq=False)
class Rule:
    """`names` are what it reads; `columns` which columns of each table."""

    source: str
    kind: Kind
    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    _step: Step = field(repr=False)
    _slots: int = field(repr=False)

    def evaluate(self, inputs: Mapping[str, Any]) -> Decision:
        value = self._step(inputs, [None] * self._slots)
        if type(value) is Unknown:
            return Decision(Answer.LOOK, self._in_order(value.names))
        return MEETS if value else FAILS

    def value(self, inputs: Mapping[str, Any]) -> Value | Unknown:
        value: Value | Unknown = running.plain(self._step(inputs, [None] * self._slots))
        return value

    def _in_order(self, missing: frozenset[str]) -> tuple[str, ...]:
        order = {name: at for at, name in enumerate(self.names)}
        return tuple(sorted(missing, key=lambda name: (order.get(name.split(".")[0], order.get(name, -1)), name)))

    def inputs_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a verdict rests on, ready for JSON: only the names read, of tables only the columns read.

        Numbers become canonical decimal strings and dates ISO; `evaluate` takes both forms, so the result replays.
        """
        return {name: self._stored(name, values[name]) for name in self.names if values.get(name) is not None}

    def _stored(self, name: str, value: Any) -> Any:
        columns = self.columns.get(name)
        if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            return [{c: _plain(row[c]) for c in columns or () if row.get(c) is not None} for row in value]
        return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def canonical(number: Decimal) -> str:
    """One spelling of one number: 3, 3.0 and 0.3E1 are all `3`."""
    if number == 0:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def compile(source: str, scope: Scope, expects: Expects = "bool") -> Rule:  # noqa: A001 - it is what the word means here
    """Raises RuleErrors with everything that is wrong. One compilation per scope and source."""
    key = (source, expects)
    rule = scope.compiled.get(key)
    if rule is None:
        rule = scope.compiled[key] = _compiled(source, scope, expects)
    return rule


def _compiled(source: str, scope: Scope, expects: Expects) -> Rule:
    root = read(source)
    checker = CallChecker(scope, running.as_fraction if needs_fractions(root) else running.as_decimal)
    part = checker.part(root)
    if not checker.errors:
        checker.errors.extend(_unexpected(part, expects))
    if checker.errors:
        raise RuleErrors(sorted(set(checker.errors), key=lambda error: (error.column, error.code)))
    columns = {table: tuple(sorted(names)) for table, names in checker.columns.items()}
    return Rule(source, part.kind, tuple(checker.names), columns, part.step, checker.slots)


def _unexpected(part: Part, expects: Expects) -> list[RuleError]:
    wanted = _EXPECTED[expects]
    if fits(part.kind, wanted):
        return []
    words = Words("这里要的是%(wanted)s，算出来是%(given)s", wanted=NAMES[wanted.sort], given=NAMES[part.kind.sort])
    return [RuleError("C02", words)]
