import gc
from collections.abc import Iterator
from io import StringIO

import pytest
from flask import Flask

from tests.listening import listening
from workflow import storage
from workflow.config import Settings
from workflow.storage.local import LocalFolder


@pytest.fixture
def town_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application with its files in its own data folder, wherever an earlier test had left them.

    Thousands of requests in one process: looking for garbage more seldom saves a twentieth of the processor's time.
    """
    storage.configure(LocalFolder(settings.uploads_dir))
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    yield app
    gc.set_threshold(*usual)


@pytest.fixture
def logged(town_app: Flask) -> Iterator[StringIO]:
    with listening() as written:
        yield written
