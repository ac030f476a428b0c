"""What operators read names every setting there is."""

import re
from pathlib import Path

import pytest

from workflow.config import ROOT

NAMES = re.compile(r'"((?:TALENT|FLASK|DATABASE|CELERY|REDIS|SECRET)_[A-Z_]+)"')


@pytest.mark.once
def test_every_setting_is_in_the_operations_document() -> None:
    read = set(NAMES.findall(Path(ROOT, "workflow", "config.py").read_text("utf-8")))
    told = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", Path(ROOT, "docs", "operations.md").read_text("utf-8")))
    assert {"DATABASE_URL", "TALENT_ENV"} <= read
    assert read - told == set()
