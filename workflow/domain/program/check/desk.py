"""Where the checks work: the definition, the lines of its file, and the list of what was found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflow.domain.program.problems import Path, Problem, closest, section
from workflow.domain.program.schema import Definition, Label, ScoreStage, Sheet, Stage
from workflow.domain.program.source import Source
from workflow.domain.words import Words

Tracks = frozenset[str]


@dataclass(frozen=True)
class Route:
    """One written route and the channels that take it; `path` is where it is written."""

    path: Path
    stages: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass
class Desk:
    """`others` are the programs known besides this one, with their tracks; None when nobody said which there are."""

    definition: Definition
    source: Source
    others: Mapping[str, Tracks] | None = None
    problems: list[Problem] = field(default_factory=list)

    def error(self, code: str, path: Path, words: Words, guess: str | None = None, column: int = 0) -> None:
        line = self.source.line(path)
        self.problems.append(Problem(code, section(path, code), line, words, guess, column=column))

    def warn(self, code: str, path: Path, words: Words, guess: str | None = None) -> None:
        self.problems.append(Problem(code, section(path, code), self.source.line(path), words, guess, "warning"))

    def written(self, path: Path) -> bool:
        """Whether the file says this itself; a default cannot be wrong twice."""
        return path in self.source.lines

    def item(self, path: Path, given: str) -> Path:
        """The place of one word of a list, so that it is found on its own line."""
        here: object = self.source.data
        for step in path:
            if isinstance(here, Mapping):
                here = here.get(step)
            elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
                here = here[int(step)]
        return (*path, str(here.index(given))) if isinstance(here, list) and given in here else path

    def expect(self, code: str, path: Path, given: str, known: Iterable[str], words: Words) -> bool:
        """Reports `given`, with the nearest known word, unless it is known."""
        known = tuple(known)
        if given in known:
            return True
        self.error(code, self.item(path, given), words, closest(given, known))
        return False

    # -- what must exist -------------------------------------------------------------------------------------------
    def stage(self, path: Path, key: str) -> bool:
        return self.expect("R02", path, key, self.definition.stages, Words("没有环节“%(key)s”", key=key))

    def track(self, path: Path, key: str) -> bool:
        return self.expect("R11", path, key, self.definition.tracks, Words("没有类别“%(key)s”", key=key))

    def sheet(self, path: Path, key: str) -> bool:
        return self.expect("R09", path, key, self.definition.scoring.sheets, Words("没有评分表“%(key)s”", key=key))

    def benefit(self, path: Path, key: str) -> bool:
        return self.expect("R10", path, key, self.definition.benefits, Words("没有待遇“%(key)s”", key=key))

    def field(self, path: Path, key: str) -> bool:
        return self.expect("R08", path, key, self.definition.form_fields(), Words("没有字段“%(key)s”", key=key))

    # -- names people know -----------------------------------------------------------------------------------------
    def role_name(self, key: str) -> Label | Words | str:
        if key in FIXED_ROLES:
            return FIXED_ROLES[key]
        role = self.definition.roles.get(key)
        return role.name if role is not None else key

    def channel_name(self, key: str) -> Label:
        return self.definition.channels[key].name

    # -- routes ----------------------------------------------------------------------------------------------------
    @cached_property
    def routes(self) -> tuple[Route, ...]:
        channels = self.definition.channels
        shared = tuple(key for key, channel in channels.items() if channel.route is None)
        top = [Route(("route",), self.definition.route, shared)] if shared else []
        own = [Route(("channels", key, "route"), c.route, (key,)) for key, c in channels.items() if c.route is not None]
        return tuple(top + own)

    @cached_property
    def leads_somewhere(self) -> bool:
        """Without any route nothing else about routes is worth saying."""
        return any(route.stages for route in self.routes)

    def stages_on(self, route: Route) -> tuple[Stage, ...]:
        return tuple(self.definition.stages[key] for key in route.stages if key in self.definition.stages)

    def before(self, route: Route, stage: str) -> tuple[Stage, ...]:
        """The stages before the first passing of `stage`; all of them when the route does not pass it."""
        at = route.stages.index(stage) if stage in route.stages else len(route.stages)
        return tuple(self.definition.stages[key] for key in route.stages[:at] if key in self.definition.stages)

    def passing(self, stage: str) -> Iterator[Route]:
        return (route for route in self.routes if stage in route.stages)

    def sheets_at(self, stage: ScoreStage) -> dict[str, tuple[Sheet, ...]]:
        """Per track, the sheets that fit the stage."""
        return {track: self.definition.sheets_fitting(stage, track) for track in self.definition.tracks}


FIXED_ROLES: Mapping[str, Words] = {"applicant": Words("本人"), "mentor": Words("帮带人")}
