"""The papers of public notices: drawing one up, taking one down, objecting, settling an objection."""

from datetime import datetime

from wtforms import BooleanField, FileField, SelectField, SelectMultipleField, StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day, moment_of


class Compose(Paper):
    """`seen` is the stamp of the preview that stood on the page."""

    chosen = SelectMultipleField(validate_choice=False)
    title = StringField(filters=[stripped], validators=[at_most(200)])
    number = StringField(filters=[stripped], validators=[at_most(100)])
    preamble = TextAreaField(filters=[stripped], validators=[at_most(2000)])
    contact = TextAreaField(filters=[stripped], validators=[at_most(1000)])
    starts_on = Day()
    starts_clock = StringField(filters=[stripped], default="09:00")
    reason = TextAreaField(filters=[stripped], validators=[at_most(2000)])
    apart = BooleanField()
    seen = StringField()

    @property
    def starts_at(self) -> datetime | None:
        """None: at once. Raises InvalidInput where the hour cannot be read."""
        return moment_of(self.starts_on.data, self.starts_clock.data or "00:00", "starts_clock")


class TakeDown(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明为什么撤下"), at_most(2000)])


class Object(Paper):
    """What is missing is said by the service, which knows whether names are asked for."""

    line = SelectField(validate_choice=False)
    facts = TextAreaField(filters=[stripped])
    name = StringField(filters=[stripped])
    phone = StringField(filters=[stripped])
    address = StringField(filters=[stripped])
    consent = BooleanField()
    file = FileField()


class ByHand(Object):
    via = SelectField(validate_choice=False)
    received = Day()


class Settle(Paper):
    conclusion = SelectField(validate_choice=False)
    report = TextAreaField(filters=[stripped], validators=[at_most(5000)])
    reason = TextAreaField(filters=[stripped], validators=[at_most(2000)])


class Weigh(Paper):
    decision = SelectField(validate_choice=False)
    reason = TextAreaField(filters=[stripped], validators=[at_most(2000)])


class Look(Paper):
    why = StringField(filters=[stripped])
