"""A draft as plain data, that may be half written: what stands at a path, and what a thing there is called."""

from collections.abc import Mapping
from typing import Any

from workflow.domain.program import schema as s
from workflow.domain.program.problems import Path
from workflow.domain.program.schema.base import Label
from workflow.domain.program.standard import STANDARD

Data = Mapping[str, Any]


def standing_at(data: Any, path: Path) -> Any:
    """None where nothing stands."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def section(data: Any, *path: str) -> Data:
    """The entries of a section; nothing where it is not written, or is not a section at all."""
    found = standing_at(data, path)
    return found if isinstance(found, Mapping) else {}


def listed(data: Any, *path: str) -> list[str]:
    found = standing_at(data, path)
    return [str(item) for item in found] if isinstance(found, list) else [found] if isinstance(found, str) else []


def label_of(key: str, entry: Any) -> Label:
    """What an entry is called; its key, where it has no name yet."""
    name = entry.get("name") if isinstance(entry, Mapping) else entry
    if name is None and isinstance(entry, Mapping):
        name = STANDARD.get(str(entry.get("standard")), {}).get("name")
    return as_label(name) or Label(zh=key)


def as_label(raw: Any) -> Label | None:
    if isinstance(raw, Mapping):
        zh, en = raw.get("zh"), raw.get("en")
        return Label(zh=str(zh), en=str(en) if en else None) if zh else None
    return None if raw is None or raw == "" or isinstance(raw, list) else Label(zh=str(raw))


def field_type(raw: Any, usual: str = "text") -> str:
    """The type of a field as written, or as its standard field has it."""
    if not isinstance(raw, Mapping):
        return usual
    standard = STANDARD.get(str(raw.get("standard")), {})
    written = raw.get("type") or standard.get("type") or usual
    return written if isinstance(written, str) and written in s.FieldTypes.classes else usual


def form_fields(data: Any) -> dict[str, Any]:
    """Every field of the form, standard ones where they are listed, as written."""
    found: dict[str, Any] = {}
    for part in section(data, "form").values():
        found |= {word: {"standard": word} for word in listed(part, "standard") if word in STANDARD}
        found |= section(part, "fields")
    return found


def kind_of_stage(raw: Any) -> str | None:
    kind = raw.get("kind") if isinstance(raw, Mapping) else None
    return kind if isinstance(kind, str) and kind in s.StageKinds.classes else None
