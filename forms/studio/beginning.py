"""How a draft begins and ends, and its whole text."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, FileField, RadioField, SelectField, StringField, TextAreaField

from forms.base import Paper, at_most, stripped
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.program.outline.blanks import is_key
from workflow.domain.words import Words

SOURCES = ("nothing", "shipped", "version", "file")


class Beginning(Paper):
    source = RadioField(default="nothing", validate_choice=False)
    name = StringField(filters=[stripped], validators=[at_most(60)])
    key = StringField(filters=[stripped], validators=[at_most(40)])
    shipped = SelectField(validate_choice=False)
    version = SelectField(validate_choice=False)
    file = FileField()

    def offer(self, shipped: Sequence[tuple[str, str]], versions: Sequence[tuple[str, str]]) -> None:
        """Each a value and what it is called."""
        self.offered = {"shipped": shipped, "version": versions}

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        reasons = list(self._missing())
        self.take(reasons)
        return good and not reasons

    def _missing(self) -> list[Reason]:
        source, found = self.source.data, []
        if source not in SOURCES:
            found.append(Reason(Words("请选从哪里开始"), "source"))
        if source == "nothing" and not self.name.data:
            found.append(Reason(Words("请写项目名称，如 西湖工匠认定"), "name"))
        if source == "nothing" and not self.key.data:
            found.append(Reason(Words("请写项目的键，如 xihu"), "key"))
        if source != "file" and self.key.data and not is_key(self.key.data):
            found.append(Reason(Words("键只能用英文字母、数字和下划线，以字母开头"), "key"))
        if source in ("shipped", "version") and bool(self.name.data) != bool(self.key.data):
            found.append(Reason(Words("另起一个项目，名称和键都要写；接着改原来的项目，两个都不写"), "name"))
        if source == "shipped" and self.shipped.data not in dict(self.offered[source]):
            found.append(Reason(Words("请选一个现成的方案"), "shipped"))
        if source == "version" and self.version.data not in dict(self.offered[source]):
            found.append(Reason(Words("请选一个已发布的版本"), "version"))
        if source == "file" and not getattr(self.file.data, "filename", ""):
            found.append(Reason(Words("请选一份方案文件（.yaml）"), "file"))
        return found


class Publishing(Paper):
    known = BooleanField()


class Whole(Paper):
    text = TextAreaField()
    file = FileField()

    def sent_text(self, largest: int) -> str:
        """The file, where one was chosen; else what stands in the field."""
        if not getattr(self.file.data, "filename", ""):
            return str(self.text.data or "").replace("\r\n", "\n")
        try:
            return str(self.file.data.read(largest).decode("utf-8"))
        except UnicodeDecodeError:
            words = Words("这个文件不是 UTF-8 文字，请另存为 UTF-8 再传")
            raise InvalidInput([Reason(words, "file")]) from None
