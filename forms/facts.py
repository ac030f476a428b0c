"""Paper about facts known outside the form: of which day they are, and where they come from."""

from wtforms import StringField

from forms.base import Paper, at_most, stripped
from forms.rounds import Day


class Source(Paper):
    as_of = Day()
    source = StringField(filters=[stripped], validators=[at_most(200)])
