"""`clock run` is one scan; `clock status` says how it stands, for people and for whoever watches the machine."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask

from workflow.app import create_app
from workflow.config import Settings
from workflow.services import clock

pytestmark = pytest.mark.once


def run(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["clock", *arguments])


def test_a_run_is_a_scan_and_status_says_when(app: Flask, now: datetime) -> None:
    assert run(app, "status").exit_code == 1, "it has never looked"
    assert run(app, "run").exit_code == 0
    told = run(app, "status", "--json")
    assert told.exit_code == 0
    assert json.loads(told.output) | {"scanned_at": None} == {
        "scanned_at": None, "late": False, "waiting": 0, "oldest": None, "sent_today": 0, "failed": 0,
    }  # fmt: skip
    assert "sent_today" in run(app, "status").output


def test_another_moment_is_pretended_where_nothing_real_is_sent(app: Flask, settings: Settings, now: datetime) -> None:
    assert run(app, "run", "--at", (now + timedelta(days=3)).isoformat()).exit_code == 0
    scanned = clock.last_scan()
    assert scanned is not None
    assert timedelta(0) <= scanned - now - timedelta(days=3) < timedelta(minutes=5)
    assert "moment" in run(app, "run", "--at", "tomorrow").output
    assert "offset" in run(app, "run", "--at", "2026-11-20T10:00").output
    real = create_app(
        replace(
            settings, production=True, demo=False, base_url="https://talent.example.cn",
            **{name: f"{name} of forty different characters, 0123456789" for name in
               ("session_key", "field_key", "index_key", "audit_key")},
        )
    )  # fmt: skip
    assert "In production" in run(real, "run", "--at", now.isoformat()).output
    create_app(settings)  # channels and keys are the process's own
