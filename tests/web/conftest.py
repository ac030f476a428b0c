"""The pages stand on services and queries that their own tests try on both databases, and every page is opened
on each by `tests/faults/test_fuzz.py` and the journeys: the pass on PostgreSQL leaves this room out."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            item.add_marker("once")
