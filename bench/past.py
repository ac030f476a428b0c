"""Past applications of one round, marked and counted, as many as wished for: a few made by the services, the others
copied from them. What a what-if looks at."""

from datetime import datetime
from random import Random

from sqlalchemy import func, select

from bench import writers
from bench.patterns import Pattern
from bench.seeding import FIRST_SERIAL, count_on, numbers
from models.applications import ApplicationRow
from models.base import reading, writing
from tests.services.houses import account
from tests.services.panels import Panel
from workflow.domain.actor import Actor, Office

MADE = 12
"""That many kinds of marks; every other application got the same as one of them."""


def found(now: datetime) -> tuple[Actor, int, list[int]]:
    """Whoever may ask, the version they were judged by, and the cases: most passed, some did not."""
    panel, drawn = Panel(now), Random(1)
    refs = panel.at_panel(MADE, seed="20261120")
    for number, ref in enumerate(refs):
        level = 62 + 3 * number
        for who in panel.seated(ref):
            panel.hand_in(ref, who, effect=level + drawn.randint(-3, 3), teaching=level)
        panel.close(ref, effect="pass" if level >= 60 else "refuse")
    with reading() as session:
        ids = list(session.scalars(select(ApplicationRow.id).order_by(ApplicationRow.id)))
    return account(now, "programs-office", office=Office.PROGRAMS), panel.version_id, ids


def fill(url: str, ids: list[int], until: int) -> None:
    spell = writers.spell(url)
    with reading() as session:
        standing = session.scalar(select(func.count()).select_from(ApplicationRow)) or 0
        patterns = [Pattern(session, number, spell) for number in ids]
        take = numbers(session)
    serials = range(FIRST_SERIAL, FIRST_SERIAL + until - standing)
    writers.write(url, (patterns[serial % len(patterns)].copy(serial, take) for serial in serials))
    with writing() as session:
        count_on(session, FIRST_SERIAL + len(serials))
