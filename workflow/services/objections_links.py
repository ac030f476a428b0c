"""Where objections are answered, and whether a link there is worth drawing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.notices import Notice, ObjectionRow
from models.programs import ProgramVersion
from models.rounds import Round
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.program.schema import NoticeStage
from workflow.services.casework import open_case
from workflow.services.rulebooks import definition_of

_settlers: dict[str, frozenset[str]] = {}


def settles_some(actor: Actor) -> bool:
    """Whether the actor holds a role that settles objections in some round, so that a link is worth drawing."""
    held = {(holding.role, holding.program_id, holding.round_id) for holding in actor.holdings}
    if not held:
        return False
    with reading() as session:
        rows = session.execute(select(Round.id, Round.program_id, ProgramVersion.digest).join(ProgramVersion)).all()
        roles = {digest: _roles_of(session, digest) for _, _, digest in rows}
    return any(
        role in roles[digest] and program in (None, of_program) and round_ in (None, number)
        for role, program, round_ in held
        for number, of_program, digest in rows
    )


def _roles_of(session: Session, digest: str) -> frozenset[str]:
    """A version never changes: one look at it is enough for the life of the process."""
    if digest not in _settlers:
        version = session.scalars(select(ProgramVersion).where(ProgramVersion.digest == digest)).first()
        stages = definition_of(version).stages.values() if version is not None else ()
        _settlers[digest] = frozenset(each.objection.by for each in stages if isinstance(each, NoticeStage))
    return _settlers[digest]


def room_of_item(item_ref: str) -> tuple[str, str] | None:
    """Where an item of a notice is answered: its objection, its notice, or the notices of its round."""
    with reading() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.ref == item_ref)).first()
        if item is None:
            return None
        case = open_case(session, item.application_id)
        noticed = case.application.state.noticed
        for objection in noticed.objections:
            if objection.item == item.no:
                return "objection", session.get_one(ObjectionRow, objection.no).ref
        for posting in noticed.postings:
            if posting.item == item.no:
                return "notice", session.get_one(Notice, posting.notice).ref
        return "round", case.round.ref
