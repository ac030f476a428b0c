"""Places by code: the file is whole, lists lead down to a place, and an upper choice voids those below it."""

from workflow.domain import regions

TOWN = {"330199": "锦澜区", "330199001": "云溪镇", "330199002": "青石街道", "330199001001": "前村"}


def test_every_division_stands_below_another_and_leads_to_a_county() -> None:
    codes = regions.national()
    assert len([code for code in codes if len(code) == 6]) > 2800
    assert {len(code) for code in codes} == {2, 4, 6}
    parents = {code[:-2] for code in codes} - {""}
    assert parents == {code for code in codes if len(code) < 6}


def test_names() -> None:
    assert regions.name_of("330102") == "浙江省杭州市上城区"
    assert regions.name_of("110101") == "北京市东城区"
    assert regions.name_of("441900") == "广东省东莞市"
    assert regions.name_of("999999") == "999999"
    assert regions.named("昆山市") == regions.named("江苏省苏州市昆山市") == "320583"
    assert regions.named("鼓楼区") is None, "five cities have one"


def test_lists_open_one_below_the_other() -> None:
    assert [step.chosen for step in regions.steps("", "county")] == [""]
    assert [step.chosen for step in regions.steps("3301", "county")] == ["33", "3301", ""]
    assert [step.chosen for step in regions.steps("110101", "county")] == ["11", "110101"], "no list of one"
    assert [step.options for step in regions.steps("", "town", TOWN)] == [
        (("330199001", "云溪镇"), ("330199002", "青石街道"))
    ]
    assert regions.steps("", "town") == ()


def test_a_changed_upper_list_voids_the_lower_ones() -> None:
    assert regions.furthest(["33", "3301", "330102"]) == "330102"
    assert regions.furthest(["32", "3301", "330102"]) == "32"
    assert regions.furthest(["33", ""]) == "33"
    assert regions.furthest([""]) == ""
