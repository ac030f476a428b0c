"""The minutes of a meeting: one file, checked like every other, kept beside it and read by whoever keeps it."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.files import StoredFile
from workflow import storage
from workflow.documents import inspection
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.words import Words
from workflow.services import evidence, files
from workflow.services.files_opening import Opened
from workflow.services.meetings import open_meeting
from workflow.services.meetings_sitting import refuse_closed
from workflow.storage import Taken, TooLarge

ACCEPT = ("pdf", "jpg", "png")
MB = 1024 * 1024
MOST_MB = 20


def attach(actor: Actor, now: datetime, ref: str, name: str | None, stream: BinaryIO) -> None:
    """Take the minutes; a newer file takes the place of the one before, which stays in the chain by its digest."""
    with reading() as session:
        refuse_closed(open_meeting(session, actor, ref).row)
    try:
        called = inspection.checked_name(name)
        with storage.taking(stream, MOST_MB * MB) as taken:
            seen = files.looked_at(taken, called, ACCEPT)
            with storage.taking(seen.rewritten or taken.path.open("rb"), 4 * MOST_MB * MB) as final:
                storage.store().keep(final)
                with writing() as session:
                    _keep(session, actor, now, ref, called, final, seen)
    except inspection.Refused as refused:
        raise InvalidInput([Reason(refused.words, "minutes")]) from None
    except TooLarge:
        words = Words("超过 %(n)s MB，没有收下。请压缩或分开后再传", n=MOST_MB)
        raise InvalidInput([Reason(words, "minutes")]) from None


def _keep(
    session: Session, actor: Actor, now: datetime, ref: str, name: str, final: Taken, seen: inspection.Inspected
) -> None:
    opened = open_meeting(session, actor, ref, lock=True)
    refuse_closed(opened.row)
    files.note_stored(session, final, seen, now)
    opened.row.minutes, opened.row.minutes_name = final.sha256, name
    opened.row.version += 1
    body = {"sha256": final.sha256}
    evidence.tell(session, StreamKind.MEETING, opened.row.id, "minutes_attached", actor, now, body=body)


def fetch(actor: Actor, ref: str) -> Opened:
    with reading() as session:
        row = open_meeting(session, actor, ref, runs=True).row
        if row.minutes is None:
            raise NotFound
        stored = session.get_one(StoredFile, row.minutes)
        found = (row.minutes_name or "", stored.media_type, stored.pages, stored.sha256)
    return Opened(storage.store().fetch(found[3]), *found, None)
