"""`checks.<service>`: what somebody outside verifies. No register is connected here, so who runs the program
looks it up and records the answer with its day and source; until then it counts as not verified."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from workflow.domain.program.schema import ChoiceField, Definition, Fact, Label, Option

READ = re.compile(r"\bchecks\.([a-z][a-z0-9_]*)")
GROUP = "checks."
NAMES: Mapping[str, Label] = {"id_online": Label(zh="身份核验", en="Identity verified")}
ANSWERS = (
    Option(key="yes", name=Label(zh="查过，一致", en="Looked up: it matches")),
    Option(key="no", name=Label(zh="查过，不一致或没有", en="Looked up: no match")),
    Option(key="unknown", name=Label(zh="查了，说不准", en="Looked up: not clear")),
)
READS: Mapping[Any, bool | str] = {"yes": True, "no": False, "unknown": "unknown"}
"""What a rule reads for each answer; `unknown` sends it to a person."""


def services_read(definition: Definition) -> tuple[str, ...]:
    """Every service that a rule of the program asks, in the order of the file."""
    return tuple(dict.fromkeys(key for text in _texts(definition) for key in READ.findall(text)))


def recordable_of(definition: Definition) -> dict[str, Fact]:
    """The program's facts, and the answers of outside checks under `checks.<service>`."""
    return {**definition.facts, **{f"{GROUP}{key}": _as_fact(definition, key) for key in services_read(definition)}}


def _as_fact(definition: Definition, key: str) -> Fact:
    name = NAMES.get(key) or Label(zh=f"外部核验（{key}）", en=f"Outside check ({key})")
    field = ChoiceField(key=f"{GROUP}{key}", name=name, type="choice", options=ANSWERS)
    return Fact(key=f"{GROUP}{key}", by=(definition.run_by,), field=field)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name))
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from _texts(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _texts(each)
