"""What raters gave, drawn beside the list: a lane for each sheet, how far they lie apart, and a what-if in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from workflow.domain.marks import shown
from workflow.domain.pool_vote import raters_of
from workflow.domain.program.schema import Label, ScoreStage
from workflow.domain.ranking import Placing
from workflow.domain.recounting import Judged, Mark
from workflow.domain.words import Words
from workflow.services.meetings_board import Board, BoardLine
from workflow.services.meetings_supposed import Trial, Use
from workflow.web import page
from workflow.web.manager.panel_display import result_of

WIDTH, EDGE, LANE, TOP = 132, 5, 4.25, 3.5
FEW = 5
"""So many lanes are as high as a row of the list; more make it higher."""


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    kind: str  # counted, aside; out: of the rater whom a what-if leaves out


@dataclass(frozen=True)
class Drawn:
    """One case's marks. `says` is what the picture shows, in words."""

    says: str
    plain: str
    spread: str
    alarm: bool
    lanes: tuple[str, ...]
    height: str
    at: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Scale:
    low: int
    high: int

    def x(self, value: Fraction) -> str:
        share = (value - self.low) / (self.high - self.low)
        return f"{float(EDGE + share * (WIDTH - 2 * EDGE)):.1f}"


@dataclass(frozen=True)
class Wide:
    """A case whose sheets lie too far apart: who stands furthest off, and where the others lie."""

    line: BoardLine
    stage: str
    words: Words


@dataclass(frozen=True)
class Drawing:
    scale: Scale
    rows: Mapping[str, Drawn]
    raters: tuple[tuple[int, tuple[int, str]], ...]
    wide: tuple[Wide, ...]


def drawing(board: Board, use: Use | None = None) -> Drawing | None:
    """None where nobody's sheets rank the list."""
    known = {line.ref: line.judged for line in board.lines if line.judged is not None}
    if not known:
        return None
    totals = [mark.total for each in known.values() for mark in each.marks]
    low, high = floor(min(totals)), ceil(max(totals))
    scale = Scale(low if high > low else low - 1, high if high > low else high + 1)
    names = rater_names(board)
    out = use.rater if use is not None else None
    rows = {ref: _drawn(board, each, scale, names, out) for ref, each in known.items()}
    wide = tuple(_wide(line, line.judged, names) for line in board.lines if line.judged and rows[line.ref].alarm)
    return Drawing(scale, rows, tuple(enumerate(names.items())), wide)


def rater_names(board: Board) -> dict[int, str]:
    """评委 A, 评委 B…: the same letter on every line, and never a name."""
    roles = {mark.rater: mark.role for line in board.lines if line.judged for mark in line.judged.marks}
    known = raters_of(line.judged for line in board.lines)
    return {
        rater: page.say(Words("%(role)s %(letter)s", role=_role(board, roles[rater]), letter=_letter(number)))
        for number, rater in enumerate(known)
    }


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _role(board: Board, key: str) -> Label | str:
    known = board.definition.roles.get(key)
    return known.name if known is not None else key


def _drawn(board: Board, judged: Judged, scale: Scale, names: Mapping[int, str], out: int | None) -> Drawn:
    stage = board.definition.stages.get(judged.stage)
    alert = stage.spread_alert if isinstance(stage, ScoreStage) else None
    marks = sorted(judged.marks, key=lambda mark: list(names).index(mark.rater))
    gap = LANE * max(1, (FEW - 1)) / max(1, len(marks) - 1) if len(marks) < FEW else LANE
    ys = [TOP + gap * number for number in range(len(marks))] if len(marks) > 1 else [TOP + LANE * 2]
    return Drawn(
        _says(marks, names),
        shown(judged.plain),
        shown(judged.spread),
        alert is not None and judged.spread >= Fraction(alert),
        tuple(f"{y:g}" for y in ys),
        f"{max(ys[-1], TOP + LANE * (FEW - 1)) + TOP:g}",
        scale.x(judged.counted),
        tuple(
            Dot(scale.x(mark.total), f"{y:g}", "out" if mark.rater == out else "aside" if mark.aside else "counted")
            for mark, y in zip(marks, ys, strict=True)
        ),
    )


def _says(marks: list[Mark], names: Mapping[int, str]) -> str:
    given = (_given(mark, names[mark.rater]) for mark in marks)
    return page.say(Words("；")).join(page.say(each) for each in given)


def _given(mark: Mark, who: str) -> Words:
    if mark.aside:
        return Words("%(who)s %(n)s，去掉", who=who, n=shown(mark.total))
    return Words("%(who)s %(n)s", who=who, n=shown(mark.total))


def _wide(line: BoardLine, judged: Judged, names: Mapping[int, str]) -> Wide:
    ordered = sorted(judged.marks, key=lambda mark: mark.total)
    below, above = ordered[1].total - ordered[0].total, ordered[-1].total - ordered[-2].total
    off, rest = (ordered[0], ordered[1:]) if below >= above else (ordered[-1], ordered[:-1])
    words = Words("%(who)s 给 %(n)s，其余 %(a)s 到 %(b)s", who=names[off.rater], n=shown(off.total),
                  a=shown(rest[0].total), b=shown(rest[-1].total))  # fmt: skip
    return Wide(line, judged.stage, words)


# -- what if -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tried:
    """What a case would get, how many places it would move, and whether that takes it in or out."""

    result: Words
    total: str | None  # where it would be another one
    change: Words | None
    up: bool = False


def tried(board: Board, trial: Trial) -> dict[str, Tried]:
    return {line.ref: _supposed(board, line, *trial.line[line.case]) for line in board.lines if line.case in trial.line}


def _supposed(board: Board, line: BoardLine, placing: Placing, total: str | None) -> Tried:
    result = result_of(board, replace(line, placing=placing))[1]
    other = (total or page.say(Words("无"))) if total != line.total else None
    before, after = line.placing.result == "passed", placing.result == "passed"
    if before != after:
        return Tried(result, other, Words("列入") if after else Words("落到线外"), after)
    moved = line.placing.rank - placing.rank
    if moved:
        return Tried(result, other, Words("升 %(n)s", n=moved) if moved > 0 else Words("降 %(n)s", n=-moved), moved > 0)
    before_at, after_at = line.placing.alternate, placing.alternate
    if before_at == after_at:
        return Tried(result, other, None)
    return Tried(result, other, Words("候补有变"), before_at is None or (after_at is not None and after_at < before_at))


def told(board: Board, use: Use) -> str:
    """What was supposed, in one line."""
    names = {line.case: line.name for line in board.lines}
    parts = list(_parts(use, names, rater_names(board)))
    return page.say(Words("；")).join(page.say(each) for each in parts)


def _parts(use: Use, names: Mapping[int, str], raters: Mapping[int, str]) -> Iterator[Words]:
    if use.places is not None:
        yield Words("名额 %(n)s 名", n=use.places)
    if use.case is not None:
        name = names.get(use.case) or Words("一位人选")
        yield Words("%(name)s列入", name=name) if use.decision == "pass" else Words("%(name)s不列入", name=name)
    if use.rater is not None:
        yield Words("不算%(who)s 的评分", who=raters.get(use.rater) or Words("一位评委"))


def short_of_trimming(board: Board, use: Use) -> bool:
    """Whether some case would be left with too few sheets to set the highest and the lowest aside."""
    return any(
        line.judged is not None
        and any(mark.rater == use.rater for mark in line.judged.marks)
        and any(mark.aside for mark in line.judged.marks)
        and len(line.judged.marks) <= FEW
        for line in board.lines
    )
