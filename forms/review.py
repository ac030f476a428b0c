"""The paper of a desk: what was ticked and written there, given back as it was typed and read into an act's inputs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forms.base import Chosen
from forms.fields import Handed, control_for
from forms.program import ProgramPaper
from workflow.domain import answers
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Field, FileField
from workflow.domain.words import Words

VERDICT, COMMENT, FLAG, RULE, WHY = "v.", "c.", "f.", "r.", "rc."
TEXTS = ("reason", "note", "late_reason", "ground", "basis", "stage", "conclusion", "returns_to")
PREFIX = "record-"


@dataclass(frozen=True)
class Typed:
    """Everything a desk sent, by the names of its controls. Empty when the page is opened."""

    values: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def under(self, prefix: str) -> dict[str, str]:
        return {name[len(prefix) :]: value for name, value in self.values.items() if name.startswith(prefix)}

    @property
    def inputs(self) -> dict[str, Any]:
        """What the act is told; a day that cannot be read stays away and is asked for again."""
        given: dict[str, Any] = {name: self.text(name).strip() for name in TEXTS if self.text(name).strip()}
        given["verdicts"] = _verdicts(self.under(VERDICT), self.under(COMMENT))
        given["rule_verdicts"] = _verdicts(self.under(RULE), self.under(WHY))
        given["flags"] = {path: said.strip() for path, said in self.under(FLAG).items() if said.strip()}
        given["until"] = as_day(self.text("until"))
        return {name: value for name, value in given.items() if value not in (None, {}, "")}


def _verdicts(verdicts: Mapping[str, str], comments: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"verdict": said, "comment": comments.get(key, "").strip()} for key, said in verdicts.items() if said}


def as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def anchor(where: str | None, rules: Iterable[str] = ()) -> str:
    """The id of the control that a reason speaks of."""
    if not where:
        return "panel"
    if where in (*TEXTS, "until", "to"):
        return where
    if where.startswith("record."):
        return f"{PREFIX}{where.removeprefix('record.')}"
    if where == "flags":
        return "places"
    return f"rule-{where}" if where in set(rules) else f"place-{where.replace('.', '-')}"


class Record:
    """The fields that a stage records: drawn, read, and told what is wrong with them."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        *,
        sent: Any = None,
        known: Mapping[str, Any] | None = None,
        files: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self.fields = fields
        self.files = files or {}
        kind = type("RecordPaper", (ProgramPaper,), {key: control_for(item) for key, item in fields.items()})
        body = _as_typed(known or {})
        self.paper: Any = kind(sent, data=body, prefix=PREFIX) if sent is not None else kind(data=body, prefix=PREFIX)
        self.paper.hand_in(Handed(files=self.files))

    def read(self) -> tuple[dict[str, Any], list[Reason]]:
        """The typed values, and what cannot be read, each at its control."""
        plain = {key: item for key, item in self.fields.items() if not isinstance(item, FileField)}
        values, wrong = answers.parse_fields(plain, self.paper.typed)
        values |= {
            key: tuple(each.ref for each in self.files[key])
            for key, item in self.fields.items()
            if isinstance(item, FileField) and self.files.get(key)
        }
        return values, [Reason(words, f"record.{path}") for path, words in wrong.items()]

    def check(self, values: Mapping[str, Any], today: date) -> list[Reason]:
        """What is wrong with what was written; what is missing is the stage's own question."""
        found = [
            Reason(fault, f"record.{key}")
            for key, value in values.items()
            if (fault := answers.wrong(self.fields[key], value, today)) is not None
        ]
        return [*found]

    def say(self, reasons: Iterable[Reason]) -> None:
        for reason in reasons:
            if reason.where and reason.where.startswith("record."):
                control = self.paper.control_at(reason.where.removeprefix("record."))
                if control is not None:
                    control.errors = (*control.errors, reason.words)


def _as_typed(known: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, value in known.items():
        if isinstance(value, bool):
            shown[key] = "yes" if value else "no"
        elif not isinstance(value, tuple):
            shown[key] = value if isinstance(value, list) else str(value)
    return shown


LABELS: Mapping[str, Words] = {
    "reason": Words("理由"),
    "note": Words("内部备注"),
    "late_reason": Words("为什么这次才提"),
    "ground": Words("依据哪一种情形"),
    "basis": Words("依据"),
    "until": Words("到哪一天"),
}


_VERDICTS: Mapping[str, Words] = {
    "ok": Words("符合"),
    "flag": Words("要补正"),
    "meets": Words("符合"),
    "fails": Words("不符合"),
}


def labels_of(typed: Typed, names: Mapping[str, Any]) -> dict[str, Words | Chosen]:
    """What each kept text and each kept verdict is called on the page of a refusal."""
    found: dict[str, Words | Chosen] = {name: words for name, words in LABELS.items() if typed.text(name)}
    for prefix in (VERDICT, RULE):
        for key in typed.under(prefix):
            found[f"{prefix}{key}"] = Chosen(Words("“%(what)s”的结论", what=names.get(key, key)), _VERDICTS)
    for prefix in (COMMENT, FLAG, WHY):
        for key in typed.under(prefix):
            found[f"{prefix}{key}"] = Words("对“%(what)s”写的", what=names.get(key, key))
    return found
