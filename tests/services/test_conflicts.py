"""Who is too near to a case is taken out of it: when the case enters, and when somebody joins the pool."""

from datetime import datetime

import pytest
from sqlalchemy import select, update

from models.accounts import Account
from models.base import reading, writing
from models.work import Conflict
from tests.services.plots import Plot
from workflow.domain.errors import NotFound
from workflow.services import actions, conflicts

OK = {"verdicts": {key: {"verdict": "ok"} for key in ("training_cert", "employment_proof", "portfolio")}}


def grounds() -> list[tuple[int, str, str]]:
    with reading() as session:
        rows = session.execute(select(Conflict.account_id, Conflict.ground, Conflict.state))
        return [(account, ground, state) for account, ground, state in rows]


def works_at(plot: Plot, who: str, organization: int | None) -> None:
    with writing() as session:
        session.execute(
            update(Account).where(Account.id == plot.people[who].account_id).values(organization_id=organization)
        )


def test_colleague_of_the_applicant_never_sees_the_case(database: str, now: datetime) -> None:
    plot = Plot(now)
    works_at(plot, "clerk", plot.employer_id)
    (ref,) = plot.plant()
    assert (plot.people["clerk"].account_id, "employer", "standing") in grounds()
    plot.endorse(ref)
    item, seen = plot.item(ref)
    with pytest.raises(NotFound):
        actions.perform(item, "pass", plot.people["clerk"], now, seen=seen, inputs=OK)
    assert actions.perform(item, "pass", plot.people["clerk_2"], now, seen=seen, inputs=OK).stage == "eligibility"


def test_binding_compares_with_cases_that_run_already(database: str, now: datetime) -> None:
    plot = Plot(now)
    plot.plant()
    works_at(plot, "clerk_2", plot.employer_id)
    account = plot.people["clerk_2"].account_id
    assert account is not None
    with writing() as session:
        conflicts.note_binding(session, [account], plot.program_id, plot.round_id, now)
    assert [row for row in grounds() if row[0] == account] == [(account, "employer", "standing")]


def test_conflict_that_no_longer_holds_is_lifted(database: str, now: datetime) -> None:
    plot = Plot(now)
    works_at(plot, "clerk", plot.employer_id)
    plot.plant()
    works_at(plot, "clerk", None)
    account = plot.people["clerk"].account_id
    assert account is not None
    with writing() as session:
        conflicts.note_binding(session, [account], plot.program_id, plot.round_id, now)
    assert [row for row in grounds() if row[0] == account] == [(account, "employer", "lifted")]
