"""Where two definitions differ, leaf by leaf: what changed, what was added, removed or given another key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.domain.program.schema import (
    Day,
    Definition,
    Field,
    Intake,
    Label,
    Option,
    Part,
    Section,
    Share,
    Span,
    Stage,
)
from workflow.domain.program.schema.base import Entry

Action = Literal["changed", "added", "removed", "renamed"]
_WHOLE = (Label, Share, Span, Day, Intake)


@dataclass(frozen=True)
class Difference:
    """`holder` is the part whose parameter or entry it is (the newer one); `subject` the nearest thing with a name."""

    path: tuple[str, ...]
    action: Action
    old: Any
    new: Any
    holder: Part
    subject: Label | None

    @property
    def word(self) -> str:
        """The parameter, or the section in which an entry came or went."""
        return self.path[-1] if self.action == "changed" else self.path[-2]


def differences(a: Definition, b: Definition) -> tuple[Difference, ...]:
    return tuple(_in_part(a, b, (), None))


def _in_part(a: Part, b: Part, path: tuple[str, ...], subject: Label | None) -> Iterator[Difference]:
    name = getattr(b, "name", None)
    subject = name if isinstance(name, Label) else subject
    for attribute, described in type(b).model_fields.items():
        old, new = getattr(a, attribute), getattr(b, attribute)
        if attribute == "form":
            yield from _in_form(old, new, b, (*path, "form"))
        elif attribute != "key" and old != new:
            word = described.alias or attribute
            yield from _between(old, new, (*path, word), b, subject)


def _between(old: Any, new: Any, path: tuple[str, ...], holder: Part, subject: Label | None) -> Iterator[Difference]:
    if isinstance(old, Part) and isinstance(new, Part) and not isinstance(new, _WHOLE):
        yield from _between_parts(old, new, path, holder, subject)
    elif _is_keyed(old) and _is_keyed(new) and (old or new):
        yield from _in_entries(old, new, path, holder, subject)
    elif _are_options(old) and _are_options(new):
        by_key = [{option.key: option for option in options} for options in (old, new)]
        yield from _in_entries(by_key[0], by_key[1], path, holder, subject)
    else:
        yield Difference(path, "changed", old, new, holder, subject)


def _between_parts(
    old: Part, new: Part, path: tuple[str, ...], holder: Part, subject: Label | None
) -> Iterator[Difference]:
    if type(old) is type(new):
        yield from _in_part(old, new, path, subject)
    elif isinstance(old, Field) and isinstance(new, Field):
        yield Difference((*path, "type"), "changed", old.type, new.type, new, new.name)
    elif isinstance(old, Stage) and isinstance(new, Stage):
        yield Difference((*path, "kind"), "changed", old.kind, new.kind, new, new.name)
    else:
        yield Difference(path, "changed", old, new, holder, subject)


def _is_keyed(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(entry, Entry) for entry in value.values())


def _are_options(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(item, Option) for item in value)


def _in_entries(
    old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...], holder: Part, subject: Label | None
) -> Iterator[Difference]:
    gone = {key: entry for key, entry in old.items() if key not in new}
    for key, entry in new.items():
        if key in old:
            yield from _between(old[key], entry, (*path, key), holder, subject) if old[key] != entry else ()
            continue
        before = next((k for k, was in gone.items() if was.name == entry.name), None)
        if before is None:
            yield Difference((*path, key), "added", None, entry, holder, _named(entry, subject))
        else:
            del gone[before]
            yield Difference((*path, before), "renamed", before, key, holder, _named(entry, subject))
    for key, entry in gone.items():
        yield Difference((*path, key), "removed", entry, None, holder, _named(entry, subject))


def _named(entry: Any, subject: Label | None) -> Label | None:
    name = getattr(entry, "name", None) or getattr(getattr(entry, "field", None), "name", None)
    return name if isinstance(name, Label) else subject


def _in_form(
    old: Mapping[str, Section], new: Mapping[str, Section], holder: Part, path: tuple[str, ...]
) -> Iterator[Difference]:
    """Fields are one namespace: a field that moved to another section has not changed."""
    for key, section in new.items():
        if key in old and (old[key].name, old[key].purpose) != (section.name, section.purpose):
            for word in ("name", "purpose"):
                before, after = getattr(old[key], word), getattr(section, word)
                if before != after:
                    yield Difference((*path, key, word), "changed", before, after, section, section.name)
    places = {field: key for sections in (old, new) for key, section in sections.items() for field in section.fields}
    before_fields = {key: field for section in old.values() for key, field in section.fields.items()}
    after_fields = {key: field for section in new.values() for key, field in section.fields.items()}
    for found in _in_entries(before_fields, after_fields, (*path, "fields"), holder, None):
        key = found.path[len(path) + 1]
        whole = (*path, places[key], "fields", *found.path[len(path) + 1 :])
        yield Difference(whole, found.action, found.old, found.new, found.holder, found.subject)
