"""`secrets` and `backup`: for a place that runs the house by units of its own instead of `up`."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from workflow.config import BadSettings, from_environment, make_secrets
from workflow.upkeep import CannotBackUp, back_up

COMMANDS = frozenset({"secrets", "backup"})
FOLDERS = ("run", "tmp", "queue/in", "queue/done", "queue/control", "files", "backups")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(f"manage.py {arguments[0]}", description=_WHAT[arguments[0]])
    if arguments[0] == "backup":
        parser.add_argument("--to", type=Path, metavar="DIR", help="where to; DATA/backups unless said")
    wishes = parser.parse_args(arguments[1:])
    os.umask(0o077)
    try:
        return _copy(wishes.to) if arguments[0] == "backup" else _lay_out()
    except (BadSettings, CannotBackUp, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


_WHAT = {
    "secrets": "Make the data folder and whatever secret is missing in it; what is there stays.",
    "backup": "One whole and checked copy of the database, while everything runs. Files and secrets are copied apart.",
}


def _lay_out() -> int:
    data = Path(os.environ.get("TALENT_DATA") or Path(__file__).resolve().parent.parent / "data").resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (data / name).mkdir(parents=True, exist_ok=True)
    made = make_secrets(data)
    sys.stdout.write(f"{data / 'secrets'}: {', '.join(made) + ' made' if made else 'all there, nothing was made'}\n")
    return 0


def _copy(folder: Path | None) -> int:
    settings = from_environment()
    engine = create_engine(settings.database_url)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    sys.stdout.write(f"{back_up(engine, folder or settings.data_dir / 'backups', name)}\n")
    engine.dispose()
    return 0
