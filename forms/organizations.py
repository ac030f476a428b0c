"""The papers of organizations: what is said of one, the numbers known of it, who speaks for it."""

from wtforms import Form, IntegerField, SelectField, StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped
from forms.rounds import Day, stop_if_unread
from workflow.domain.words import Words


class Count(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A whole number as people write it: 1,200 or 1200人."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = (
            "".join((valuelist[0] if valuelist else "").split()).replace(",", "").replace("，", "").removesuffix("人")
        )
        if not typed:
            return
        if not (typed.isascii() and typed.isdecimal()) or len(typed) > 9:
            raise ValueError(Words("请写整数，例如 230"))
        self.data = int(typed)

    def pre_validate(self, form: Form) -> None:
        stop_if_unread(self)


class Organization(Paper):
    name = StringField(filters=[stripped], validators=[needed("请写单位名称"), at_most(200)])
    kind = SelectField(validate_choice=False, validators=[needed("请选单位的类型")])
    credit_code = StringField(filters=[stripped], validators=[at_most(40)])
    parent = StringField(filters=[stripped], validators=[at_most(200)])
    region_code = StringField(filters=[stripped], validators=[at_most(20)])


class Fact(Paper):
    fact = SelectField(validate_choice=False, validators=[needed("请选是哪一项")])
    value = Count(validators=[needed("请写人数")])
    as_of = Day(validators=[needed("请写截至哪一天")])
    source = StringField(filters=[stripped], validators=[needed("请写数据来源"), at_most(200)])


class Refuse(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写不通过的理由，申报的人会看到"), at_most(500)])


class Appoint(Paper):
    account = StringField(filters=[stripped], validators=[needed("请写他的用户名、手机号或邮箱"), at_most(200)])
    basis = StringField(filters=[stripped], validators=[at_most(200)])


class HandOver(Paper):
    leaving = SelectField(validate_choice=False, validators=[needed("请选移交人")])
    account = StringField(filters=[stripped], validators=[needed("请写接手人的用户名、手机号或邮箱"), at_most(200)])
    basis = StringField(filters=[stripped], validators=[needed("请写移交的依据"), at_most(200)])
