"""A program tried before anybody uses it: `decide` in a loop over made-up cases, writing nothing (LANGUAGE.md part 9).

People, answers, officials and days come from the program's own text and a seed: the same seed gives the same run.
"""

from collections.abc import Callable
from datetime import datetime

from workflow.domain.calendar import WorkCalendar
from workflow.domain.dryrun.cases import Maker
from workflow.domain.dryrun.playing import CalledOff, Play
from workflow.domain.dryrun.result import STATUS, Complaint, Fate, Result, result_of
from workflow.domain.program.schema import Definition
from workflow.domain.rulebook import Rulebook

__all__ = ["STATUS", "CalledOff", "Complaint", "Fate", "Result", "try_out"]


def try_out(
    definition: Definition,
    calendar: WorkCalendar,
    *,
    size: int,
    seed: str,
    now: datetime,
    carry_on: bool = True,
    watch: Callable[[int, int], bool] | None = None,
) -> Result:
    """`size` cases at least: those that are needed to try everything once are never left out.

    `carry_on`: those of them that come to be recognized are followed to the end of their recognition. `watch` is told
    how many acts were done and how many cases were decided; where it says no, CalledOff is raised.
    """
    maker = Maker(Rulebook(definition, 1, calendar), size, seed, now).all()
    play = Play(maker, seed, carry_on=carry_on, watch=watch)
    play.run()
    return result_of(maker, play)
