"""The clock at the terminal: one look, or looks until it is told to stop; and how it stands."""

import json
import time
from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from workflow.domain.actor import Actor, Office
from workflow.services import clock as service
from workflow.services import health
from workflow.services.studio import background

_OF_THE_HOUSE = Actor("system", offices=frozenset({Office.PROGRAMS}))  # whoever can run this owns the machine


@click.group()
def clock() -> None:
    """Reminders, deliveries and whatever time itself does."""


@clock.command()
@click.option("--every", type=float, help="Look again after so many seconds, until stopped; else once.")
@click.option("--at", "pretended", help="Look as if it were this moment, such as 2026-11-20T02:00+00:00.")
@with_appcontext
def run(every: float | None, pretended: str | None) -> None:
    """What the worker's tasks do: tell what is due, send what is owed, run the trials that wait."""
    ahead = _ahead(pretended)
    while True:
        service.tick(datetime.now(UTC) + ahead)
        while background.carry_out(datetime.now(UTC) + ahead):
            pass
        if every is None:
            return
        time.sleep(every)


def _ahead(pretended: str | None) -> timedelta:
    if pretended is None:
        return timedelta(0)
    try:
        moment = datetime.fromisoformat(pretended)
    except ValueError:
        raise click.BadParameter(f"{pretended} is no moment.") from None
    if moment.tzinfo is None:
        raise click.BadParameter("A moment needs its offset, such as +08:00.")
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("In production the clock is not pretended: what it sends cannot be taken back.")
    return moment - datetime.now(UTC)


@clock.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for whoever watches the machine.")
@with_appcontext
def status(as_json: bool) -> None:
    """When it last looked, what waits, what failed. Exit 1 when it stands still or something failed."""
    now = datetime.now(UTC)
    seen = health.health(_OF_THE_HOUSE, now)
    facts = {
        "scanned_at": seen.scanned_at.isoformat() if seen.scanned_at else None,
        "late": service.is_late(now),
        "waiting": seen.waiting,
        "oldest": seen.oldest.isoformat() if seen.oldest else None,
        "sent_today": seen.sent_today,
        "failed": len(seen.failed),
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo("\n".join(f"{name:<12}{value}" for name, value in facts.items()))
    if facts["late"] or seen.failed:
        click.get_current_context().exit(1)
