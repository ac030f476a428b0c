"""Out of an open file: the whole number of a document, and everything that stands in it as one folder.

Both only while the file is open to its reader, both told in the chain of who looked at the person before anything is
handed out. Whole numbers and papers of a case are for who runs its program; sealed papers stay where they are, to be
opened one by one with a reason each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.base import reading, writing
from models.evidence import StreamKind
from models.files import Attachment
from models.people import Person, PersonIdentity
from models.queries import people
from models.secrets import Place
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.words import Words
from workflow.services import certificates, evidence, files_opening, person_file
from workflow.services.certificates_bundled import plain
from workflow.services.person_file import PersonFile


@dataclass(frozen=True)
class Paper:
    """One file of a case, under its name in the folder. `path` None: it is sealed, and stays where it is."""

    case: str
    name: str
    path: Path | None


@dataclass(frozen=True)
class Folder:
    name: str
    file: PersonFile
    papers: tuple[Paper, ...]
    certificates: tuple[CertificateRow, ...]

    def files(self, index: bytes, link: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
        """The index first; then each certificate, drawn, and each paper, read when its turn comes."""
        yield f"{self.name}/index.html", index
        for row in self.certificates:
            yield f"{self.name}/{self.certificate(row)}", certificates.drawn(row, link(row.token))
        for paper in self.papers:
            if paper.path is not None:
                yield f"{self.name}/{paper.name}", paper.path.read_bytes()

    @staticmethod
    def certificate(row: CertificateRow) -> str:
        return f"{plain(str(row.face['number']))}-{row.no}.pdf"


def numbers(ref: str, reason: str, actor: Actor, now: datetime) -> tuple[tuple[str, str], ...] | None:
    """(kind, whole number) of each document, for who runs a program that the person is in. None: the file is closed."""
    found = person_file.opened(ref, actor, now)
    if found is None:
        return None
    if not any(line.own for line in found.lines):
        raise NotFound
    if not reason.strip():
        raise InvalidInput([Reason(Words("请写明为什么要看，会记入查看记录"), "reason")])
    with writing() as session:
        person = _person(session, ref)
        remarks = {"reason": reason.strip()[:500]}
        evidence.tell(session, StreamKind.PERSON_ACCESS, person.id, "person_number_read", actor, now, remarks=remarks)
        rows = session.scalars(
            select(PersonIdentity).where(PersonIdentity.person_id == person.id).order_by(PersonIdentity.id_type)
        )
        key = secrets.person_key(person.wrapped_key, person.ref)
        return tuple((row.id_type, secrets.unseal(row.ciphertext, _place(person, row), key)) for row in rows)


def _place(person: Person, row: PersonIdentity) -> Place:
    return Place("person_identity", f"{person.ref}:{row.id_type}", "ciphertext")


def _person(session: Session, ref: str) -> Person:
    person = people.named(session, ref)
    if person is None:
        raise NotFound
    return person


def folder(ref: str, actor: Actor, now: datetime) -> Folder | None:
    """Everything that the page shows, with the papers behind it. None: the file is closed."""
    found = person_file.opened(ref, actor, now)
    if found is None:
        return None
    own = {line.ref: line.number or line.ref for line in found.lines if line.own and not line.team}
    with reading() as session:
        attached = session.execute(
            select(Attachment.ref, Attachment.name, ApplicationRow.ref)
            .join(ApplicationRow, ApplicationRow.id == Attachment.application_id)
            .where(
                ApplicationRow.ref.in_(list(own)), Attachment.replaced_at.is_(None), Attachment.destroyed_at.is_(None)
            )
            .order_by(ApplicationRow.id, Attachment.id)
        ).all()
        printed = session.scalars(
            select(CertificateRow)
            .join(RecognitionRow, RecognitionRow.id == CertificateRow.recognition_id)
            .join(ApplicationRow, ApplicationRow.id == RecognitionRow.application_id)
            .where(ApplicationRow.ref.in_(list(own)))
            .order_by(CertificateRow.id)
        ).all()
    papers = tuple(
        Paper(case, f"{plain(own[case])}/{number:02d} {plain(name)}", _path(file, actor, now))
        for number, (file, name, case) in enumerate(attached, start=1)
    )
    with writing() as session:
        person = _person(session, ref)
        body = {"files": sum(paper.path is not None for paper in papers), "certificates": len(printed)}
        evidence.tell(session, StreamKind.PERSON_ACCESS, person.id, "person_file_taken", actor, now, body=body)
    return Folder(plain(found.name), found, papers, tuple(printed))


def _path(file: str, actor: Actor, now: datetime) -> Path | None:
    try:
        return files_opening.fetch(file, actor, now).path
    except NotFound:
        return None
