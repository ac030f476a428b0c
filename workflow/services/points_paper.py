"""The ledger of points as a spreadsheet: every movement with the sum and the balance after it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table, Value
from workflow.domain.after.points import Line, PointsEntry
from workflow.domain.words import Words
from workflow.services.points import Seen, Shown

Say = Callable[[Any], str]
HEADS = (
    Words("日期"),
    Words("第几笔"),
    Words("事项"),
    Words("说明"),
    Words("分数"),
    Words("累计"),
    Words("余额"),
    Words("状态"),
)
STATES = {"awaiting": Words("等确认"), "confirmed": Words("已计入"), "rejected": Words("没有确认")}


@dataclass(frozen=True)
class Taken:
    name: str
    data: bytes


def spreadsheet_of(shown: Shown, say: Say) -> Taken:
    """Movements first, in the order in which the balance moved; then what has not moved it."""
    title = say(Words("积分台账"))
    rows = [*_moved(shown, say), *_unmoved(shown, say)]
    data = spreadsheet.write([Table(title, [say(head) for head in HEADS], rows)])
    return Taken(f"{shown.number}-{title}-{shown.today:%Y%m%d}.xlsx", data)


def _moved(shown: Shown, say: Say) -> Iterator[tuple[Value, ...]]:
    seen = {each.entry.no: each for each in shown.entries}
    for line in shown.lines:
        entry = line.entry
        known = seen.get(entry.no) if entry is not None else None
        no = entry.no if entry is not None else None
        yield (line.on, no, say(words_of(shown, line)), _why(known), line.change, line.total, line.balance, "")


def _unmoved(shown: Shown, say: Say) -> Iterator[tuple[Value, ...]]:
    for each in reversed(shown.entries):
        if each.entry.state != "confirmed":
            state = say(STATES[each.entry.state])
            yield (each.entry.on, each.entry.no, say(name_of(shown, each.entry)), _why(each), each.entry.points,
                   None, None, state)  # fmt: skip


def _why(seen: Seen | None) -> str:
    return seen.said.get("entered.reason", "") if seen is not None else ""


def words_of(shown: Shown, line: Line) -> Words:
    """What moved the balance."""
    if line.entry is None:
        return Words("基础分")
    name = name_of(shown, line.entry)
    if line.expired:
        return Words("到期：%(item)s", item=name)
    if line.entry.corrects is not None:
        return Words("更正第 %(no)s 笔：%(item)s", no=line.entry.corrects, item=name)
    return Words("%(item)s", item=name)


def name_of(shown: Shown, entry: PointsEntry) -> Any:
    item = shown.points.items.get(entry.item)
    return item.name if item is not None else Words("%(item)s", item=entry.item)
