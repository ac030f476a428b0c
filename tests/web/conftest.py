"""What several rooms' pages are looked at with."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.stories import Story


@pytest.fixture
def story(app: Flask, now: datetime, tmp_path: Path) -> Story:
    with app.app_context():
        return Story(now, tmp_path)
