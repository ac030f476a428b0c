"""The eligibility rules answered for somebody who has applied for nothing yet. Nothing of it is stored.

Each name that a rule reads becomes one question, asked once; what nobody can answer at home is left to a person.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.domain import rules
from workflow.domain.errors import Reason
from workflow.domain.program.schema import ChoiceField, Definition, EligibilityRule, Field, Label, NumberField
from workflow.domain.words import Words

UNSURE = "?"
_YES_NO = (("yes", Words("是")), ("no", Words("不是")), (UNSURE, Words("说不清")))
_HAVE = (("yes", Words("有")), ("no", Words("没有")), (UNSURE, Words("说不清")))
_SHOWN: Mapping[rules.Answer, tuple[str, Words]] = {
    rules.Answer.MEETS: ("done", Words("符合")),
    rules.Answer.FAILS: ("no", Words("不符合")),
    rules.Answer.LOOK: ("human", Words("需人工")),
}


@dataclass(frozen=True)
class Question:
    name: str
    words: Words | Label
    kind_of: str  # choice, yes_no, number, date
    options: tuple[tuple[str, Words | Label], ...] = ()
    unit: Label | Words | None = None
    value: str = ""
    error: Words | None = None
    kind: str = ""
    verdict: Words | None = None
    clause: Words | None = None

    @property
    def id(self) -> str:
        return "check-" + self.name.replace(".", "-")

    @property
    def inputmode(self) -> str:
        return "decimal" if self.kind_of == "number" else "numeric"


@dataclass(frozen=True)
class Verdict:
    rule: str
    name: Label
    kind: str
    verdict: Words
    words: Words


@dataclass(frozen=True)
class Check:
    """`verdicts`: the rules that no question answers, each with who settles it."""

    asked: tuple[Question, ...]
    verdicts: tuple[Verdict, ...] = ()
    reasons: tuple[Reason, ...] = ()
    kind: str = ""
    style: str = ""
    title: Words | None = None
    words: Words | None = None


def blank(definition: Definition) -> Check:
    return Check(tuple(_questions(definition)))


def answered(definition: Definition, typed: Mapping[str, str], as_of: date) -> Check:
    """Every rule against what was typed. An answer that cannot be read is named, and the rules wait for it."""
    questions, known = [], {"as_of": as_of}
    for question in _questions(definition):
        value = typed.get(question.name, "").strip()[:100]
        filled = replace(question, value=value)
        try:
            known[question.name] = _read(question, value)
        except ValueError:
            filled = replace(filled, error=_unreadable(question, value))
        questions.append(filled)
    reasons = tuple(Reason(_said(one), one.id) for one in questions if one.error)
    if reasons:
        return Check(tuple(questions), reasons=reasons)
    return _judged(definition, tuple(questions), known)


def _said(question: Question) -> Words:
    return Words("%(name)s：%(what)s", name=question.words, what=question.error)


def _unreadable(question: Question, value: str) -> Words:
    if question.kind_of == "date":
        return Words("请写日期，例如 1995-03-21")
    return Words("不能是负数") if value.startswith("-") else Words("请写数字，例如 40")


# -- questions ---------------------------------------------------------------------------------------------------------
def _compiled(definition: Definition) -> Iterator[tuple[EligibilityRule, rules.Rule | None]]:
    scope = rules.scope_for(definition, rules.Place.ELIGIBILITY)
    for rule in definition.eligibility.rules.values():
        yield rule, rules.compile(rule.rule, scope) if rule.rule is not None else None


def _questions(definition: Definition) -> Iterator[Question]:
    names = [name for _, rule in _compiled(definition) if rule is not None for name in rule.names]
    if any(rule.tracks for rule in definition.eligibility.rules.values()):
        names.append("track")
    if any(rule.channels for rule in definition.eligibility.rules.values()):
        names.append("channel")
    first = [name for name in ("track", "channel") if name in names]
    for name in dict.fromkeys((*first, *names)):
        question = _question(definition, name)
        if question is not None:
            yield question


def _question(definition: Definition, name: str) -> Question | None:
    if name == "track":
        options = tuple((key, track.name) for key, track in definition.tracks.items())
        return Question(name, Words("申报哪一类？"), "choice", options)
    if name == "channel":
        options = tuple((key, channel.name) for key, channel in definition.channels.items())
        return Question(name, Words("走哪条渠道？"), "choice", options)
    if name == "person.age":
        return Question(name, Words("多少周岁？"), "number", unit=Words("周岁"))
    if name == "person.birth_date":
        return Question(name, Words("哪天出生？"), "date")
    head, dot, key = name.partition(".")
    field = definition.form_fields().get(key if head == "given" else name)
    if field is None or (dot and head != "given"):
        return None
    return _have(name, field) if head == "given" else _of_field(name, field)


def _have(name: str, field: Field) -> Question:
    return Question(name, Words("有“%(name)s”吗？", name=field.name), "yes_no", _HAVE)


def _of_field(name: str, field: Field) -> Question | None:
    """Tables, organizations and texts are for the form; a rule that needs one is left to a person."""
    if isinstance(field, NumberField):
        return Question(name, field.name, "number", unit=field.unit)
    if isinstance(field, ChoiceField) and not field.many:
        options = tuple((option.key, option.name) for option in field.options)
        return Question(name, field.name, "choice", (*options, (UNSURE, Words("说不清"))))
    if field.type == "yes_no":
        return Question(name, field.name, "yes_no", _YES_NO)
    return Question(name, field.name, "date") if field.type == "date" else None


# -- answers -----------------------------------------------------------------------------------------------------------
def _read(question: Question, value: str) -> Any:
    if value in ("", UNSURE):
        return None
    if question.options:
        if value not in {key for key, _ in question.options}:
            return None
        return value == "yes" if question.kind_of == "yes_no" else value
    if question.kind_of == "date":
        return date.fromisoformat(value)
    return _number(value)


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(value) from None
    if not number.is_finite() or not 0 <= number < 10**12:
        raise ValueError(value)
    return number


def _judged(definition: Definition, questions: tuple[Question, ...], known: Mapping[str, Any]) -> Check:
    shown = {question.name: question for question in questions}
    apart: list[Verdict] = []
    count = dict.fromkeys(rules.Answer, 0)
    for rule, compiled in _compiled(definition):
        if not _applies(rule, known):
            continue
        answer = _answer(rule, compiled, known)
        count[answer] += 1
        last = _last_asked(compiled, questions)
        kind, verdict = _SHOWN[answer]
        if last is None or shown[last].verdict is not None:
            apart.append(Verdict(rule.key, rule.name, kind, verdict, _explained(definition, rule, answer)))
        else:
            words = _explained(definition, rule, answer, _short_of(rule, questions, known))
            shown[last] = replace(shown[last], kind=kind, verdict=verdict, clause=words)
    return _summed(tuple(shown.values()), tuple(apart), count)


def _applies(rule: EligibilityRule, known: Mapping[str, Any]) -> bool:
    track, channel = known.get("track"), known.get("channel")
    return (not rule.tracks or track is None or track in rule.tracks) and (
        not rule.channels or channel is None or channel in rule.channels
    )


def _answer(rule: EligibilityRule, compiled: rules.Rule | None, known: Mapping[str, Any]) -> rules.Answer:
    if compiled is None:
        return rules.Answer.LOOK
    answer = compiled.evaluate(known).answer
    return rules.Answer.LOOK if answer is rules.Answer.FAILS and rule.otherwise == "look" else answer


def _last_asked(compiled: rules.Rule | None, questions: tuple[Question, ...]) -> str | None:
    names = compiled.names if compiled is not None else ()
    return next((question.name for question in reversed(questions) if question.name in names), None)


def _short_of(rule: EligibilityRule, questions: tuple[Question, ...], known: Mapping[str, Any]) -> Words | None:
    """`training_hours >= 40` with 32 typed: 8 are missing."""
    for question in questions:
        asked = re.search(rf"\b{re.escape(question.name)}\s*>=\s*(\d+(?:\.\d+)?)", rule.rule or "")
        have = known.get(question.name)
        if asked is not None and isinstance(have, Decimal) and have < Decimal(asked[1]):
            missing = rules.canonical(Decimal(asked[1]) - have)
            return Words("还差 %(n)s %(unit)s，截止前补上仍可申报", n=missing, unit=question.unit or "")
    return None


def _explained(
    definition: Definition, rule: EligibilityRule, answer: rules.Answer, short: Words | None = None
) -> Words:
    clause = Words("条款 %(key)s，%(name)s", key=rule.key, name=rule.name)
    if short is not None and answer is rules.Answer.FAILS:
        return Words("%(clause)s；%(more)s", clause=clause, more=short)
    if answer is rules.Answer.LOOK:
        return Words("%(clause)s；%(more)s", clause=clause, more=_who_looks(definition, rule))
    return clause


def _who_looks(definition: Definition, rule: EligibilityRule) -> Words:
    stage = definition.stages.get(rule.settled_at or "")
    if stage is None:
        return Words("由审核人看材料判断")
    return Words("在“%(stage)s”环节核实", stage=stage.public_name or stage.name)


def _summed(asked: tuple[Question, ...], apart: tuple[Verdict, ...], count: Mapping[rules.Answer, int]) -> Check:
    meets, fails, look = (count[answer] for answer in (rules.Answer.MEETS, rules.Answer.FAILS, rules.Answer.LOOK))
    words = Words("%(meets)s 项符合，%(fails)s 项不符合，%(look)s 项由人看。", meets=meets, fails=fails, look=look)
    if fails:
        return Check(asked, apart, (), "no", "stop", Words("现在的条件还不够，可以先填，补上再交。"), words)
    if look:
        return Check(asked, apart, (), "human", "warn", Words("可以申报，有的条件要人看。"), words)
    return Check(asked, apart, (), "done", "ok", Words("可以申报。"), words)
