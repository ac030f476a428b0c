"""Whom a nominator waits for, and reminding them: one's own people alone, and not too often."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.applying import Intake, bind, filled, id_number, intake, started
from tests.laws.queries import counted
from tests.services.houses import account, last_secret
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound, Refusal
from workflow.services import confirmations, nominating_confirming, submissions


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def boss(here: Intake, now: datetime) -> Actor:
    return bind(account(now, "boss", name="人事专员"), "employer_admin", here, now, here.employer_id)


def waiting(here: Intake, boss: Actor, now: datetime, **typed: str) -> str:
    ref = started(here, boss, now, "employer", for_another=True)
    filled(ref, boss, now, **typed)
    submissions.submit(ref, boss, now)
    return ref


def test_who_has_to_confirm_is_named_with_what_was_sent(here: Intake, boss: Actor, now: datetime) -> None:
    ref = waiting(here, boss, now)
    (one,) = nominating_confirming.awaited(boss, now)
    assert (one.ref, one.own, one.sent_at, one.dead) == (ref, True, now, False)
    assert one.name
    assert nominating_confirming.awaited(boss, now + timedelta(days=15))[0].dead


def test_a_new_link_opens_and_the_old_one_is_dead(here: Intake, boss: Actor, now: datetime) -> None:
    ref = waiting(here, boss, now)
    old, later = last_secret(now, "confirm_link"), now + timedelta(minutes=11)
    nominating_confirming.send_again(ref, boss, later)
    new = last_secret(later, "confirm_link")
    assert new != old
    with pytest.raises(Refusal):
        confirmations.confirm(old, later)
    confirmations.confirm(new, later)
    assert nominating_confirming.awaited(boss, later) == ()
    with pytest.raises(NotFound):
        nominating_confirming.send_again(ref, boss, later + timedelta(hours=1))


def test_not_at_once_again_and_not_more_than_some_a_day(here: Intake, boss: Actor, now: datetime) -> None:
    ref, at = waiting(here, boss, now), now
    with pytest.raises(Refusal):
        nominating_confirming.send_again(ref, boss, now + timedelta(minutes=9))
    for _ in range(nominating_confirming.PER_DAY - 1):
        at += timedelta(minutes=11)
        nominating_confirming.send_again(ref, boss, at)
    with pytest.raises(Refusal):
        nominating_confirming.send_again(ref, boss, at + timedelta(hours=2))
    nominating_confirming.send_again(ref, boss, at + timedelta(days=1, minutes=1))


def test_nobody_elses_people_are_seen_or_reminded(here: Intake, boss: Actor, now: datetime) -> None:
    ref = waiting(here, boss, now)
    trainer = bind(account(now, "dean"), "trainer_admin", here, now, here.trainer_id)
    clerk = bind(account(now, "clerk"), "intake", here, now)
    later = now + timedelta(hours=1)
    for stranger in (trainer, clerk, Actor("anonymous")):
        assert nominating_confirming.awaited(stranger, later) == ()
        with pytest.raises(NotFound):
            nominating_confirming.send_again(ref, stranger, later)


def test_the_list_costs_the_same_for_one_and_for_many(here: Intake, boss: Actor, now: datetime) -> None:
    sent = []
    for number in range(1, 4):
        ref = started(here, boss, now, "employer", for_another=True)
        filled(ref, boss, now, id_no=id_number(number))
        submissions.submit(ref, boss, now)
        nominating_confirming.awaited(boss, now)
        with counted() as statements:
            nominating_confirming.awaited(boss, now)
        sent.append(len(statements))
    assert len(set(sent)) == 1, sent
