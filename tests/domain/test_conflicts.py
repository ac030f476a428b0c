"""Who is too near to a case to judge it."""

import pytest

from tests.domain.cases import book, book_of
from tests.domain.test_collective import PROGRAM
from workflow.domain.conflicts import Nearness, Official, grounds

CASE = Nearness(person_id=500, nominator_id=8, fields={"employer": 7, "trainer": 9}, email="ye@lanbu.com")


@pytest.mark.parametrize(
    ("official", "expected"),
    [
        (Official(1, "陈芸"), ()),
        (Official(1, "叶梓桐", person_id=500), ("oneself",)),
        (Official(1, "甲", organizations=frozenset({7, 1})), ("employer",)),
        (Official(1, "甲", organizations=frozenset({8})), ("nominator",)),
        (Official(1, "甲", organizations=frozenset({9})), ("same:trainer",)),
        (Official(1, "甲", email="wang@LANBU.com"), ("mail",)),
        (Official(1, "甲", person_id=500, organizations=frozenset({7, 9})), ("oneself", "employer", "same:trainer")),
        (Official(1, "甲", organizations=frozenset({55}), email="a@other.com"), ()),
    ],
)
def test_grounds_name_each_nearness(official: Official, expected: tuple[str, ...]) -> None:
    assert grounds(book().definition, CASE, official) == expected


def test_public_mail_hosts_say_nothing() -> None:
    near = Nearness(email="a@qq.com")
    assert grounds(book().definition, near, Official(1, "甲", email="b@qq.com")) == ()


def test_declared_relation_is_matched_by_name() -> None:
    definition = book("yongning_juncai").definition
    near = Nearness(values={"relation": [{"name": " 王敏 ", "kind": "师生"}]})
    assert grounds(definition, near, Official(1, "王敏")) == ("declared",)
    assert grounds(definition, near, Official(2, "王敏之")) == ()


def test_objected_official_is_out() -> None:
    near = Nearness(objected=frozenset({4}))
    assert grounds(book_of(PROGRAM).definition, near, Official(4, "甲")) == ("objected",)
