"""What a new entry begins with: as little as reads as one, so that a page can open it and the check can speak."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from workflow.domain.program.outline.data import section
from workflow.domain.program.problems import Path

STEMS: Mapping[str, str] = {
    "tracks": "track",
    "roles": "role",
    "channels": "channel",
    "stages": "stage",
    "form": "part",
    "fields": "field",
    "columns": "column",
    "record": "item",
    "asks": "item",
    "round": "number",
    "facts": "fact",
    "rules": "E",
    "sheets": "sheet",
    "criteria": "criterion",
    "benefits": "benefit",
    "duties": "duty",
    "items": "item",
    "tiers": "tier",
    "sessions": "session",
    "exits": "exit",
}


def free_key(word: str, taken: Collection[str]) -> str:
    """`stage_2`, or `E2` among the rules."""
    stem = STEMS.get(word, "entry")
    joined = stem if stem == "E" else f"{stem}_"
    return next(key for n in range(1, len(taken) + 2) if (key := f"{joined}{n}") not in taken)


def is_key(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", text) is not None


def new_entry(data: Any, path: Path, name: str, variety: str = "") -> Any:
    """`path`: the section. `variety`: the kind of a stage, the type of a field."""
    word = path[-1]
    if word in ("tracks", "roles", "channels"):
        return name
    if word == "stages":
        return _stage(data, name, variety)
    if word in ("fields", "columns", "record", "asks", "round") or path == ("facts",):
        return _field(name, variety)
    if word == "facts":
        return name
    if word == "criteria":
        return {"name": name, "weight": _left_over(section(data, *path))}
    begun: Mapping[str, Mapping[str, Any]] = {
        "form": {"fields": {}},
        "sheets": {"criteria": {}},
        "duties": {"once": "12mo", "by": _office(data)},
        "sessions": {"by": _office(data)},
        "exits": {"then": "review"},
        "tiers": {"from": 0},
        "items": {"points": 1},
    }
    return {"name": name, **begun.get(word, {})}


def _office(data: Any) -> str:
    run_by = section(data, "program").get("run_by")
    return str(run_by) if run_by else "manager"


def _stage(data: Any, name: str, kind: str) -> dict[str, Any]:
    begun: dict[str, Any] = {"name": name, "kind": kind or "check", "by": _office(data)}
    if kind == "follow_up":
        begun["lasts"] = "valid"
    if kind == "award":
        begun["certificate"] = {"title": name, "number": "{code}-{year}-{seq:4}"}
    return begun


def _field(name: str, type_: str) -> Any:
    begun: dict[str, Any] = {"name": name, "type": type_} if type_ and type_ != "text" else {"name": name}
    if type_ == "choice":
        begun["options"] = ["选项一", "选项二"]
    if type_ == "table":
        begun["columns"] = {"item": "内容"}
    if type_ == "consent":
        begun["text"] = name
    if type_ == "computed":
        begun["value"] = "0"
    return name if set(begun) == {"name"} else begun


def _left_over(criteria: Mapping[str, Any]) -> int:
    said = sum(weight_of(one) for one in criteria.values())
    return max(0, int(100 - said))


def weight_of(criterion: Any) -> Any:
    weight = criterion.get("weight") if isinstance(criterion, Mapping) else None
    return weight if isinstance(weight, int) or hasattr(weight, "as_tuple") else 0
