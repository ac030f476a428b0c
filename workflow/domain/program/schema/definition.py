"""A whole program: every section under the file's own key, every default filled in."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field as Parameter
from pydantic import PrivateAttr, model_validator

from workflow.domain.program.problems import Path
from workflow.domain.program.schema.after import Benefit, Duty, Exit, Points, Session
from workflow.domain.program.schema.base import Keyed, Label, Mark, Part, copied
from workflow.domain.program.schema.fields import Fact, Field, Fields, Section
from workflow.domain.program.schema.frame import Appeal, ProgramCalendar, Retention
from workflow.domain.program.schema.judging import Eligibility, Fairness, Quota, Scoring, Sheet
from workflow.domain.program.schema.people import Channel, Program, Role, Track
from workflow.domain.program.schema.stages import AwardStage, Escalation, ScoreStage, Stage, StageEntry


class Definition(Part):
    office_by_default = ()
    language: Literal[1] = 1
    program: Program
    tracks: Annotated[dict[str, Track], Keyed]
    roles: Annotated[dict[str, Role], Keyed]
    channels: Annotated[dict[str, Channel], Keyed]
    route: tuple[str, ...] = ()
    round: Fields = Parameter(default_factory=dict)
    facts: Annotated[dict[str, Fact], Keyed] = Parameter(default_factory=dict)
    form: Annotated[dict[str, Section], Keyed]
    eligibility: Eligibility
    scoring: Scoring = Scoring()
    stages: Annotated[dict[str, StageEntry], Keyed]
    quota: Quota = Quota()
    benefits: Annotated[dict[str, Benefit], Keyed] = Parameter(default_factory=dict)
    duties: Annotated[dict[str, Duty], Keyed] = Parameter(default_factory=dict)
    points: Points | None = None
    sessions: Annotated[dict[str, Session], Keyed] = Parameter(default_factory=dict)
    exits: Annotated[dict[str, Exit], Keyed] = Parameter(default_factory=dict)
    fairness: Fairness = Fairness()
    appeal: Appeal
    calendar: ProgramCalendar = ProgramCalendar()
    remind: tuple[Mark, ...] | None = None
    escalate: Escalation = Parameter(default_factory=dict)
    messages: dict[str, Label] = Parameter(default_factory=dict)
    retention: Retention = Retention()

    _digest: str = PrivateAttr("")

    @classmethod
    def build(cls, raw: Mapping[str, Any], digest: str = "", seen: dict[Path, type[Part]] | None = None) -> Self:
        """`seen` collects which part of the language was expected at each path."""
        definition = cls.model_validate(raw, context={"run_by": run_by_of(raw), "seen": {} if seen is None else seen})
        definition._digest = digest
        return definition

    @model_validator(mode="before")
    @classmethod
    def _sections_that_always_stand(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        appeal = {} if given.get("appeal") is None else given["appeal"]
        return copied(given, {**given, "appeal": appeal, "eligibility": with_usual_as_of(given)})

    @property
    def digest(self) -> str:
        """sha256 of the file the definition was read from."""
        return self._digest

    @property
    def run_by(self) -> str:
        return self.program.run_by

    def route_of(self, channel: str) -> tuple[str, ...]:
        own = self.channels[channel].route
        return self.route if own is None else own

    def stages_of(self, channel: str) -> tuple[Stage, ...]:
        return tuple(self.stages[key] for key in self.route_of(channel) if key in self.stages)

    def routes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for channel in self.channels:
            yield channel, self.route_of(channel)

    def form_fields(self) -> dict[str, Field]:
        """Every field of every section, in the file's order; not to be changed by the caller."""
        return self._form_fields

    @cached_property
    def _form_fields(self) -> dict[str, Field]:
        return {key: field for section in self.form.values() for key, field in section.fields.items()}

    @cached_property
    def held_back(self) -> frozenset[str]:
        """Stages whose result those outside learn later."""
        return frozenset(key for key, stage in self.stages.items() if stage.reveal == "later")

    def section_of(self, field: str) -> Section | None:
        return next((section for section in self.form.values() if field in section.fields), None)

    def award_of(self, channel: str) -> AwardStage | None:
        return next((stage for stage in self.stages_of(channel) if isinstance(stage, AwardStage)), None)

    def sheets_fitting(self, stage: ScoreStage, track: str | None) -> tuple[Sheet, ...]:
        """The sheets a stage could ask for a case of this track: the named one, else the track's, else the shared.

        A sheet whose criteria all say `at` another stage is not asked here.
        """
        if (stage.key, track) not in self._sheets:
            self._sheets[stage.key, track] = self._fitting(stage, track)
        return self._sheets[stage.key, track]

    @cached_property
    def _sheets(self) -> dict[tuple[str, str | None], tuple[Sheet, ...]]:
        return {}

    def _fitting(self, stage: ScoreStage, track: str | None) -> tuple[Sheet, ...]:
        if stage.sheet is not None:
            return tuple(sheet for sheet in [self.scoring.sheets.get(stage.sheet)] if sheet is not None)
        asked = [sheet for sheet in self.scoring.sheets.values() if asked_at(sheet, stage.key)]
        named_elsewhere = {other.sheet for other in self.stages.values() if isinstance(other, ScoreStage)}
        own = tuple(sheet for sheet in asked if track is not None and sheet.track == track)
        return own or tuple(sheet for sheet in asked if sheet.track is None and sheet.key not in named_elsewhere)

    def sheet_for(self, stage: ScoreStage, track: str) -> Sheet | None:
        fitting = self.sheets_fitting(stage, track)
        return fitting[0] if len(fitting) == 1 else None


def asked_at(sheet: Sheet, stage: str) -> bool:
    """`at` None means at every score stage that uses the sheet."""
    return any(criterion.at in (None, stage) for criterion in sheet.criteria.values())


def run_by_of(raw: Mapping[str, Any]) -> str:
    program = raw.get("program")
    run_by = program.get("run_by") if isinstance(program, Mapping) else None
    return run_by if isinstance(run_by, str) and run_by else "manager"


def with_usual_as_of(raw: Mapping[str, Any]) -> Any:
    """Unsaid, rules look at the closing date where every channel has one, else at the day of submission."""
    eligibility = {} if raw.get("eligibility") is None else raw["eligibility"]
    channels = raw.get("channels")
    if not isinstance(eligibility, Mapping) or "as_of" in eligibility or not isinstance(channels, Mapping):
        return eligibility
    intakes = [channel.get("intake") or "batch" for channel in channels.values() if isinstance(channel, Mapping)]
    usual = "closes" if all(intake == "batch" for intake in intakes) else "submitted"
    filled = {**eligibility, "as_of": usual}
    return copied(eligibility, filled)
