"""From messages to envelopes to people: one digest a day, what presses alone, and what happens when nobody answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from models.accounts import Account
from models.base import writing
from models.messages import Message
from models.work import WorkItem
from tests.services.houses import account, officers
from tests.services.plots import Plot
from tests.services.posts import Dead, arrived, at, envelopes, messages, post_office, reachable
from tests.services.test_reminders import FLAG, formal
from workflow.channels import Refused
from workflow.domain.actor import Actor
from workflow.domain.envelopes import MOST_TRIES
from workflow.domain.errors import NotFound
from workflow.services import actions, clock, deliveries, health, inbox, outbox, packing, reminders


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Path]:
    with post_office(tmp_path) as folder:
        yield folder


def clerk_of(plot: Plot) -> Actor:
    reachable(plot.people["clerk"], "chen@example.gov.cn", "13805710001")
    return plot.people["clerk"]


# -- the digest --------------------------------------------------------------------------------------------------------
def test_a_digest_of_ten_is_one_mail_without_what_was_done_meanwhile(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk = clerk_of(plot)
    refs = formal(plot, 10)
    reminders.plan(at(25))
    assert packing.pack(at(25)) == 1
    item, seen = plot.item(refs[3])
    actions.perform(item, "return", clerk, at(25), seen=seen, inputs=FLAG)
    assert deliveries.deliver(at(25)) == 1
    (mail,) = arrived(post)
    assert mail["to"] == "chen@example.gov.cn"
    assert mail["subject"].endswith("今天有 9 件事")
    lines = [line for line in mail["text"].splitlines() if line[:1].isdigit()]
    assert len(lines) == 9
    assert "形式审查" in lines[0]
    assert "还剩 2 个工作日" in lines[0]
    assert [one.state for one in messages("due_soon") if one.recipient_id == clerk.account_id].count("dropped") == 1
    assert arrived(post, "sms") == []


def test_ten_go_in_one_when_nothing_happens(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk_of(plot)
    formal(plot, 10)
    clock.tick(at(25))
    clock.tick(at(25, 9, 1))
    (mail,) = arrived(post)
    assert mail["subject"].endswith("今天有 10 件事")
    assert sum(line[:1].isdigit() for line in mail["text"].splitlines()) == 10


def test_a_day_has_one_digest_and_what_comes_later_waits(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk = clerk_of(plot)
    formal(plot)
    clock.tick(at(25))
    with writing() as session:
        outbox.post(session, "handed_over", at(25, 8), recipient_id=clerk.account_id, params={"round": plot.round_ref})
        session.flush()
        session.execute(update(Message).where(Message.kind == "handed_over").values(params={"stage": "formal"}))
    clock.tick(at(25, 10))
    assert len(arrived(post)) == 1
    assert [one.leaves_at for one in messages("handed_over")] == [at(26)]
    clock.tick(at(26))
    assert len(arrived(post)) == 2


def test_news_do_not_go_out_on_a_day_off(database: str, now: datetime, post: Path) -> None:
    person = account(now, "person")
    reachable(person, "ye@example.com")
    with writing() as session:
        outbox.post(session, "case_ended", now, recipient_id=person.account_id)
    clock.tick(at(21))  # Saturday
    assert arrived(post) == []
    clock.tick(at(23))
    assert len(arrived(post)) == 1


def test_who_cannot_be_reached_finds_it_in_the_house(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    formal(plot)
    clock.tick(at(25))
    assert envelopes() == []
    assert inbox.unread(plot.people["clerk"], at(25)) == 1


# -- alone -------------------------------------------------------------------------------------------------------------
def test_what_presses_goes_alone_by_every_way_after_it_could_be_undone(app: Flask, now: datetime, post: Path) -> None:
    plot = Plot(now)
    (ref,) = formal(plot)
    person = plot.owners[ref]
    reachable(person, "ye@example.com", "13805710077")
    item, seen = plot.item(ref)
    actions.perform(item, "return", plot.people["clerk"], now, seen=seen, inputs=FLAG)
    clock.tick(now + timedelta(seconds=9))
    assert arrived(post) == []
    clock.tick(now + timedelta(seconds=10))
    (mail,), (text,) = arrived(post), arrived(post, "sms")
    assert "您的材料有1处需要补正，请在2026年11月27日前完成" in mail["text"], "the program's own words"
    assert f"http://localhost/apply/{ref}" in mail["text"]
    assert (text["subject"], text["text"][:6]) == ("", "【锦澜人才】")


def test_a_code_goes_to_its_address_at_any_hour(database: str, now: datetime, post: Path) -> None:
    with writing() as session:
        outbox.post(session, "register_code", at(21, 2), address="13805710099", secret="482913", language="en")
        outbox.post(session, "invitation", at(21, 2), address="nobody.login", secret="t" * 20)
    clock.tick(at(21, 2))
    (text,) = arrived(post, "sms")
    assert (text["to"], "482913" in text["text"]) == ("13805710099", True)
    assert arrived(post) == []


def test_a_real_channel_leaves_no_code_behind(database: str, now: datetime) -> None:
    server = Dead(fault=None)
    with post_office(Path("unused"), server), writing() as session:
        outbox.post(session, "reset_code", now, address="a@example.com", secret="482913")
    with post_office(Path("unused"), server):
        clock.tick(now)
    assert [envelope.to for envelope in server.tried] == ["a@example.com"]
    assert [one.secret for one in messages()] == [None]


# -- when something goes wrong -----------------------------------------------------------------------------------------
def test_one_that_cannot_be_read_does_not_stop_the_others(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk = clerk_of(plot)
    formal(plot, 3)
    reminders.plan(at(25))
    poison = next(one for one in messages("due_soon") if one.recipient_id == clerk.account_id)
    with writing() as session:
        session.execute(update(Message).where(Message.id == poison.id).values(kind="no_such_kind"))
    clock.tick(at(25))
    assert arrived(post)[0]["subject"].endswith("今天有 2 件事")
    manager = plot.people["manager"]
    (failed,) = health.health(manager, at(25)).failed
    assert (failed.ref, failed.kind, failed.trouble) == (poison.ref, "no_such_kind", "KeyError")
    clock.tick(at(25, 9, 5))
    assert len(arrived(post)) == 1, "it is not tried again by itself"

    with writing() as session:
        session.execute(update(Message).where(Message.id == poison.id).values(kind="due_soon"))
    health.retry(manager, poison.ref, at(25, 9, 10))
    clock.tick(at(25, 9, 10))
    assert len(arrived(post)) == 2
    assert health.health(manager, at(25, 9, 10)).failed == ()


def test_a_server_that_nobody_answers_is_tried_later_and_later_then_given_up(
    database: str, now: datetime, tmp_path: Path
) -> None:
    server = Dead()
    plot = Plot(now)
    clerk_of(plot)
    formal(plot)
    with post_office(tmp_path, server):
        moment = at(25)
        clock.tick(moment)
        clock.tick(moment)
        assert len(server.tried) == 1, "not at once again"
        for _ in range(MOST_TRIES):
            moment += timedelta(hours=6, minutes=1)
            deliveries.deliver(moment)
        assert len(server.tried) == MOST_TRIES
        assert len({envelope.key for envelope in server.tried}) == 1, "under one Message-ID"
        (failed,) = health.health(plot.people["manager"], moment).failed
        assert (failed.kind, failed.channel, failed.trouble) == ("digest", "email", "ConnectionRefusedError")
        server.fault = None
        with pytest.raises(NotFound):
            health.retry(plot.people["clerk"], failed.ref, moment)
        health.retry(plot.people["manager"], failed.ref, moment)
        with writing() as session:
            session.execute(update(Message).values(about_at=None))
        assert deliveries.deliver(moment) == 1
    assert health.health(plot.people["manager"], moment).failed == ()


def test_an_address_that_nobody_has_is_not_tried_again(database: str, now: datetime, tmp_path: Path) -> None:
    server = Dead(fault=Refused("SMTP 550"))
    office = officers(now)
    person = account(now, "person")
    reachable(person, "gone@example.com")
    with post_office(tmp_path, server):
        with writing() as session:
            outbox.post(session, "returned", now, recipient_id=person.account_id, params={"count": 1})
        clock.tick(now)
        clock.tick(now + timedelta(days=1))
    assert len(server.tried) == 1
    (failed,) = health.health(office.programs, now).failed
    assert failed.trouble == "SMTP 550"
    health.cancel(office.programs, failed.ref, now)
    assert [one.state for one in envelopes()] == ["cancelled"]


def test_a_dead_server_rests_so_that_the_others_keep_their_tries(database: str, now: datetime, tmp_path: Path) -> None:
    server = Dead()
    with post_office(tmp_path, server):
        with writing() as session:
            for number in range(3):
                outbox.post(session, "reset_code", now, address=f"a{number}@example.com", secret="482913")
            outbox.post(session, "reset_code", now, address="13805710077", secret="482913")
        clock.tick(now)
        assert len(server.tried) == 1
        assert len(arrived(tmp_path, "sms")) == 1
    assert sorted(one.tries for one in envelopes()) == [0, 0, 1, 1]


# -- the lease ---------------------------------------------------------------------------------------------------------
def test_whoever_comes_back_late_writes_nothing(database: str, now: datetime, post: Path) -> None:
    with writing() as session:
        outbox.post(session, "reset_code", now, address="a@example.com", secret="482913")
    packing.pack(now)
    first = deliveries.take(now)
    assert first is not None
    assert deliveries.take(now) is None, "it is leased"
    second = deliveries.take(now + deliveries.LEASE)
    assert second is not None
    assert (second.id, second.fence) == (first.id, first.fence + 1)
    opened = deliveries.Opened(told=[messages()[0].id])
    assert deliveries._note(first, opened, "sent", now) == 0
    assert envelopes()[0].state == "leased"
    assert deliveries._note(second, opened, "sent", now) == 1
    assert envelopes()[0].state == "sent"


def test_an_envelope_that_kills_whoever_opens_it_is_given_up(database: str, now: datetime, post: Path) -> None:
    with writing() as session:
        outbox.post(session, "reset_code", now, address="a@example.com", secret="482913")
    packing.pack(now)
    moment = now
    for _ in range(MOST_TRIES):
        assert deliveries.take(moment)
        moment += deliveries.LEASE
    assert deliveries.deliver(moment) == 0
    assert [(one.state, one.trouble) for one in envelopes()] == [("failed", "interrupted")]


def test_packing_twice_makes_one_envelope(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk_of(plot)
    formal(plot, 2)
    reminders.plan(at(25))
    assert [packing.pack(at(25)), packing.pack(at(25))] == [1, 0]
    with writing() as session:  # a packer that was killed before it had said so
        session.execute(update(Message).values(state="waiting"))
    packing.pack(at(25))
    assert len(envelopes()) == 1


# -- the inbox ---------------------------------------------------------------------------------------------------------
def test_an_inbox_counts_what_was_not_opened_and_says_what_is_done(database: str, now: datetime) -> None:
    plot = Plot(now)
    clerk = plot.people["clerk"]
    first, second = formal(plot, 2)
    reminders.plan(at(25))
    entries, more = inbox.page(clerk, at(25), 1, "zh")
    assert (len(entries), more, inbox.unread(clerk, at(25))) == (2, False, 2)
    place = inbox.opened(clerk, entries[0].ref, at(25))
    assert place is not None
    assert place.room == "item"
    assert inbox.unread(clerk, at(25)) == 1
    for ref in (first, second):
        item, seen = plot.item(ref)
        actions.perform(item, "return", clerk, at(25), seen=seen, inputs=FLAG)
    assert [entry.done for entry in inbox.page(clerk, at(25), 1, "zh")[0]] == [True, True]
    inbox.read_all(clerk, at(25))
    assert inbox.unread(clerk, at(25)) == 0
    with pytest.raises(NotFound):
        inbox.opened(plot.people["hr"], entries[0].ref, at(25))


def test_a_newer_word_about_the_same_thing_takes_the_place_of_the_older(database: str, now: datetime) -> None:
    plot = Plot(now)
    clerk = plot.people["clerk"]
    formal(plot)
    for moment in (at(25), at(27), at(30), at(30)):
        with writing() as session:  # somebody touched it: it is looked at again
            session.execute(update(WorkItem).where(WorkItem.state == "open").values(remind_at=moment))
        reminders.plan(moment)
        assert inbox.unread(clerk, moment) == 1
    (entry,) = inbox.page(clerk, at(30), 1, "zh")[0]
    assert "已逾期 1 个工作日" in str(entry.words)


def test_a_code_stands_in_no_inbox(database: str, now: datetime) -> None:
    person = account(now, "person")
    with writing() as session:
        outbox.post(session, "reset_code", now, recipient_id=person.account_id, address="13805710001", secret="482913")
    assert inbox.page(person, now, 1, "zh") == ([], False)


def test_a_disabled_account_gets_no_mail(database: str, now: datetime, post: Path) -> None:
    plot = Plot(now)
    clerk = clerk_of(plot)
    formal(plot)
    reminders.plan(at(25))
    with writing() as session:
        session.execute(update(Account).where(Account.id == clerk.account_id).values(state="disabled"))
    clock.tick(at(25))
    assert arrived(post) == []
