"""The papers of the door: signing in, registering, choosing a password."""

from wtforms import Field, Form, HiddenField, PasswordField, StringField, ValidationError

from forms.base import Paper, at_most, needed, same_as, stripped
from workflow.domain import identifiers
from workflow.domain.words import Words


class Login(Paper):
    login = StringField(filters=[stripped], validators=[needed("请写手机号、邮箱或用户名"), at_most(200)])
    password = PasswordField(validators=[needed("请写口令"), at_most(200)])
    next = HiddenField()
    kept = HiddenField()
    kept_for = HiddenField()


class Address(Paper):
    """Where a code is sent."""

    address = StringField(filters=[stripped], validators=[needed("请写手机号或邮箱"), at_most(200)])


def new_password() -> PasswordField:
    return PasswordField(validators=[needed("请写新口令"), at_most(200)])


def once_more() -> PasswordField:
    return PasswordField(validators=[needed("请再写一遍新口令"), same_as("password", "两遍写的不一样，请再写一遍")])


def sent_code() -> StringField:
    return StringField(filters=[stripped], validators=[needed("请写收到的 6 位验证码"), at_most(12)])


# The order of the fields is the order of the page, and so of the summary of what is wrong.
class NewPassword(Paper):
    password = new_password()
    password_again = once_more()


class ResetCode(Paper):
    code = sent_code()
    password = new_password()
    password_again = once_more()


def as_on_papers(form: Form, field: Field) -> None:
    found = identifiers.person_name(field.data or "")
    if isinstance(found, Words):
        raise ValidationError(found)


class RegisterCode(Paper):
    code = sent_code()
    name = StringField(filters=[stripped], validators=[needed("请写姓名"), at_most(100), as_on_papers])
    password = new_password()
    password_again = once_more()


class ChangePassword(Paper):
    password_now = PasswordField(validators=[needed("请写现在的口令"), at_most(200)])
    password = new_password()
    password_again = once_more()
