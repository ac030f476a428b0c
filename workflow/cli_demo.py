"""The demonstration at the terminal: fill an empty house, or empty the town and make it anew."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from workflow.config import ROOT, Settings
from workflow.domain.errors import Refusal
from workflow.services import clock, passwords
from workflow.services.demo import emptying, filling

_STEP_AT_MOST = timedelta(minutes=3)
_PROGRAM = ROOT / "programs" / "fashion_engineer.yaml"


@click.group()
def demo() -> None:
    """A made-up town to look around in. Never in production."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This house is no demonstration (TALENT_DEMO=0, --no-demo or production).")


@demo.command()
@with_appcontext
def fill() -> None:
    """Fill an empty house through its own services, or go on where that was stopped. `up` does this by itself."""
    os.nice(10)  # whoever looks around meanwhile comes first
    passwords.configure(passwords.CHEAP)
    began = time.monotonic()
    with _clock_at_rest() as rest:
        for stands in filling.fill(_PROGRAM.read_text("utf-8"), datetime.now(UTC)):
            rest()
            doing = stands.doing.text if stands.doing else "complete"
            click.echo(f"demo {stands.done}/{stands.steps} {doing} ({time.monotonic() - began:.0f} s)", err=True)


@contextmanager
def _clock_at_rest() -> Iterator[Callable[[], None]]:
    """What is played happened weeks ago; a scan in between would find it all overdue."""

    def rest() -> None:
        clock.rest(datetime.now(UTC), datetime.now(UTC) + _STEP_AT_MOST)

    rest()
    try:
        yield rest
    finally:
        clock.rest(datetime.now(UTC), datetime.now(UTC))


@demo.command()
@click.pass_context
@with_appcontext
def reset(context: click.Context) -> None:
    """Empty the demonstration and make it anew. Whoever is signed in is signed out."""
    settings: Settings = current_app.extensions["settings"]
    try:
        emptying.empty()
    except Refusal as refusal:
        raise click.ClickException(refusal.words.text) from refusal
    shutil.rmtree(settings.uploads_dir, ignore_errors=True)
    (settings.data_dir / "anchors.jsonl").unlink(missing_ok=True)
    context.invoke(fill)
