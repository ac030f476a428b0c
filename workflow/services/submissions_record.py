"""A draft's row becomes the revision that stands."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import Answers, ApplicationFacet
from models.files import Attachment
from models.people import Person
from workflow.domain import answers
from workflow.domain.application import Application
from workflow.domain.program.schema import Field, TableField
from workflow.services import (
    sealing,
    tablerows,
    worksheets,
)
from workflow.services.casework import Case
from workflow.services.worksheets import Worksheet

_WORST = ("fails", "look", "meets")


def drop_blank_rows(session: Session, case: Case, draft: Answers, now: datetime) -> None:
    """Rows in which nothing was written are no rows: those below them move up, in the draft itself."""
    sealed = sealing.opened(session, case.row, draft.revision)
    body = dict(draft.body)
    for key, field in case.book.definition.form_fields().items():
        rows = body.get(key)
        if not isinstance(field, TableField) or not rows:
            continue
        with_secret = {int(path.split(".")[1]) for path in sealed if path.startswith(f"{key}.")}
        left = [n for n, row in enumerate(rows, start=1) if n in with_secret or not answers.is_blank(row)]
        if len(left) < len(rows):
            body[key] = [rows[n - 1] for n in left]
            tablerows.renumber(session, case, draft.revision, field, left, now)
    draft.body = body
    session.flush()


def put_on_record(session: Session, case: Case, draft: Answers, sheet: Worksheet, now: datetime) -> str:
    """The draft's row becomes the revision that stands: typed values, L4 apart under the person's own key."""
    fields = worksheets.questions_of(case).fields
    kept = sheet.kept
    draft.body = answers.encode(fields, kept)
    secret = answers.sealed(fields, kept)
    person = session.get(Person, case.row.person_id) if case.row.person_id is not None else None
    sealing.replace_all(session, case.row, draft.revision, fields, secret, now, person=person)
    draft.digest = _digest(draft.body, secret)
    draft.state, draft.submitted_at = "submitted", now
    _settle_files(session, case, fields, draft.body, now)
    _write_facets(session, case, fields, kept)
    session.flush()
    return draft.digest


def digest_of(case: Case, sheet: Worksheet) -> str:
    """What these answers would come to on record; rows in which nothing stands are none."""
    fields = worksheets.questions_of(case).fields
    kept = {
        key: [row for row in value if not answers.is_blank(row)] if isinstance(fields.get(key), TableField) else value
        for key, value in sheet.kept.items()
    }
    return _digest(answers.encode(fields, kept), answers.sealed(fields, kept))


def _digest(body: Mapping[str, Any], secret: Mapping[str, str]) -> str:
    """Keyed, so that a number of few digits cannot be found by trying."""
    packed = json.dumps([body, secret], ensure_ascii=False, sort_keys=True)
    return secrets.digest("answers", packed)


def _settle_files(
    session: Session, case: Case, fields: Mapping[str, Field], body: Mapping[str, Any], now: datetime
) -> None:
    """Only what the answers hold stays attached, each at the place where it stands now."""
    places = {
        ref: (path, at) for path, refs in worksheets.file_refs(fields, body).items() for at, ref in enumerate(refs)
    }
    rows = session.scalars(
        select(Attachment).where(
            Attachment.application_id == case.row.id,
            Attachment.purpose == "original",
            Attachment.replaced_at.is_(None),
        )
    ).all()
    for row in rows:
        if row.ref not in places:
            row.replaced_at = now
        else:
            row.position += 1000  # out of the way of those that move to its place
    session.flush()
    for row in rows:
        if row.ref in places:
            path, row.position = places[row.ref]
            row.field_key, row.row_no = sealing.place_of(path)
    session.flush()


def _write_facets(session: Session, case: Case, fields: Mapping[str, Field], values: Mapping[str, Any]) -> None:
    session.execute(delete(ApplicationFacet).where(ApplicationFacet.application_id == case.row.id))
    for key, field in fields.items():
        value = values.get(key)
        if not field.filter or field.level not in ("L1", "L2") or answers.is_blank(value):
            continue
        for one in value if isinstance(value, list) else [value]:
            session.add(
                ApplicationFacet(
                    application_id=case.row.id,
                    field_key=key,
                    value=_facet(one)[:200],
                    number=float(one) if isinstance(one, Decimal) else None,
                    round_id=case.row.round_id,
                )
            )


def _facet(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def precheck(case: Case, state: Any) -> str | None:
    """The worst of the lights, as advice and never a verdict. What a later stage answers is not waited for."""
    judged = case.book.judge(replace(case.application, state=state))
    results = {each.result for each in judged.values() if each.rule.rule is not None}
    return next((worst for worst in _WORST if worst in results), None)


def changed_paths(
    before: Application, after: Application, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[str, ...]:
    """Every path whose value is another one now, L4 values included."""
    plain = [edit.path for edit in answers.changed(before.values, after.values)]
    secret = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return tuple(dict.fromkeys([*plain, *secret]))
