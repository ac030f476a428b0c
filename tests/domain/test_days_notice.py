"""The yearly notice of days off: as published and as typed, with every contradiction named."""

from datetime import date

import pytest

from workflow.domain.calendar import official_days
from workflow.domain.days_notice import read

OF_2026 = """关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各有关单位：
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
2025年11月4日
"""


def words(text: str) -> list[str]:
    return [str(reason.words) for reason in read(text).reasons]


def test_a_notice_read_as_published_gives_the_days_that_ship_with_the_product() -> None:
    found = read(OF_2026)
    assert found.reasons == ()
    assert found.basis == "国办发明电〔2025〕7号"
    assert found.days == {day.date: day.works for day in official_days() if day.date.year == 2026}


def test_a_holiday_that_begins_in_the_year_before_and_one_of_a_single_day() -> None:
    found = read(
        "关于2023年部分节假日安排的通知\n元旦：2022年12月31日至2023年1月2日放假调休，共3天。\n清明节：4月5日放假，共1天。"
    )
    assert found.reasons == ()
    assert sorted(found.days) == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2), date(2023, 4, 5)]


def test_lines_typed_by_hand() -> None:
    found = read("2027年1月1日至2027年1月3日 放假\n2027-01-09 班\n# 说明\n2027/02/06 至 2027/02/08 休")
    assert found.reasons == ()
    assert (len(found.days), found.days[date(2027, 1, 9)], found.days[date(2027, 2, 7)]) == (7, True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请至少写一天"),
        ("元旦放假三天", "第 1 行看不懂"),
        ("1月1日至3日放假", "没有写哪一年"),
        ("2027-02-30 班", "没有“2027-02-30”这样的日子"),
        ("2027-03-05至2027-03-01 休", "先后不对"),
        (OF_2026.replace("共9天", "共8天"), "是 9 天，通知里写的是 8 天"),
        (OF_2026.replace("5月9日（周六）", "5月9日（周五）"), "2026-05-09 是周六，通知里写的是周五"),
        ("2027-01-01 休\n2027-01-01 班", "又写放假又写上班"),
    ],
)  # fmt: skip
def test_what_cannot_be_so_is_said_with_its_line(text: str, said: str) -> None:
    assert any(said in each for each in words(text)), words(text)
