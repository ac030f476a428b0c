"""The heartbeat, the Celery app around it, and who looks when the beat is dead."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from models.base import TransactionError, db
from tasks import make_celery
from tasks.watch import Watch
from tests.faults.processes import until
from workflow.config import Settings
from workflow.services import clock


def test_a_scan_leaves_its_heartbeat(database: str, now: datetime) -> None:
    assert clock.last_scan() is None
    clock.tick(now)
    clock.tick(now + timedelta(seconds=5))
    assert clock.last_scan() == now + timedelta(seconds=5)


def test_a_scan_that_ends_late_does_not_turn_the_clock_back(database: str, now: datetime) -> None:
    clock.tick(now)
    clock.tick(now - timedelta(seconds=5))
    assert clock.last_scan() == now


def test_a_clock_at_rest_does_nothing_until_its_rest_is_over(database: str, now: datetime) -> None:
    clock.rest(now, now + timedelta(minutes=3))
    clock.tick(now + timedelta(minutes=2))
    assert clock.last_scan() is None
    assert not clock.is_late(now + timedelta(minutes=2)), "it rests, and nobody should look in its place"
    clock.tick(now + timedelta(minutes=3))
    assert clock.last_scan() == now + timedelta(minutes=3)
    clock.rest(now, now + timedelta(minutes=9))
    clock.rest(now, now)
    clock.tick(now + timedelta(minutes=4))
    assert clock.last_scan() == now + timedelta(minutes=4)


def test_the_clock_is_late_a_minute_after_its_last_scan(database: str, now: datetime) -> None:
    assert clock.is_late(now), "it has never looked"
    clock.tick(now)
    assert not clock.is_late(now + timedelta(seconds=60))
    assert clock.is_late(now + timedelta(seconds=61))


def test_a_task_runs_in_the_app_and_does_what_its_service_does(app: Flask) -> None:
    celery = make_celery(app)
    celery.loader.import_default_modules()
    celery.tasks["tasks.clock.tick"]()
    assert clock.last_scan() is not None


def test_a_task_that_leaves_a_transaction_open_fails(app: Flask) -> None:
    @make_celery(app).task(name="left-open", shared=False)
    def leave_open() -> None:
        db.session.begin()

    with pytest.raises(TransactionError):
        leave_open()


def test_every_entry_of_the_timetable_names_a_task(app: Flask) -> None:
    celery = make_celery(app)
    celery.loader.import_default_modules()
    assert {entry["task"] for entry in celery.conf.beat_schedule.values()} <= set(celery.tasks)


def test_the_embedded_broker_lives_in_the_data_folder(app: Flask, settings: Settings) -> None:
    options = make_celery(app).conf.broker_transport_options
    assert options["data_folder_in"] == options["data_folder_out"] == str(settings.broker_dir / "in")
    assert (settings.broker_dir / "in").is_dir()
    assert options["store_processed"] is False


def test_a_worker_looks_by_itself_only_when_nobody_else_did(app: Flask) -> None:
    watch = Watch(app)
    assert watch.look()
    assert not watch.look()
    clock.tick(datetime.now(UTC))
    assert not watch.look()


def test_the_watch_goes_on_after_an_error(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fail_once(self: Watch) -> bool:
        calls.append(threading.current_thread().name)
        if len(calls) == 1:
            raise OSError("the database is gone for a moment")
        return True

    monkeypatch.setattr(Watch, "look", fail_once)
    watch = Watch(app, every=0.01)
    watch.start()
    watch.start()  # a second time changes nothing
    until(lambda: len(calls) >= 3)
    watch.stop()
    assert set(calls) == {"clock watch"}
