"""Random histories through perform(): the tables say what the events say, whatever people try."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.applications import Answers, ApplicationRow
from models.base import reading, writing
from models.work import WorkItem
from tests.domain.histories import PEOPLE, Step, chosen, inputs_of, walk
from tests.services.plots import Plot
from tests.sizes import at_full_size
from workflow.domain.actor import ANONYMOUS, SYSTEM, Actor
from workflow.domain.application import Action
from workflow.domain.calendar import local_day
from workflow.domain.errors import Refusal
from workflow.services import actions, evidence, replay
from workflow.services.casework import Case, open_case


def cast(plot: Plot) -> dict[str, Actor]:
    """The people of the rules' histories, as the accounts of this plot."""
    return {who: plot.people[who] for who in PEOPLE if who in plot.people} | {
        "system": SYSTEM,
        "stranger": Actor("account", 999_999, person_id=999_999),
        "nobody": ANONYMOUS,
    }


def look(application_id: int) -> Case:
    with reading() as session:
        return open_case(session, application_id)


def reference(case: Case, number: int | None) -> str:
    if number is None:
        return case.row.ref
    with reading() as session:
        return session.scalars(
            select(WorkItem.ref).where(WorkItem.application_id == case.row.id, WorkItem.no == number)
        ).one()


def hand_in(case: Case, plot: Plot, number: int | None, actor: Actor, now: datetime, inputs: dict[str, Any]) -> None:
    """What the applicant's room does with a correction: the next revision stands, in the transaction of the act."""
    with writing() as session:
        session.add(
            Answers(
                application_id=case.row.id,
                revision=case.application.state.revision + 1,
                version_id=plot.version_id,
                state="submitted",
                body={},
                digest="0" * 64,
                saved_at=plot.now,
                submitted_at=plot.now,
            )
        )
        session.flush()
        standing = open_case(session, case.row.id, lock=True)
        actions.carry_out(session, standing, Action("correct", number, inputs), actor, now)


def play(plot: Plot, ref: str, history: list[Step]) -> int:
    with reading() as session:
        application_id = session.scalars(select(ApplicationRow.id).where(ApplicationRow.ref == ref)).one()
    now, people, case = plot.now, cast(plot), look(application_id)
    for step in history:
        now += step.wait
        act, number, who = chosen(case.book, case.application, step, now, people)
        inputs = inputs_of(act, step, case.application.state, local_day(now))
        inputs["to"] = people["clerk_2"]
        if act in ("submit", "confirm_submission"):
            continue
        actor = people.get(who, ANONYMOUS)
        try:
            if act == "correct":
                hand_in(case, plot, number, actor, now, inputs)
            else:
                actions.perform(reference(case, number), act, actor, now, inputs=inputs)
        except Refusal:
            assert look(application_id).application.state == case.application.state
            continue
        case = look(application_id)
    return case.application.state.version


def test_tables_equal_events_after_any_history(database: str, now: datetime) -> None:
    plot, seen = Plot(now), set()

    @settings(max_examples=at_full_size(12, 6), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def any_history(seed: int) -> None:
        (ref,) = plot.plant()
        plot.people["person"] = plot.owners[ref]
        seen.add(play(plot, ref, walk(seed, 40)))

    any_history()
    assert replay.replay(now + timedelta(days=3000))[1] == []
    assert evidence.verify() == []
    assert max(seen) > 8, "no history got anywhere"
