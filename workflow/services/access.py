"""Looking at one sealed value in full: with a reason, into the chain of who looked, and without making a page stale."""

from datetime import datetime

from models.base import writing
from models.evidence import StreamKind
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.words import Words
from workflow.services import evidence, reading, sealing
from workflow.services.casework import find, open_case


def reveal(ref: str, path: str, reason: str, actor: Actor, now: datetime) -> str:
    """The value at this path of the newest answers. What was read is told before it is shown, in one transaction."""
    with writing() as session:
        case = open_case(session, find(session, ref).id)
        if not reading.may_read(actor, case):
            raise NotFound
        field = sealing.field_at(case.book.definition.form_fields(), path)
        if field is None or not sealing.is_sealed(field):
            raise NotFound
        subject = CaseSubject(case.book.definition, case.application, field=field)
        if not can(actor, Permission.SEALED_READ, subject):
            raise NotAllowed(Words("这一项的全文不归你看。确有需要，请找主办"))
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么要看全文，会记入查看记录"), f"reveal.{path}")])
        opened = sealing.opened(session, case.row, case.application.state.revision).get(path)
        if opened is None:
            raise NotFound
        body = {"field": path, "revision": case.application.state.revision}
        evidence.tell(
            session,
            StreamKind.APPLICATION_ACCESS,
            case.row.id,
            "sealed_read",
            actor,
            now,
            body=body,
            remarks={"reason": reason.strip()[:500]},
        )
        return opened
