"""What if: past applications judged under a draft, by which condition it would differ, and nothing written."""

from datetime import datetime

import pytest
from sqlalchemy import select

from models.applications import Answers, ApplicationRow
from models.base import reading
from models.evidence import EventRow
from tests.services.houses import account
from tests.services.plots import Plot
from workflow.domain.actor import Office
from workflow.domain.errors import NotReady
from workflow.domain.program.editing import Put, Remove
from workflow.services.studio import drafts, editing, supposing

YEARS = ("eligibility", "rules", "E2", "rule")


def everything() -> list[tuple[object, ...]]:
    """Each row of the cases, their answers and their chains, column by column."""
    with reading() as session:
        return [
            tuple(str(value) for value in row)
            for table in (ApplicationRow, Answers, EventRow)
            for row in session.execute(select(table.__table__).order_by(*table.__table__.primary_key.columns))
        ]


def test_who_would_pass_or_fail_differently_and_by_which_condition(database: str, now: datetime) -> None:
    plot = Plot(now)
    refs, officer = plot.plant(3), account(now, "officer", office=Office.PROGRAMS)
    ref = drafts.start(officer, now, version_id=plot.version_id)
    was = everything()
    same = supposing.suppose(ref, officer, now)
    assert (same.looked, same.differing, same.before, same.is_whole) == (3, (), same.after, True)

    editing.edit(ref, [Put(YEARS, "years >= 49"), Remove(("eligibility", "rules", "E4"))], 0, officer, now)
    found = supposing.suppose(ref, officer, now)
    assert {one.ref for one in found.differing} == set(refs)
    assert [(by.key, by.before, by.after) for by in found.differing[0].by] == [
        ("E2", "meets", "fails"),
        ("E4", found.differing[0].by[1].before, None),
    ]
    assert (dict(found.after), dict(found.by)) == ({"fails": 3}, {"E2": 3, "E4": 3})
    stopped = supposing.suppose(ref, officer, now, watch=lambda done, _: False)
    assert (stopped.looked, stopped.is_whole) == (0, False)
    assert everything() == was

    editing.replace_text(ref, "a: [", 1, officer, now)
    with pytest.raises(NotReady):
        supposing.suppose(ref, officer, now)
