"""Where objections are answered, and whether a link there is worth drawing."""

from sqlalchemy import select

from models.base import reading
from models.notices import Notice, ObjectionRow
from models.work import WorkItem
from workflow.services.casework import open_case


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
