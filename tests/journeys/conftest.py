from collections.abc import Iterator
from io import StringIO

import pytest
from flask import Flask

from tests.listening import listening
from workflow import storage
from workflow.config import Settings
from workflow.storage.local import LocalFolder


@pytest.fixture
def town_app(app: Flask, settings: Settings) -> Flask:
    """The application with its files in its own data folder, wherever an earlier test had left them."""
    storage.configure(LocalFolder(settings.uploads_dir))
    return app


@pytest.fixture
def logged(town_app: Flask) -> Iterator[StringIO]:
    with listening() as written:
        yield written
