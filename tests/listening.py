"""What the application really writes into its log, after its own processors, down to DEBUG."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from workflow import logs


@contextmanager
def listening() -> Iterator[StringIO]:
    root = logging.getLogger()
    before = root.level
    logs.start_logging("DEBUG")
    handler = next(one for one in root.handlers if one.get_name() == "talent")
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    kept = handler.setStream(written)
    try:
        yield written
    finally:
        handler.setStream(kept)
        root.setLevel(before)
