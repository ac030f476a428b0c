"""Every event of a case is told in one sentence, filled from its own facts."""

import pytest

from tests.domain.cases import book
from workflow.domain.events import CASE_EVENTS
from workflow.domain.facts import OF_A_CASE
from workflow.domain.sentences import name_of_place, sentence

DEFINITION = book().definition


def test_every_event_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert set(OF_A_CASE) == CASE_EVENTS


def test_a_total_may_be_told_as_a_meeting_read_it_out() -> None:
    assert "%(" not in str(sentence(DEFINITION, "meeting_decided", {"total": "90.41"}, "meeting", {})[1])


@pytest.mark.parametrize("kind", sorted(CASE_EVENTS))
def test_a_sentence_is_whole_even_where_the_event_says_little(kind: str) -> None:
    shape, words = sentence(DEFINITION, kind, {}, "formal", {})
    assert shape
    assert "%(" not in str(words)


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("passed", {}, "形式审查：受理"),
        ("returned", {"flags": ["years", "portfolio"]}, "形式审查：一次性退回补正，列出 2 处"),
        ("proposed", {"what": "refuse"}, "拟办：不予受理，等同事复核"),
        ("item_judged", {"key": "training_cert", "verdict": "flag"}, "看过“培训结业证书”：要补正"),
        ("rule_judged", {"key": "E1", "verdict": "fails"}, "判断条件 E1：不符合"),
        ("handed_over", {"to": 7}, "转交给温以宁"),
        ("reopened", {"stage": "eligibility"}, "重办“资格审查”"),
        ("appeal_settled", {"conclusion": "upheld"}, "复核办结：申诉成立，退回重办"),
        ("scored", {"stage": "expert", "total": 9041}, "专家盲评收分，总分 90.41"),
    ],
)
def test_the_programs_own_words_are_used(kind: str, body: dict[str, object], told: str) -> None:
    assert str(sentence(DEFINITION, kind, body, "formal", {7: "温以宁"})[1]) == told


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("years", "本工种从业年限"),
        ("results.2.proof", "近3年主要业绩，第 2 行，证明附件"),
        ("results.2", "近3年主要业绩，第 2 行"),
        ("gone", "gone"),
    ],
)
def test_a_place_in_the_form_has_a_name(path: str, name: str) -> None:
    assert str(name_of_place(DEFINITION, path)) == name
