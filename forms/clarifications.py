"""The papers of what was made clear."""

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from forms.base import Paper, stripped


class Clarifying(Paper):
    place = SelectField(validate_choice=False)
    question = StringField(filters=[stripped])
    answer = TextAreaField(filters=[stripped])
    basis = StringField(filters=[stripped])
    inside = BooleanField()
    replaces = StringField(filters=[stripped])


class Ending(Paper):
    why = StringField(filters=[stripped])
