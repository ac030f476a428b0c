"""A failed test gets one second try, alone, and is named for it; nothing that fails twice passes."""

from pathlib import Path

import pytest

from tests import run

pytestmark = pytest.mark.once
SUITE = """
from pathlib import Path

def test_steady():
    pass

def test_of_a_busy_machine():
    seen = Path(__file__).with_suffix(".seen")
    first = not seen.exists()
    seen.touch()
    assert not first

def test_of_a_fault():
    assert {good}
"""


@pytest.mark.parametrize("good", [True, False])
def test_a_second_try_is_named_and_forgives_no_fault(
    good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "test_small.py"
    suite.write_text(SUITE.format(good=good), "utf-8")
    steps = [run.pytest(tmp_path, "small", ["-c", "/dev/null", "--rootdir", str(tmp_path), str(suite)])]
    monkeypatch.setattr(run, "plan", lambda folder: [steps])
    monkeypatch.delenv("REQUIRE_ALL", raising=False)
    assert run.main([]) == (0 if good else 1)
    said = capsys.readouterr().out
    assert ("UNSTEADY, passed only when run once more: test_small::test_of_a_busy_machine" in said) is good
    assert ("3 passed, 0 failed" if good else "1 passed, 2 failed") in said
