"""What a browser sent, as the house reads it: text without NUL, which nobody types and PostgreSQL does not keep."""

from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

NUL = "\0"


def _without_nul(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value


class Told(ImmutableMultiDict[str, Any]):
    def __init__(self, told: MultiDict[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        pairs = told.items(multi=True) if isinstance(told, MultiDict) else told
        super().__init__([(_without_nul(name), _without_nul(value)) for name, value in pairs])


class Sent(Request):
    parameter_storage_class = Told

    @property
    def names_nothing(self) -> bool:
        """An address with NUL in it: nothing of ours was ever called so."""
        return any(NUL in value for value in (self.view_args or {}).values() if isinstance(value, str))
