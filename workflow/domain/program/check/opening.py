"""What must be true when a round opens: the file is sound by then, the people and the calendar may not be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflow.domain.program.problems import Path, Problem, Severity
from workflow.domain.program.schema import CheckStage, Definition, JointCheckStage, Role, ScoreStage, Stage, VoteStage
from workflow.domain.words import Words

People = frozenset[int]


@dataclass(frozen=True)
class Opening:
    """A round about to open, as plain facts.

    `pools` are the people bound to roles of the office; `found` those of roles found through `of:`, per organization
    by its name. `conflicted` are, per role, the people who could act on no case of this round. `last_year` is the year
    of the last deadline that can already be computed, `covered_years` those whose holidays are published.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    pools: Mapping[str, People] = field(default_factory=dict)
    found: Mapping[str, Mapping[str, People]] = field(default_factory=dict)
    without_administrator: tuple[str, ...] = ()
    conflicted: Mapping[str, People] = field(default_factory=dict)
    last_year: int | None = None
    covered_years: frozenset[int] = frozenset()


def opening_problems(definition: Definition, facts: Opening) -> tuple[Problem, ...]:
    return tuple(
        problem
        for find in (unanswered, unheld, untold, unadministered, short_of_people, all_conflicted, never_both, holidays)
        for problem in find(definition, facts)
    )


def problem(code: str, path: Path, words: Words, severity: Severity = "error") -> Problem:
    """A round has no lines."""
    return Problem(code, path, 0, words, severity=severity)


def unanswered(definition: Definition, facts: Opening) -> Iterator[Problem]:
    for key, asked in definition.round.items():
        if asked.required is not False and facts.settings.get(key) in (None, ""):
            yield problem("O01", ("round", key), Words("“%(field)s”还没有填", field=asked.name))


def used(definition: Definition) -> Iterator[tuple[Stage, Role]]:
    """The roles that act on the routes, stage by stage."""
    passed = {key for channel in definition.channels for key in definition.route_of(channel)}
    for stage in definition.stages.values():
        for key in stage.by:
            if stage.key in passed and key in definition.roles:
                yield stage, definition.roles[key]


def unheld(definition: Definition, facts: Opening) -> Iterator[Problem]:
    """A draft may name who runs it before it has made that role: the check of the file says so."""
    keys = dict.fromkeys([*(role.key for _, role in used(definition)), definition.run_by])
    for key, role in ((key, definition.roles[key]) for key in keys if key in definition.roles):
        if role.of is None and not facts.pools.get(key):
            yield problem("O02", ("roles", key), Words("角色“%(role)s”还没有人", role=role.name))


def untold(definition: Definition, facts: Opening) -> Iterator[Problem]:
    """Who is only ever told of what is late, and never acts: a message to them would reach nobody."""
    acting = {role.key for _, role in used(definition)} | {definition.run_by}
    ladders = [definition.escalate, *(stage.escalate for stage in definition.stages.values())]
    ladders += [duty.escalate for duty in definition.duties.values()]
    for key in dict.fromkeys(to for ladder in ladders for to in ladder.values()):
        role = definition.roles.get(key)
        if role is not None and key not in acting and role.of is None and not facts.pools.get(key):
            words = Words("逾期要报给“%(role)s”，这个角色没有人，消息没有人收", role=role.name)
            yield problem("O09", ("roles", key), words, "warning")


def unadministered(definition: Definition, facts: Opening) -> Iterator[Problem]:
    for name in facts.without_administrator:
        words = Words("“%(organization)s”还没有单位管理员，报不了也审不了", organization=name)
        yield problem("O03", ("channels",), words)


def short_of_people(definition: Definition, facts: Opening) -> Iterator[Problem]:
    for stage, role in used(definition):
        needed = max(role.seats, people_needed(definition, stage, role))
        if role.of is None:
            people = facts.pools.get(role.key, frozenset())
            if people and len(people) < needed:
                yield short(stage, role, len(people), needed)
            continue
        for organization, people in facts.found.get(role.key, {}).items():
            if len(people) < needed:
                yield short(stage, role, len(people), needed, organization)


def short(stage: Stage, role: Role, given: int, needed: int, organization: str | None = None) -> Problem:
    if organization is None:
        words = Words("“%(stage)s”要%(needed)s名%(role)s，只有%(given)s名", **about(stage, role, given, needed))
    else:
        told = about(stage, role, given, needed)
        words = Words(
            "“%(stage)s”要%(needed)s名%(role)s，“%(organization)s”只有%(given)s名", organization=organization, **told
        )
    return problem("O04", ("roles", role.key), words)


def about(stage: Stage, role: Role, given: int, needed: int) -> dict[str, object]:
    return {"stage": stage.name, "role": role.name, "given": given, "needed": needed}


def people_needed(definition: Definition, stage: Stage, role: Role) -> int:
    """Signers or raters, and one more where the office itself fills: nobody acts for the office on what they typed."""
    if isinstance(stage, ScoreStage):
        return stage.raters.get(role.key, 1)
    signers = stage.signers if isinstance(stage, CheckStage) else 1
    fills = any(channel.filled_by == role.key for channel in definition.channels.values())
    return signers + (1 if fills and role.of is None else 0)


def all_conflicted(definition: Definition, facts: Opening) -> Iterator[Problem]:
    for stage, role in used(definition):
        people = facts.pools.get(role.key, frozenset())
        if people and people <= facts.conflicted.get(role.key, frozenset()):
            words = Words("“%(stage)s”的%(role)s全部要回避，没有人能办", stage=stage.name, role=role.name)
            yield problem("O05", ("stages", stage.key), words)


def never_both(definition: Definition, facts: Opening) -> Iterator[Problem]:
    for pair in definition.fairness.never_both:
        stages = [definition.stages[key] for key in pair if key in definition.stages]
        for at, first in enumerate(stages):
            for second in stages[at + 1 :]:
                if not can_be_kept_apart(definition, facts, first, second):
                    words = Words(
                        "“%(first)s”和“%(second)s”不能由同一人办，但现在指定的人不够分开",
                        first=first.name,
                        second=second.name,
                    )
                    yield problem("O06", ("fairness", "never_both"), words)


@dataclass(frozen=True)
class Hands:
    """People of whom a stage needs so many; too few of them is told elsewhere (O04)."""

    people: People
    needed: int

    def apart_from(self, other: "Hands") -> bool:
        short_already = len(self.people) < self.needed or len(other.people) < other.needed
        return short_already or len(self.people | other.people) >= self.needed + other.needed


def can_be_kept_apart(definition: Definition, facts: Opening, first: Stage, second: Stage) -> bool:
    """Two stages need as many people together as each needs alone, on whichever side they act there."""
    first, second = sorted((first, second), key=lambda stage: _comes_at(definition, stage.key))
    return all(
        one.apart_from(other)
        for one in hands_of(definition, facts, first)
        for other in hands_of(definition, facts, second, later=True)
    )


def _comes_at(definition: Definition, stage: str) -> int:
    routes = (definition.route_of(channel) for channel in definition.channels)
    return next((route.index(stage) for route in routes if stage in route), 0)


def hands_of(definition: Definition, facts: Opening, stage: Stage, *, later: bool = False) -> Iterator[Hands]:
    """Who judges, and who must act for it to be done. Roles found per organization cannot be counted."""
    roles = [definition.roles[key] for key in stage.by if key in definition.roles]
    if roles and all(role.of is None for role in roles):
        yield Hands(people_of(facts, stage), needed_at(definition, stage))
    concluding = concluded_by(stage, later=later)
    if concluding in definition.roles and definition.roles[concluding].of is None:
        yield Hands(facts.pools.get(concluding, frozenset()), 1)


def concluded_by(stage: Stage, *, later: bool) -> str:
    """The meeting's secretary, the joint check's lead. Closing scores decides nothing, so it bars nobody afterwards;
    but who acted before may not close them."""
    if isinstance(stage, VoteStage):
        return stage.secretary
    if isinstance(stage, ScoreStage):
        return stage.closed_by if later else ""
    return stage.lead if isinstance(stage, JointCheckStage) else ""


def people_of(facts: Opening, stage: Stage) -> People:
    return frozenset[int]().union(*(facts.pools.get(role, frozenset()) for role in stage.by))


def needed_at(definition: Definition, stage: Stage) -> int:
    roles = [definition.roles[key] for key in stage.by if key in definition.roles]
    return sum(people_needed(definition, stage, role) for role in roles)


def holidays(definition: Definition, facts: Opening) -> Iterator[Problem]:
    if facts.last_year is not None and facts.last_year not in facts.covered_years:
        words = Words("%(year)s年的放假安排还没有公布，期限先按周末暂算", year=facts.last_year)
        yield problem("O07", ("calendar",), words, "warning")
