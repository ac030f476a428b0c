"""Expressions of a file that nobody has read before: too long and too deep ones are refused like any other mistake."""

from typing import Any

from workflow.domain import rules
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words

LONGEST = 2_000


def compiled(
    definition: Definition, place: rules.Place, source: str, expects: rules.Expects, **more: Any
) -> rules.Rule:
    if len(source) > LONGEST:
        raise rules.RuleErrors([rules.RuleError("C02", Words("算式太长，最多%(most)s个字；请拆成几条", most=LONGEST))])
    try:
        return rules.compile(source, rules.scope_for(definition, place, **more), expects)
    except RecursionError:
        raise rules.RuleErrors([rules.RuleError("C02", Words("算式套得太深，请拆成几条"))]) from None
