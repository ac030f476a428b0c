"""reading() and writing(): the only two ways into a transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError

from models.base import TransactionError, ask, db, once, reading, refuse_open_transaction, writing
from models.clock import Heartbeat

WHEN = datetime(2026, 11, 20, 2, tzinfo=UTC)


def _beat(name: str, at: datetime = WHEN) -> Heartbeat:
    return Heartbeat(name=name, scanned_at=at, scans=0)


def _names() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Heartbeat.name).order_by(Heartbeat.name)))


def test_writing_commits_at_the_end(database: str) -> None:
    with writing() as session:
        session.add(_beat("a"))
    assert _names() == ["a"]


def test_statements_made_once_neither_answer_for_one_another_nor_keep_a_value(database: str) -> None:
    made = [once(select(literal(word) + bindparam("said"))) for word in ("a", "b")]
    with reading() as session:
        said = [ask(session, each, said=value).scalar() for value in ("1", "2") for each in made]
    assert said == ["a1", "b1", "a2", "b2"]


def test_writing_undoes_everything_on_an_exception(database: str) -> None:
    def fail_after_a_write() -> None:
        with writing() as session:
            session.add(_beat("a"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_a_write()
    assert _names() == []


def test_writing_inside_another_transaction_is_an_error(database: str) -> None:
    with writing(), pytest.raises(TransactionError), writing():
        pass
    with reading(), pytest.raises(TransactionError), writing():
        pass


def test_reading_inside_another_transaction_joins_it(database: str) -> None:
    with writing() as session:
        session.add(_beat("a"))
        session.flush()
        assert _names() == ["a"]
        assert session.in_transaction()


def test_reading_refuses_a_write(database: str) -> None:
    with writing() as session:
        session.add(_beat("a"))
    with pytest.raises(DBAPIError), reading() as session:
        session.execute(text("DELETE FROM heartbeat"))
    assert _names() == ["a"]
    with writing() as session:  # the same connection may write again afterwards
        session.execute(text("DELETE FROM heartbeat"))
    assert _names() == []


def test_a_statement_outside_of_both_is_refused(database: str) -> None:
    with pytest.raises(InvalidRequestError):
        db.session.execute(text("SELECT 1"))


def test_rows_stay_readable_after_the_transaction_and_are_read_afresh_in_the_next(database: str) -> None:
    with writing() as session:
        session.add(_beat("a"))
    with reading() as session:
        seen = session.get_one(Heartbeat, "a")
    with writing() as session:
        session.get_one(Heartbeat, "a").scans = 7
    with reading() as session:
        assert (seen.scans, session.get_one(Heartbeat, "a").scans) == (0, 7)


def test_a_transaction_left_open_is_found(database: str) -> None:
    db.session.begin()
    with pytest.raises(TransactionError):
        refuse_open_transaction()
    refuse_open_transaction()


def test_a_request_that_leaves_a_transaction_open_fails_its_test(app: Flask) -> None:
    client = app.test_client()

    def leave_open() -> str:
        db.session.begin()
        return "done"

    healthz = app.view_functions["health.healthz"]
    leave_open.__dict__.update(healthz.__dict__)
    app.view_functions["health.healthz"] = leave_open
    try:
        with pytest.raises(TransactionError):
            client.get("/healthz")
    finally:
        app.view_functions["health.healthz"] = healthz
    assert client.get("/healthz").status_code == 200


def test_threads_that_read_and_then_write_never_meet_a_locked_database(ground: Flask, database: str) -> None:
    """Deferred transactions fail here at once with 'database is locked', whatever the timeout."""
    with writing() as session:
        session.add(_beat("shared"))
    start = Barrier(8)

    def count_up() -> None:
        start.wait()
        for _ in range(25):
            with ground.app_context(), writing() as session:
                session.execute(select(func.count()).select_from(Heartbeat))
                session.execute(text("UPDATE heartbeat SET scans = scans + 1"))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(count_up) for _ in range(8)]:
            done.result()
    with reading() as session:
        assert session.get_one(Heartbeat, "shared").scans == 200


def test_readers_do_not_wait_for_a_writer(ground: Flask, database: str) -> None:
    with writing() as session, ThreadPoolExecutor(1) as pool:
        session.add(_beat("a"))
        session.flush()

        def look() -> list[str]:
            with ground.app_context():
                return _names()

        assert pool.submit(look).result(timeout=120) == []


def test_an_instant_without_a_zone_is_refused(database: str) -> None:
    with pytest.raises(StatementError, match="time zone"), writing() as session:
        session.add(_beat("a", datetime(2026, 11, 20, 2)))  # noqa: DTZ001 - the point of the test


def test_an_instant_comes_back_in_utc_to_the_microsecond(database: str) -> None:
    hangzhou = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with writing() as session:
        session.add(_beat("a", hangzhou))
    with reading() as session:
        stored = session.get_one(Heartbeat, "a").scanned_at
    assert (stored, stored.tzinfo) == (hangzhou, UTC)


def test_instants_sort_and_compare_in_the_database_as_time(database: str) -> None:
    moments = [WHEN + timedelta(microseconds=step) for step in (0, 1, 10, 999_999, 1_000_000, 86_400_000_000)]
    moments.append(datetime(999, 1, 1, tzinfo=UTC))
    with writing() as session:
        session.add_all([_beat(f"{index}", moment) for index, moment in enumerate(moments)])
    with reading() as session:
        assert list(session.scalars(select(Heartbeat.scanned_at).order_by(Heartbeat.scanned_at))) == sorted(moments)
        late = session.scalars(select(Heartbeat.scanned_at).where(Heartbeat.scanned_at > WHEN)).all()
    assert sorted(late) == [moment for moment in sorted(moments) if moment > WHEN]
