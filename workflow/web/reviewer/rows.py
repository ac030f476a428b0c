"""The rows of a list of work as the words that stand in them: a template that asks for each of them is dear."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import NamedTuple

from flask import url_for

from workflow.domain.words import Words
from workflow.services.queues_lines import Line
from workflow.services.sheets import Left
from workflow.web import page

Term = Left | datetime | None
"""What is left of it, or when it was done."""


class Cells(NamedTuple):
    item: str
    url: str
    pick: str
    name: str
    number: str
    track: str
    stage: str
    channel: str
    nominator: str
    looked: str
    light: str
    words: str
    clear: bool


def by_term(lines: Sequence[Line], query: str, *, done: bool) -> list[tuple[Term, list[Cells]]]:
    """Neighbors of one term stand together, so that it is said once for all of them. What is done opens its case."""
    say = page.speaker()
    before, after = url_for("reviewer.case" if done else "reviewer.item", ref="REF").split("REF")
    tail = f"?{query}" if query and not done else ""
    pick = say(Words("选 %(name)s", name="|")).split("|")

    @cache
    def looked(seen: int, places: int) -> str:
        return say(Words("%(a)s/%(b)s 看过", a=seen, b=places)) if places else ""

    def cells(line: Line) -> Cells:
        row = line.row
        return Cells(
            item=row.item_ref,
            url=f"{before}{row.ref if done else row.item_ref}{after}{tail}",
            pick=row.name.join(pick),
            name=row.name,
            number=row.number or "",
            track=say(line.track),
            stage=say(line.stage),
            channel=say(line.channel),
            nominator=row.nominator or "",
            looked=looked(line.looked, line.places),
            light="" if done else line.light,
            words=say(line.result if done else line.words),
            clear=line.clear,
        )

    def term(line: Line) -> Term:
        return line.row.closed_at if done else line.left

    return [(said, [cells(line) for line in same]) for said, same in groupby(lines, term)]
