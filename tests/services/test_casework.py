"""A case is read whole; many together cost no more statements than one."""

from datetime import datetime

from models.base import reading
from tests.laws.queries import counted
from tests.services.plots import Plot
from workflow.services.casework import find, open_case, open_cases


def test_many_cases_are_read_like_one_and_with_as_few_statements(database: str, now: datetime) -> None:
    plot = Plot(now)
    refs = [*plot.plant(3), *plot.plant(2, channel="employer")]
    with reading() as session:
        ids = sorted(find(session, ref).id for ref in refs)
        alone = [open_case(session, id_).application for id_ in ids]
    with reading() as session, counted() as one:
        open_case(session, ids[-1])
    with reading() as session, counted() as five:
        together = open_cases(session, ids[::-1])
    assert [case.application for case in together] == alone
    assert len(five) == len(one) <= 11
