"""Two workers that start on an empty house at the same moment both get on."""

from datetime import datetime

from flask import Flask

from models.base import reading, writing
from models.clock import Heartbeat
from tests.services.test_actions import run_together
from workflow.services import heartbeats


def test_of_two_that_come_first_at_once_neither_fails(database: str, ground: Flask, now: datetime) -> None:
    def beat() -> None:
        with ground.app_context(), writing() as session:
            heartbeats.locked(session, "tried", now).scans += 1

    run_together([beat] * 4)
    with reading() as session:
        assert session.get_one(Heartbeat, "tried").scans == 4
