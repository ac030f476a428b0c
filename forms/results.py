"""The paper on which results from a table are taken over."""

from wtforms import SelectField, StringField

from forms.base import Paper, at_most, needed, stripped


class TakeOver(Paper):
    mode = SelectField(validate_choice=False, validators=[needed("请选怎么处理有问题的行")])
    reason = StringField(filters=[stripped], validators=[at_most(500)])
