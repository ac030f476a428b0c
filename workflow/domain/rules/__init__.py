"""Rules: CEL made tame. Typed against the program's own names, exact in numbers, three-valued in answers."""

from workflow.domain.rules.errors import RuleError, RuleErrors
from workflow.domain.rules.naming import scope_for
from workflow.domain.rules.rule import FAILS, MEETS, Answer, Decision, Expects, Rule, Value, canonical, look
from workflow.domain.rules.rule import compile as compile  # noqa: A004 - it is what the word means here
from workflow.domain.rules.running import Unknown
from workflow.domain.rules.scope import Place, Scope

__all__ = [
    "FAILS",
    "MEETS",
    "Answer",
    "Decision",
    "Expects",
    "Place",
    "Rule",
    "RuleError",
    "RuleErrors",
    "Scope",
    "Unknown",
    "Value",
    "canonical",
    "compile",
    "look",
    "scope_for",
]
