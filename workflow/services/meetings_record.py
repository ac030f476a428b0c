"""What a vote's `record:` asks of the meeting: written once on its board, kept with every case that it decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.meetings import Meeting
from workflow import storage
from workflow.documents import inspection
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Outcome
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.program.schema import Field, FileField, VoteStage
from workflow.domain.stages import vote
from workflow.domain.words import Words
from workflow.services import evidence, files, record_files
from workflow.services.meetings import Opened, open_meeting
from workflow.services.meetings_sitting import refuse_closed, refuse_stale
from workflow.storage import TooLarge

MB = 1024 * 1024


@dataclass(frozen=True)
class Came:
    """A file that came with the record."""

    name: str | None
    stream: BinaryIO


def asked(stage: VoteStage) -> dict[str, Field]:
    """What is written on the board beside the minutes themselves."""
    apart = vote.minutes_field(stage)
    return {key: field for key, field in stage.record.items() if key != apart}


def words_of(stage: VoteStage, row: Meeting) -> dict[str, Any]:
    """The typed values, without the files."""
    plain = {key: field for key, field in asked(stage).items() if not isinstance(field, FileField)}
    return answers.decode(plain, {key: value for key, value in row.record.items() if key in plain})


def names_of(stage: VoteStage, row: Meeting) -> dict[str, tuple[str, ...]]:
    """The names of the files that were handed in, by field."""
    return {
        key: tuple(name for _, name in row.record.get(key, ()))
        for key, field in asked(stage).items()
        if isinstance(field, FileField)
    }


def write(
    actor: Actor,
    now: datetime,
    ref: str,
    values: Mapping[str, Any],
    came: Mapping[str, Sequence[Came]],
    *,
    seen: int | None = None,
) -> None:
    """Everything on the form at once; a field for one file keeps the newest, several add up."""
    with reading() as session:
        opened = open_meeting(session, actor, ref)
        refuse_closed(opened.row)
    fields, kept = asked(opened.stage), dict[str, list[list[str]]]()
    for key, several in came.items():
        field = fields.get(key)
        if not isinstance(field, FileField):
            raise NotFound
        kept[key] = [_stored(key, field, each, now) for each in several]
    with writing() as session:
        opened = open_meeting(session, actor, ref, lock=True)
        refuse_closed(opened.row)
        refuse_stale(session, opened.row, seen)
        _put(session, opened, answers.encode(fields, values), kept, actor, now)


def _stored(key: str, field: FileField, came: Came, now: datetime) -> list[str]:
    where = f"record.{key}"
    try:
        called = inspection.checked_name(came.name)
        with storage.taking(came.stream, field.max_mb * MB) as taken:
            seen = files.looked_at(taken, called, field.accept)
            with storage.taking(seen.rewritten or taken.path.open("rb"), 4 * field.max_mb * MB) as final:
                storage.store().keep(final)
                with writing() as session:
                    files.note_stored(session, final, seen, now)
                return [final.sha256, called]
    except inspection.Refused as refused:
        raise InvalidInput([Reason(refused.words, where)]) from None
    except TooLarge:
        words = Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=field.max_mb)
        raise InvalidInput([Reason(words, where)]) from None


def _put(
    session: Session,
    opened: Opened,
    plain: Mapping[str, Any],
    kept: Mapping[str, list[list[str]]],
    actor: Actor,
    now: datetime,
) -> None:
    row, fields = opened.row, asked(opened.stage)
    standing = {key: value for key, value in row.record.items() if isinstance(fields.get(key), FileField)}
    for key, several in kept.items():
        field = fields[key]
        many = field.many if isinstance(field, FileField) else 1
        together = several if many == 1 else [*standing.get(key, []), *several]
        if len(together) > many:
            raise InvalidInput([Reason(Words("最多 %(n)s 份", n=many), f"record.{key}")])
        standing[key] = together
    row.record = {**plain, **{key: value for key, value in standing.items() if value}}
    row.version += 1
    body = {
        "fields": sorted(row.record),
        "files": {key: [sha for sha, _ in each] for key, each in sorted(kept.items())},
    }
    remarks = {f"record:{key}": value for key, value in sorted(plain.items()) if isinstance(value, str)}
    evidence.tell(session, StreamKind.MEETING, row.id, "meeting_recorded", actor, now, body=body, remarks=remarks)


# -- with the result ---------------------------------------------------------------------------------------------------
def kept_with(session: Session, opened: Opened, case: int, outcome: Outcome, actor: Actor, now: datetime) -> Outcome:
    """The outcome with the meeting's record as the case's own; each case has its own reference to each file."""
    stage, row = opened.stage, opened.row
    files_of: dict[str, list[list[str]]] = {
        key: row.record[key]
        for key, field in asked(stage).items()
        if isinstance(field, FileField) and key in row.record
    }
    apart = vote.minutes_field(stage)
    if apart is not None and row.minutes is not None:
        files_of[apart] = [[row.minutes, row.minutes_name or ""]]
    held = {
        key: tuple(
            record_files.kept(session, case, f"{stage.key}.{key}", name, sha256, actor, now) for sha256, name in several
        )
        for key, several in files_of.items()
    }
    return replace(outcome, records={**outcome.records, **words_of(stage, row), **held})
