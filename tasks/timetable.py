"""What the beat sends, and how often. Intervals only, in UTC: no wall-clock time lives in the broker."""

from typing import Any

from workflow.services.clock import TICK_SECONDS
from workflow.services.studio.background import LOOK_SECONDS

TIMETABLE: dict[str, dict[str, Any]] = {
    "tick": {
        "task": "tasks.clock.tick",
        "schedule": float(TICK_SECONDS),
        "options": {"expires": TICK_SECONDS * 2},
    },
    "trials": {
        "task": "tasks.studio.carry_out",
        "schedule": float(LOOK_SECONDS),
        "options": {"expires": LOOK_SECONDS * 2},
    },
}
