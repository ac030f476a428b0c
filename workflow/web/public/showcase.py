"""One open round as plain values for its card and its page: what, by when, which way, with which papers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from workflow.domain.calendar import WorkCalendar
from workflow.domain.lengths import Length
from workflow.domain.program.schema import (
    AwardStage,
    Channel,
    Definition,
    Field,
    FileField,
    Label,
    NoticeStage,
    Stage,
    TableField,
)
from workflow.domain.rules import canonical
from workflow.domain.stages.intake import signs_on_paper
from workflow.domain.words import Words
from workflow.web.dates import deadline_day

SOON = 2  # working days
_UNITS = {
    "wd": Words("%(n)s 个工作日"),
    "d": Words("%(n)s 日"),
    "mo": Words("%(n)s 个月"),
    "y": Words("%(n)s 年"),
}
_ACCEPTED = {"pdf": Words("PDF"), "jpg": Words("照片"), "png": Words("照片"), "mp4": Words("MP4 录像")}


@dataclass(frozen=True)
class Left:
    """What is left of a deadline. kind: calm, soon, rolling; `days` is None for what stays open."""

    kind: str
    days: int | None
    until: datetime | None
    provisional: bool = False


@dataclass(frozen=True)
class Knot:
    kind: str
    name: Label | Words
    term: Words | None
    future: bool
    label: Words | None = None


@dataclass(frozen=True)
class Way:
    """One channel: who puts a person forward, and how."""

    name: Label
    words: Words
    quota: Words | None


@dataclass(frozen=True)
class Paper:
    name: Label | Words
    who: Words
    accepts: tuple[Words, ...]
    max_mb: int
    hint: Label | None


@dataclass(frozen=True)
class Gain:
    """What a recognition entitles to; `amount` where it is one number for everybody, `tiers` that alone give it."""

    name: Label
    amount: str | None
    unit: Label
    about: Label | None
    tiers: tuple[Label, ...]


@dataclass(frozen=True)
class Card:
    ref: str
    name: Label
    round_name: str
    tracks: tuple[Label, ...]
    channels: tuple[Label, ...]
    numbers: tuple[tuple[Label, Words], ...]
    left: Left
    stages: tuple[Knot, ...]


def left(closes_at: datetime | None, now: datetime, calendar: WorkCalendar) -> Left:
    if closes_at is None:
        return Left("rolling", None, None)
    day = deadline_day(closes_at)
    days = max(0, calendar.working_days_left(now, day))
    return Left("soon" if days <= SOON else "calm", days, closes_at, calendar.provisional(now.date(), day))


def card(
    ref: str,
    round_name: str,
    closes_at: datetime | None,
    settings: Mapping[str, Any],
    definition: Definition,
    now: datetime,
    calendar: WorkCalendar,
) -> Card:
    return Card(
        ref,
        definition.program.name,
        round_name,
        tuple(track.name for track in definition.tracks.values()),
        tuple(channel.name for channel in definition.channels.values()),
        tuple(_numbers(definition, settings)),
        left(closes_at, now, calendar),
        milestones(definition),
    )


def _numbers(definition: Definition, settings: Mapping[str, Any]) -> Iterator[tuple[Label, Words]]:
    """The numbers that the round was opened with, such as how many places there are."""
    for key, field in definition.round.items():
        value, unit = settings.get(key), getattr(field, "unit", None)
        if value is not None and field.type == "number":
            yield field.name, Words("%(n)s %(unit)s", n=str(value), unit=unit) if unit else Words("%(n)s", n=str(value))


def length(span: Length | None) -> Words | None:
    if span is None:
        return None
    unit = _UNITS[span.unit]
    return Words(unit.text, n=abs(span.amount))


def _public(stage: Stage) -> Label:
    return stage.public_name or stage.name


def route(definition: Definition, channel: str) -> tuple[Knot, ...]:
    """From applying to the certificate, as the definition says; what follows an award is not part of it."""
    first = Knot("now", Words("申报"), None, False, Words("正在申报"))
    stages = [stage for stage in definition.stages_of(channel) if stage.kind != "follow_up"]
    return (first, *(Knot(_shape(stage), _public(stage), _term(stage), True) for stage in stages))


def _shape(stage: Stage) -> str:
    return "seal0" if isinstance(stage, NoticeStage) else "todo"


def _term(stage: Stage) -> Words | None:
    return length(stage.days if isinstance(stage, NoticeStage) else stage.due)


def routes(definition: Definition) -> tuple[tuple[tuple[Label, ...], tuple[Knot, ...]], ...]:
    """Each different way through, with the channels that take it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for channel in definition.channels:
        found.setdefault(definition.route_of(channel), []).append(channel)
    return tuple(
        (tuple(definition.channels[key].name for key in channels), route(definition, channels[0]))
        for channels in found.values()
    )


def milestones(definition: Definition) -> tuple[Knot, ...]:
    """Four knots for a card: applying, the first stage, the one before the notice, the notice."""
    whole = route(definition, next(iter(definition.channels)))
    noticed = next((at for at, knot in enumerate(whole) if knot.kind == "seal0"), len(whole) - 1)
    wanted = sorted({0, 1, noticed - 1, noticed} & set(range(len(whole))))
    return tuple(Knot(whole[at].kind, whole[at].name, None, whole[at].future, whole[at].label) for at in wanted)


def ways(definition: Definition) -> tuple[Way, ...]:
    return tuple(
        Way(channel.name, _who_fills(definition, channel), _quota(channel)) for channel in definition.channels.values()
    )


def _who_fills(definition: Definition, channel: Channel) -> Words:
    if signs_on_paper(definition, channel.key):
        return Words("别人代填，本人在确认表上签字才算提交")
    if channel.intake.from_facts:
        late = channel.confirm == "at_award"
        return (
            Words("不用申报，主办按部门数据找人，发证时本人确认")
            if late
            else Words("不用申报，主办按部门数据找人，本人确认才算提交")
        )
    if channel.nominator is None:
        return Words("自己填，自己提交")
    if channel.filled_by == "person":
        return Words("自己填，由推荐方确认")
    if channel.confirm == "at_award":
        return Words("推荐方填，认定时本人确认")
    if channel.filled_by == "either":
        return Words("推荐方代填或本人填，都要本人确认才算提交")
    return Words("推荐方填，本人确认才算提交")


def _quota(channel: Channel) -> Words | None:
    return Words("名额按推荐方的人数算") if channel.quota is not None else None


def gains(definition: Definition) -> tuple[Gain, ...]:
    """In the file's order: what an award gives, and what comes with points."""
    stages, points = definition.stages.values(), definition.points
    given = {key for stage in stages if isinstance(stage, AwardStage) for key in stage.benefits}
    tiers = tuple(points.tiers.values()) if points is not None else ()
    return tuple(
        Gain(
            each.name,
            canonical(each.amount) if isinstance(each.amount, Decimal) else None,
            each.unit,
            each.about,
            () if key in given else tuple(tier.name for tier in tiers if key in tier.benefits),
        )
        for key, each in definition.benefits.items()
        if key in given or any(key in tier.benefits for tier in tiers)
    )


def papers(definition: Definition) -> tuple[Paper, ...]:
    return tuple(_paper(field, table) for field, table in _files(definition))


def _files(definition: Definition) -> Iterator[tuple[FileField, TableField | None]]:
    for field in definition.form_fields().values():
        if isinstance(field, FileField):
            yield field, None
        elif isinstance(field, TableField):
            yield from ((column, field) for column in field.columns.values() if isinstance(column, FileField))


def _paper(field: FileField, table: TableField | None) -> Paper:
    accepted = tuple(dict.fromkeys(_ACCEPTED[kind] for kind in field.accept))
    name = field.name if table is None else Words("%(table)s：%(name)s", table=table.name, name=field.name)
    return Paper(name, _who_gives(field, table), accepted, field.max_mb, field.hint)


def _who_gives(field: Field, table: TableField | None) -> Words:
    if table is not None:
        return Words("每行一份") if field.required is True else Words("每行可附一份")
    if field.required is False:
        return Words("选交")
    if field.required is True and field.show is True:
        return Words("都要")
    return Words("表里问到才交")
