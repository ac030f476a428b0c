"""L4 answers of a case: sealed one by one beside the answers, opened only where somebody may, else shown as a mask.

A path such as `members.2.id_no` is kept as the field `members.id_no` in row 2.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.people import Person
from models.sealed import SealedValue
from models.secrets import Place
from workflow.domain import identifiers
from workflow.domain.program.schema import Field, TableField
from workflow.services import people

LONGEST = 200  # characters of one L4 value
_MASK = 60


def place_of(path: str) -> tuple[str, int]:
    parts = path.split(".")
    return (f"{parts[0]}.{parts[2]}", int(parts[1])) if len(parts) == 3 else (path, 0)


def path_of(field_key: str, row_no: int) -> str:
    if row_no == 0:
        return field_key
    table, _, column = field_key.partition(".")
    return f"{table}.{row_no}.{column}"


def field_at(fields: Mapping[str, Field], path: str) -> Field | None:
    """The field that a path names: of the form, or a column of one of its tables."""
    parts = path.split(".")
    found = fields.get(parts[0])
    if isinstance(found, TableField) and len(parts) == 3 and parts[1].isascii() and parts[1].isdecimal():
        return found.columns.get(parts[2])
    return found if len(parts) == 1 else None


def is_sealed(field: Field) -> bool:
    return field.level == "L4" and field.type not in ("file", "table", "computed")


def put(
    session: Session,
    row: ApplicationRow,
    revision: int,
    field: Field,
    path: str,
    text: str,
    now: datetime,
    *,
    person: Person | None = None,
    index: tuple[str, str] | None = None,
) -> None:
    """Seal one value in its place; typing again replaces. `index` is (kind, normalised) of what must be found again."""
    key, number = place_of(path)
    value = _at(session, row.id, revision, key, number)
    if value is None:
        value = SealedValue(application_id=row.id, revision=revision, field_key=key, row_no=number, created_at=now)
        session.add(value)
    data_key = secrets.person_key(person.wrapped_key, person.ref) if person is not None else None
    sealed = secrets.seal(text, place_in(row, revision, key, number), data_key)
    value.ciphertext, value.key_id = sealed, secrets.key_id_of(sealed)
    value.person_id = person.id if person is not None else None
    value.blind_index = secrets.blind(*index)[1] if index else None
    value.mask = identifiers.mask(field.mask, text)[:_MASK]
    session.flush()


def masks(session: Session, row: ApplicationRow, revision: int) -> dict[str, str]:
    return {path_of(value.field_key, value.row_no): value.mask for value in _all(session, row.id, revision)}


def opened(session: Session, row: ApplicationRow, revision: int) -> dict[str, str]:
    """Every L4 value of one revision in clear, by path: for checking and submitting, never for a page."""
    found = {}
    for value in _all(session, row.id, revision):
        if value.ciphertext is not None:
            place = place_in(row, revision, value.field_key, value.row_no)
            found[path_of(value.field_key, value.row_no)] = secrets.unseal(
                value.ciphertext, place, _key_of(session, value)
            )
    return found


def replace_all(
    session: Session,
    row: ApplicationRow,
    revision: int,
    fields: Mapping[str, Field],
    texts: Mapping[str, str],
    now: datetime,
    *,
    person: Person | None = None,
) -> None:
    """These values and no others stand at this revision, sealed for this person where there is one."""
    session.execute(delete(SealedValue).where(SealedValue.application_id == row.id, SealedValue.revision == revision))
    session.flush()
    for path, text in texts.items():
        field = field_at(fields, path)
        if field is not None:
            put(session, row, revision, field, path, text, now, person=person, index=_index(field, text, person))


def _index(field: Field, text: str, person: Person | None) -> tuple[str, str] | None:
    """A number that names a person is found again like the person's own; drafts are not to be found at all."""
    if person is None or getattr(field, "format", None) != "id_no":
        return None
    return kind_of(text), text


def kind_of(number: str) -> str:
    """Under which kind of document a number is indexed."""
    return people.type_of("", number) or "resident"


def _key_of(session: Session, value: SealedValue) -> bytes | None:
    if value.key_id != secrets.PERSON_KEY:
        return None
    person = session.get_one(Person, value.person_id)
    return secrets.person_key(person.wrapped_key, person.ref)


def _all(session: Session, application_id: int, revision: int) -> list[SealedValue]:
    wanted = select(SealedValue).where(SealedValue.application_id == application_id, SealedValue.revision == revision)
    return list(session.scalars(wanted.order_by(SealedValue.id)))


def _at(session: Session, application_id: int, revision: int, key: str, number: int) -> SealedValue | None:
    return session.scalar(
        select(SealedValue).where(
            SealedValue.application_id == application_id,
            SealedValue.revision == revision,
            SealedValue.field_key == key,
            SealedValue.row_no == number,
        )
    )


def place_in(row: ApplicationRow, revision: int, key: str, number: int) -> Place:
    return Place("sealed_value", f"{row.ref}:{revision}:{key}:{number}", "ciphertext")
