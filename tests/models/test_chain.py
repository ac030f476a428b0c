from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from models import chain, secrets
from models.applications import Remark
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from workflow.domain.events import Event

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def _event(kind: str, **facts: Any) -> Event:
    return Event(kind, AT, 0, "system", None, **facts)


def test_chain_can_be_computed_again_from_its_rows(database: str) -> None:
    with writing() as session:
        chain.append(session, StreamKind.ROUND, 7, [_event("round_opened", body={"b": 1, "a": ["中", None, True]})])
    with writing() as session:
        last = chain.append(session, StreamKind.ROUND, 7, [_event("round_closed"), _event("round_extended")])
    assert last == 3
    with reading() as session:
        stream = session.scalars(select(Stream)).one()
        rows = session.scalars(select(EventRow).order_by(EventRow.seq)).all()
        mac = None
        for row in rows:
            mac = secrets.chain_mac(mac, chain.canonical(stream.kind, stream.subject_id, vars(row)))
            assert row.mac == mac
        assert (stream.seq, stream.head_mac) == (3, mac)


def test_remark_stands_beside_its_event_and_the_event_holds_a_digest(database: str) -> None:
    with writing() as session:
        chain.append(session, StreamKind.APPLICATION, 1, [_event("refused", remarks={"reason": "材料不实"})])
    with reading() as session:
        event, remark = session.scalars(select(EventRow)).one(), session.scalars(select(Remark)).one()
        assert remark.body == "材料不实"
        assert "材料不实" not in str(event.body)
        expected = chain.remark_digest(event.stream_id, event.seq, "reason", "材料不实")
        assert event.body == {"remarks": {"reason": expected}}


@pytest.mark.parametrize("body", [{"x": 1.5}, {"x": [{"y": 0.1}]}, {"at": AT}])
def test_event_refuses_what_has_two_spellings(database: str, body: dict[str, Any]) -> None:
    with pytest.raises(TypeError), writing() as session:
        chain.append(session, StreamKind.ROUND, 1, [_event("x", body=body)])


def test_writers_at_once_keep_one_chain(database: str) -> None:
    app = current_app._get_current_object()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with app.app_context():
                for _ in range(10):
                    with writing() as session:
                        chain.append(session, StreamKind.INSTALLATION, 0, [_event("x")])
        except BaseException as failure:
            failures.append(failure)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with reading() as session:
        assert session.scalars(select(EventRow.seq).order_by(EventRow.seq)).all() == list(range(1, 41))
