"""All certificates of a round in one download, for who runs it; that they were taken is told first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.base import writing
from models.evidence import StreamKind
from workflow.domain.actor import Actor
from workflow.domain.errors import NotReady, Reason
from workflow.domain.recognition import Standing
from workflow.domain.words import Words
from workflow.services import certificates, evidence
from workflow.services.overview import run_by

_UNSAFE = frozenset('<>:"/\\|?*')


@dataclass(frozen=True)
class Bundle:
    """`rows`: of each recognition that is valid the certificate in force, by number."""

    name: str
    rows: Sequence[CertificateRow]

    def files(self, link: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
        """Name and PDF of each, drawn when its turn comes. `link`: from the token to the address to verify it at."""
        for row in self.rows:
            yield f"{plain(str(row.face['number']))} {plain(row.name)}.pdf", certificates.drawn(row, link(row.token))


def plain(text: str) -> str:
    """Fit for a file name on any system."""
    return "".join("-" if sign in _UNSAFE or not sign.isprintable() else sign for sign in text).strip(". ")


def taken(actor: Actor, ref: str, now: datetime) -> Bundle:
    with writing() as session:
        round_, _, where = run_by(session, actor, ref)
        newest = (
            select(func.max(CertificateRow.no))
            .where(CertificateRow.recognition_id == RecognitionRow.id)
            .correlate(RecognitionRow)
            .scalar_subquery()
        )
        rows = session.scalars(
            select(CertificateRow)
            .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
            .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
            .where(*where, RecognitionRow.standing == Standing.VALID.value, CertificateRow.no == newest)
            .order_by(RecognitionRow.number)
        ).all()
        if not rows:
            raise NotReady([Reason(Words("这一批还没有有效的证书"))])
        body = {"count": len(rows)}
        evidence.tell(session, StreamKind.ROUND, round_.id, "certificates_taken", actor, now, body=body)
        return Bundle(f"{round_.name}-证书.zip", rows)
