"""The paper of a program: built from its fields, bound to what was typed, told what is wrong where."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from forms.base import Paper
from forms.fields import Handed, Table, control_for
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Field
from workflow.domain.words import Words


class ProgramPaper(Paper):
    """Some fields of one program. Paths name places: `years`, and `results.2.effect` for a cell of the second row."""

    def hand_in(self, handed: Handed) -> None:
        for control in self:
            control.hand_in(control.short_name, handed)

    @property
    def typed(self) -> dict[str, Any]:
        """What stood in the controls that were sent, as it was typed."""
        return {control.short_name: control.typed for control in self if control.sent}

    def take(self, reasons: Iterable[Reason]) -> None:
        for reason in reasons:
            control = self.control_at(reason.where or "")
            if control is None:
                self.form_errors.append(reason.words)
            else:
                control.errors = (*_own(control), reason.words)

    def control_at(self, path: str) -> Any:
        """The control of a path; of a row or a column that is not drawn, its table."""
        key, _, rest = path.partition(".")
        control = self._fields.get(key)
        if not isinstance(control, Table) or not rest:
            return control
        number, _, column = rest.partition(".")
        for row in control.entries:
            if row.name == f"{control.name}-{int(number) - 1}":
                return row.form._fields.get(column, control)
        return control

    @property
    def reasons(self) -> tuple[Reason, ...]:
        own = tuple(Reason(words) for words in self.form_errors)
        return own + tuple(self._at_controls())

    def _at_controls(self) -> Iterator[Reason]:
        for control in self:
            for words in _own(control):
                yield Reason(_of(control, words), control.id)
            if isinstance(control, Table):
                for number, row in enumerate(control.entries, start=1):
                    for cell in row.form:
                        yield from (Reason(_in_row(number, _of(cell, words)), cell.id) for words in cell.errors)


def _own(control: Any) -> tuple[Words, ...]:
    """A table's own errors; those of its rows stand at the cells."""
    return tuple(error for error in control.errors if isinstance(error, Words))


def _of(control: Any, words: Words) -> Words:
    """With the field's name in front, where the sentence does not name it itself."""
    return words if "field" in words.params else Words("%(name)s：%(words)s", name=control.item.name, words=words)


def _in_row(number: int, words: Words) -> Words:
    return Words("第 %(n)s 行：%(words)s", n=number, words=words)


def paper_of(
    fields: Mapping[str, Field],
    handed: Handed,
    *,
    sent: Any = None,
    body: Mapping[str, Any] | None = None,
    name: str = "ProgramPaper",
) -> ProgramPaper:
    """Paper for these fields: with what was sent, or with what the draft keeps (`body`)."""
    kind = type(name, (ProgramPaper,), {key: control_for(item) for key, item in fields.items()})
    paper: ProgramPaper = kind(sent, data=dict(body or {})) if sent is not None else kind(data=dict(body or {}))
    paper.hand_in(handed)
    return paper


def id_of(path: str) -> str:
    """The id of the control that stands for a path: `results.2.effect` is `results-1-effect`."""
    key, _, rest = path.partition(".")
    if not rest:
        return key
    number, _, column = rest.partition(".")
    return f"{key}-{int(number) - 1}-{column}" if column and number.isdecimal() else key
