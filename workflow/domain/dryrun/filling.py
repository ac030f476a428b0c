"""Answers for a set of questions: one value by the type of each field, then whatever their own checks ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflow.domain import answers, rules
from workflow.domain.answers import Flaw, Questions
from workflow.domain.dryrun import probing
from workflow.domain.dryrun.chance import Chance
from workflow.domain.dryrun.identities import Somebody, bank_account, credit_code, padding, patent_no
from workflow.domain.dryrun.town import Town
from workflow.domain.program.schema import (
    ChoiceField,
    Field,
    FileField,
    NumberField,
    OrganizationField,
    RegionField,
    TableField,
    TextField,
)

_TRIES = 4
_SPREAD = 100
"""How far above its least value a number may be that the program does not bound."""


@dataclass(frozen=True)
class Filler:
    """Whose answers they are, and `nth`: which of the organizations they name."""

    who: Somebody
    town: Town
    chance: Chance
    today: date
    nth: int

    def values(self, fields: Mapping[str, Field], *, all_of_them: bool = True) -> dict[str, Any]:
        """Without `all_of_them`, what may be left out is left out now and then."""
        return {
            key: self.value(item)
            for key, item in fields.items()
            if item.type != "computed" and (all_of_them or item.required is not False or self.chance.happens(60))
        }

    def value(self, item: Field) -> Any:
        if isinstance(item, TextField):
            return self._text(item)
        if isinstance(item, NumberField):
            return self._number(item)
        if isinstance(item, ChoiceField):
            return self._choice(item)
        if isinstance(item, TableField):
            return self._rows(item)
        if isinstance(item, FileField):
            return (f"file-{self.who.no}-{item.key}",)
        if isinstance(item, OrganizationField | RegionField):
            return self.town.code(item, self.nth)
        if item.type == "date":
            return self.today - timedelta(days=self.chance.between(30, 900))
        return item.type == "consent" or self.chance.happens(85)

    def _text(self, item: TextField) -> str:
        form = answers.parsing.format_of(item)
        if form == "credit_code":
            return credit_code(self.who.no)
        if form in ("bank_account", "patent_no"):
            return bank_account(self.who.no) if form == "bank_account" else patent_no(self.who.no)
        if form == "url":
            return f"https://example.com/{self.who.no}"
        if form is not None:
            return str(getattr(self.who, form))
        return padding(int(item.length.low) if item.length is not None else 12)

    def _number(self, item: NumberField) -> Decimal:
        low = item.min if item.min is not None else Decimal(0)
        high = item.max if item.max is not None else low + _SPREAD
        step = Decimal(1).scaleb(-item.decimals)
        whole = int((high - low) / step)
        return low + step * self.chance.below(min(whole, 10_000) + 1)

    def _choice(self, item: ChoiceField) -> Any:
        if item.standard == "gender":
            return self.who.gender
        chosen = item.option_keys[0] if item.standard == "id_type" else self.chance.one_of(item.option_keys)
        return [chosen] if item.many else chosen

    def _rows(self, item: TableField) -> list[dict[str, Any]]:
        low = max(1, int(item.rows.low))
        number = min(int(item.rows.high), low + self.chance.below(2))
        return [self._other(row).values(item.columns) for row in range(number)]

    def _other(self, row: int) -> "Filler":
        """Who stands in a row is somebody else than who fills in the table."""
        no = self.who.no * 20 + row + 500_000
        return Filler(Somebody(no, self.who.born), self.town, self.chance, self.today, self.nth)


def fill(questions: Questions, filler: Filler, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Flaw, ...]]:
    """Answers as they would be stored, and what no trying has mended."""
    values = questions.kept(filler.values(questions.fields, all_of_them=False), inputs)
    for _ in range(_TRIES):
        flaws = questions.flaws(values, inputs, filler.today)
        if not flaws:
            return values, ()
        for flaw in flaws:
            _mend(questions, filler, values, inputs, flaw)
        values = questions.kept(values, inputs)
    return values, questions.flaws(values, inputs, filler.today)


def _mend(questions: Questions, filler: Filler, values: dict[str, Any], inputs: Mapping[str, Any], flaw: Flaw) -> None:
    """What is missing is given; what breaks a check is tried until it holds."""
    key = flaw.where.partition(".")[0]
    item = questions.fields[key]
    if flaw.missing or item.check is None:
        values[key] = filler.value(item)
        return
    rule = rules.compile(item.check.rule, questions.scope)
    options = options_of(questions.fields)
    changes = probing.setting(rule, {**inputs, **values}, lambda answer: answer != "fails", questions.fields, options)
    for name, value in (changes or {}).items():
        values[name] = value


def open_values(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What rules are given of the answers: nothing that is sealed."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        item = fields[key]
        if isinstance(item, TableField):
            found[key] = [open_values(item.columns, row) for row in value]
        elif item.level != "L4" or item.type == "file":
            found[key] = value
    return found


def as_another(fields: Mapping[str, Field], values: Mapping[str, Any], filler: Filler) -> dict[str, Any]:
    """The same answers given by somebody else, of another organization."""
    return {key: _another(fields[key], value, filler) for key, value in values.items()}


def _another(item: Field, value: Any, filler: Filler) -> Any:
    if isinstance(item, TableField):
        return [as_another(item.columns, row, filler._other(at)) for at, row in enumerate(value)]
    own = item.standard is not None or (isinstance(item, TextField) and item.format is not None)
    if isinstance(item, OrganizationField | RegionField) or (own and isinstance(item, TextField)):
        return filler.value(item)
    return filler.who.gender if item.standard == "gender" else value


def options_of(fields: Mapping[str, Field]) -> probing.Options:
    found: dict[str, Sequence[str]] = {}
    for key, item in fields.items():
        if isinstance(item, ChoiceField):
            found[key] = item.option_keys
        elif isinstance(item, TableField):
            found |= {f"{key}.{column}": options for column, options in options_of(item.columns).items()}
    return found
