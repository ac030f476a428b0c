import pytest

from models.names import organization_tokens, person_tokens, sort_key


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("王小明", {"王小明", "小明", "明", "wangxiaoming", "xiaoming", "wxm"}),
        ("曾国藩", {"zengguofan", "zgf"}),
        ("单雄信", {"shanxiongxin", "danxiongxin", "sxx", "dxx"}),
        ("欧阳修", {"ouyangxiu", "oyx"}),
        ("买买提·艾力", {"艾力", "aili"}),
        ("John Smith", {"johnsmith", "smith"}),
    ],
)
def test_person_is_found_by_parts_of_the_name(name: str, found_by: set[str]) -> None:
    assert found_by <= person_tokens(name)


def test_surname_is_sorted_by_its_own_reading() -> None:
    assert sorted(["张三", "曾华", "安然", "任静"], key=sort_key) == ["安然", "任静", "曾华", "张三"]


def test_organization_is_found_by_name_pinyin_and_code() -> None:
    tokens = organization_tokens("锦绣服装公司", "91110000600037341L")
    assert {"服装公司", "jinxiufuzhuanggongsi", "fzgs", "91110000600037341l"} <= tokens
