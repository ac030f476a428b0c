"""Renewal: a new case, prefilled, in the next open round; what becomes of it reaches the recognition that it renews."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from models.applications import Answers
from models.base import reading, writing
from models.programs import ProgramVersion
from tests.applying import picture
from tests.domain.awarded import before_award
from tests.domain.cases import FILES, VALUES
from tests.services.issued import Grounds, papers, standing
from tests.services.yongning import ENTERPRISE, Yongning
from workflow.domain.answers import encode
from workflow.domain.application import Action, Outcome, State
from workflow.domain.errors import NotFound, NotReady
from workflow.domain.history import fold
from workflow.services import (
    actions,
    certificates_verified,
    files,
    prefill,
    recognitions_shown,
    renewing,
    replay,
    submissions,
    validity,
)
from workflow.services.casework import find, open_case
from workflow.services.recording import record
from workflow.services.rulebooks import definition_of

YEARS = timedelta(days=3 * 365 + 1)  # with a leap day between


def state_of(ref: str) -> State:
    with reading() as session:
        return open_case(session, find(session, ref).id).application.state


def asked(ref: str) -> list[str | None]:
    return [item.about for item in state_of(ref).open_items() if item.about == "renewal"]


class Renewal(Grounds):
    """Somebody recognized, asked by the clock sixty days before the end."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.old = self.recognized()
        self.owner = self.owners[self.old]
        self.soon = now + YEARS - timedelta(days=60)
        assert validity.carry_out(self.soon) == 1
        assert validity.carry_out(self.soon) == 0

    def next_round(self, key: str = "2029-1", opens: int = -3) -> str:
        with writing() as session:
            again = self.later_round(session)
            again.key, again.name = key, f"{key}批"
            again.opens_at = self.soon + timedelta(days=opens)
            again.closes_at = again.opens_at + timedelta(days=20)
            return again.ref

    def begun(self, now: datetime | None = None) -> str:
        return renewing.begin(self.old, self.owner, now or self.soon)

    def handed_in(self) -> str:
        """Begun in a new round and put on record, as a submission does, without a form."""
        self.round_ref = self.next_round()
        ref = self.begun()
        with writing() as session:
            row = find(session, ref)
            fields = definition_of(session.get_one(ProgramVersion, row.version_id)).form_fields()
            draft = session.get_one(Answers, (row.id, 1))
            draft.body = encode(fields, {**VALUES, **FILES, "employer": self.employer_ref})
            draft.state, draft.digest, draft.submitted_at = "submitted", "0" * 64, self.soon
            session.flush()
            case = open_case(session, row.id, lock=True, revision=1)
            given = {"revision": 1, "digest": "0" * 64, "number": f"FE29-{row.id}", "receipt": f"R-{row.id}"}
            actions.carry_out(session, case, Action("submit", None, given), self.owner, self.soon)
        return ref

    def before_the_award(self) -> str:
        ref = self.handed_in()
        with writing() as session:
            case = open_case(session, find(session, ref).id, lock=True)
            facts = before_award(case.book, case.application, self.soon)
            record(session, case, Outcome(tuple(facts), fold(facts, case.application.state)), self.soon)
        self.owners[ref] = self.owner
        self.now = self.soon
        self.provide(ref)
        return ref


@pytest.fixture
def here(database: str, now: datetime) -> Renewal:
    return Renewal(now)


def test_it_waits_for_a_round_and_then_is_a_draft_of_the_same_person_and_channel(here: Renewal) -> None:
    here.next_round("2029-2", opens=5)
    with pytest.raises(NotReady) as refused:
        here.begun()
    assert "没有开放的批次" in str(refused.value.reasons[0].words)
    seen = recognitions_shown.of_mine(here.old, here.owner, here.soon).renewing
    assert seen is not None
    assert (seen.is_asked, seen.begun, len(seen.barred)) == (True, None, 1)

    later = here.soon + timedelta(days=6)
    seen = recognitions_shown.of_mine(here.old, here.owner, later).renewing
    assert seen is not None
    assert (seen.round_name, seen.barred) == ("2029-2批", ())
    assert "岗位工种" in [label.zh for label in seen.offered]
    ref = here.begun(later)
    assert here.begun(later) == ref, "a second press takes the draft up again"
    with reading() as session:
        old, new = find(session, here.old), find(session, ref)
        assert (new.person_id, new.channel, new.track, new.renews_id) == (old.person_id, "self", "pattern", old.id)
    offer = prefill.offered(ref, "work", here.owner, later)
    assert offer is not None
    assert asked(here.old) == ["renewal"], "a draft renews nothing"
    with pytest.raises(NotFound):
        renewing.begin(here.old, here.people["clerk"], later)
    assert replay.replay(later)[1] == []


def test_a_draft_of_a_round_that_closed_is_followed_by_one_in_the_next(here: Renewal) -> None:
    here.next_round()
    first = here.begun()
    closed = here.soon + timedelta(days=25)
    with pytest.raises(NotReady):
        here.begun(closed)
    here.next_round("2029-2", opens=24)
    second = here.begun(closed)
    assert second != first
    renewal = state_of(here.old).renewal
    with reading() as session:
        assert renewal is not None
        assert renewal.case == find(session, second).id


def test_the_new_recognition_supersedes_the_old_one_in_the_same_transaction(here: Renewal) -> None:
    token = papers(here.old)[0].token
    new = here.before_the_award()
    assert asked(here.old) == []
    assert validity.carry_out(here.soon) == 0

    done = here.issue([new], now=here.soon, difference="其他人另发")

    assert done.done == (new,), done.left_aside
    assert (standing(new).standing, str(standing(new).valid_until)) == ("valid", "2032-09-21")
    old = standing(here.old)
    assert (old.standing, old.ended_on) == ("superseded", standing(new).recognized_on)
    assert list(state_of(here.old).open_items()) == []
    found = certificates_verified.by_token(token, here.soon)
    assert found.finding == "taken_over"
    assert replay.replay(here.soon)[1] == []


def test_refused_or_withdrawn_the_old_one_runs_on_and_may_be_renewed_again(here: Renewal) -> None:
    new = here.handed_in()
    assert asked(here.old) == []
    with pytest.raises(NotReady):
        here.begun()
    actions.perform(new, "withdraw", here.owner, here.soon, inputs={"reason": "材料没齐"})
    assert asked(here.old) == ["renewal"]
    assert standing(here.old).standing == "valid"
    assert here.begun() != new
    assert replay.replay(here.soon)[1] == []


def test_the_old_one_expires_on_its_day_though_the_new_case_is_open_unless_the_office_extends_it(
    here: Renewal,
) -> None:
    new = here.before_the_award()
    over = here.soon + timedelta(days=61)
    actions.perform(
        here.old, "extend", here.people["manager"], here.soon,
        inputs={"until": over.date() + timedelta(days=3), "basis": "评审推迟"},
    )  # fmt: skip
    assert validity.carry_out(over) == 0
    assert [paper.why for paper in papers(here.old)] == ["issued", "renewed"]
    gone = over + timedelta(days=10)
    assert validity.carry_out(gone) == 1
    assert standing(here.old).standing == "expired"
    here.now = gone
    assert here.issue([new], now=gone, difference="其他人另发").done == (new,)
    assert (standing(here.old).standing, standing(new).standing) == ("expired", "valid")
    assert replay.replay(gone)[1] == []


def test_nothing_is_renewed_or_issued_while_the_old_one_is_looked_into(here: Renewal) -> None:
    new = here.before_the_award()
    here.act(here.old, "open_exit", "manager", here.soon, exit="fraud", basis="举报核查")
    done = here.issue([new], now=here.soon, difference="其他人另发")
    assert done.done == ()
    assert any("研判或撤销" in str(each.words) for each in done.left_aside[new])
    actions.perform(new, "withdraw", here.owner, here.soon, inputs={"reason": "等结论"})
    with pytest.raises(NotReady) as refused:
        here.begun()
    assert any("研判或撤销" in str(each.words) for each in refused.value.reasons)


# -- an organization ---------------------------------------------------------------------------------------------------
def test_an_organization_renews_through_its_administrator_from_the_form_to_the_new_certificate(
    database: str, now: datetime, tmp_path: Path
) -> None:
    here = Yongning(now, tmp_path / "files")
    old = here.authorized()
    here.now = now + timedelta(days=2 * 365 - 30)
    assert validity.carry_out(here.now) == 1
    with pytest.raises(NotFound):
        renewing.begin(old, here["rival_boss"], here.now)

    ref = renewing.begin(old, here["boss"], here.now)
    assert prefill.bring(ref, "scheme", here["boss"], here.now) > 3
    files.attach(ref, "scheme_file", "scheme.png", BytesIO(picture()), here["boss"], here.now)
    submissions.submit(ref, here["boss"], here.now)
    here.act(ref, "pass", "manager", record={"places": Decimal(4)}, rules={"A1": "meets"})
    here.act(ref, "confirm", "manager_2")
    here.issue(ENTERPRISE, ref)

    assert (here.recognition(old).standing, here.recognition(ref).standing) == ("superseded", "valid")
    assert here.recognition(ref).number != here.recognition(old).number
    assert replay.replay(here.now)[1] == []
