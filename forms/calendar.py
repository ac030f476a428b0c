"""The paper of a yearly notice: its text, pasted or in a file, and what it is based on."""

from wtforms import FileField, StringField, TextAreaField

from forms.base import Paper, at_most, stripped


class DaysNotice(Paper):
    days = TextAreaField(validators=[at_most(20_000)])
    file = FileField()
    basis = StringField(filters=[stripped], validators=[at_most(200)])
