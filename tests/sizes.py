"""How much of a test of numbers is done: a part in every run, all of it with `TEST_FULL=1`."""

import os
from typing import TypeVar

Size = TypeVar("Size")


def at_full_size(whole: Size, part: Size) -> Size:
    """Races, series and histories: what a part of them shows in seconds, the whole shows in minutes."""
    return whole if os.environ.get("TEST_FULL") else part
