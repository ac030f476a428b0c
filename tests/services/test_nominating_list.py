"""The nominator's desk: its own list in its own order, handed in with the sealed page; many from a spreadsheet."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from tests import applying
from tests.services.yongning import JUNCAI, PERSON, Yongning
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady
from workflow.services import imports, nominating_list, reading, submissions
from workflow.services.imports_nominations import Nominations
from workflow.services.nominating_list import NominatorsDesk, Where


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Yongning:
    made = Yongning(now, tmp_path / "files")
    made.admit("peers", "works", "rival")
    return made


def where(here: Yongning, unit: str = "works", channel: str = "peers") -> Where:
    return Where(here.rounds[JUNCAI], channel, here.unit_refs[unit])


def desk(here: Yongning, who: str = "boss") -> NominatorsDesk:
    return nominating_list.desk(here[who], here.now, where(here))


def order(here: Yongning) -> list[str]:
    return [one.ref for one in desk(here).people]


def seal() -> BytesIO:
    return BytesIO(applying.picture())


# -- the list ----------------------------------------------------------------------------------------------------------
def test_the_nominator_orders_its_people_until_it_hands_the_list_in(here: Yongning) -> None:
    first, second, third = (here.nominated("peers") for _ in range(3))
    assert order(here) == [first, second, third]
    seen = nominating_list.move(here["boss"], here.now, where(here), third, -1, 0)
    assert order(here) == [first, third, second]
    with pytest.raises(MovedOn):
        nominating_list.move(here["boss"], here.now, where(here), third, -1, 0)
    nominating_list.order(here["boss"], here.now, where(here), [second, first], seen)
    assert order(here) == [second, first, third]
    with pytest.raises(NotReady) as early:
        here.act(second, "pass", "secretary")
    assert "还没有提交排序名单" in str(early.value.reasons[0].words) or len(early.value.reasons) > 1
    nominating_list.hand_in(here["boss"], here.now, where(here), desk(here).version, "盖章页.png", seal())
    assert desk(here).listed_at == here.now
    with pytest.raises(NotAllowed):
        nominating_list.move(here["boss"], here.now, where(here), third, -1, desk(here).version)
    with pytest.raises(NotAllowed) as late:
        here.drafted("peers")
    assert "名单已经提交" in str(late.value.words)
    assert reading.sheet(first, here["secretary"], here.now).ranked == (2, 3)
    assert nominating_list.seal(here["boss"], where(here)).name == "盖章页.png"


def test_a_list_waits_for_everybody_on_it_and_for_the_seal(here: Yongning) -> None:
    here.nominated("peers")
    waiting = here.drafted("peers")
    with pytest.raises(NotReady) as refused:
        nominating_list.hand_in(here["boss"], here.now, where(here), 0, "盖章页.png", seal())
    assert "还有 1 人" in str(refused.value.reasons[0].words)
    submissions.submit(waiting, here["boss"], here.now)
    here.confirm()
    with pytest.raises(InvalidInput):
        nominating_list.hand_in(here["boss"], here.now, where(here), 0, "盖章页.png", BytesIO(b"no picture"))
    nominating_list.hand_in(here["boss"], here.now, where(here), 0, "盖章页.png", seal())
    nominating_list.reopen(here["manager"], here.now, where(here), "少排了一个人")
    assert desk(here).is_open
    here.drafted("peers")


def test_nobody_else_sees_or_moves_the_list(here: Yongning) -> None:
    ref = here.nominated("peers")
    for who in ("rival_boss", "secretary", "supervisor", "manager", "panelist"):
        with pytest.raises(NotFound):
            nominating_list.desk(here[who], here.now, where(here))
        with pytest.raises(NotFound):
            nominating_list.move(here[who], here.now, where(here), ref, 1, 0)
    with pytest.raises(NotFound):
        nominating_list.move(here["rival_boss"], here.now, where(here, "rival"), ref, 1, 0)


# -- from a spreadsheet ------------------------------------------------------------------------------------------------
HEAD = [
    "姓名",
    "证件类型",
    "证件号码",
    "性别",
    "手机号",
    "用人单位",
    "推荐协会或主管局",
    "在本区工作或经营月数",
    "类别",
]


def sheet(*rows: list[str]) -> bytes:
    return spreadsheet.write([Table("提名", HEAD, rows)])


def row(serial: int, name: str, track: str = "支柱产业", months: str = "36") -> list[str]:
    number, mobile = applying.id_number(serial), f"1380572{serial:04d}"
    return [name, "居民身份证", number, "男", mobile, PERSON["employer"], "区模具行业协会", months, track]


def test_each_row_gets_a_verdict_and_each_good_one_a_draft_of_its_own(here: Yongning) -> None:
    kind = Nominations(here["boss"], where(here))
    data = sheet(
        row(1, "柳青"), row(2, "白露", track="木工"), row(1, "柳青"), row(3, "江雪", months="三年"), row(4, "梅林")
    )
    found = imports.preview(kind, data, here["boss"], here.now)
    assert [line.verdict for line in found.lines] == ["new", "wrong", "conflict", "wrong", "new"]
    assert {reason.where for reason in found.lines[3].reasons} == {"local_months"}
    assert found.lines[0].shown[2] != applying.id_number(1)
    assert len(spreadsheet.read(imports.error_file(kind, data, here["boss"], here.now))) == 4
    report = imports.run(kind, data, "good_rows_only", here["boss"], here.now)
    assert (report.written, report.counts["new"]) == (True, 2)
    assert [one.name for one in desk(here).people] == ["柳青", "梅林"]
    again = imports.preview(kind, sheet(row(4, "梅林")), here["boss"], here.now)
    assert [line.verdict for line in again.lines] == ["same"]


def test_only_the_nominator_brings_a_list(here: Yongning) -> None:
    for who in ("rival_boss", "secretary", "manager"):
        with pytest.raises(NotFound):
            Nominations(here[who], where(here))
