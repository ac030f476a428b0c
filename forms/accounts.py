"""The papers of the office that keeps accounts."""

from wtforms import SelectField, StringField, TextAreaField

from forms.base import Paper, at_most, needed, stripped


class Account(Paper):
    name = StringField(filters=[stripped], validators=[needed("请写姓名"), at_most(100)])
    login = StringField(filters=[stripped], validators=[at_most(40)])
    phone = StringField(filters=[stripped], validators=[at_most(40)])
    email = StringField(filters=[stripped], validators=[at_most(200)])
    organization = StringField(filters=[stripped], validators=[at_most(200)])


class Disable(Paper):
    reason = TextAreaField(filters=[stripped], validators=[needed("请写停用的原因"), at_most(500)])


class CorrectedName(Paper):
    name = StringField(filters=[stripped], validators=[needed("请写姓名"), at_most(100)])
    basis = TextAreaField(filters=[stripped], validators=[needed("请写更正的依据"), at_most(500)])


class Erasure(Paper):
    words = TextAreaField(filters=[stripped], validators=[at_most(1000)])


class Grant(Paper):
    account = StringField(validators=[needed("请先找到要授权的账号")])
    office = SelectField(validate_choice=False, validators=[needed("请选岗位")])
