"""Papers about trainings: scheduling one, and why it is cancelled."""

from wtforms import StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day

CLOCKS = {"opens": "09:00", "closes": "24:00", "starts": "09:00", "ends": "17:00"}


class Schedule(Paper):
    """Four moments, each a day and a clock; sign-up opens at once and closes at the beginning where nothing is said."""

    session = StringField(filters=[stripped])
    name = StringField(filters=[stripped], validators=[at_most(120)])
    place = StringField(filters=[stripped], validators=[at_most(200)])
    starts_at = Day()
    starts_clock = StringField(filters=[stripped], default=CLOCKS["starts"])
    ends_at = Day()
    ends_clock = StringField(filters=[stripped], default=CLOCKS["ends"])
    opens_at = Day()
    opens_clock = StringField(filters=[stripped], default=CLOCKS["opens"])
    closes_at = Day()
    closes_clock = StringField(filters=[stripped], default=CLOCKS["closes"])
    seats = StringField(filters=[stripped], validators=[at_most(5)])
    about = TextAreaField(filters=[stripped], validators=[at_most(2000)])


class Cancel(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写明为什么取消，会告诉已报名的人"), at_most(500)])


class WalkIn(Paper):
    number = StringField(filters=[stripped], validators=[needed("请写申报编号或证书编号"), at_most(40)])


class SignIn(Paper):
    code = StringField(filters=[stripped], validators=[needed("请写门口的签到码"), at_most(12)])
