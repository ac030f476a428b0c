"""Every kind of event has its shape and its sentence."""

import re
from pathlib import Path

import pytest

from workflow.domain.events import CASE_EVENTS, OF_A_MEETING, OF_THE_ROUND
from workflow.web.facts import FACTS

SPRITE = Path(__file__).resolve().parents[2] / "static" / "sprite.svg"
SHAPES = set(re.findall(r'id="k-(\w+)"', SPRITE.read_text("utf-8")))


@pytest.mark.parametrize("kind", sorted(CASE_EVENTS | OF_A_MEETING | OF_THE_ROUND))
def test_an_event_can_be_told_to_people(kind: str) -> None:
    assert FACTS[kind].kind in SHAPES


def test_nothing_is_told_that_cannot_happen() -> None:
    assert set(FACTS) == CASE_EVENTS | OF_A_MEETING | OF_THE_ROUND
