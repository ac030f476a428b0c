"""Every expression of the file, typed against the names of its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflow.domain import rules
from workflow.domain.program.check.compiled import compiled
from workflow.domain.program.check.desk import Desk, Route
from workflow.domain.program.check.fields import asked_later, form_fields, recorded
from workflow.domain.program.check.money import granting
from workflow.domain.program.check.stages import sheets_complete_before
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import AwardStage, ComputedField, Field, FollowUpStage, TableField, VoteStage
from workflow.domain.rules import Expects, Place
from workflow.domain.words import Words


@dataclass(frozen=True)
class Written:
    """One expression: where it stands, what it may read, and on which routes it is read."""

    path: Path
    source: object
    place: Place
    expects: Expects = "bool"
    stage: str | None = None
    channels: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


def expressions_are_sound(desk: Desk) -> None:
    for written in everything_written(desk):
        if isinstance(written.source, str):
            sound(desk, written, written.source)


def sound(desk: Desk, written: Written, source: str) -> None:
    where = {**written.more, "stage": written.stage, "channels": written.channels}
    try:
        rule = compiled(desk.definition, written.place, source, written.expects, **where)
    except rules.RuleErrors as broken:
        for error in broken.errors:
            unreached = error.code == "C05" and written.stage is not None and not any(desk.passing(written.stage))
            if not unreached:
                code = "M04" if error.code == "C05" and written.place is Place.AMOUNT else error.code
                desk.error(code, written.path, error.words, error.guess, error.column)
        return
    for name in rule.names:
        surely_known(desk, written, name)


def surely_known(desk: Desk, written: Written, name: str) -> None:
    """What the scope cannot tell: that a passed stage may have been skipped, and that a total may not be there yet."""
    group, _, rest = name.partition(".")
    if group == "records":
        stage = desk.definition.stages[rest.partition(".")[0]]
        if stage.when is not None and written.place not in FOLLOWING:
            words = Words("“%(name)s”要到“%(stage)s”才有，而那一步可能跳过", name=name, stage=stage.name)
            desk.error("M04" if written.place is Place.AMOUNT else "C05", written.path, words)
    elif group == "total":
        for route in routes_of(desk, written):
            if not total_is_known(desk, written, route, rest):
                words = Words("“%(name)s”到这里还没有：评分要在它之前", name=name)
                desk.error("M04" if written.place is Place.AMOUNT else "C05", written.path, words)
                return
    elif name == "level":
        level_is_known(desk, written)


FOLLOWING = (Place.COMPLETE, Place.EXIT, Place.DUTY, Place.WHILE)


def routes_of(desk: Desk, written: Written) -> list[Route]:
    return [
        route
        for route in desk.routes
        if (written.stage is None or written.stage in route.stages)
        and (not written.channels or set(written.channels) & set(route.channels))
    ]


def total_is_known(desk: Desk, written: Written, route: Route, sheet: str) -> bool:
    upto = written.stage if written.stage is not None and written.place not in FOLLOWING else ""
    done = {track: sheets_complete_before(desk, route, upto, track) for track in desk.definition.tracks}
    if sheet == "by_track":
        return all(done.values())
    return any(sheet in sheets for sheets in done.values())


def level_is_known(desk: Desk, written: Written) -> None:
    """A level comes from the award's expression, or from the grades of a vote before it."""
    for route in routes_of(desk, written):
        for award in (stage for stage in desk.stages_on(route) if isinstance(stage, AwardStage)):
            if written.stage not in (None, award.key) or award.level is not None:
                continue
            votes = [stage for stage in desk.before(route, award.key) if isinstance(stage, VoteStage)]
            if not any(vote.grades for vote in votes):
                channel = desk.channel_name(route.channels[0])
                words = Words(
                    "金额要用 level，但渠道“%(channel)s”的“%(award)s”没有等次；请在发证环节写 level",
                    channel=channel,
                    award=award.name,
                )
                desk.error("M04", written.path, words)


# -- where expressions stand -------------------------------------------------------------------------------------------


def everything_written(desk: Desk) -> Iterator[Written]:
    yield from of_fields(desk)
    yield from of_eligibility(desk)
    yield from of_stages(desk)
    yield from of_places(desk)
    yield from of_what_follows(desk)


def of_fields(desk: Desk) -> Iterator[Written]:
    for path, field_ in form_fields(desk):
        yield from of_field(path, field_, Place.FORM)
        if isinstance(field_, TableField):
            for key, column in field_.columns.items():
                yield from of_field((*path, "columns", key), column, Place.FORM, table=field_.key)
    for path, field_ in recorded(desk):
        place = Place.QUOTA if path[0] == "round" else Place.FORM
        yield from of_field(path, field_, place, stage=path[1] if path[0] == "stages" else None)
    for path, field_ in asked_later(desk):
        if path[0] == "stages":
            yield from of_field(path, field_, Place.FORM, stage=path[1])
        else:
            yield from of_field(path, field_, Place.ENTRY)


def of_field(path: Path, field_: Field, place: Place, stage: str | None = None, **more: Any) -> Iterator[Written]:
    yield Written((*path, "required"), field_.required, place, stage=stage, more=more)
    yield Written((*path, "show"), field_.show, place, stage=stage, more=more)
    if field_.check is not None:
        yield Written((*path, "check", "rule"), field_.check.rule, place, stage=stage, more=more)
    if isinstance(field_, ComputedField):
        computed = Place.COMPUTED if place is Place.FORM else place
        yield Written((*path, "value"), field_.value, computed, "number", stage=stage, more=more)


def of_eligibility(desk: Desk) -> Iterator[Written]:
    for key, rule in desk.definition.eligibility.rules.items():
        known = tuple(channel for channel in rule.channels if channel in desk.definition.channels)
        yield Written(("eligibility", "rules", key, "rule"), rule.rule, Place.ELIGIBILITY, channels=known)
    for key, sheet in desk.definition.scoring.sheets.items():
        for name, criterion in sheet.criteria.items():
            path = ("scoring", "sheets", key, "criteria", name, "value")
            yield Written(path, criterion.value, Place.COMPUTED, "number")


def of_stages(desk: Desk) -> Iterator[Written]:
    for key, stage in desk.definition.stages.items():
        path: Path = ("stages", key)
        yield Written((*path, "when"), stage.when, Place.WHEN, stage=key)
        if isinstance(stage, AwardStage):
            yield Written((*path, "level"), stage.level, Place.LEVEL, "text", stage=key)
            for name, grant in stage.grants.items():
                yield Written((*path, "grants", name), grant, Place.GRANTS, "number", stage=key)
        elif isinstance(stage, FollowUpStage):
            yield Written((*path, "complete_when"), stage.complete_when, Place.COMPLETE, stage=key)
            for at, line in enumerate(stage.mentors):
                yield Written((*path, "mentors", str(at), "when"), line.when, Place.MENTORS, stage=key)
        elif isinstance(stage, VoteStage):
            yield Written((*path, "places"), stage.places, Place.PLACES, "number")


def of_places(desk: Desk) -> Iterator[Written]:
    yield Written(("quota", "total"), desk.definition.quota.total, Place.QUOTA, "number")
    for key, channel in desk.definition.channels.items():
        path: Path = ("channels", key)
        yield Written((*path, "places"), channel.places, Place.PLACES, "number", channels=(key,))
        if channel.quota is not None:
            where = (*path, "quota")
            yield Written((*where, "places"), channel.quota.places, Place.QUOTA, "number", channels=(key,))


def of_what_follows(desk: Desk) -> Iterator[Written]:
    definition = desk.definition
    for key, benefit in definition.benefits.items():
        path: Path = ("benefits", key)
        where = (*path, "amount")
        granted = granting(desk, key)
        for route, award in granted:
            yield Written(where, benefit.amount, Place.AMOUNT, "number", award.key, route.channels)
        if not granted:
            yield Written(where, benefit.amount, Place.AMOUNT, "number")
        if benefit.rhythm is not None:
            yield Written((*path, "paid", "while"), benefit.rhythm.while_, Place.WHILE)
    for key, duty in definition.duties.items():
        yield Written(("duties", key, "when"), duty.when, Place.DUTY)
    for key, exit_ in definition.exits.items():
        yield Written(("exits", key, "when"), exit_.when, Place.EXIT)
    if definition.points is not None:
        for key, item in definition.points.items.items():
            path = ("points", "items", key, "points")
            yield Written(path, item.points, Place.POINTS, "number", more={"item": key})
