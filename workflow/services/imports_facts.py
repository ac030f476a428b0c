"""Department data from a spreadsheet: a row for each application, found by its number or the person's ID number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.base import reading
from models.people import PersonIdentity
from models.rounds import Round
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound, Reason
from workflow.domain.known import known_on
from workflow.domain.policy import holds_in_round
from workflow.domain.program.schema.fields import Fact
from workflow.domain.words import Words
from workflow.services import imports_cells as cells
from workflow.services import known_facts, sealing
from workflow.services.casework import Case, open_cases
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.rulebooks import book_of

LEFT_OUT = frozenset({"file", "table", "consent", "computed"})


@dataclass(frozen=True)
class Given:
    case: Case
    facts: Mapping[str, Fact]
    values: Mapping[str, Any]
    as_of: date
    source: str


class FactsList:
    """Of one round; its columns are the facts that the reader's roles record."""

    name = "部门数据"

    def __init__(self, actor: Actor, round_ref: str, mine: Mapping[str, Fact]) -> None:
        self._actor, self._round_ref, self._mine = actor, round_ref, mine
        self.columns: tuple[Column, ...] = (
            Column("number", ("申报编号", "编号", "number")),
            Column("id_no", ("证件号码", "身份证号", "身份证号码")),
            *(Column(f"fact.{key}", (each.field.name.zh,)) for key, each in mine.items()),
            Column("as_of", ("数据日期", "日期"), required=True),
            Column("source", ("数据来源", "来源", "source"), required=True),
        )

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        row_of(session, actor, self._round_ref)

    def shown(self, key: str, typed: str) -> str:
        return identifiers.mask("id_no", typed) if key == "id_no" and typed else typed

    def parse(self, raw: Raw, now: datetime) -> tuple[Raw | None, list[Reason]]:
        if raw.get("number") or raw.get("id_no"):
            return raw, []
        return None, [Reason(Words("申报编号和证件号码至少写一个"), "number")]

    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Raw]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], object]]:
        row = row_of(session, self._actor, self._round_ref)
        cases = self._found(session, row, [raw for raw, _ in rows])
        return [self._judged(raw, cases.get(raw.number, ()), now) for raw, _ in rows]

    def _found(self, session: Session, row: Round, raws: Sequence[Raw]) -> dict[int, list[Case]]:
        """By row of the sheet, the submitted cases of this round that the row means."""
        where = (ApplicationRow.round_id == row.id, ApplicationRow.number.is_not(None))
        indexes = {raw.number: _blind(raw.get("id_no")) for raw in raws if raw.get("id_no")}
        people = dict(
            session.execute(
                select(PersonIdentity.blind_index, PersonIdentity.person_id).where(
                    PersonIdentity.blind_index.in_([each for each in indexes.values() if each])
                )
            ).all()
        )
        numbers = [raw.get("number").upper() for raw in raws if raw.get("number")]
        meant = session.execute(
            select(ApplicationRow.id, ApplicationRow.number, ApplicationRow.person_id).where(
                *where, ApplicationRow.number.in_(numbers) | ApplicationRow.person_id.in_(list(people.values()))
            )
        ).all()
        opened = {case.row.id: case for case in open_cases(session, [each.id for each in meant])}
        found: dict[int, list[Case]] = {}
        for raw in raws:
            number, person = raw.get("number").upper(), people.get(indexes.get(raw.number) or "")
            found[raw.number] = [
                opened[each.id]
                for each in meant
                if (each.number == number if number else person is not None and each.person_id == person)
            ]
        return found

    def _judged(self, raw: Raw, cases: Sequence[Case], now: datetime) -> tuple[Verdict, list[Reason], object]:
        where = "number" if raw.get("number") else "id_no"
        if len(cases) != 1:
            words = (
                Words("这一批里没有这一件，或者不归你看") if not cases else Words("这个人在这一批有几件，请写申报编号")
            )
            return "wrong", [Reason(words, where)], None
        case = cases[0]
        facts = {key: fact for key, fact in known_facts.recordable(self._actor, case).items() if key in self._mine}
        if not facts:
            return "wrong", [Reason(Words("这一批里没有这一件，或者不归你看"), where)], None
        typed = {
            key: cells.as_typed(fact.field, raw.get(f"fact.{key}"))
            for key, fact in facts.items()
            if raw.get(f"fact.{key}")
        }
        on = cells.day(raw.get("as_of"))
        as_of = None if isinstance(on, Words) else on
        values, wrong = known_facts.read(facts, typed, as_of, raw.get("source"), now)
        if wrong or as_of is None:
            at = {"as_of", "source"}
            return "wrong", [Reason(r.words, r.where if r.where in at else f"fact.{r.where}") for r in wrong], None
        given = Given(case, facts, values, as_of, raw.get("source"))
        before = known_on(case.application.known, as_of)
        return ("same" if all(before.get(k) == v for k, v in values.items()) else "new"), [], given

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        for line in lines:
            if isinstance(line.thing, Given):
                one = line.thing
                known_facts.write(session, one.case, one.facts, one.values, one.as_of, one.source, actor, now)
        return ()  # each is told in the chain of its round


def _blind(number: str) -> str | None:
    tidy = identifiers.tidy(number).upper()
    return secrets.blind(sealing.kind_of(tidy), tidy)[1] if tidy else None


def row_of(session: Session, actor: Actor, ref: str) -> Round:
    """A round in which the actor records some fact; for everybody else it is not there."""
    row = session.scalar(select(Round).where(Round.ref == ref))
    if row is None or not columns_of(session, actor, row):
        raise NotFound
    return row


def columns_of(session: Session, actor: Actor, row: Round) -> dict[str, Fact]:
    recorded = book_of(session, row.version_id).recorded
    return {
        key: fact
        for key, fact in recorded.items()
        if fact.field.type not in LEFT_OUT and holds_in_round(actor, row.program_id, row.id, fact.by)
    }


def facts_list(actor: Actor, ref: str) -> tuple[FactsList, str]:
    """The list and the round's name. Part of a look of its own."""
    with reading() as session:
        row = row_of(session, actor, ref)
        return FactsList(actor, ref, columns_of(session, actor, row)), row.name
