"""What a blind judge is shown (LANGUAGE.md 2.2 and 3.3): which fields stay away, what a case is called, and which words
are struck out of the text that is shown."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.domain.program.schema import Field, FileField, TableField, TextField

STRUCK_OUT = "〔已隐去〕"
_PLACES = frozenset({"organization", "region"})
_NAMES = frozenset({"name", "org_name"})
_BETWEEN = r"[\s\-.·•_]*"
_SHORTEST = 2


def is_hidden(field: Field) -> bool:
    """Whatever names somebody or somewhere, unless the program says `blind: show`; L3 and L4 never.

    A file with an anonymous copy is not hidden: the copy stands in its place.
    """
    if isinstance(field, FileField) and field.blind_copy:
        return False
    if field.level in ("L3", "L4") or field.blind == "hide":
        return True
    if field.blind == "show":
        return False
    return isinstance(field, FileField) or field.type in _PLACES or _format(field) is not None


def _format(field: Field) -> str | None:
    return field.format if isinstance(field, TextField) else None


def code_of(item_ref: str) -> str:
    """What a blind judge calls a case: of their own sheet, so that no two judges can compare."""
    return hashlib.sha256(f"blind|{item_ref}".encode()).hexdigest()[:6].upper()


def names_in(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    """Every answer that names somebody: names, organizations, and numbers by which people are found."""
    for key, field in fields.items():
        value = values.get(key)
        if isinstance(field, TableField):
            for row in value or ():
                yield from names_in(field.columns, row)
        elif isinstance(value, str) and (
            field.standard in _NAMES
            or field.type == "organization"
            or (_format(field) is not None and is_hidden(field))
        ):
            yield value


class Veil:
    """Strikes exact names and numbers out of text, also where they are spaced out or written in full width."""

    def __init__(self, words: Iterable[str]) -> None:
        known = {"".join(_plain(word).split()) for word in words}
        wanted = sorted((word for word in known if len(word) >= _SHORTEST), key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(_spread(word) for word in wanted), re.IGNORECASE) if wanted else None

    def over(self, value: Any) -> Any:
        """The same value with every text in it looked through."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list | tuple):
            return type(value)(self.over(each) for each in value)
        return value

    def _text(self, text: str) -> str:
        if self._pattern is None:
            return text
        plain = _plain(text)
        if self._pattern.search(plain) is None:
            return text
        return self._pattern.sub(STRUCK_OUT, plain)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _spread(word: str) -> str:
    signs = [re.escape(sign) for sign in word if re.fullmatch(_BETWEEN, sign) is None]
    return _BETWEEN.join(signs) if len(signs) >= _SHORTEST else re.escape(word)
