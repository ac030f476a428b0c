"""Points from a table: a verdict per row as by hand, each written once, limits counted in the order of the rows."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.services.earning import Earning
from tests.services.sheets import sheet, texts
from workflow.domain.errors import NotFound
from workflow.services import imports, points_people, replay
from workflow.services.imports_points import PointsList

HEADER = ("编号", "姓名", "事项", "日期", "说明", "学时")


@pytest.fixture
def earning(database: str, now: datetime, tmp_path: Path) -> Earning:
    item = "service: {name: 志愿服务, points: 10, from: record, limit: 10/month}"
    course = "course: {name: 网课, points: entry.hours, from: import, limit: 5 points/month, asks: {hours: 学时}}"
    typed = course.replace("hours: 学时", "hours: {name: 学时, type: number}")
    return Earning(now, tmp_path, (item, f"{item}\n    {typed}"))


def kind(earning: Earning, who: str = "desk") -> PointsList:
    (place,) = points_people.places(earning[who])
    return PointsList(place, earning[who])


def test_every_row_has_its_verdict_and_is_written_once(earning: Earning) -> None:
    one, two = earning.worker("one"), earning.worker("two", 2)
    first, second = earning.number(one), earning.number(two)
    data = sheet(
        HEADER,
        (first, "楼工友", "志愿服务", "", "社区义诊", ""),
        (first.lower(), "", "网课", "2026-11-20", "", "4"),
        (first, "", "网课", "2026年11月20日", "", "3"),
        (second, "别人", "志愿服务", "", "", ""),
        (second, "", "志愿服务", "2026-11-01", "", ""),
        (second, "", "网课", "", "", "很多"),
        (second, "", "考勤", "", "", ""),
        ("XX-1", "", "志愿服务", "", "", ""),
        (first, "", "志愿服务", "", "再写一次", ""),
    )
    found = imports.preview(kind(earning), data, earning["desk"], earning.now)
    assert [line.verdict for line in found.lines] == [
        "new", "new", "new", "conflict", "wrong", "wrong", "wrong", "wrong", "conflict",
    ]  # fmt: skip
    errors = texts(imports.error_file(kind(earning), data, earning["desk"], earning.now))
    assert [row[-1] for row in errors[1:4]] == [
        "姓名：姓名和编号对不上", "日期：2026-11-20 才认定，之前的不记分", "学时：请只填数字，例如 12 或 3.5",
    ]  # fmt: skip
    report = imports.run(kind(earning), data, "good_rows_only", earning["desk"], earning.now)
    assert (report.counts["new"], report.written) == (3, True)
    entries = [each.entry for each in earning.shown(one).entries]
    assert [(e.value, e.asked, e.source, e.state) for e in entries] == [
        ("1", "3", "import", "awaiting"), ("4", None, "import", "awaiting"), ("10", None, "import", "awaiting"),
    ]  # fmt: skip
    again = imports.run(kind(earning), data, "good_rows_only", earning["desk"], earning.now)
    assert again.counts.get("new", 0) == 0
    people = points_people.people(kind(earning).place, earning["desk"], earning.now)
    assert [(each.waiting, str(each.balance)) for each in people] == [(3, "0"), (0, "0")]
    assert replay.replay(earning.now)[1] == []


def test_only_who_enters_points_brings_a_table(earning: Earning) -> None:
    earning.worker("one")
    place, table = kind(earning).place, sheet(HEADER, ("x", "", "y", "", "", ""))
    for who in ("auditor", "school", "one"):
        assert points_people.places(earning[who]) == []
        with pytest.raises(NotFound):
            imports.preview(PointsList(place, earning[who]), table, earning[who], earning.now)
