"""Papers about points: a new entry, and what somebody says of one that stands."""

from wtforms import StringField, TextAreaField

from forms.base import Paper, at_most, stripped
from forms.rounds import Day

LONG = 500


class Entered(Paper):
    """What the item itself asks stands beside, under `asks.<key>`."""

    on = Day()
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])


class Settled(Paper):
    right = StringField(filters=[stripped], validators=[at_most(20)])
    conclusion = StringField(filters=[stripped])
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
