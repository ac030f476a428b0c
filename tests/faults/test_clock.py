"""Real deliverers, really killed: nothing is lost or told twice, and what nobody looked at is caught up once."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import func, select

from models.accounts import Account
from models.base import reading, writing
from models.clock import Heartbeat
from models.deliveries import Delivery
from models.messages import Message
from models.roles import RoleBinding
from tasks.watch import LOOK_SECONDS
from tests import keys
from tests.faults.processes import Started, environment, python, until
from tests.services.houses import PASSWORD
from tests.services.plots import Plot
from tests.services.posts import arrived, at
from tests.web.front import csrf
from tests.web.town import give_passwords
from workflow.app import create_app
from workflow.config import Settings
from workflow.services import clock, outbox, reminders

pytestmark = pytest.mark.faults
CASES, TOLD, CODES, KILLS = 100, 5, 60, 20
SEED = 20261127


@pytest.fixture(autouse=True)
def _keys() -> None:
    keys.hand_in()


def house(url: str, folder: Path, **more: str) -> dict[str, str]:
    return environment(
        TALENT_DATA=str(folder), DATABASE_URL=url, SECRET_KEY="session key of the tests", TALENT_FIELD_KEY=keys.FIELD,
        TALENT_INDEX_KEY=keys.INDEX, TALENT_AUDIT_KEY=keys.AUDIT, TALENT_LOG_LEVEL="WARNING", **more,
    )  # fmt: skip


class Deliverers:
    """Processes that run `clock run`, made by one that has loaded the application already."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder, self.alive = folder, list[int]()
        self._log = (folder / "deliverers.log").open("wb")
        self._maker = subprocess.Popen(
            python("-m", "tests.faults.deliverers"), env=house(url, folder), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log, text=True, bufsize=1,
        )  # fmt: skip
        assert self._out.readline() == "ready\n", (folder / "deliverers.log").read_text()

    @property
    def _out(self) -> IO[str]:
        assert self._maker.stdout
        return self._maker.stdout

    def _ask(self, line: str) -> int:
        assert self._maker.stdin
        self._maker.stdin.write(line + "\n")
        return int(self._out.readline())

    def start(self, moment: datetime) -> None:
        self.alive.append(self._ask(f"start {moment.astimezone(UTC).isoformat()}"))

    def once(self, moment: datetime) -> None:
        self._ask(f"once {moment.astimezone(UTC).isoformat()}")

    def kill(self, number: int) -> None:
        os.kill(self.alive.pop(number), signal.SIGKILL)

    def end(self) -> None:
        while self.alive:
            self.kill(0)
        self._maker.kill()
        self._maker.wait()
        self._log.close()


@pytest.fixture
def deliverers(database: str, tmp_path: Path) -> Iterator[Deliverers]:
    made = Deliverers(database, tmp_path)
    yield made
    made.end()


def colleagues(plot: Plot) -> None:
    """As many people who hold the first stage as hear of each case, all of them with an address."""
    with writing() as session:
        first = session.scalars(select(RoleBinding).where(RoleBinding.role_key == "employer_admin")).one()
        for number in range(1, TOLD):
            made = Account(
                ref=f"c{number}", login=f"colleague{number}", name="同事", state="active", password_hash="x",
                settings={}, created_at=plot.now,
            )  # fmt: skip
            session.add(made)
            session.flush()
            session.add(
                RoleBinding(
                    ref=f"b{number}", identity=f"{made.id}:employer_admin", account_id=made.id,
                    role_key="employer_admin", program_id=first.program_id, round_id=first.round_id,
                    organization_id=first.organization_id, starts_at=first.starts_at,
                )
            )  # fmt: skip
        session.flush()
        holders = select(RoleBinding.account_id).where(RoleBinding.role_key == "employer_admin")
        for account in session.scalars(select(Account).where(Account.id.in_(holders))):
            account.email = f"a{account.id}@example.gov.cn"


def count(*where: object) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Delivery).where(*where)) or 0


def told(kind: str) -> Counter[tuple[int | None, int | None]]:
    with reading() as session:
        rows = session.execute(select(Message.work_item_id, Message.recipient_id).where(Message.kind == kind))
        return Counter((item, account) for item, account in rows)


def test_twenty_kills_lose_nothing_and_repeat_nothing_in_the_inbox(
    deliverers: Deliverers, now: datetime, tmp_path: Path
) -> None:
    plot, last_day, chance = Plot(now), at(25), random.Random(SEED)
    colleagues(plot)
    plot.plant(CASES)  # each is due at its employer's on the 25th
    with writing() as session:
        for number in range(CODES):
            outbox.post(session, "reset_code", now, address=f"code{number}@example.com", secret="482913")
    for _ in range(4):
        deliverers.start(last_day)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.03, 0.25))
        deliverers.kill(chance.randrange(len(deliverers.alive)))
        deliverers.start(last_day)
    until(lambda: count() == TOLD + CODES and not count(Delivery.state == "waiting"), 90)
    later = last_day + timedelta(minutes=10)  # what the killed ones held comes back
    until(lambda: deliverers.once(later) or not count(Delivery.state != "sent"), 60)

    nudges = told("due_today")
    assert len(nudges) == CASES * TOLD
    assert set(nudges.values()) == {1}
    mails = arrived(tmp_path / "caught")
    keys_sent = Counter(mail["key"] for mail in mails)
    assert len(keys_sent) == TOLD + CODES, "each envelope arrived"
    assert len(mails) - len(keys_sent) <= KILLS, "at most one repeat per kill, under the same key"
    assert max(keys_sent.values()) <= 1 + KILLS
    digests = {mail["key"]: mail["text"] for mail in mails if not mail["to"].startswith("code")}
    assert len(digests) == TOLD, "one digest each"
    lines = [sum(line[:1].isdigit() for line in text.splitlines()) for text in digests.values()]
    assert lines == [CASES] * TOLD


def test_three_days_without_a_worker_are_caught_up_once(deliverers: Deliverers, now: datetime, tmp_path: Path) -> None:
    plot = Plot(now)
    colleagues(plot)
    plot.plant(10)
    deliverers.once(at(23))
    deliverers.start(at(23, 9, 1))
    deliverers.kill(0)
    for _ in range(2):
        deliverers.once(at(26))  # the last day, the 25th, fell into the time of nobody
    assert set(told("due_soon").values()) == set(told("overdue").values()) == {1}
    assert not told("due_today")
    mine = [mail for mail in arrived(tmp_path / "caught") if "逾期" in mail["text"]]
    assert len(mine) == len({mail["to"] for mail in mine}) == TOLD, "one digest each, and no storm"
    assert {sum(line[:1].isdigit() for line in mail["text"].splitlines()) for mail in mine} == {10}


def test_without_beat_and_broker_reminders_go_out_and_requests_go_on(
    database: str, settings: Settings, tmp_path: Path
) -> None:
    """A worker whose broker is gone, no beat, and a last look a minute ago: within its own look everything is out."""
    assert clock.LATE_AFTER + timedelta(seconds=LOOK_SECONDS) < timedelta(seconds=90)
    began = datetime.now(UTC)
    plot = Plot(began - timedelta(days=12))
    plot.plant(3)
    with writing() as session:
        session.add(Heartbeat(name="scan", scanned_at=began - clock.LATE_AFTER - timedelta(seconds=1), scans=1))
        outbox.post(session, "reset_code", began, address="code@example.com", secret="482913")
    nobody = "redis://127.0.0.1:1/0"
    worker = Started(
        python("-m", "celery", "--app", "wsgi:celery", "--quiet", "worker", "--pool", "threads", "--concurrency", "1",
               "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
        tmp_path, house(database, tmp_path, CELERY_BROKER_URL=nobody),
    )  # fmt: skip
    try:
        give_passwords()
        browser = create_app(replace(settings, broker_url=nobody)).test_client()
        token = csrf(browser, "/login")
        typed = {"csrf_token": token, "login": "employer", "password": PASSWORD}
        assert browser.post("/login", data=typed).status_code == 303
        assert browser.get("/inbox").status_code == 200
        until(lambda: arrived(tmp_path / "caught") and told("overdue"), 90)
    finally:
        worker.clean()
    assert not reminders.is_behind(began)
