"""The board in words: why a case stands where it stands, what the room comes to, a bar of votes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.domain.ballots import Tally
from workflow.domain.program.schema import VoteStage
from workflow.domain.words import Words
from workflow.services.meetings_board import Board, BoardLine
from workflow.web import page

RESULTS: Mapping[str, tuple[str, Words]] = {
    "passed": ("done", Words("通过")),
    "alternate": ("todo", Words("候补")),
    "refused": ("no", Words("不通过")),
    "deferred": ("hold", Words("暂缓")),
}
_BY: Mapping[str, Words] = {
    "first_criterion": Words("同分，按首项指标排"),
    "vote": Words("同分，按票数排"),
    "settled": Words("同分，会上定的先后"),
    "tie": Words("同分，先后还没有定"),
}
_RULES = {"2/3": Words("三分之二"), "1/2": Words("半数")}


@dataclass(frozen=True)
class Square:
    """One vote in the bar: in favor full, against dark, abstained hollow."""

    x: str
    kind: str


@dataclass(frozen=True)
class Row:
    line: BoardLine
    cut: Words | None  # drawn above this row
    why: Words | None  # of its place among equals
    how: Words | None  # what took it in or kept it out
    kind: str
    result: Words
    bar: tuple[Square, ...]


def rows(board: Board) -> list[Row]:
    found, above = [], True
    for line in board.lines:
        inside = line.placing.result == "passed"
        cut = _cut(board) if above and not inside and not _stands_out(line) and board.places.total is not None else None
        above = above and cut is None
        kind, result = result_of(board, line)
        found.append(Row(line, cut, _why(line), _how(board, line), kind, result, tuple(bar(line))))
    return found


def _stands_out(line: BoardLine) -> bool:
    """Out for a reason of its own: the line is not drawn above it."""
    return line.placing.how in ("votes", "taken_out")


def _cut(board: Board) -> Words:
    if board.places.alternates:
        return Words("名额线 %(n)s 名。以下为候补，递补须重新公示", n=board.places.total)
    return Words("名额线 %(n)s 名", n=board.places.total)


def result_of(board: Board, line: BoardLine) -> tuple[str, Words]:
    placing, voted = line.placing, line.count.tally is not None
    kind, words = RESULTS[placing.result]
    if placing.result == "alternate":
        return kind, Words("候补 %(n)s", n=placing.alternate)
    if placing.result == "passed" and not voted and board.is_open:
        return "now", Words("待票决")
    if placing.how in ("full", "capped"):
        return ("todo" if board.is_open else "no"), Words("线外")
    if placing.grade is not None:
        return kind, Words("通过，%(grade)s", grade=placing.grade)
    return kind, words


def _why(line: BoardLine) -> Words | None:
    if line.tied:
        return _BY["tie"]
    if line.placing.by == "tie":
        return Words("同分，同名次")
    return _BY.get(line.placing.by)


def _how(board: Board, line: BoardLine) -> Words | None:
    name = _group(board, line.placing.group)
    said: Mapping[str, Words] = {
        "floor": Words("按“%(name)s”保底列入", name=name),
        "capped": Words("“%(name)s”已满", name=name),
        "moved_in": Words("会议决定列入"),
        "votes": Words("票数不够，要 %(n)s 票", n=line.count.needed),
        "taken_out": Words("会议决定不列入") if line.placing.result != "deferred" else Words("会议决定暂缓"),
    }
    return said.get(line.placing.how)


def _group(board: Board, group: str | None) -> object:
    kind, _, key = (group or "").partition(":")
    if kind == "track" and key in board.definition.tracks:
        return board.definition.tracks[key].name
    if kind == "channel" and key in board.definition.channels:
        return board.definition.channels[key].name
    return Words("推荐单位的名额")


def bar(line: BoardLine) -> Iterator[Square]:
    tally = line.count.tally
    if tally is None:
        return
    width = 84 / max(1, tally.cast)
    kinds = ["for"] * tally.favor + ["against"] * tally.against + ["abstained"] * tally.abstained
    for number, kind in enumerate(kinds[:60]):
        yield Square(f"{number * width:.1f}", kind)


def spoken(tally: Tally) -> str:
    return f"{tally.favor}-{tally.against}-{tally.abstained}"


# -- the strip above the list ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Told:
    name: Words
    value: Words
    kind: str | None = None
    more: Words | None = None


def strip(board: Board) -> list[Told]:
    """应到、实到 · 回避 · 通过线 · 已票决 · 名额 · each floor."""
    told = [_attendance(board), _recused(board), _pass_line(board)]
    told.append(Told(Words("已票决"), Words("%(a)s / %(b)s 人", a=board.voted, b=len(board.lines))))
    if board.places.total is not None:
        words = Words("%(n)s 名，候补 %(m)s 名", n=board.places.total, m=board.places.alternates)
        held = Words("前几次会已用 %(n)s 名", n=board.held) if board.held and board.is_open else None
        told.append(Told(Words("名额"), words, more=held))
    told += list(_floors(board))
    return told


def _attendance(board: Board) -> Told:
    taken = any(member.present is not None for member in board.members)
    value = Words("%(a)s、%(b)s 人", a=board.base.members, b=board.base.present)
    if not taken:
        return Told(Words("应到、实到"), Words("%(a)s 人，还没有点名", a=board.base.members), "todo")
    quorate = board.base.quorate(board.stage.quorum)
    share = fraction(str(board.stage.quorum))
    return Told(
        Words("应到、实到"),
        value,
        "done" if quorate else "no",
        Words("达到%(n)s", n=share) if quorate else Words("不到%(n)s", n=share),
    )


def _recused(board: Board) -> Told:
    cases = [line.number for line in board.lines if line.recused]
    if not cases:
        return Told(Words("回避"), Words("没有"))
    many = {account for line in board.lines for account in line.recused}
    return Told(Words("回避"), Words("%(n)s 人，涉及 %(m)s 件", n=len(many), m=len(cases)), "recuse")


def _pass_line(board: Board) -> Told:
    return Told(Words("通过线"), Words("%(rule)s，%(n)s 票", rule=rule_of(board.stage), n=board.needed))


def rule_of(stage: VoteStage) -> Words:
    whom = Words("实到") if stage.of == "present" else Words("应到")
    if stage.pass_ == "majority":
        return Words("%(whom)s过半", whom=whom)
    return Words("%(whom)s的%(n)s", whom=whom, n=fraction(str(stage.pass_)))


def fraction(text: str) -> Words:
    return _RULES.get(text) or Words("%(n)s", n=text)


def _floors(board: Board) -> Iterator[Told]:
    for floor in board.floors:
        if not floor.band.at_least and floor.band.at_most is None:
            continue
        value = Words("%(n)s 人", n=floor.passed)
        if floor.band.at_least:
            value = Words("%(n)s 人，保底 %(m)s 人", n=floor.passed, m=floor.band.at_least)
        elif floor.band.at_most is not None:
            value = Words("%(n)s 人，至多 %(m)s 人", n=floor.passed, m=floor.band.at_most)
        enough = Words("够") if floor.enough else Words("不够")
        yield Told(Words("其中%(name)s", name=floor.name), value, "done" if floor.enough else "soon", enough)


def labels(board: Board) -> dict[str, Words]:
    """What the kept fields of a refused page are called."""
    names = {"for": Words("同意"), "against": Words("不同意"), "abstained": Words("弃权")}
    return {
        f"{line.ref}.{key}": Words("%(n)s %(what)s", n=line.number, what=what)
        for line in board.lines
        for key, what in names.items()
    } | {"present": Words("到会"), "attendance": Words("到会")}


def title(board: Board) -> str:
    return page.say(Words("%(name)s", name=board.name))
