"""Of one case, field by field: what is shown, masked or hidden."""

from collections.abc import Iterator
from enum import StrEnum

from workflow.domain.actor import Actor
from workflow.domain.application import Application
from workflow.domain.blindness import is_hidden
from workflow.domain.policy.blind import sees_blind
from workflow.domain.policy.departments import sees_as_department
from workflow.domain.policy.holdings import holds, is_filler, is_person
from workflow.domain.policy.subjects import CaseSubject
from workflow.domain.policy.table import reads
from workflow.domain.program.schema import Definition, Field, FileField, TableField

_IDENTITY = frozenset({"name", "id_type", "id_no", "gender", "org_name", "credit_code"})
_PLACES = frozenset({"organization", "region"})


class Sight(StrEnum):
    WHOLE = "whole"
    MASKED = "masked"
    HIDDEN = "hidden"


def sheet_of(actor: Actor, definition: Definition, application: Application) -> dict[str, Sight]:
    """What of each form field this actor may see; a column of a table by its path, such as `results.proof`. L4 is
    masked for all, the person included, until asked for."""
    subject = CaseSubject(definition, application)
    if not reads(actor, subject):
        return {}
    fields = dict(_with_columns(definition))
    if sees_blind(actor, definition, application):
        return {path: _blind_sight(actor, subject, field) for path, field in fields.items()}
    if sees_as_department(actor, definition, application):
        return {path: _department_sight(field) for path, field in fields.items()}
    mine = is_person(actor, application) or is_filler(actor, application)
    return {path: _sight(actor, subject, field, mine) for path, field in fields.items()}


def reads_whole_form(actor: Actor, definition: Definition, application: Application) -> bool:
    """Whether nothing of the form is hidden from them, so that they may see it as one sheet of paper."""
    sights = sheet_of(actor, definition, application)
    return bool(sights) and Sight.HIDDEN not in sights.values()


def _with_columns(definition: Definition) -> Iterator[tuple[str, Field]]:
    for key, field in definition.form_fields().items():
        yield key, field
        if isinstance(field, TableField):
            yield from ((f"{key}.{column}", inner) for column, inner in field.columns.items())


def _blind_sight(actor: Actor, subject: CaseSubject, field: Field) -> Sight:
    if isinstance(field, FileField) and field.blind_copy:
        return Sight.WHOLE  # the anonymous copy, whatever the level of the file itself
    return Sight.HIDDEN if is_hidden(field) else _sight(actor, subject, field, mine=False)


def _department_sight(field: Field) -> Sight:
    if field.standard not in _IDENTITY and field.type not in _PLACES:
        return Sight.HIDDEN
    return Sight.MASKED if field.level == "L4" else Sight.WHOLE


def _sight(actor: Actor, subject: CaseSubject, field: Field, mine: bool) -> Sight:
    if field.level == "L4":
        return Sight.MASKED
    if mine or field.level in ("L1", "L2"):
        return Sight.WHOLE
    if field.see and not any(
        holds(actor, subject.definition, subject.application, role, subject.application.places.get(role))
        for role in (*field.see, subject.definition.run_by)
    ):
        return Sight.HIDDEN
    return Sight.WHOLE
