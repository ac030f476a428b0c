"""Papers about money: paying a list, stopping or correcting one payment, and what the person says of it."""

from wtforms import StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day

SHORT, LONG = 100, 2000


class Pay(Paper):
    """Many at once, as computed."""

    on = Day(validators=[needed("请选付款日期")])
    voucher = StringField(filters=[stripped], validators=[needed("请写付款凭证号"), at_most(SHORT)])


class PayOne(Paper):
    """One payment, whatever is done with it; the rules say which of it is needed."""

    on = Day()
    voucher = StringField(filters=[stripped], validators=[at_most(SHORT)])
    amount = StringField(filters=[stripped], validators=[at_most(20)])
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    whole = StringField()  # stop the benefit, not only this payment


class Take(Paper):
    whole = StringField()
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])


class Received(Paper):
    received = StringField()
    words = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
