"""Who is too near to a case to judge it."""

import pytest

from tests.domain.cases import book
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
    """Who acts by office is not chosen by the applicant: only those who judge."""
    near = Nearness(objected=frozenset({"甲"}))
    definition = book().definition
    assert grounds(definition, near, Official(4, "甲", roles=frozenset({"expert"}))) == ("objected",)
    assert grounds(definition, near, Official(4, "甲", roles=frozenset({"manager"}))) == ()
    assert grounds(definition, near, Official(5, "乙", roles=frozenset({"expert"}))) == ()


def test_a_table_of_relations_counts_where_the_program_says_kin() -> None:
    definition = book("yongning_juncai").definition
    without = definition.fairness.conflicts.model_copy(update={"kin": False})
    changed = definition.model_copy(update={"fairness": definition.fairness.model_copy(update={"conflicts": without})})
    near = Nearness(values={"relation": [{"name": "王敏", "kind": "师生"}]})
    assert grounds(changed, near, Official(1, "王敏")) == ()
