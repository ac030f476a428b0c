"""Who is asked something new while their case runs is told what and until when, answers it, and is never stuck."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import reading
from models.messages import Message
from tests.services.houses import account
from tests.services.test_studio_adopting import MINUTE, ROUTE, WAGE, definition_for, next_version, whole
from tests.stories import Story
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import NotAllowed, NotReady
from workflow.services import drafts, following, letters, programs, submissions
from workflow.services.studio import adopting
from workflow.services.studio.adopting_plan import Choice

LATER = 2 * MINUTE


@pytest.fixture
def story(database: str, now: datetime, tmp_path: Path) -> Story:
    return Story(now, tmp_path)


@pytest.fixture
def officer(story: Story, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


def published(officer: Actor, now: datetime) -> int:
    made = programs.publish(next_version(), officer, now)
    adopting.adopt(made.version_id, officer, now)
    return made.version_id


def asked(version: int, officer: Actor, now: datetime, path: tuple[str, ...] = WAGE) -> str:
    choice = Choice(frozenset({path}))
    return adopting.adopt(version, officer, now + MINUTE, choice=choice, reason="办法修订").key


def heard(actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Kind and sentence of everything this person was told since."""
    with reading() as session:
        wanted = select(Message).where(Message.recipient_id == actor.account_id).order_by(Message.id)
        kinds = ("rebased", "asked_anew", "asks_dropped")
        messages = [each for each in session.scalars(wanted) if each.kind in kinds]
        return [(each.kind, str(letters.read(session, each, now).words.params)) for each in messages]


def test_the_person_is_told_what_is_asked_and_until_when_and_answers_while_the_case_goes_on(
    story: Story, officer: Actor, now: datetime
) -> None:
    ref, me = story.submitted(), story["person0"]
    version = published(officer, now)
    assert heard(me, now) == []  # what comes by itself is nobody's news
    with pytest.raises(NotAllowed):
        drafts.save(ref, {"wage": "9000"}, None, me, now, section="work")
    asked(version, officer, now)
    ((kind, said),) = heard(me, now)
    assert (kind, "月薪" in said, "datetime.date(2026, 11, 27)" in said) == ("asked_anew", True, True)
    progress = following.follow(ref, me, now)
    assert (progress.supplies, [flag.path for flag in progress.flags]) == (True, ["wage"])

    story.act(ref, "pass", "employer", record={"opinion": "同意推荐", "seal": ("s1",)})  # it goes on meanwhile
    with pytest.raises(NotReady) as empty:
        submissions.hand_back(ref, {}, me, now + LATER)
    assert [reason.where for reason in empty.value.reasons] == ["wage"]
    drafts.save(ref, {"wage": "9000"}, None, me, now + LATER, section="work")
    submissions.hand_back(ref, {}, me, now + LATER)
    after = following.follow(ref, me, now + LATER)
    assert (after.supplies, after.state.stage, after.state.asks, after.state.asks_until) == (False, "formal", (), None)
    assert after.case.application.values["wage"] == 9000
    story.act(ref, "pass", "clerk", verdicts=story.all_ok(ref, "clerk"))  # nobody is kept by it
    whole(now + LATER)


def test_what_is_asked_anew_is_part_of_a_correction(story: Story, officer: Actor, now: datetime) -> None:
    """Or the person could hand back neither with it, since it is missing, nor without it."""
    ref, me = story.at_formal(), story["person0"]
    asked(published(officer, now), officer, now)
    story.act(ref, "return", "clerk", flags={"years": "与社保记录不符"})
    progress = following.follow(ref, me, now + LATER)
    assert {flag.path: flag.anew for flag in progress.flags} == {"years": False, "wage": True}
    drafts.save(ref, {"years": "7", "wage": "9000"}, None, me, now + LATER, section="work")
    done = submissions.hand_back(ref, {}, me, now + LATER)
    assert done.status == "open"
    assert following.follow(ref, me, now + LATER).state.asks == ()
    whole(now + LATER)


def test_a_correction_under_way_is_joined_by_it_and_left_by_it_again(
    story: Story, officer: Actor, now: datetime
) -> None:
    ref, me = story.at_formal(), story["person0"]
    version = published(officer, now)
    story.act(ref, "return", "clerk", flags={"years": "与社保记录不符"})
    key = asked(version, officer, now + LATER)
    assert {flag.path for flag in following.follow(ref, me, now + LATER).flags} == {"years", "wage"}
    adopting.revert(version, key, officer, now + 3 * MINUTE, "还是等下一批")
    assert {flag.path for flag in following.follow(ref, me, now + LATER).flags} == {"years"}
    assert [kind for kind, _ in heard(me, now)] == ["asked_anew", "asks_dropped"]
    drafts.save(ref, {"years": "7"}, None, me, now + 4 * MINUTE, section="work")
    assert submissions.hand_back(ref, {}, me, now + 4 * MINUTE).status == "open"
    whole(now + 4 * MINUTE)


def test_taken_back_nobody_owes_it_any_more(story: Story, officer: Actor, now: datetime) -> None:
    ref, me = story.submitted(), story["person0"]
    version = published(officer, now)
    adopting.revert(version, asked(version, officer, now), officer, now + LATER, "还是等下一批")
    assert not following.follow(ref, me, now).supplies
    assert "wage" not in definition_for(ref).form_fields()
    assert [kind for kind, _ in heard(me, now)] == ["asked_anew", "asks_dropped"]
    whole(now + LATER)


def test_another_change_that_was_chosen_for_them_is_told_too(story: Story, officer: Actor, now: datetime) -> None:
    ref = story.submitted()
    asked(published(officer, now), officer, now, ROUTE)
    assert [kind for kind, _ in heard(story["person0"], now)] == ["rebased"]
    assert not following.follow(ref, story["person0"], now).supplies
