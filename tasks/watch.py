"""Beside the beat, each worker process looks at the clock itself: a dead broker or beat then only makes things late."""

import logging
import os
from datetime import UTC, datetime
from threading import Event, Thread

from celery.signals import worker_init, worker_process_init, worker_shutting_down
from flask import Flask

from models.base import db
from workflow.services import clock
from workflow.services.studio import background

LOOK_SECONDS = 15.0
_log = logging.getLogger(__name__)


class Watch:
    """One thread per process; it never ends on an error, because it is what remains when everything else has failed."""

    def __init__(self, app: Flask, every: float = LOOK_SECONDS) -> None:
        self._app, self._every = app, every
        self._ended = Event()
        self._pid: int | None = None
        self._beside: Thread | None = None

    def start(self) -> None:
        if self._pid != os.getpid():
            self._pid = os.getpid()
            Thread(target=self._run, name="clock watch", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def look(self) -> bool:
        """True if nobody else had looked for a while, so that this process did."""
        now = datetime.now(UTC)
        with self._app.app_context():
            if not clock.is_late(now):
                return False
            clock.tick(now)
        _log.warning("the clock was late: this worker looked by itself")
        return True

    def _run(self) -> None:
        """At once, too: a worker that comes back finds what fell due while it was away."""
        while True:
            try:
                if self.look():
                    self._catch_up()
            except Exception:
                _log.exception("the clock's own look failed")
            if self._ended.wait(self._every):
                return

    def _catch_up(self) -> None:
        """A trial takes longer than the clock can wait: in a thread of its own, one at a time."""
        if self._beside is None or not self._beside.is_alive():
            self._beside = Thread(target=self._try, name="trials", daemon=True)
            self._beside.start()

    def _try(self) -> None:
        with self._app.app_context():
            background.carry_out(datetime.now(UTC))


def stand_beside(app: Flask) -> Watch:
    """Start with every worker process; a forked one first forgets the connections it shares with its parent."""
    watch = Watch(app)

    def begin(**_facts: object) -> None:
        watch.start()

    def begin_forked(**_facts: object) -> None:
        with app.app_context():
            db.engine.dispose(close=False)
        watch.start()

    def end(**_facts: object) -> None:
        watch.stop()

    worker_init.connect(begin, weak=False)
    worker_process_init.connect(begin_forked, weak=False)
    worker_shutting_down.connect(end, weak=False)
    return watch
