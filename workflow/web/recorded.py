"""What a stage records, as a form sends it: the words, and files that come along or came before."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from flask import request

from forms.review import PREFIX, Record
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.program.schema import Field, FileField
from workflow.services import record_files
from workflow.services.sheets import SeenFile
from workflow.web import page

Fields = Mapping[str, Field]
Before = Mapping[str, SeenFile]


def blank(fields: Fields, known: Mapping[str, Any] | None = None, before: Before | None = None) -> Record | None:
    """As it stands; None where the stage records nothing."""
    if not fields:
        return None
    return Record(fields, known=known, files=_held(fields, known or {}, before or {}, {}))


def sent(
    item_ref: str, fields: Fields, known: Mapping[str, Any] | None = None, before: Before | None = None
) -> tuple[Record | None, list[Reason]]:
    """What was written, and what is wrong with the files that came with it."""
    if not fields:
        return None, []
    refused: list[Reason] = []
    came: dict[str, list[SeenFile]] = {}
    for key, field in fields.items():
        if isinstance(field, FileField):
            came[key], wrong = taken_files(item_ref, key, field.many)
            refused += wrong
    return Record(fields, sent=request.form, known=known, files=_held(fields, known or {}, before or {}, came)), refused


def taken_files(item_ref: str, key: str, many: int = 1) -> tuple[list[SeenFile], list[Reason]]:
    """Those that were sent ahead, then those in the form itself; where one is asked for, the last one counts."""
    held = list(dict.fromkeys(request.form.getlist(f"held-{key}")))[:50]
    names = record_files.names(item_ref, key, held, page.actor()) if held else {}
    known, refused = {ref: names[ref] for ref in held if ref in names}, []
    for file in request.files.getlist(f"{PREFIX}{key}"):
        if not file.filename:
            continue
        try:
            stream = cast(BinaryIO, file.stream)
            known[record_files.attach(item_ref, key, file.filename, stream, page.actor(), page.now())] = file.filename
        except InvalidInput as refusal:
            refused += [Reason(each.words, f"record.{key}") for each in refusal.reasons]
    kept = list(known.items())[-1:] if many == 1 else list(known.items())
    return [SeenFile(ref, key, name, name, "", 0, None, sealed=False) for ref, name in kept], refused


def _held(
    fields: Fields, known: Mapping[str, Any], before: Before, came: Mapping[str, Sequence[SeenFile]]
) -> dict[str, Sequence[SeenFile]]:
    """Newly handed in, else what the record already names."""
    return {
        key: came.get(key) or [before[ref] for ref in known.get(key) or () if ref in before]
        for key, field in fields.items()
        if isinstance(field, FileField)
    }
