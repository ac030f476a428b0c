"""The paper of one part of a draft: built from its controls, bound to what was typed, told what is wrong where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wtforms import Field

from forms.base import Paper
from forms.studio import boxes, boxes_mixed, parts, tables
from forms.studio.boxes import KINDS, Box, Choose, box_for
from forms.studio.parts import Changed, changes_of, errors_of
from workflow.domain.errors import Reason
from workflow.domain.program.outline.control import Control
from workflow.domain.program.problems import Path
from workflow.domain.words import Words

KINDS |= {
    "word": Box,
    "whole": Box,
    "number": Box,
    "quantity": Box,
    "share": Box,
    "count_or_share": Box,
    "span": Box,
    "fraction": Box,
    "clock_time": Box,
    "day": Box,
    "formula": boxes.LongLine,
    "condition": boxes.LongLine,
    "ruled": boxes.Ruled,
    "flag": boxes.Flag,
    "choice": boxes.Choice,
    "ref": boxes.Choice,
    "refs": boxes.References,
    "several": boxes.Several,
    "order": boxes.Ordered,
    "words_or_refs": boxes_mixed.WordsOrSome,
    "flag_or_refs": boxes_mixed.WordsOrSome,
    "length": boxes_mixed.LengthBox,
    "mark": boxes_mixed.LengthBox,
    "majority": boxes_mixed.WordOrLine,
    "lasts": boxes_mixed.WordOrLine,
    "as_of": boxes_mixed.WordOrLine,
    "label": boxes_mixed.LabelBox,
    "long_label": boxes_mixed.LongLabel,
    "texts": boxes_mixed.Lines,
    "options": boxes_mixed.Options,
    "explain": boxes_mixed.Explain,
    "rows": tables.Rows,
    "map": tables.Mapped,
    "raters": tables.Raters,
    "pairs": tables.Pairs,
    "part": parts.PartBox,
    "intake": parts.IntakeBox,
    "channel_quota": parts.ChannelQuotaBox,
    "paid": parts.Paid,
}


class StudioControl(Field):  # type: ignore[misc]  # WTForms ships no types, so that its classes are Any
    """One control of the paper; the box inside knows the value."""

    def __init__(self, *, control: Control, at: Path, choose: Choose, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.box = box_for(control, f"p.{control.word}", at, choose)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[Words] = []
        self.box.load(data if isinstance(data, dict | list) or _is_given(data) else None)
        if formdata is not None:
            self.box.take(formdata)
        self.data = self.box.typed


def _is_given(data: Any) -> bool:
    return data is not None and type(data).__name__ != "UnsetValue"


class StudioPaper(Paper):
    """The words of one part. `changes` reads what was typed, and is asked once."""

    @property
    def boxes(self) -> list[Box]:
        return [control.box for control in self]

    def changes(self) -> list[Changed]:
        """What is to be written, path by path. What was not understood is left out and told in `reasons`."""
        found = [change for box in self.boxes for change in changes_of(box)]
        wrong = {box.path for box in self.boxes if errors_of(box)}
        return [change for change in found if not any(change[0][: len(path)] == path for path in wrong)]

    def take(self, reasons: Iterable[Reason]) -> None:
        self.form_errors.extend(reason.words for reason in reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(words) for words in self.form_errors) + tuple(self._at_boxes())

    def _at_boxes(self) -> Iterator[Reason]:
        for box in self.boxes:
            yield from (Reason(words, where) for where, words in errors_of(box))


def paper_of(
    asked: Sequence[Control], written: Mapping[str, Any], at: Path, choose: Choose, sent: Any = None
) -> StudioPaper:
    """`written`: what the draft says in this part; `sent`: what came back, if anything did."""
    made = {
        _attribute(control.word): StudioControl(control=control, at=at, choose=choose, name=f"p.{control.word}")
        for control in asked
    }
    kind = type("StudioPaper", (StudioPaper,), made)
    data = {_attribute(control.word): written.get(control.word) for control in asked}
    paper: StudioPaper = kind(sent, data=data) if sent is not None else kind(data=data)
    return paper


def _attribute(word: str) -> str:
    """No word may hide a name of the form's own."""
    return f"w_{word}"
