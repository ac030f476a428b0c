"""What the meeting entered, and what that makes of its list: who counts on each case, and the line as it stands now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from workflow.domain import quotas, ranking
from workflow.domain.application import Application
from workflow.domain.ballots import Base, Tally, base_of, counted, needed
from workflow.domain.program.schema import VoteStage
from workflow.domain.ranking import Candidate, Line
from workflow.domain.rulebook import Rulebook
from workflow.domain.stages import vote


@dataclass(frozen=True)
class Paper:
    """What the meeting entered for one case. `votes`: of an open ballot, by member."""

    tally: Tally | None = None
    votes: Mapping[int, str] = field(default_factory=dict)
    recused: frozenset[int] = frozenset()  # who left the room, beside those whom a conflict takes out anyway
    left_out: bool = False
    decision: str = ""  # against the order: pass, refuse, defer
    settled: int | None = None  # place among equals
    reason: str = ""  # of leaving out or of the decision
    tie_reason: str = ""

    @property
    def counted(self) -> Tally | None:
        return counted(self.votes) if self.votes else self.tally


@dataclass(frozen=True)
class Sitting:
    """One meeting as its entries stand. `barred`: by case, members whom a conflict or an earlier act takes out."""

    meeting: int
    places: quotas.Places
    members: tuple[int, ...] = ()
    present: frozenset[int] = frozenset()
    papers: Mapping[int, Paper] = field(default_factory=dict)
    barred: Mapping[int, frozenset[int]] = field(default_factory=dict)
    minutes: bool = False
    recorded: frozenset[str] = frozenset()  # fields of the stage's `record:` that are filled

    def paper(self, case: int) -> Paper:
        return self.papers.get(case, Paper())

    def recused(self, case: int) -> frozenset[int]:
        return (self.paper(case).recused | self.barred.get(case, frozenset())) & frozenset(self.members)

    def base(self, case: int) -> Base:
        return base_of(self.members, self.present, self.recused(case))


@dataclass(frozen=True)
class Supposed:
    """What if there were another number of places, or one case were taken in or out. It decides nothing."""

    places: int | None = None
    case: int | None = None
    decision: str = ""  # pass, refuse

    def of(self, sitting: Sitting) -> Sitting:
        places = sitting.places if self.places is None else replace(sitting.places, total=self.places)
        if self.case is None:
            return replace(sitting, places=places)
        moved = replace(sitting.paper(self.case), decision=self.decision)
        return replace(sitting, places=places, papers={**sitting.papers, self.case: moved})


@dataclass(frozen=True)
class Count:
    """The vote on one case: who counts, how many votes are needed, whether they are there (None: not voted yet)."""

    base: Base
    needed: int
    tally: Tally | None
    carried: bool | None


# -- one case ----------------------------------------------------------------------------------------------------------
def count_of(stage: VoteStage, sitting: Sitting, case: int) -> Count:
    base, tally = sitting.base(case), sitting.paper(case).counted
    votes = needed(base.of(stage.of), stage.pass_)
    return Count(base, votes, tally, None if tally is None else tally.favor >= votes)


def candidate_of(book: Rulebook, stage: VoteStage, sitting: Sitting, case: Application) -> Candidate:
    paper, count = sitting.paper(case.id), count_of(stage, sitting, case.id)
    whole = count.base.of(stage.of)
    share = None if count.tally is None or not whole else Fraction(count.tally.favor, whole)
    return Candidate(
        case=case.id,
        groups=quotas.groups_of(case.track, case.channel, case.counted_id or case.nominator_id),
        total=share if stage.rank_by == "votes" else vote.total_of(book, stage, case),
        first_criterion=vote.first_criterion_of(book, stage, case),
        vote=share,
        settled=paper.settled,
        carried=count.carried,
        decision=paper.decision,
    )


# -- the list ----------------------------------------------------------------------------------------------------------
def agenda(stage: VoteStage, sitting: Sitting, pool: Iterable[Application]) -> list[Application]:
    """What the meeting decides on: ready, and not left out."""
    return [case for case in pool if vote.stands_before(stage, case) and not sitting.paper(case.id).left_out]


def line_of(book: Rulebook, stage: VoteStage, sitting: Sitting, pool: Iterable[Application]) -> Line:
    """The list as it stands now; before everybody is voted on, those who are not count as carried."""
    candidates = [candidate_of(book, stage, sitting, case) for case in agenda(stage, sitting, pool)]
    return ranking.draw(candidates, sitting.places, book.definition.quota.tie_break, stage.grades)
