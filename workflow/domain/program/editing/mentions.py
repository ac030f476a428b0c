"""Where a key is mentioned elsewhere in the file: in routes and lists, as a key of its own, and in expressions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.domain.program.editing import plain
from workflow.domain.program.editing.changes import CannotEdit
from workflow.domain.program.editing.expressions import Renaming, expression_paths, reads
from workflow.domain.program.problems import Path
from workflow.domain.words import Words


@dataclass(frozen=True)
class Mention:
    """`path` ends at the word itself; `is_key`: it is a key there; `in_list`: an item that may be left out."""

    path: Path
    renamed: Callable[[str], str]
    is_key: bool = False
    in_list: bool = False


_WORDS: Mapping[str, Sequence[str]] = {
    "stages": (
        "route", "channels.*.route", "channels.*.quota.taken_at", "eligibility.rules.*.settled_at",
        "scoring.sheets.*.criteria.*.at", "stages.*.send_back_to", "duties.*.during", "duties.*.runs",
        "benefits.*.paid.*.after", "fairness.never_both",
    ),
    "roles": (
        "stages.*.by", "stages.*.lead", "stages.*.detail_for", "stages.*.closed_by", "stages.*.secretary",
        "stages.*.objection.by", "stages.*.placement.by", "stages.*.mentors.*.role", "stages.*.escalate.*",
        "channels.*.filled_by", "channels.*.nominator.role", "facts.*.by", "**.see", "**.filled_by",
        "program.run_by", "benefits.*.by", "duties.*.by", "duties.*.confirmed_by", "duties.*.escalate.*",
        "points.entry.by", "points.entry.confirmed_by", "sessions.*.by", "appeal.by", "fairness.include_of",
        "scoring.sheets.*.criteria.*.by", "escalate.*",
    ),
    "tracks": ("eligibility.rules.*.tracks", "scoring.sheets.*.track"),
    "channels": ("eligibility.rules.*.channels",),
    "rules": ("stages.*.rules",),
    "sheets": ("stages.*.sheet", "duties.*.sheet"),
    "levels": ("scoring.explain",),
    "benefits": ("stages.*.benefits", "points.tiers.*.benefits"),
    "duties": ("benefits.*.paid.*.after",),
    "items": ("sessions.*.gives", "sessions.*.absence"),
    "fields": (
        "stages.*.show", "stages.*.verify", "roles.*.of", "program.line", "program.team.members",
        "channels.*.quota.counted_per", "fairness.conflicts.same", "quota.each.field", "stages.*.placement.match",
    ),
}  # fmt: skip
_KEYS: Mapping[str, Sequence[str]] = {
    "roles": ("stages.*.raters",),
    "tracks": ("quota.tracks",),
    "levels": ("scoring.sheets.*.criteria.*.rubric",),
}
_DOTTED = ("roles.*.of", "stages.*.show", "stages.*.rank_by", "program.line")


_ENTRIES: Mapping[str, tuple[str, str]] = {
    "stages.*": ("stages", "records"),
    "roles.*": ("roles", ""),
    "tracks.*": ("tracks", "option"),
    "channels.*": ("channels", "option"),
    "eligibility.rules.*": ("rules", ""),
    "scoring.sheets.*": ("sheets", "total"),
    "scoring.levels.*": ("levels", ""),
    "benefits.*": ("benefits", "paid"),
    "duties.*": ("duties", "results"),
    "points.items.*": ("items", ""),
    "facts.*": ("", "facts"),
    "round.*": ("", "round"),
    "channels.*.nominator.facts.*": ("", "nominator"),
    "form.*.fields.*": ("fields", "field"),
    "form.*.fields.*.columns.*": ("", "column"),
    "stages.*.record.*": ("", "record"),
    "stages.*.asks.*": ("", "record"),
    "points.items.*.asks.*": ("", "entry"),
    "sessions.*.asks.*": ("", "entry"),
}


def kind_of(path: Path) -> tuple[str, Renaming | None]:
    """What the entry at this path is to the rest of the file, and how expressions read it."""
    for pattern, (kind, group) in _ENTRIES.items():
        steps = pattern.split(".")
        if len(steps) == len(path) and all(step in ("*", word) for step, word in zip(steps, path, strict=True)):
            return kind, Renaming(group, path[-1], _of(group, path)) if group else None
    return "", None


def _of(group: str, path: Path) -> str:
    whose = {
        "option": path[0].removesuffix("s"),
        "column": path[-3:-2],
        "record": path[1],
        "entry": ".".join(path[:-2]),
    }
    found = whose.get(group, "")
    return found if isinstance(found, str) else found[0]


def mentions(data: Any, path: Path) -> Sequence[Mention]:
    if path == ("duties", "renewal"):
        raise CannotEdit(Words("“%(key)s”是语言里固定的词，不能改键", key=path[-1]))
    kind, reading = kind_of(path)
    _only_here(data, path)
    found = [*_in_words(data, kind, path[-1]), *_as_keys(data, kind, path[-1])]
    if reading is not None:
        found += _in_expressions(data, reading)
        found += _in_dotted(data, reading)
    if kind == "tracks":
        found += _of_this_program(data, path[-1])
    return found


def _only_here(data: Any, path: Path) -> None:
    """Two channels may ask their nominators for the same number; a rule cannot tell whose it reads."""
    match path:
        case ("channels", own, "nominator", "facts", key):
            others = (plain.at(data, ("channels", c, "nominator", "facts", key)) for c in data["channels"] if c != own)
            if any(other is not plain.NOTHING for other in others):
                raise CannotEdit(Words("别的渠道也有“%(key)s”，请一起在源文件里改", key=key))


def _in_words(data: Any, kind: str, key: str) -> Iterator[Mention]:
    for pattern in _WORDS.get(kind, ()):
        for path, value in found_at(data, pattern.split(".")):
            yield from _word(path, value, key, in_list=False)


def _word(path: Path, value: Any, key: str, *, in_list: bool) -> Iterator[Mention]:
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _word((*path, str(at)), item, key, in_list=True)
    elif value == key and isinstance(value, str):
        yield Mention(path, str, in_list=in_list)


def _as_keys(data: Any, kind: str, key: str) -> Iterator[Mention]:
    for pattern in _KEYS.get(kind, ()):
        for path, value in found_at(data, pattern.split(".")):
            if isinstance(value, Mapping) and key in value:
                yield Mention((*path, key), str, is_key=True)


def _in_expressions(data: Any, reading: Renaming) -> Iterator[Mention]:
    for path, source in expression_paths(data):
        if reads(reading, path, source):
            yield Mention(path, _renaming(reading, path, source))


def _renaming(reading: Renaming, path: Path, source: str) -> Callable[[str], str]:
    return lambda key: reading.renamed(path, source, key)


def _in_dotted(data: Any, reading: Renaming) -> Iterator[Mention]:
    """`records.training.trainer` where holders are found or a notice shows it, `total.craft` where a vote ranks."""
    for pattern in _DOTTED:
        for path, value in found_at(data, pattern.split(".")):
            for where, word in _leaves(path, value):
                if "." in word and reads(reading, where, word):
                    yield Mention(where, _renaming(reading, where, word))


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves((*path, str(at)), item)
    elif isinstance(value, str):
        yield path, value


def _of_this_program(data: Any, key: str) -> Iterator[Mention]:
    own = plain.at(data, ("program", "key"))
    for pattern in ("channels.*.must_hold", "channels.*.must_not_hold", "channels.*.nominator.must_hold",
                    "channels.*.nominator.must_not_hold"):  # fmt: skip
        for path, value in found_at(data, pattern.split(".")):
            if isinstance(value, Mapping) and value.get("program") == own and value.get("track") == key:
                yield Mention((*path, "track"), str)


def found_at(data: Any, pattern: Sequence[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """`*` is any key or place, `**` any way down."""
    if not pattern:
        yield path, data
        return
    step, rest = pattern[0], pattern[1:]
    inside = _inside(data)
    if step == "**":
        yield from found_at(data, rest, path)
        for word, value in inside:
            yield from found_at(value, pattern, (*path, word))
        return
    for word, value in inside:
        if step in ("*", word):
            yield from found_at(value, rest, (*path, word))


def _inside(data: Any) -> Sequence[tuple[str, Any]]:
    if isinstance(data, Mapping):
        return [(str(key), value) for key, value in data.items()]
    return [(str(at), value) for at, value in enumerate(data)] if isinstance(data, list) else []
