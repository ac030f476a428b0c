"""Papers about recognitions: issuing a list, acts on one recognition, and verifying a certificate."""

from wtforms import StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day

SHORT, LONG = 100, 2000


class Issue(Paper):
    document = StringField(filters=[stripped], validators=[needed("请写认定文件的文号"), at_most(SHORT)])
    on = Day(validators=[needed("请选认定文件的日期")])
    difference = TextAreaField(filters=[stripped], validators=[at_most(LONG)])


class Act(Paper):
    """Whatever one act on a recognition asks; the rules say which of it is needed."""

    exit = StringField(filters=[stripped])
    why = StringField(filters=[stripped])
    basis = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    alleged = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    reason = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    recovery = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    statement = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    document = StringField(filters=[stripped], validators=[at_most(SHORT)])
    note = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    level = StringField(filters=[stripped], validators=[at_most(SHORT)])
    measures = TextAreaField(filters=[stripped], validators=[at_most(LONG)])
    until = Day()


class Verify(Paper):
    number = StringField(filters=[stripped], validators=[needed("请写证书编号"), at_most(80)])
    code = StringField(filters=[stripped], validators=[needed("请写证书左下角的查验码"), at_most(20)])
