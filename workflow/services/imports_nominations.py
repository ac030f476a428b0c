"""Nominations from a spreadsheet: one row, one draft of somebody whom the organization puts forward.

The columns are the questions of the form that one cell can answer. Nothing is submitted here: papers, tables and the
person's own word follow in each draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.base import reading
from models.organizations import Organization
from models.rounds import Round
from models.sealed import SealedValue
from workflow.domain import answers, identifiers
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound, Reason
from workflow.domain.program.schema import Definition, Field
from workflow.domain.words import Words
from workflow.services import drafts, nominating_list, people, sealing, starting, worksheets
from workflow.services import imports_cells as cells
from workflow.services.casework import open_case
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.nominating_list import Where
from workflow.services.rulebooks import book_of

ASKED = frozenset({"text", "number", "date", "choice", "yes_no", "organization"})
TRACK = "track"
_TRACK_NAMES = ("类别", "申报类别", "track")
GONE = ("withdrawn", "lapsed", "refused", "not_called")


@dataclass(frozen=True)
class Nomination:
    """One row read: what goes into the draft, and the person's number, by which it is known again."""

    typed: Mapping[str, str]
    track: str
    kind: str
    number: str


class Nominations:
    """Of one organization in one channel of a round."""

    asked: ClassVar[frozenset[str]] = ASKED
    looked_up: ClassVar[frozenset[str]] = frozenset({"organization"})
    """Whose name or code only the tables know."""

    def __init__(self, actor: Actor, where: Where) -> None:
        self.where = where
        self.name = "提名名单"
        with reading() as session:
            round_ = session.scalar(select(Round).where(Round.ref == where.round_ref))
            if round_ is None:
                raise NotFound
            nominating_list.find(session, actor, where)
            self.ask(book_of(session, round_.version_id).definition, where.channel)

    def ask(self, definition: Definition, channel: str) -> None:
        """The columns: what the form asks in this channel and one cell can answer."""
        self.definition = definition
        questions = answers.form_questions(self.definition, channel, None)
        self.fields: dict[str, Field] = {
            key: field for key, field in questions.fields.items() if field.type in self.asked and _one_cell(field)
        }
        needed = {key for key, field in self.fields.items() if field.standard in ("name", "id_no")}
        own = tuple(Column(key, (field.name.zh,), key in needed) for key, field in self.fields.items())
        tracks = (Column(TRACK, _TRACK_NAMES, len(self.definition.tracks) > 1),)
        self.columns: tuple[Column, ...] = (*own, *tracks)

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        nominating_list.find(session, actor, self.where)

    def shown(self, key: str, typed: str) -> str:
        field = self.fields.get(key)
        if field is None or not typed or field.level not in ("L3", "L4"):
            return typed
        form = getattr(field, "format", None)
        return identifiers.mask(form, identifiers.compact(typed)) if form else "•••"

    # -- reading -------------------------------------------------------------------------------------------------------
    def parse(self, raw: Raw, now: datetime) -> tuple[Nomination | None, list[Reason]]:
        typed = {key: cells.as_typed(field, raw.get(key)) for key, field in self.fields.items() if raw.get(key)}
        asked = {key: field for key, field in self.fields.items() if key in typed and field.type not in self.looked_up}
        values, wrong = answers.parse_fields(asked, typed)
        faults = {key: answers.wrong(field, values.get(key), local_day(now)) for key, field in asked.items()}
        reasons = [Reason(words, path) for path, words in wrong.items()]
        reasons += [Reason(words, key) for key, words in faults.items() if words is not None and key not in wrong]
        track = self._track(raw.get(TRACK))
        if track is None:
            names = "、".join(each.name.zh for each in self.definition.tracks.values())
            reasons.append(Reason(Words("类别请写其中一个：%(names)s", names=names), TRACK))
        number = self._number(typed)
        kind = people.type_of(self._standard(typed, "id_type"), number)
        checked = identifiers.id_number(number, local_day(now), kind) if number and kind else None
        if not isinstance(checked, str) and not any(each.where == self._key("id_no") for each in reasons):
            reasons.append(Reason(Words("证件号码不对，请核对"), self._key("id_no")))
        if not self._standard(typed, "name"):
            reasons.append(Reason(Words("每人都要写姓名"), self._key("name")))
        if reasons or not isinstance(checked, str) or kind is None or track is None:
            return None, reasons
        return Nomination(typed, track, kind, checked), []

    def _track(self, typed: str) -> str | None:
        tracks = self.definition.tracks
        if not typed and len(tracks) == 1:
            return next(iter(tracks))
        return next((key for key, each in tracks.items() if typed.strip() in (key, each.name.zh)), None)

    def _key(self, standard: str) -> str | None:
        return next((key for key, field in self.fields.items() if field.standard == standard), None)

    def _standard(self, typed: Mapping[str, str], standard: str) -> str:
        return typed.get(self._key(standard) or "", "")

    def _number(self, typed: Mapping[str, str]) -> str:
        return identifiers.compact(self._standard(typed, "id_no"))

    # -- beside the tables ---------------------------------------------------------------------------------------------
    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Nomination]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], Any]]:
        first: dict[tuple[str, str], int] = {}
        found: list[tuple[Verdict, list[Reason], Any]] = []
        for raw, each in rows:
            earlier = first.setdefault((each.kind, each.number), raw.number)
            unknown = list(self._unknown_units(session, each))
            if earlier != raw.number:
                found.append(
                    ("conflict", [Reason(Words("与第 %(n)s 行是同一个人", n=earlier), self._key("id_no"))], None)
                )
            elif unknown:
                found.append(("wrong", unknown, None))
            elif self._known(session, each):
                found.append(("same", [], None))
            else:
                found.append(("new", [], each))
        return found

    def _unknown_units(self, session: Session, each: Nomination) -> list[Reason]:
        named = {
            key: each.typed[key]
            for key, field in self.fields.items()
            if field.type == "organization" and key in each.typed
        }
        known = worksheets.organizations_in(session, {key: self.fields[key] for key in named}, named)
        words = Words("没有找到这家单位：请从列表里选，或填它的全称或统一社会信用代码")
        return [Reason(words, key) for key, typed in named.items() if typed.strip() not in known]

    def _known(self, session: Session, each: Nomination) -> bool:
        """A draft or a case of this person is on the organization's list already."""
        indexes = [index for _, index in secrets.every_blind(sealing.kind_of(each.number), each.number)]
        wanted = (
            select(ApplicationRow.id)
            .join(SealedValue, SealedValue.application_id == ApplicationRow.id)
            .join(Round, Round.id == ApplicationRow.round_id)
            .join(Organization, Organization.id == ApplicationRow.nominator_id)
            .where(
                Round.ref == self.where.round_ref,
                Organization.ref == self.where.unit,
                ApplicationRow.channel == self.where.channel,
                ApplicationRow.status.not_in(GONE),
                SealedValue.blind_index.in_(indexes),
            )
            .limit(1)
        )
        return session.scalar(wanted) is not None

    # -- writing -------------------------------------------------------------------------------------------------------
    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        made = []
        for line in lines:
            each: Nomination = line.thing
            row = starting.begun_for(
                session, self.where.round_ref, self.where.channel, each.track, actor, self.where.unit, now
            )
            case = open_case(session, row.id, lock=True)
            draft = drafts.fill(session, case, each.typed, actor, now)
            self._seal_number(session, row, draft.revision, each, now)
            made.append(row.id)
        return made

    def _seal_number(
        self, session: Session, row: ApplicationRow, revision: int, each: Nomination, now: datetime
    ) -> None:
        """Found again by the next list that names the same person."""
        key = self._key("id_no")
        if key is not None:
            index = (each.kind, each.number)
            sealing.put(session, row, revision, self.fields[key], key, each.number, now, index=index)


def _one_cell(field: Field) -> bool:
    return not getattr(field, "many", False) and getattr(field, "columns", None) is None
