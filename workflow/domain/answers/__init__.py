"""Answers: read from what was typed, asked for when they matter, checked, stored, compared."""

from workflow.domain.answers.asking import (
    Asked,
    Flaw,
    Questions,
    entry_questions,
    field_questions,
    fills,
    form_questions,
    stage_questions,
)
from workflow.domain.answers.changes import Edit, changed
from workflow.domain.answers.checking import wrong
from workflow.domain.answers.parsing import parse, parse_fields, parse_rows
from workflow.domain.answers.storing import decode, encode, is_blank, sealed

__all__ = [
    "Asked",
    "Edit",
    "Flaw",
    "Questions",
    "changed",
    "decode",
    "encode",
    "entry_questions",
    "field_questions",
    "fills",
    "form_questions",
    "is_blank",
    "parse",
    "parse_fields",
    "parse_rows",
    "sealed",
    "stage_questions",
    "wrong",
]
