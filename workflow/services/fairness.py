"""What programs say that every list must know: which roles exclude each other, and where judges are told no name."""

from collections.abc import Mapping

from models.queries.scoping import BlindStage
from workflow.domain.actor import Actor
from workflow.domain.program.schema import ScoreStage
from workflow.domain.rulebook import Rulebook


def apart(actor: Actor, books: Mapping[int, Rulebook]) -> list[tuple[int, str, str]]:
    """Where this actor holds roles on both sides of a `never_both`; nearly always nowhere."""
    held = {(holding.program_id, holding.role) for holding in actor.holdings}
    found = set()
    for book in books.values():
        definition = book.definition
        for program, _ in held:
            roles = {role for at, role in held if at in (program, None)}
            for pair in definition.fairness.never_both:
                mine = [key for key in pair if key in definition.stages and roles & set(definition.stages[key].by)]
                if len(mine) > 1 and program is not None:
                    found |= {(program, one, other) for one in pair for other in pair if one != other}
    return sorted(found)


def scored_stages(books: Mapping[int, Rulebook]) -> dict[int, list[str]]:
    """By version, the stages in which several people may each hand in a sheet."""
    return {
        number: [key for key, stage in book.definition.stages.items() if isinstance(stage, ScoreStage)]
        for number, book in books.items()
    }


def blind_stages(books: Mapping[int, Rulebook]) -> list[BlindStage]:
    """Where those who hold something in these versions might judge without being told whose the case is."""
    return [
        BlindStage(number, key, tuple(stage.raters))
        for number, book in sorted(books.items())
        for key, stage in book.definition.stages.items()
        if isinstance(stage, ScoreStage) and stage.blind
    ]
