"""The database fails at any one statement of an act: nothing is half-written, and the act succeeds when done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from models.base import Base, db, reading
from models.clock import Heartbeat
from tests import applying
from tests.services import staffed
from tests.services.houses import account, officers, ref_of
from tests.services.sheets import id_number, sheet
from tests.stories import Story
from workflow.domain.actor import SYSTEM
from workflow.services import evidence, imports, replay, roles, submissions
from workflow.services.imports_people import PeopleList

MOST = 400  # an act with more statements than this would never come to its end here


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """The statement of this number, or the commit where it is its turn, fails as a full disk would."""
    said: list[str] = []

    def count(what: str) -> None:
        said.append(what)
        if len(said) == number:
            raise OperationalError(what, None, Exception("disk I/O error"))

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        count(statement)

    def on_commit(_connection: Any) -> None:
        count("COMMIT")

    event.listen(db.engine, "before_cursor_execute", on_statement)
    event.listen(db.engine, "commit", on_commit)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", on_statement)
        event.remove(db.engine, "commit", on_commit)


def everything() -> dict[str, str]:
    """Each table as the digest of all its rows; only the clock's own heartbeat beats on."""
    found = {}
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name != Heartbeat.__tablename__:
                rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
                found[table.name] = sha256("\n".join(rows).encode()).hexdigest()
    return found


def fails_at_each(act: Callable[[], Any], now: datetime) -> int:
    """Break the act at its first statement, its second, and so on until it is through; how many places there were."""
    before = everything()
    for number in range(1, MOST):
        with failing_at(number) as said:
            try:
                act()
            except OperationalError:
                done = False
            else:
                done = True
        if done:
            assert len(said) == number - 1  # it ended of itself, not because a fault was swallowed
            break
        assert everything() == before, f"something is left of an act that failed at statement {number}: {said[-1]}"
    else:
        raise AssertionError("the act never came to its end")
    assert everything() != before
    assert evidence.verify() == []
    assert replay.replay(now)[1] == []
    return number - 1


def test_a_review_act_is_all_or_nothing(database: str, now: datetime, tmp_path: Path) -> None:
    story = Story(now, tmp_path)
    ref = story.at_formal()
    verdicts = story.all_ok(ref, "clerk")
    places = fails_at_each(lambda: story.act(ref, "pass", "clerk", verdicts=verdicts), now)
    assert places > 20
    assert story.row(ref).stage_key == "eligibility"


def test_a_submission_is_all_or_nothing(database: str, now: datetime, tmp_path: Path) -> None:
    place = applying.intake(now, tmp_path)
    person = account(now, "person")
    ref = applying.started(place, person, now)
    applying.filled(ref, person, now)
    places = fails_at_each(lambda: submissions.submit(ref, person, now), now)
    assert places > 30


def test_an_import_is_all_or_nothing(database: str, now: datetime) -> None:
    rows = [(name, id_number(n), f"1390000000{n}") for n, name in enumerate(("王芳", "李娜", "陈静", "刘洋", "周敏"))]
    data = sheet(("姓名", "身份证号", "手机"), *rows)
    places = fails_at_each(lambda: imports.run(PeopleList(), data, "all_or_nothing", SYSTEM, now), now)
    assert places > 5


def test_a_role_binding_is_all_or_nothing(database: str, now: datetime) -> None:
    house = staffed.house(now)
    clerk = ref_of(account(now, "clerk"))
    actor = house.office.programs
    places = fails_at_each(lambda: roles.bind(actor, now, "intake", [clerk], round_ref=house.round_ref), now)
    assert places > 5


def test_the_break_is_real(database: str, now: datetime) -> None:
    """The tool of these tests finds an act that commits halfway."""
    office = officers(now).accounts
    data = sheet(("姓名", "身份证号"), ("王芳", id_number(1)))

    def careless() -> None:
        imports.stage(office, data, now)
        imports.run(PeopleList(), data, "all_or_nothing", SYSTEM, now)

    with pytest.raises(AssertionError, match="something is left"):
        fails_at_each(careless, now)
