"""The scans of forms that people have signed: which there are of a case, and which answers each of them signs."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import Answers
from models.files import Attachment
from workflow.domain.stages.intake import seal_of

_PLACE = "signed."


def place_of(seal: str) -> str:
    return f"{_PLACE}{seal}"


def is_one(row: Attachment) -> bool:
    return row.purpose == "record" and row.field_key.startswith(_PLACE)


def of(session: Session, application_id: int, seal: str) -> list[Attachment]:
    """Of exactly these answers, in the order in which they came."""
    return list(
        session.scalars(
            select(Attachment)
            .where(
                Attachment.application_id == application_id,
                Attachment.purpose == "record",
                Attachment.field_key == place_of(seal),
                Attachment.replaced_at.is_(None),
            )
            .order_by(Attachment.position)
        )
    )


def named(rows: Iterable[Attachment]) -> list[dict[str, Any]]:
    """As an event names them."""
    return [{"ref": row.ref, "sha256": row.sha256} for row in rows]


def held(session: Session, application_id: int, revision: int) -> list[tuple[Attachment, bool]]:
    """All that was signed of this case, the newest first; whether it is of the answers that stand now."""
    stored = session.get(Answers, (application_id, revision))
    here = place_of(seal_of(stored.digest or "")) if stored is not None else ""
    digests = session.scalars(select(Answers.digest).where(Answers.application_id == application_id))
    places = [place_of(seal_of(digest)) for digest in digests if digest]
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.application_id == application_id,
            Attachment.purpose == "record",
            Attachment.field_key.in_(places),
            Attachment.replaced_at.is_(None),
        )
        .order_by(Attachment.id.desc())
    )
    return [(row, row.field_key == here) for row in rows]
