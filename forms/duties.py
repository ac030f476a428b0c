"""Papers of a follow-up: what somebody did, whom the office names, why something is waived."""

from wtforms import StringField, TextAreaField

from forms.awards import LONG
from forms.base import Paper, at_most, stripped
from forms.rounds import Day


class Steps(Paper):
    """Whatever one step of a follow-up asks; the rules say which of it is needed."""

    task = StringField(filters=[stripped])
    evidence = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    to = StringField(filters=[stripped])
    organization = StringField(filters=[stripped])
    find_mentor = StringField(filters=[stripped], validators=[at_most(60)])
    find_unit = StringField(filters=[stripped], validators=[at_most(60)])
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    basis = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    owed = StringField(filters=[stripped])
    what = StringField(filters=[stripped])
    benefit = StringField(filters=[stripped])
    until = Day()
    note = TextAreaField(filters=[stripped], validators=[at_most(LONG)])

    @staticmethod
    def number(typed: str | None) -> int | None:
        return int(typed) if typed and typed.isdecimal() and len(typed) < 5 else None


class Settled(Paper):
    """An occurrence of a duty of the whole round, with what was done."""

    note = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
