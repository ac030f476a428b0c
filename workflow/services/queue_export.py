"""The queue as a list that leaves the house: for who runs the round, of what the page shows and no more, on record."""

from collections.abc import Sequence
from datetime import datetime

from models.base import reading, writing
from models.evidence import StreamKind
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table, Value
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.words import Words
from workflow.services import evidence, queues
from workflow.services.queues import Wanted
from workflow.services.queues_lines import Line
from workflow.services.rulebooks import versions_held

MOST = 5000
HEADER = ("编号", "姓名", "类别", "环节", "渠道", "推荐单位", "到期", "材料看过", "要补正", "预检")


def may_export(actor: Actor) -> bool:
    """Whether there is any program of which the actor runs a round."""
    return bool(_run(actor))


def _run(actor: Actor) -> frozenset[int]:
    """Versions of programs that the actor runs, whole or in one round."""
    with reading() as session:
        books = versions_held(session, actor)
    return frozenset(
        number
        for number, book in books.items()
        if any(
            can(actor, Permission.QUEUE_EXPORT, RoundSubject(held.program_id, held.round_id, book.run_by))
            for held in actor.holdings
            if held.program_id is not None and held.role == book.run_by
        )
    )


def export(actor: Actor, now: datetime, wanted: Wanted) -> bytes:
    """The rows of this view as narrowed. Numbers of people and sealed answers are not in it; text stays text."""
    run = _run(actor)
    if not run:
        raise NotFound
    lines = [line for line in queues.every_line(actor, now, wanted, MOST) if line.row.version_id in run]
    made = spreadsheet.write([Table("待办", list(HEADER), [_row(line) for line in lines])])
    with writing() as session:
        body = {"list": "queue", "value": len(lines)}
        evidence.tell(session, StreamKind.ACCOUNT, actor.account_id or 0, "queue_exported", actor, now, body=body)
    return made


def _row(line: Line) -> Sequence[Value]:
    row = line.row
    due = local_day(line.left.until) if line.left is not None and line.left.until is not None else None
    seen = f"{line.looked}/{line.places}" if line.places else ""
    track = line.track.zh if line.track is not None else ""
    light = line.words.text % line.words.params if line.words.params else line.words.text
    stage = line.stage.text if isinstance(line.stage, Words) else line.stage.zh
    return [row.number, row.name, track, stage, line.channel.zh, row.nominator, due, seen, line.flagged, light]
