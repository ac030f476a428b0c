"""When something that must happen again and again happened last."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.clock import Heartbeat


def locked(session: Session, name: str, first: datetime) -> Heartbeat:
    """The heartbeat of this name, locked; made as of `first` where there is none, also when two come at once."""
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(on.insert(Heartbeat).values(name=name, scanned_at=first, scans=0).on_conflict_do_nothing())
    return session.get_one(Heartbeat, name, with_for_update=True)
