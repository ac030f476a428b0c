"""Which questions are asked now, which of them must be answered, and what is wrong with the answers together."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.domain import regions, rules
from workflow.domain.answers.checking import wrong
from workflow.domain.answers.storing import Values, is_blank
from workflow.domain.errors import Reason
from workflow.domain.program.schema import ComputedField, Definition, Field, RegionField, TableField
from workflow.domain.rules import Place, Scope
from workflow.domain.words import Words


@dataclass(frozen=True)
class Asked:
    field: Field
    required: bool


@dataclass(frozen=True)
class Flaw:
    """`missing`: nothing was answered yet; a draft may stay so, a submission may not."""

    where: str
    words: Words
    missing: bool = False

    @property
    def reason(self) -> Reason:
        return Reason(self.words, self.where)


@dataclass(frozen=True)
class Questions:
    """Fields that are asked together: the form, what a stage records or asks, a points item.

    `scopes` are those of the columns of each table. `inputs` of every method are what rules read beside the answers
    themselves (`facts.`, `track`, `person.age` …); the answers are laid over them.
    """

    fields: Mapping[str, Field]
    scope: Scope
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    prefix: str = ""

    def asked(self, values: Values, inputs: Values) -> dict[str, Asked]:
        """In the order of the file. A field that is not shown counts as unanswered for the conditions of the others."""
        hidden: set[str] = set()
        for _ in self.fields:
            known = self._known({k: v for k, v in values.items() if k not in hidden}, inputs)
            now = {key for key, item in self.fields.items() if not self._holds(item.show, self.scope, known)}
            if now == hidden:
                break
            hidden = now
        known = self._known({k: v for k, v in values.items() if k not in hidden}, inputs)
        return {
            key: Asked(item, item.type != "computed" and self._holds(item.required, self.scope, known))
            for key, item in self.fields.items()
            if key not in hidden
        }

    def _known(self, values: Values, inputs: Values) -> dict[str, Any]:
        known = {**inputs, **values}
        if self.prefix:
            known |= {f"{self.prefix}{key}": value for key, value in values.items()}
        return known | {f"given.{key}": True for key, value in values.items() if not is_blank(value)}

    def _holds(self, condition: bool | str, scope: Scope, known: Values) -> bool:
        """Unknown means shown and required: nothing is passed over for want of knowledge."""
        if isinstance(condition, bool):
            return condition
        return rules.compile(condition, scope).evaluate(known) != rules.FAILS

    def kept(self, values: Values, inputs: Values) -> dict[str, Any]:
        """What is stored: answers to questions that are asked, without blank rows, with what is computed from them."""
        asked = self.asked(values, inputs)
        kept = {key: _without_blank_rows(asked[key].field, value) for key, value in values.items() if key in asked}
        kept = {
            key: value for key, value in kept.items() if not is_blank(value) and asked[key].field.type != "computed"
        }
        return kept | self.computed(kept, inputs, asked)

    def computed(self, values: Values, inputs: Values, asked: Mapping[str, Asked] | None = None) -> dict[str, Decimal]:
        """The computed fields whose inputs are all there."""
        known = self._known(values, inputs)
        results: dict[str, Decimal] = {}
        for key, item in self.fields.items():
            if isinstance(item, ComputedField) and (asked is None or key in asked):
                value = rules.compile(item.value, self.scope, "number").value({**known, **results})
                if isinstance(value, Decimal):
                    results[key] = value
        return results

    def flaws(self, values: Values, inputs: Values, today: date, *, sealed: Collection[str] = ()) -> tuple[Flaw, ...]:
        """Everything wrong at once, in the order of the page. `sealed` are the paths of L4 values stored before."""
        inputs = {**inputs, **{f"given.{path}": True for path in sealed}}
        asked = self.asked(values, inputs)
        shown = {key: value for key, value in values.items() if key in asked}
        known = self._known(shown, inputs)
        known |= self.computed(shown, inputs, asked)
        found: list[Flaw] = []
        for key, question in asked.items():
            found += self._flaws_of(key, question, shown, known, today, sealed)
        return tuple(found)

    def _flaws_of(
        self, key: str, asked: Asked, values: Values, known: Values, today: date, sealed: Collection[str]
    ) -> Iterator[Flaw]:
        item, value = asked.field, values.get(key)
        if item.type == "computed" or (key in sealed and is_blank(value)):
            return
        if is_blank(value):
            if asked.required and not _may_be_empty(item):
                yield Flaw(key, _missing(item), missing=True)
            return
        fault = wrong(item, value, today, _id_type(values))
        if fault is not None:
            yield Flaw(key, fault, missing=item.type == "consent" or _half_chosen(item, value))
        elif isinstance(item, TableField):
            yield from self._flaws_in_rows(item, value, known, today, sealed)
        if fault is None and item.check and self._breaks(item, self.scope, known):
            yield Flaw(key, Words("%(message)s", message=item.check.message))

    def _breaks(self, item: Field, scope: Scope, known: Values) -> bool:
        return item.check is not None and rules.compile(item.check.rule, scope).evaluate(known) == rules.FAILS

    def _flaws_in_rows(
        self, table: TableField, rows: Any, known: Values, today: date, sealed: Collection[str]
    ) -> Iterator[Flaw]:
        scope = self.scopes.get(table.key, self.scope)
        inner = Questions(table.columns, scope)
        for number, row in enumerate(rows, start=1):
            before = f"{table.key}.{number}."
            own = [path.removeprefix(before) for path in sealed if path.startswith(before)]
            for flaw in inner.flaws(row, known, today, sealed=own):
                yield Flaw(before + flaw.where, flaw.words, flaw.missing)


def _may_be_empty(item: Field) -> bool:
    return isinstance(item, TableField) and item.rows.low == 0


def _half_chosen(item: Field, value: Any) -> bool:
    return isinstance(item, RegionField) and regions.unfinished(str(value), item.depth)


def _missing(item: Field) -> Words:
    if item.type == "consent":
        return Words("请先阅读“%(field)s”，再勾选同意", field=item.name)
    if item.type == "file":
        return Words("请上传“%(field)s”", field=item.name)
    if item.type in ("choice", "yes_no", "organization", "region"):
        return Words("请选择“%(field)s”", field=item.name)
    return Words("请填写“%(field)s”", field=item.name)


def _id_type(values: Values) -> str | None:
    chosen = values.get("id_type")
    return chosen if isinstance(chosen, str) else None


def _without_blank_rows(item: Field, value: Any) -> Any:
    if not isinstance(item, TableField) or not isinstance(value, list):
        return value
    return [row for row in value if not is_blank(row)]


def form_questions(definition: Definition, channel: str, side: str | None = None) -> Questions:
    """The form of one channel. `side` narrows to what one side fills: `person`, `nominator` or a role; None is all."""
    fields = {key: item for key, item in definition.form_fields().items() if fills(definition, channel, item, side)}
    tables = [key for key, item in fields.items() if isinstance(item, TableField)]
    scopes = {key: rules.scope_for(definition, Place.FORM, table=key) for key in tables}
    return Questions(fields, rules.scope_for(definition, Place.FORM), scopes)


def fills(definition: Definition, channel: str, item: Field, side: str | None = None) -> bool:
    """Whether this field is asked in this channel at all, and of this side."""
    route = definition.channels[channel]
    if item.filled_by == "nominator" and route.nominator is None:
        return False
    return side is None or (item.filled_by or side) == side


def stage_questions(definition: Definition, stage: str, what: str = "record") -> Questions:
    """What whoever acts at a stage fills in (`record`), or what the applicant is asked there (`asks`)."""
    fields = definition.stages[stage].record if what == "record" else definition.stages[stage].asks
    return Questions(fields, rules.scope_for(definition, Place.FORM, stage=stage))


def entry_questions(definition: Definition, item: str) -> Questions:
    """What a points item or a session asks."""
    points = definition.points.items.get(item) if definition.points else None
    session = definition.sessions.get(item)
    fields = points.asks if points else session.asks if session else {}
    return Questions(fields, rules.scope_for(definition, Place.ENTRY, item=item), prefix="entry.")


def field_questions(definition: Definition, fields: Mapping[str, Field]) -> Questions:
    """Fields without conditions of their own: a round's numbers, facts, a duty's record."""
    return Questions(fields, rules.scope_for(definition, Place.FORM))
