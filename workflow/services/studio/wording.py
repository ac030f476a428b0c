"""Sentences kept beside what they tell: the Chinese source with what fills it, translated when it is shown."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.program.schema import Label
from workflow.domain.words import Words


def packed(said: Any) -> Any:
    if isinstance(said, Words):
        return {"text": said.text, "with": {name: packed(value) for name, value in said.params.items()}}
    if isinstance(said, Label):
        return {"zh": said.zh, "en": said.en}
    if isinstance(said, tuple | list):
        return [packed(one) for one in said]
    return said if isinstance(said, int | str) else str(said)


def unpacked(kept: Any) -> Any:
    if isinstance(kept, Mapping) and "text" in kept:
        return Words(kept["text"], **{name: unpacked(value) for name, value in kept["with"].items()})
    if isinstance(kept, Mapping):
        return Label(zh=kept["zh"], en=kept["en"])
    return tuple(map(unpacked, kept)) if isinstance(kept, list) else kept
