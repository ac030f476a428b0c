"""Texts the rules speak, untranslated: the Chinese source and what to put into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, init=False)
class Words:
    """A sentence in Chinese with `%(name)s` places; the door that shows it picks the reader's language.

    A parameter may itself be `Words` or a program's `Label`; it is then translated before it is filled in. So is each
    item of a tuple or list, which reads as an enumeration.
    """

    text: str
    params: Mapping[str, Any]

    def __init__(self, text: str, **params: Any) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "params", params)

    def __str__(self) -> str:
        return self.text % {name: _plain(value) for name, value in self.params.items()} if self.params else self.text

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((name, str(value)) for name, value in self.params.items()))))


def _plain(value: Any) -> str:
    return "、".join(map(_plain, value)) if isinstance(value, tuple | list) else str(value)
