"""The names of a program, by the place where a rule stands (LANGUAGE 2.3)."""

import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.domain.program.schema import (
    AwardStage,
    CheckStage,
    ChoiceField,
    Definition,
    Field,
    FollowUpStage,
    Stage,
    TableField,
    VoteStage,
)
from workflow.domain.rules.errors import RuleErrors
from workflow.domain.rules.kinds import BOOL, DATE, NUMBER, TEXT, Kind, Known, listed
from workflow.domain.rules.rule import compile as compile_rule
from workflow.domain.rules.scope import Place, Scope

Names = dict[str, Known]

_FOLLOWING = frozenset((Place.COMPLETE, Place.EXIT, Place.DUTY, Place.WHILE))
_JUDGED = frozenset((Place.WHEN, Place.MENTORS, Place.LEVEL, Place.GRANTS, Place.AMOUNT)) | _FOLLOWING
_CASELESS = frozenset((Place.QUOTA, Place.PLACES))
_AFTER_AWARD = frozenset((Place.AMOUNT,)) | _FOLLOWING
_SIMPLE: Mapping[str, Kind] = {
    "number": NUMBER,
    "computed": NUMBER,
    "date": DATE,
    "yes_no": BOOL,
    "consent": BOOL,
    "text": TEXT,
    "organization": TEXT,
    "region": TEXT,
}

_scopes: dict[int, tuple[weakref.ref[Definition], dict[tuple[Any, ...], Scope]]] = {}


def scope_for(
    definition: Definition,
    place: Place,
    *,
    channel: str | None = None,
    stage: str | None = None,
    channels: Iterable[str] | None = None,
    table: str | None = None,
    item: str | None = None,
    granted: Iterable[str] | None = None,
) -> Scope:
    """The scope of one place, built once per definition.

    A record is known where every route passes its stage before `stage`; `channel` or `channels` narrow the routes
    (empty means all). With none of the three the place is not located and every record counts as known: so the rules
    of a published version, whose places were checked one by one, are compiled to be answered.
    `table` is the table field whose column is meant (its rules read the row's columns by key), `item` the points item
    or session. `granted` are the names a nominator's held recognition brings; None where the other program is not at
    hand: then any `nominator.` name counts as a number.
    """
    among = tuple(channels or ()) or ((channel,) if channel else tuple(definition.channels))
    located = channels is not None or channel is not None or stage is not None
    names = None if granted is None else tuple(sorted(granted))
    key = (place, among, stage, located, table, item, names)
    known = _scopes_of(definition)
    if key not in known:
        known[key] = _Naming(definition, place, among, stage, located, names).scope(table, item)
    return known[key]


def _scopes_of(definition: Definition) -> dict[tuple[Any, ...], Scope]:
    kept = _scopes.get(id(definition))
    if kept is not None and kept[0]() is definition:
        return kept[1]
    identity = id(definition)
    scopes: dict[tuple[Any, ...], Scope] = {}
    _scopes[identity] = (weakref.ref(definition, lambda _: _scopes.pop(identity, None)), scopes)
    return scopes


def kind_of(field: Field, source: str = "") -> Kind | None:
    """What a field is to a rule; None for a file, whose content no rule can read."""
    if isinstance(field, ChoiceField):
        text = Kind("text", options=field.option_keys, open=field.other, label=field.name.zh)
        return listed(text) if field.many else text
    if isinstance(field, TableField):
        path = source or field.key
        columns = tuple((key, known_as(column, path)) for key, column in field.columns.items())
        row = Kind("row", columns=columns, label=field.name.zh, source=path)
        return Kind("list", row, label=field.name.zh, source=path)
    return _SIMPLE.get(field.type)


def known_as(field: Field, source: str = "", *, credentials_allowed: bool = False) -> Known:
    kind = kind_of(field, source)
    label = field.name.zh
    if kind is None:
        return Known(TEXT, label, "file")
    if field.stats_only:
        return Known(kind, label, "stats_only")
    return Known(kind, label, "credential" if field.credential and not credentials_allowed else "")


class _Naming:
    def __init__(
        self,
        definition: Definition,
        place: Place,
        channels: tuple[str, ...],
        stage: str | None,
        located: bool,
        granted: tuple[str, ...] | None,
    ) -> None:
        self.definition = definition
        self.place = place
        self.channels = tuple(key for key in channels if key in definition.channels)
        self.stage = stage
        self.located = located
        self.granted = granted
        self.later: dict[str, str] = {}

    def scope(self, table: str | None, item: str | None) -> Scope:
        names = self.names(item)
        if table is not None:
            names |= self.columns_of(table)
        opened = {"checks": Known(BOOL)} if self.place not in (*_CASELESS, Place.POINTS, Place.ENTRY) else {}
        if self.place is not Place.POINTS and self.nominators_bring_more():
            opened["nominator"] = Known(NUMBER)
        return Scope(self.place, names, opened, self.later)

    def names(self, item: str | None) -> Names:
        if self.place in (Place.POINTS, Place.ENTRY):
            return self.entry(item)
        if self.place in _CASELESS:
            return self.nominator() | self.round()
        names = self.form() | self.circumstances() | self.round()
        if self.place in (Place.FORM, Place.COMPUTED):
            return self.beside() | names if self.stage else names
        names |= self.nominator() | self.records()
        if self.place in _JUDGED:
            names |= self.totals()
        if self.place is Place.AMOUNT:
            names["level"] = Known(self.level())
        return names | self.following() if self.place in _FOLLOWING else names

    def known(self, field: Field, source: str = "") -> Known:
        allowed = self.definition.program.credentials is not None
        known = known_as(field, source, credentials_allowed=allowed)
        if not allowed or not isinstance(field, TableField):
            return known
        columns = tuple(
            (key, known_as(c, source or field.key, credentials_allowed=True)) for key, c in field.columns.items()
        )
        row = Kind("row", columns=columns, label=field.name.zh, source=source or field.key)
        return Known(Kind("list", row, label=field.name.zh, source=source or field.key), known.label, known.barred)

    def form(self) -> Names:
        names: Names = {}
        for key, field in self.definition.form_fields().items():
            known = self.known(field)
            if known.barred != "file":
                names[key] = known
            names[f"given.{key}"] = Known(BOOL, known.label, "" if known.barred == "file" else known.barred)
        return names

    def columns_of(self, table: str) -> Names:
        field = self.definition.form_fields().get(table)
        columns = field.columns if isinstance(field, TableField) else {}
        return {key: self.known(column) for key, column in columns.items()}

    def circumstances(self) -> Names:
        definition = self.definition
        facts = {f"facts.{key}": self.known(fact.field, f"facts.{key}") for key, fact in definition.facts.items()}
        return {
            **facts,
            "person.age": Known(NUMBER),
            "person.birth_date": Known(DATE),
            "track": Known(Kind("text", options=tuple(definition.tracks), source="track")),
            "channel": Known(Kind("text", options=tuple(definition.channels), source="channel")),
            "as_of": Known(DATE),
        }

    def round(self) -> Names:
        return {f"round.{key}": self.known(field, f"round.{key}") for key, field in self.definition.round.items()}

    def beside(self) -> Names:
        """What the same stage records and asks, for the conditions of those very fields."""
        stage = self.definition.stages.get(self.stage or "")
        fields = {**stage.record, **stage.asks} if stage else {}
        return {key: self.known(field) for key, field in fields.items() if field.type != "file"}

    def nominator(self) -> Names:
        channels = [self.definition.channels[key] for key in self.channels]
        facts = {
            f"nominator.{key}": self.known(field, f"nominator.{key}")
            for channel in channels
            if channel.nominator
            for key, field in channel.nominator.facts.items()
        }
        return {**{f"nominator.{key}": Known(NUMBER) for key in self.granted or ()}, **facts}

    def nominators_bring_more(self) -> bool:
        nominators = [self.definition.channels[key].nominator for key in self.channels]
        reads = self.place not in (Place.FORM, Place.COMPUTED, Place.ENTRY)
        return reads and self.granted is None and any(n is not None and n.must_hold for n in nominators)

    def records(self) -> Names:
        names: Names = {}
        for stage in self.definition.stages.values():
            recorded = dict(self.recorded(stage))
            if not self.located or self.surely_passed(stage.key):
                names |= recorded
            else:
                self.later |= dict.fromkeys(recorded, stage.name.zh)
        return names

    def recorded(self, stage: Stage) -> Iterator[tuple[str, Known]]:
        for key, field in {**stage.record, **stage.asks}.items():
            path = f"records.{stage.key}.{key}"
            yield path, self.known(field, path)
        if isinstance(stage, VoteStage) and stage.grades:
            yield f"records.{stage.key}.grade", Known(Kind("text", options=tuple(stage.grades), label=stage.name.zh))
        if isinstance(stage, FollowUpStage) and stage.placement:
            yield f"records.{stage.key}.placement", Known(TEXT, stage.name.zh)

    def surely_passed(self, stage: str) -> bool:
        """On every route that gets to this place, the stage comes before it."""
        routes = [self.definition.route_of(key) for key in self.channels]
        reaching = [before for before in map(self.before_here, routes) if before is not None]
        return bool(reaching) and all(stage in before for before in reaching)

    def before_here(self, route: tuple[str, ...]) -> tuple[str, ...] | None:
        """The stages a case has passed when the rule is read; None where its route never gets here."""
        if self.stage is not None:
            return route[: route.index(self.stage)] if self.stage in route else None
        stages = self.definition.stages
        wanted = AwardStage if self.place in _AFTER_AWARD | {Place.LEVEL, Place.GRANTS} else CheckStage
        places = [at for at, key in enumerate(route) if key in stages and self.reads_here(stages[key], wanted)]
        if not places:
            return route if self.place is not Place.ELIGIBILITY else None
        return route if self.place in _FOLLOWING else route[: places[-1]]

    def reads_here(self, stage: Stage, wanted: type[Stage]) -> bool:
        return isinstance(stage, wanted) and (not isinstance(stage, CheckStage) or stage.rules != "none")

    def totals(self) -> Names:
        sheets = {f"total.{key}": Known(NUMBER, sheet.name.zh) for key, sheet in self.definition.scoring.sheets.items()}
        return {**sheets, "total.by_track": Known(NUMBER)}

    def level(self) -> Kind:
        """The words a level can be: of the award's expression, else the grades of the votes."""
        awards = [stage for stage in self.definition.stages.values() if isinstance(stage, AwardStage) and stage.level]
        for award in awards:
            try:
                here = scope_for(self.definition, Place.LEVEL, stage=award.key, channels=self.channels)
                return compile_rule(award.level or "", here, "text").kind
            except RuleErrors:
                return TEXT
        votes = [stage for stage in self.definition.stages.values() if isinstance(stage, VoteStage)]
        grades = tuple(dict.fromkeys(grade for vote in votes for grade in vote.grades))
        return Kind("text", options=grades, label="level")

    def following(self) -> Names:
        definition = self.definition
        results = {f"results.{key}": Known(listed(NUMBER)) for key, duty in definition.duties.items() if duty.sheet}
        paid = {f"{group}.{key}": Known(NUMBER) for key in definition.benefits for group in ("paid", "payments")}
        return {**results, **paid, "tasks.done": Known(NUMBER), "points.balance": Known(NUMBER)}

    def entry(self, item: str | None) -> Names:
        fields = dict(self.entry_fields(item))
        names = {f"entry.{key}": self.known(field, f"entry.{key}") for key, field in fields.items()}
        if self.place is Place.ENTRY:
            names |= {key: self.known(field) for key, field in fields.items()}
        return {name: known for name, known in names.items() if known.barred != "file"}

    def entry_fields(self, item: str | None) -> Iterator[tuple[str, Field]]:
        items = self.definition.points.items if self.definition.points else {}
        for key, points in items.items():
            if item in (None, key):
                yield from points.asks.items()
        for key, session in self.definition.sessions.items():
            if item in (None, key, session.gives, session.absence):
                yield from session.asks.items()
