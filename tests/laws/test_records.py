"""Every fact that a service tells has its sentence for the auditor, its shape, and its place in the filters."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.evidence import StreamKind
from workflow.domain.actor import Office
from workflow.domain.events import CASE_EVENTS, OF_A_MEETING, OF_THE_ROUND
from workflow.domain.facts import FACTS
from workflow.services import offices
from workflow.web.auditor.sentences import GROUPS, STREAMS

ROOT = Path(__file__).resolve().parents[2]
SHAPES = set(re.findall(r'id="k-(\w+)"', (ROOT / "static" / "sprite.svg").read_text("utf-8")))
KIND = re.compile(r"[a-z]+(?:_[a-z]+)*")
TELLERS = {"tell": 3, "_tell": 3, "Event": 0}
"""Function -> where the kind of the event stands among its arguments."""


def told_in_services() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "workflow" / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                at = TELLERS.get(name)
                if at is not None and len(node.args) > at:
                    for said in ast.walk(node.args[at]):
                        if (
                            isinstance(said, ast.Constant)
                            and isinstance(said.value, str)
                            and KIND.fullmatch(said.value)
                        ):
                            yield said.value, path.name


TOLD_BY_SERVICES = dict(told_in_services())


@pytest.mark.parametrize("kind", sorted(CASE_EVENTS | OF_A_MEETING | OF_THE_ROUND | set(TOLD_BY_SERVICES)))
def test_an_event_has_its_sentence_and_its_shape(kind: str) -> None:
    assert FACTS[kind].words.text
    assert FACTS[kind].kind in SHAPES


def test_the_services_are_really_read() -> None:
    assert {"signed_in", "role_bound", "list_imported", "office_granted", "file_opened"} <= set(TOLD_BY_SERVICES)


def test_no_sentence_is_left_of_what_nobody_tells() -> None:
    assert set(FACTS) - CASE_EVENTS - OF_A_MEETING - OF_THE_ROUND - set(TOLD_BY_SERVICES) == set()


def test_the_filters_name_only_what_can_happen() -> None:
    assert set().union(*(members for _, members in GROUPS.values())) <= set(FACTS)


def test_every_kind_of_chain_and_every_office_has_its_name() -> None:
    assert set(STREAMS) == {kind.value for kind in StreamKind}
    assert set(offices.NAMES) == set(offices.DUTIES) == set(Office)
