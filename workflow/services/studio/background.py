"""What the studio does beside the requests: whichever trial is due is run to its end."""

import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from models.studio import TrialKind
from workflow.domain.dryrun import CalledOff
from workflow.services.studio import supposing, trials, trying
from workflow.services.studio.trials import Taken

LOOK_SECONDS = 3
_SELDOM = 100_000
_RUN: Mapping[str, Callable[[Taken], None]] = {TrialKind.PLAY: trying.run, TrialKind.WHAT_IF: supposing.run}
_log = logging.getLogger(__name__)


def carry_out(now: datetime) -> int:
    """How many trials came to their end, a good one or not: one at most. It may be repeated, doubled or lost."""
    started = time.monotonic()
    taken = trials.take(lambda: now + timedelta(seconds=time.monotonic() - started))
    if taken is None:
        return 0
    try:
        with _spared():
            _RUN[taken.kind](taken)
    except CalledOff:
        return 0
    except Exception:
        _log.exception("trial %s broke", taken.id)
        taken.failed()
    return 1


@contextmanager
def _spared() -> Iterator[None]:
    """A trial makes millions of values that end by themselves. The collector, which they wake again and again, need not
    walk all of the house each time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
