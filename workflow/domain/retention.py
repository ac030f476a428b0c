"""How long what a case holds is kept, by class; from then on it may be destroyed, by two people and never by the clock.

`WHOLE`: classes of a whole case. The others take a part of it: images of documents, the account that was paid to, files
of a class of their own, the reasons that were typed by those who looked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from workflow.domain.after.payments import DUE
from workflow.domain.application import UNSUBMITTED, State, Status
from workflow.domain.calendar import local_day
from workflow.domain.lengths import Length
from workflow.domain.program.schema import Definition, Field, FileField, Retention, TableField, TextField
from workflow.domain.stages.follow_up_payments import granted
from workflow.domain.words import Words

Reckoning = Callable[[date, Length], date]
"""The day that lies so long after another."""

WHOLE = ("draft", "refused", "withdrawn", "lapsed", "recognized")
FILES = ("id_image", "bank_account", "joint_check_detail", "audit")
"""Classes under which single files go before their case does; a file of any other class goes with its case."""
NAMES: Mapping[str, Words] = {
    "draft": Words("没有提交的草稿"),
    "refused": Words("没有认定的申报"),
    "withdrawn": Words("撤回的申报"),
    "lapsed": Words("视为放弃的申报"),
    "recognized": Words("已认定的申报"),
    "id_image": Words("证件影像"),
    "bank_account": Words("收款账号"),
    "joint_check_detail": Words("联审材料"),
    "audit": Words("查看时写的理由"),
}


@dataclass(frozen=True)
class Held:
    """What the tables know of a case. `saved_on`: the last day on which somebody typed into it."""

    status: Status
    saved_on: date
    closed_on: date | None
    recognized: bool = False
    recognized_until: date | None = None  # the last day of the recognition; None: it has no end


def kept_until(case: Held, retention: Retention, after: Reckoning) -> tuple[str, date] | None:
    """The class of a whole case and the last day on which it must be kept; None where there is no such day."""
    if case.status in UNSUBMITTED:
        return "draft", after(case.saved_on, retention.draft)
    if case.closed_on is None:
        return None
    if case.recognized:
        if retention.recognized is None or case.recognized_until is None:
            return None
        return "recognized", after(max(case.closed_on, case.recognized_until), retention.recognized)
    named = {Status.WITHDRAWN: "withdrawn", Status.LAPSED: "lapsed"}.get(case.status, "refused")
    return named, after(case.closed_on, getattr(retention, named))


# -- parts of a case ---------------------------------------------------------------------------------------------------
def file_places(definition: Definition) -> Mapping[str, str]:
    """Where files of a class of their own lie (`id_copy`, `works.scan`, `formal.minutes`) -> their class."""
    return {
        place: field.class_ for place, field in _places(definition) if isinstance(field, FileField) and field.class_
    }


def account_places(definition: Definition) -> frozenset[str]:
    """Where the number of a bank account lies."""
    return frozenset(
        place for place, field in _places(definition) if isinstance(field, TextField) and field.format == "bank_account"
    )


def _places(definition: Definition) -> Iterator[tuple[str, Field]]:
    for key, field in definition.form_fields().items():
        yield key, field
        if isinstance(field, TableField):
            yield from ((f"{key}.{column}", each) for column, each in field.columns.items())
    for name, stage in definition.stages.items():
        for key, field in {**stage.record, **stage.asks}.items():
            yield f"{name}.{key}", field


def paid_out(definition: Definition, state: State) -> date | None:
    """The day from which the account that was paid to is not needed any more; None while money may still come."""
    known, payments = state.recognition, state.after.payments
    if any(each.state == DUE for each in payments):
        return None
    if known is None:
        return local_day(state.closed_at) if state.closed_at is not None else None
    if known.is_valid and _more_to_come(definition, state):
        return None
    ended = [known.ended_on] if known.ended_on is not None and not known.is_valid else []
    return max([known.on, *ended, *(each.paid_on for each in payments if each.paid_on is not None)])


def _more_to_come(definition: Definition, state: State) -> bool:
    for key, _ in granted(state):
        benefit = definition.benefits[key]
        told = sum(each.benefit == key for each in state.after.payments)
        times = benefit.rhythm.times if benefit.rhythm is not None else len(benefit.instalments) or 1
        if times is None or told < times:
            return True
    return False
