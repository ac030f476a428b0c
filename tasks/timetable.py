"""What the beat sends, and how often. Intervals only, in UTC: no wall-clock time lives in the broker."""

from typing import Any

from workflow.services.clock import TICK_SECONDS

TIMETABLE: dict[str, dict[str, Any]] = {
    "tick": {
        "task": "tasks.clock.tick",
        "schedule": float(TICK_SECONDS),
        "options": {"expires": TICK_SECONDS * 2},
    },
}
