"""Deliverers at a command: the application is loaded once, and each line of standard input forks one `clock run`.

`start MOMENT` keeps looking until it is killed, `once MOMENT` looks once; the answer is the number of the process.
"""

import os
import sys

from models.base import db
from workflow.app import create_app
from workflow.cli_clock import clock

app = create_app()


def forked(arguments: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    with app.app_context():
        db.engine.dispose(close=False)
        try:
            clock.main(["run", *arguments], standalone_mode=False)
        finally:
            os._exit(0)


def main() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        how, moment = line.split()
        pid = forked(["--at", moment, *(["--every", "0.1"] if how == "start" else [])])
        if how == "once":
            os.waitpid(pid, 0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
