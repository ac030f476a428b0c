"""What a list of work can be narrowed to, and how many each choice would leave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.queries.queue import Group
from models.queries.queue_narrowed import Narrowed
from workflow.domain.program.schema import Definition, Label
from workflow.domain.words import Words
from workflow.services.queues_lines import PRECHECKS

_FACETS: Mapping[str, tuple[Words, str]] = {
    "stage": (Words("环节"), "stage"),
    "track": (Words("类别"), "track"),
    "channel": (Words("渠道"), "channel"),
    "nominator": (Words("推荐单位"), "nominator_ref"),
    "employer": (Words("单位"), "employer_ref"),
    "precheck": (Words("预检"), "precheck"),
}


@dataclass(frozen=True)
class Choice:
    key: str
    name: Label | Words | str
    count: int


@dataclass(frozen=True)
class Filter:
    key: str
    name: Words
    choices: tuple[Choice, ...]


def matching(groups: Sequence[Group], narrowed: Narrowed) -> list[Group]:
    wanted = [
        ("round", narrowed.round),
        ("stage", narrowed.stage),
        ("track", narrowed.track),
        ("channel", narrowed.channel),
        ("nominator_ref", narrowed.nominator),
        ("precheck", narrowed.precheck),
        ("employer_ref", narrowed.employer),
    ]
    return [group for group in groups if all(value is None or getattr(group, name) == value for name, value in wanted)]


def filters_of(
    groups: Sequence[Group], definitions: Mapping[int, Definition], narrowed: Narrowed
) -> tuple[Filter, ...]:
    """What can be chosen comes from what is mine, so that a choice betrays nothing else. Each choice counts what it
    would leave beside the other filters; what is chosen is named also where nothing of it was counted."""
    names: dict[str, dict[str, Label | Words | str]] = {key: {} for key in ("stage", "track", "channel")}
    for definition in [definitions[each] for each in {group.version_id for group in groups} if each in definitions]:
        names["stage"] |= {key: stage.name for key, stage in definition.stages.items()}
        names["channel"] |= {key: channel.name for key, channel in definition.channels.items()}
        names["track"] |= {key: track.name for key, track in definition.tracks.items()}
    names["nominator"] = {group.nominator_ref: group.nominator or "" for group in groups if group.nominator_ref}
    names["precheck"] = {each: PRECHECKS[each] for each in PRECHECKS}
    names["employer"] = {group.employer_ref: group.employer or "" for group in groups if group.employer_ref}
    every = [
        Filter(key, name, _choices(groups, replace(narrowed, **{key: None}), by, names[key], getattr(narrowed, key)))
        for key, (name, by) in _FACETS.items()
    ]
    left = matching(groups, narrowed)
    every += [
        Filter("late", Words("期限"), _if_any(Words("已逾期"), sum(group.late for group in left))),
        Filter("flagged", Words("标记"), _if_any(Words("有要补正的"), sum(group.flagged for group in left))),
    ]
    return tuple(each for each in every if each.choices)


def _if_any(name: Words, count: int) -> tuple[Choice, ...]:
    return (Choice("1", name, count),) if count else ()


def _choices(
    groups: Sequence[Group], beside: Narrowed, by: str, names: Mapping[str, Label | Words | str], chosen: str | None
) -> tuple[Choice, ...]:
    count: Counter[str] = Counter()
    for group in matching(groups, beside):
        count[getattr(group, by)] += group.count
    return tuple(Choice(key, name, count[key]) for key, name in names.items() if count[key] or key == chosen)
