"""The paper of a department's answer, and what the lead writes beside a conclusion."""

from wtforms import RadioField, SelectField, StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from workflow.domain.words import Words


class Answer(Paper):
    """The grounds are asked of an objection only; the service says what is missing."""

    answer = RadioField(validate_choice=False, validators=[needed("请选无异议、有异议或不掌握")])
    category = SelectField(validate_choice=False, filters=[stripped])
    basis = StringField(filters=[stripped], validators=[at_most(120)])
    detail = TextAreaField(filters=[stripped], validators=[at_most(2000)])


LABELS = {
    "answer": Words("答复"),
    "category": Words("是哪一类"),
    "basis": Words("依据的文号或编号"),
    "detail": Words("详情"),
    "reason": Words("理由"),
}
"""What a refused page calls the text that it keeps."""


def verified(typed: dict[str, str]) -> dict[str, str]:
    """`verified.<department>` of the form: how it was verified where that department knows nothing."""
    start = "verified."
    return {name.removeprefix(start): text.strip() for name, text in typed.items() if name.startswith(start)}
