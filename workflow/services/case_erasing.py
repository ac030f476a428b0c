"""What one case loses when its data are erased: words, files, names, sealed values. Events, numbers and effects stay,
so that chains and replay hold.

Used where a person asked for it (`erasing`) and where the time of keeping is over (`destroying`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.applications import Answers, ApplicationFacet, ApplicationRow, CaseFact, Remark, StageEntry, VerdictRow
from models.awards import CertificateRow, RecognitionRow
from models.deliveries import Delivery, DeliveryItem
from models.duties import DutyAnswer
from models.evidence import Stream, StreamKind
from models.files import Attachment, StoredFile
from models.joint import JointAnswer
from models.meetings import AgendaLine, Meeting
from models.messages import Message
from models.notices import NoticeLine, ObjectionRow
from models.people import PersonIdentity
from models.rounds import NominationList
from models.scores import ReviewDraft, ReviewScore
from models.sealed import SealedValue
from models.trainings import TrainingSeat
from workflow import storage

GONE = "（已删除）"


@dataclass(frozen=True)
class Erased:
    """How much went; `digests` are the files that the case let go."""

    files: int
    values: int
    digests: tuple[str, ...]


def erase_case(session: Session, number: int, now: datetime) -> Erased:
    """Whoever calls it tells why."""
    held = session.scalars(select(Attachment).where(Attachment.application_id == number)).all()
    sealed = session.scalars(select(SealedValue).where(SealedValue.application_id == number)).all()
    found = Erased(len(held), len(sealed), (*let_go(held, now), *_objections_emptied(session, number, now)))
    destroy_values(sealed, now)
    for joint in session.scalars(select(JointAnswer).where(JointAnswer.application_id == number)):
        if joint.detail is not None:
            joint.detail, joint.key_id, joint.destroyed_at = None, None, now
    session.flush()
    for statement in _emptied(number, now):
        session.execute(statement.execution_options(synchronize_session=False))
    return found


def member_rows(session: Session, person_id: int) -> dict[int, list[tuple[int, str, int]]]:
    """Cases of others in which the person's number stands in a row of a table: (revision, table, row) of each. Of what
    was handed in; the numbers of a draft are found by nobody."""
    numbers = select(PersonIdentity.blind_index).where(PersonIdentity.person_id == person_id)
    found: dict[int, list[tuple[int, str, int]]] = {}
    for case, revision, key, row in session.execute(
        select(SealedValue.application_id, SealedValue.revision, SealedValue.field_key, SealedValue.row_no)
        .join(ApplicationRow, ApplicationRow.id == SealedValue.application_id)
        .where(
            SealedValue.blind_index.in_(numbers),
            SealedValue.row_no > 0,
            ApplicationRow.person_id.is_distinct_from(person_id),
        )
        .order_by(SealedValue.application_id, SealedValue.revision, SealedValue.row_no)
    ):
        found.setdefault(case, []).append((revision, key.partition(".")[0], row))
    return found


def erase_rows(session: Session, number: int, rows: Sequence[tuple[int, str, int]], name: str, now: datetime) -> Erased:
    """One person's rows in somebody else's case: the row stays, so that the others keep their places. `name`: the
    column under which it then says that it was erased."""
    sealed, files = list[SealedValue](), list[Attachment]()
    for revision, table, row in rows:
        answers = session.get_one(Answers, (number, revision))
        lines = list(answers.body.get(table) or ())
        if row <= len(lines):
            lines[row - 1] = {name: GONE} if name else {}
            answers.body = {**answers.body, table: lines}
        here = (SealedValue.application_id == number, SealedValue.revision == revision, SealedValue.row_no == row)
        sealed += session.scalars(select(SealedValue).where(*here, SealedValue.field_key.startswith(f"{table}."))).all()
        held = (Attachment.application_id == number, Attachment.row_no == row)
        files += session.scalars(select(Attachment).where(*held, Attachment.field_key.startswith(f"{table}."))).all()
    destroy_values(sealed, now)
    return Erased(len(files), len(sealed), tuple(let_go(files, now)))


def let_go(held: Collection[Attachment], now: datetime) -> list[str]:
    for row in held:
        row.name, row.replaced_at, row.destroyed_at = GONE, row.replaced_at or now, now
    return [row.sha256 for row in held]


def destroy_values(sealed: Collection[SealedValue], now: datetime) -> None:
    for value in sealed:
        if value.destroyed_at is None:
            value.ciphertext, value.blind_index, value.mask, value.destroyed_at = None, None, "", now


def _objections_emptied(session: Session, number: int, now: datetime) -> list[str]:
    """Who objected, what they wrote and what was found out; that there was one, and how it ended, stays."""
    files = []
    for row in session.scalars(select(ObjectionRow).where(ObjectionRow.application_id == number)):
        if row.evidence_sha256 is not None:
            files.append(row.evidence_sha256)
        row.who, row.words, row.report, row.address_digest = None, None, None, None
        row.evidence_name, row.evidence_sha256, row.erased_at = None, None, now
    return files


def _emptied(number: int, now: datetime) -> Iterator[Any]:
    mine = select(Stream.id).where(Stream.kind == StreamKind.APPLICATION.value, Stream.subject_id == number)
    recognized = select(RecognitionRow.id).where(RecognitionRow.application_id == number)
    told = select(DeliveryItem.delivery_id).join(Message, Message.id == DeliveryItem.message_id)
    yield update(ApplicationRow).where(ApplicationRow.id == number).values(emptied_at=now)
    yield update(Answers).where(Answers.application_id == number).values(body={}, windows={})
    yield update(StageEntry).where(StageEntry.application_id == number).values(record={})
    yield update(DutyAnswer).where(DutyAnswer.application_id == number).values(record={}, erased_at=now)
    yield update(VerdictRow).where(VerdictRow.application_id == number, VerdictRow.comment != "").values(comment=GONE)
    yield update(ReviewScore).where(ReviewScore.application_id == number).values(reason="")
    yield update(AgendaLine).where(AgendaLine.application_id == number).values(reason="", tie_reason="")
    yield update(TrainingSeat).where(TrainingSeat.application_id == number).values(asks={})
    yield update(NoticeLine).where(NoticeLine.application_id == number).values(shown=[], erased_at=now)
    yield (update(CertificateRow).where(CertificateRow.recognition_id.in_(recognized)).values(name=GONE, id_mask=None))
    yield (
        update(Message)
        .where(Message.application_id == number, Message.address.is_not(None))
        .values(address=None, secret=None, params={}, state="cancelled")
    )
    yield (
        update(Delivery)
        .where(Delivery.address.is_not(None), Delivery.id.in_(told.where(Message.application_id == number)))
        .values(address="")
    )
    yield delete(ReviewDraft).where(ReviewDraft.application_id == number)
    yield delete(ApplicationFacet).where(ApplicationFacet.application_id == number)
    yield delete(CaseFact).where(CaseFact.application_id == number)
    yield delete(Remark).where(Remark.stream_id.in_(mine))


def purged(session: Session, digests: Sequence[str], now: datetime) -> list[str]:
    """Those that nothing else holds: no other case, no objection, no meeting, no sealed list."""
    session.flush()
    columns = (ObjectionRow.evidence_sha256, Meeting.minutes, NominationList.seal)
    attached = select(Attachment.sha256).where(Attachment.name != GONE, Attachment.sha256.in_(digests))
    held = set[str | None](session.scalars(attached))
    for column in columns:
        held |= set(session.scalars(select(column).where(column.in_(digests))))
    unused = sorted(set(digests) - held)
    session.execute(update(StoredFile).where(StoredFile.sha256.in_(unused)).values(purged_at=now))
    return unused


def remove(digests: Sequence[str]) -> None:
    """After the commit: what the tables no longer know goes from the house."""
    for sha in digests:
        storage.store().remove(sha)
