"""Who has no account says yes with their name: the form is printed, signed, and its scan handed in by whoever filled.

A scan belongs to the answers that were printed. Each printed form carries their seal; what is changed afterwards has
another one and must be signed anew.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from models.applications import Answers
from models.base import reading, writing
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, NotReady, Reason
from workflow.domain.program.schema import FileField
from workflow.domain.stages import intake
from workflow.domain.words import Words
from workflow.services import actions, codes, drafts, signed_files, submissions, worksheets
from workflow.services import submissions_record as record
from workflow.services.casework import Case, open_named
from workflow.services.drafts import Desk
from workflow.services.record_files import Ready, looked_into, put

AT = "signed"
FORM = FileField.model_validate({"key": AT, "name": "本人签字的确认表", "type": "file", "many": 10})


@dataclass(frozen=True)
class Scan:
    ref: str
    name: str


@dataclass(frozen=True)
class Shown:
    """The form as it would be signed now. `code`: what stands on the paper, for people to compare."""

    desk: Desk
    seal: str
    scans: tuple[Scan, ...]  # of these very answers
    confirms: bool  # handing in the scan submits; in a correction it goes along when that is handed back

    @property
    def code(self) -> str:
        return f"{self.seal[:4]}-{self.seal[4:8]}".upper()


def shown(ref: str, actor: Actor, now: datetime) -> Shown:
    """For whoever filled, while a signature is owed; for everybody else it is not there."""
    with reading() as session:
        case = _open(session, ref, actor)
        seal = _seal(session, case, now)
        scans = tuple(Scan(row.ref, row.name) for row in signed_files.of(session, case.row.id, seal))
        return Shown(drafts.desk_of(session, case, now), seal, scans, _confirms(case))


def _open(session: Session, ref: str, actor: Actor, *, lock: bool = False) -> Case:
    case = open_named(session, ref, lock=lock)
    if not intake.brings_the_form(case.book.definition, case.application, actor):
        raise NotFound
    return case


def _confirms(case: Case) -> bool:
    return case.application.state.status is Status.AWAITING_CONFIRMATION


def _seal(session: Session, case: Case, now: datetime) -> str:
    """Of what is on record and waits, or of the correction as it stands at this moment."""
    if _confirms(case):
        stored = session.get_one(Answers, (case.row.id, case.application.state.revision))
        return intake.seal_of(stored.digest or "")
    return intake.seal_of(record.digest_of(case, worksheets.read(session, case, now)))


# -- handing it in -----------------------------------------------------------------------------------------------------
def hand_in(
    ref: str,
    seal: str,
    sent: Sequence[tuple[str | None, BinaryIO]],
    actor: Actor,
    now: datetime,
    *,
    request_key: str | None = None,
) -> str:
    """The scan, all its pages at once: the case is submitted with it, or it lies ready for the correction.

    The status afterwards. NotReady where it does not fit, and then nothing was kept.
    """
    with reading() as session:
        _open(session, ref, actor)
    if not sent:
        raise NotReady([Reason(intake.UNSIGNED, AT)])
    if len(sent) > FORM.many:
        raise NotReady([Reason(Words("一次最多传 %(n)s 页，请合成一份 PDF 再传", n=FORM.many), AT)])
    with ExitStack() as house:
        ready = [_looked_into(house, name, stream) for name, stream in sent]
        with writing() as session:
            before = actions.answered_before(session, actor, request_key, (ref, "signed", seal), now)
            if before is not None:
                return str(before["status"])
            case = _open(session, ref, actor, lock=True)
            if seal != _seal(session, case, now):
                raise NotReady([Reason(intake.OUTDATED, AT)])
            for row in signed_files.of(session, case.row.id, seal):  # scanned once more, better
                row.replaced_at = now
            session.flush()
            for one in ready:
                put(session, case, signed_files.place_of(seal), one, actor, now)
            status = _confirmed(session, case, seal, actor, now) if _confirms(case) else case.application.state.status
            actions.keep_answer(session, actor, request_key, {"status": str(status)})
            return str(status)


def _looked_into(house: ExitStack, name: str | None, stream: BinaryIO) -> Ready:
    try:
        return house.enter_context(looked_into(AT, FORM, name, stream))
    except InvalidInput as refused:
        raise NotReady(refused.reasons) from None


def _confirmed(session: Session, case: Case, seal: str, actor: Actor, now: datetime) -> str:
    held = signed_files.named(signed_files.of(session, case.row.id, seal))
    return submissions.confirm(session, case.row.id, actor, now, {"files": held, "seal": seal}).status


def take_back(ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """The person found something wrong on the paper: a draft again, with what they said."""
    with writing() as session:
        case = _open(session, ref, actor, lock=True)
        if not _confirms(case):
            raise MovedOn
        actions.carry_out(session, case, Action("refuse_confirmation", None, {"reason": reason}), actor, now)
        for of in case.application.state.awaited:
            codes.void_links(session, submissions.CONFIRM, submissions.link_subject(case.row.ref, of), now)
