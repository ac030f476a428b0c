"""Paper: text in, values out. Says what is wrong in words, each at its field; knows no table and no request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, FileField, Form, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.validators import StopValidation

from workflow.domain.errors import Reason
from workflow.domain.words import Words

Check = Callable[[Form, Field], None]


@dataclass(frozen=True)
class Chosen:
    """What a control with options is called, and what each of its values says to people."""

    label: Words
    options: Mapping[str, Words]

    def said(self, value: str) -> Words:
        return self.options.get(value) or Words("%(value)s", value=value)


class Paper(Form):  # type: ignore[misc]  # WTForms ships no types
    """A form whose errors are `Words`. `form_errors` holds what belongs to no single field."""

    @classmethod
    def takes_file(cls, name: str) -> bool:
        """Whether the field of this name is one for files; all others are for text."""
        field = getattr(cls, name, None)
        return isinstance(field, UnboundField) and issubclass(field.field_class, FileField)

    def take(self, reasons: Iterable[Reason]) -> None:
        """Put what a service refused where the reader will look for it."""
        for reason in reasons:
            field = self._fields.get(reason.where or "")
            if field is None:
                self.form_errors.append(reason.words)
            else:
                field.errors = (*field.errors, reason.words)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything that is wrong, in the order of the page."""
        own = tuple(Reason(words) for words in self.form_errors)
        return own + tuple(Reason(words, field.id) for field in self for words in field.errors)


def stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def needed(text: str, **params: Any) -> Check:
    """Nothing typed: say what to type, and ask nothing else of this field."""

    def check(form: Form, field: Field) -> None:
        value = field.data
        if value is None or value is False or (isinstance(value, str | Sequence) and not value):
            raise StopValidation(Words(text, **params))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads it from the function
    return check


def at_most(length: int) -> Check:
    def check(form: Form, field: Field) -> None:
        if len(field.data or "") > length:
            raise ValidationError(Words("太长了：最多 %(n)s 个字，现在 %(have)s 个", n=length, have=len(field.data)))

    check.field_flags = {"maxlength": length}  # type: ignore[attr-defined]  # WTForms reads it from the function
    return check


def same_as(other: str, text: str) -> Check:
    def check(form: Form, field: Field) -> None:
        if field.data != form[other].data:
            raise ValidationError(Words(text))

    return check
