"""The papers of lists: the file, and what to do with its bad rows."""

from wtforms import FileField, StringField

from forms.base import Paper, needed


class Upload(Paper):
    file = FileField(validators=[needed("请选一个 .xlsx 文件")])


class Run(Paper):
    mode = StringField(validators=[needed("请选怎么处理有问题的行")])
