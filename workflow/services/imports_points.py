"""Points from a table: each row is tried on its case as it would be entered by hand, then entered by the same act.

A row that stands already (the same person, item and day, worth the same) is not written again, so that a table may be
handed in twice. Nothing counts before somebody else has confirmed it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.after.points import REJECTED
from workflow.domain.application import Action, Application
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason
from workflow.domain.program.schema import Field
from workflow.domain.program.schema.after import PointItem
from workflow.domain.transitions import decide
from workflow.domain.words import Words
from workflow.services import actions
from workflow.services import imports_cells as cells
from workflow.services.casework import Case, name_of, open_case, open_cases
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.points import fields_of, importable
from workflow.services.points_people import Place, place_of

ACT = "import_points"
MOST_ROWS = 500
Judged = tuple[Verdict, list[Reason], Any]


@dataclass(frozen=True)
class Given:
    """One row as it is understood: whose, what, when, why, and what the item asks."""

    number: str
    name: str
    item: PointItem
    on: date
    reason: str
    asks: Mapping[str, Any]

    @property
    def inputs(self) -> dict[str, Any]:
        return {"points": self.item.key, "on": self.on, "reason": self.reason, "asks": dict(self.asks)}


class PointsList:
    """The list of one round, as one account brings it."""

    name = "积分表"

    def __init__(self, place: Place, actor: Actor) -> None:
        self.place = place
        self.actor = actor
        self.items = importable(place.points)
        self.fields: dict[str, Field] = {}
        for item in self.items:
            self.fields |= fields_of(place.definition, item.key)
        self.columns: tuple[Column, ...] = (
            Column("number", ("编号", "受理编号", "申报编号"), required=True),
            Column("name", ("姓名",)),
            Column("item", ("事项", "积分事项", "项目"), required=True),
            Column("on", ("日期", "发生日期")),
            Column("reason", ("说明", "事由", "备注")),
            *(Column(f"asks.{key}", (field.name.zh,)) for key, field in self.fields.items()),
        )

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        place_of(actor, self.place.round_ref)

    # -- one row by itself ---------------------------------------------------------------------------------------------
    def parse(self, raw: Raw, now: datetime) -> tuple[Given | None, list[Reason]]:
        reasons = [] if raw.get("number") else [Reason(Words("请填编号"), "number")]
        item = next((each for each in self.items if _same(raw.get("item"), each)), None)
        if item is None:
            names = tuple(each.name for each in self.items)
            reasons.append(Reason(Words("没有这个事项，请从 %(options)s 里选", options=names), "item"))
        on = cells.day(raw.get("on")) if raw.get("on") else local_day(now)
        if isinstance(on, Words):
            reasons.append(Reason(on, "on"))
        asks, faults = self._asks(item, raw)
        reasons += faults
        if reasons or item is None or isinstance(on, Words):
            return None, reasons
        return Given(_folded(raw.get("number")).upper(), raw.get("name"), item, on, raw.get("reason")[:500], asks), []

    def _asks(self, item: PointItem | None, raw: Raw) -> tuple[dict[str, Any], list[Reason]]:
        asked = fields_of(self.place.definition, item.key) if item is not None else {}
        values, wrong = answers.parse_fields(asked, {key: raw.get(f"asks.{key}") for key in asked})
        return values, [Reason(words, f"asks.{where}") for where, words in wrong.items()]

    def shown(self, key: str, typed: str) -> str:
        return typed

    # -- beside the tables ---------------------------------------------------------------------------------------------
    def judge(self, session: Session, rows: Sequence[tuple[Raw, Given]], now: datetime) -> list[Judged]:
        """In the order of the rows: an earlier row of the table takes its share of a limit before a later one."""
        if len(rows) > MOST_ROWS:
            words = Words("一次最多 %(n)s 行，请拆成几个再导入", n=MOST_ROWS)
            raise InvalidInput([Reason(words, "file")])
        cases = self._cases(session, {given.number for _, given in rows})
        stands = {number: case.application for number, case in cases.items()}
        seen: set[tuple[str, str, date, tuple[str, ...]]] = set()
        found: list[Judged] = []
        for _, given in rows:
            case = cases.get(given.number)
            if case is None:
                found.append(("wrong", [Reason(Words("这一批里没有这个编号，或者不归你记分"), "number")], None))
                continue
            verdict, reasons, after = self._judged(session, case, stands[given.number], given, now)
            once = (given.number, given.item.key, given.on, tuple(map(str, given.asks.values())))
            if verdict == "new" and once in seen:
                verdict, reasons = "conflict", [Reason(Words("表里同一人、同一天、同一事项写了两次"), "item")]
            if verdict == "new":
                stands[given.number] = after
            seen.add(once)
            found.append((verdict, reasons, (case.row.id, given)))
        return found

    def _cases(self, session: Session, numbers: set[str]) -> dict[str, Case]:
        here = (ApplicationRow.round_id == self.place.round_id, ApplicationRow.number.in_(sorted(numbers)))
        ids = list(session.scalars(select(ApplicationRow.id).where(*here)))
        return {str(case.row.number): case for case in open_cases(session, ids)}

    def _judged(
        self, session: Session, case: Case, application: Application, given: Given, now: datetime
    ) -> tuple[Verdict, list[Reason], Application]:
        if given.name and _folded(given.name) != _folded(name_of(session, case)):
            return "conflict", [Reason(Words("姓名和编号对不上"), "name")], application
        try:
            outcome = decide(case.book, application, Action(ACT, None, given.inputs), self.actor, now)
        except NotReady as refusal:
            return "wrong", [Reason(each.words, _column(each.where)) for each in refusal.reasons], application
        except (NotAllowed, NotFound):
            return "wrong", [Reason(Words("这一批里没有这个编号，或者不归你记分"), "number")], application
        except MovedOn:
            return "wrong", [Reason(Words("这个人现在不在记积分的阶段"), "number")], application
        told = outcome.events[0].body
        value = told.get("asked", told["value"])
        known = any(
            (entry.item, entry.on, entry.asked or entry.value) == (given.item.key, given.on, value)
            and entry.state != REJECTED
            for entry in case.application.state.after.points.entries
        )
        return "same" if known else "new", [], replace(application, state=outcome.state)

    # -- writing -------------------------------------------------------------------------------------------------------
    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        written = []
        for line in lines:
            number, given = line.thing
            case = open_case(session, number, lock=True)
            actions.carry_out(session, case, Action(ACT, None, given.inputs), actor, now)
            written.append(number)
        return written


def _column(where: str | None) -> str | None:
    return {"points": "item", "evidence": "item"}.get(where or "", where)


def _same(typed: str, item: PointItem) -> bool:
    return _folded(typed) in (_folded(item.key), _folded(item.name.zh), _folded(item.name.en or item.key))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
