"""The rows of a list of work as their reader sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.queries.queue import Row
from models.work import NEVER
from workflow.domain.abouts import name_of
from workflow.domain.blindness import code_of
from workflow.domain.program.schema import CheckStage, Definition, JointCheckStage, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.sentences import effect_words
from workflow.domain.words import Words
from workflow.services.rulebooks import book_of
from workflow.services.sheets import Left, left_until

_UNSURE = ("look", "fails")
_ABOUT = {"agree": Words("别人交回的，等你确认"), "pay": Words("等你登记付款"), "review": Words("等你研判")}
PRECHECKS = {"meets": Words("全部符合"), "look": Words("要人判断"), "fails": Words("有不符合")}


@dataclass(frozen=True)
class Line:
    """One row as its reader sees it. `clear`: nothing in it wants a person's eyes any more."""

    row: Row
    stage: Label | Words  # the stage, or what of the time after the recognition is asked
    track: Label | None
    channel: Label
    left: Left | None
    places: int
    looked: int
    flagged: int
    light: str  # meets, look, fails, back
    words: Words
    clear: bool
    result: Label | Words | None = None


def lines_of(session: Session, rows: Sequence[Row], now: datetime) -> tuple[Line, ...]:
    books = {number: book_of(session, number) for number in sorted({row.version_id for row in rows})}
    lefts = {
        (version, due): None if due == NEVER else left_until(books[version], due, now)
        for version, due in {(row.version_id, row.due_at) for row in rows}
    }
    return tuple(_line(row, books[row.version_id], lefts[row.version_id, row.due_at]) for row in rows)


def _line(row: Row, book: Rulebook, left: Left | None) -> Line:
    definition, stage = book.definition, book.definition.stages[row.stage]
    if not row.named:
        row = _unnamed(row)
    light, words = _light(row, definition)
    return Line(
        row=row,
        stage=name_of(definition, row.about) or stage.name,
        track=definition.tracks[row.track].name if row.track in definition.tracks else None,
        channel=definition.channels[row.channel].name,
        left=Left("hold", 0, None) if row.status == "held" else left,
        places=row.places,
        looked=row.right + row.flagged,
        flagged=row.flagged,
        light=light,
        words=words,
        clear=row.duty == "act" and _is_clear(stage, row),
        result=effect_words(definition, row.stage, row.result) if row.result else None,
    )


def _unnamed(row: Row) -> Row:
    """As a blind judge knows it: by a name of their own sheet, and by its reference."""
    told = row._replace(ref=row.item_ref, number=None, name=code_of(row.item_ref), nominator=None, precheck=None)
    return told._replace(places=0, right=0, flagged=0, lights=None)


def _is_clear(stage: object, row: Row) -> bool:
    """Nothing is left to look at, to judge or to write: only then may many be passed at once."""
    if not isinstance(stage, CheckStage) or row.precheck != "meets" or row.flagged:
        return False
    if any(item.required is not False for item in stage.record.values()):
        return False
    return stage.verify == "none" or (stage.verify == "files" and row.right >= row.places)


def _light(row: Row, definition: Definition) -> tuple[str, Words]:
    rules, lights = definition.eligibility.rules, row.lights or {}
    concerned = [
        key for key, said in lights.items() if said == row.precheck and key in rules and rules[key].rule is not None
    ]
    if not row.named:
        return "look", Words("盲评，隐去姓名和单位")
    if row.duty == "act" and isinstance(definition.stages.get(row.stage), JointCheckStage):
        return "look", Words("等你答复或作结论")  # a department is not told how the rest of the case stands
    if row.duty == "confirm":
        return "look", Words("拟办意见等你复核")
    if row.duty == "reopen":
        return "look", Words("提议重办，等你同意")
    if row.duty == "appeal":
        return "look", Words("申报人申请复核")
    if row.about is not None:
        return "look", _ABOUT.get(row.duty, Words("等你办"))
    if row.hint == "corrected":
        return "back", Words("补正已交回")
    if row.precheck in _UNSURE and concerned:
        return row.precheck, Words("%(keys)s %(name)s", keys="、".join(concerned), name=rules[concerned[0]].name)
    return row.precheck or "look", PRECHECKS.get(row.precheck or "", Words("没有预检结论"))
