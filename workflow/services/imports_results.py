"""Results of a stage from a table (`import: true`): looked at row by row, then brought to each case by its own act.

Whoever rates at the stage brings the results of their own people; whoever closes it, those of all. A table given again
replaces what the one before said, with a reason, as long as the stage has not been closed.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models.base import writing
from models.evidence import StreamKind
from models.queries import results as queries
from models.queries.results import Named
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain import marks
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Outcome
from workflow.domain.errors import InvalidInput, MovedOn, NotAllowed, NotFound, NotReady, Reason, Refusal
from workflow.domain.program.schema import Criterion
from workflow.domain.scope import scope_of
from workflow.domain.told import Review
from workflow.domain.transitions import decide
from workflow.domain.words import Words
from workflow.services import actions, evidence, imports, results_places
from workflow.services.casework import Case, open_cases
from workflow.services.imports import Column, Line, Mode, Raw, Report, Sheet, Verdict
from workflow.services.imports_cells import YES, YES_NO
from workflow.services.results_places import Place

IN_ONE_TRANSACTION = actions.IN_ONE_TRANSACTION
LONGEST_REASON = 500
UNSAID = "—"
"""Stands for a reason that is still to be given, so that a row can be looked at before."""

SOURCE = 40
"""A case names the file by the beginning of its digest; the list as a whole names it in full."""
_POINTS = "points."
_CLOSED = {
    "refused": Words("未通过，已办结"),
    "withdrawn": Words("已撤回"),
    "lapsed": Words("视为放弃"),
    "ended": Words("已办结"),
    "held": Words("停表"),
    "correcting": Words("正在补正"),
}


# -- what a row says ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Given:
    """One row as it was meant."""

    number: str
    name: str
    points: Mapping[str, Decimal | str]
    vetoes: Mapping[str, bool]
    reason: str

    @property
    def says(self) -> tuple[Any, ...]:
        return tuple(sorted(self.points.items())), tuple(sorted(self.vetoes.items()))


@dataclass(frozen=True)
class Meant:
    """A row that may be taken over: the case on the table, and what is done to it."""

    case: Case
    action: Action
    outcome: Outcome
    changes: bool


@dataclass
class ResultList:
    """A table of results. `reason`: why results that stand are replaced, where the row itself does not say."""

    place: Place
    reason: str = ""
    source: str = ""
    typed: dict[int, Given] = field(default_factory=dict)
    name: str = field(init=False)
    columns: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"{self.place.stage.name.zh}-{self.place.round_name}"
        self.columns = (
            Column("number", ("编号", "申报编号", "受理编号", "准考证号", "number"), required=True),
            Column("name", ("姓名", "名字", "名称", "name")),
            *(
                Column(f"{_POINTS}{key}", _titles(each, alone=len(self.place.criteria) == 1))
                for key, each in self.place.criteria.items()
            ),
            Column("reason", ("更正理由", "理由", "备注", "reason")),
        )

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        self.place = results_places.open_place(session, actor, self.place.round_ref, self.place.stage.key)
        self.actor = actor
        if not any(column.key.startswith(_POINTS) for column in found):
            names = [each.name for each in self.place.criteria.values()]
            raise InvalidInput([Reason(Words("没有找到成绩的列：%(names)s。请检查表头的写法", names=names), "file")])

    def shown(self, key: str, typed: str) -> str:
        return typed

    def parse(self, raw: Raw, now: datetime) -> tuple[Given | None, list[Reason]]:
        number = _tidy(raw.get("number")).upper().replace(" ", "")
        if not number:
            return None, [Reason(Words("编号没有填"), "number")]
        cells = {key: _tidy(raw.get(f"{_POINTS}{key}")) for key in self.place.criteria}
        if not any(cells.values()):
            return None, [Reason(Words("成绩没有填"), f"{_POINTS}{next(iter(cells), '')}")]
        vetoes, reasons = self._vetoes(cells)
        points = {
            key: cells[key] for key, each in self.place.criteria.items() if each.type != "veto" and cells[key] != ""
        }
        reason = raw.get("reason")[:LONGEST_REASON]
        given = Given(number, _tidy(raw.get("name")).replace(" ", ""), points, vetoes, reason)
        self.typed[raw.number] = given
        return (None if reasons else given), reasons

    def _vetoes(self, cells: Mapping[str, str]) -> tuple[dict[str, bool], list[Reason]]:
        said, reasons = {}, []
        for key, each in self.place.criteria.items():
            if each.type == "veto" and cells[key]:
                if cells[key] not in YES_NO:
                    reasons.append(Reason(Words("请填“是”或“否”"), f"{_POINTS}{key}"))
                said[key] = YES_NO.get(cells[key]) == YES
        return said, reasons

    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Given]], now: datetime, *, lock: bool = False
    ) -> list[tuple[Verdict, list[Reason], Any]]:
        numbers = {given.number for _, given in rows}
        found = queries.by_number(session, scope_of(self.actor), self.place.round_id, numbers)
        here = [named.id for named in found.values() if self._astray(named) is None]
        cases = {case.row.id: case for case in open_cases(session, here, lock=lock)}
        return [self._judged(raw, given, found.get(given.number), cases, now) for raw, given in rows]

    def _judged(
        self, raw: Raw, given: Given, named: Named | None, cases: Mapping[int, Case], now: datetime
    ) -> tuple[Verdict, list[Reason], Meant | None]:
        before = self._said_before(raw, given)
        if before is not None:
            return before
        if named is None:
            return "wrong", [Reason(Words("没有这个编号，或者不归你录成绩"), "number")], None
        if given.name and given.name != named.name.replace(" ", ""):
            return "conflict", [Reason(Words("这个编号不是这个人，请核对编号和姓名"), "name")], None
        astray = self._astray(named)
        if astray is not None:
            return "wrong", [Reason(astray, "number")], None
        return self._tried(cases[named.id], given, now)

    def _said_before(self, raw: Raw, given: Given) -> tuple[Verdict, list[Reason], None] | None:
        """The same number twice: once is enough where both say the same, and none counts where they do not."""
        twins = {at: each for at, each in self.typed.items() if each.number == given.number and at != raw.number}
        others = [at for at, each in twins.items() if each.says != given.says]
        if others:
            words = Words("和第 %(rows)s 行是同一个编号，成绩却不一样，请只留一行", rows=[str(at) for at in others])
            return "conflict", [Reason(words, "number")], None
        first = min(twins, default=raw.number)
        return None if first >= raw.number else ("same", [Reason(Words("与第 %(n)s 行重复", n=first), "number")], None)

    def _astray(self, named: Named) -> Words | None:
        stage, at = self.place.stage, self.place.definition.stages.get(named.stage or "")
        if named.status in _CLOSED:
            return Words("这一件%(how)s，不能录成绩", how=_CLOSED[named.status])
        if named.stage == stage.key:
            return None
        if at is None:
            return Words("这一件已经走完，成绩不能再改")
        route = self.place.definition.route_of(named.channel)
        if stage.key in route and route.index(at.key) > route.index(stage.key):
            return Words(
                "已经过了“%(stage)s”，现在在“%(here)s”：成绩不能再改，确要更正请找主办提议重办",
                stage=stage.name,
                here=at.name,
            )
        return Words("还没到“%(stage)s”，现在在“%(here)s”", stage=stage.name, here=at.name)

    # -- one row against the rules -------------------------------------------------------------------------------------
    def _tried(self, case: Case, given: Given, now: datetime) -> tuple[Verdict, list[Reason], Meant | None]:
        """What the case itself says: the same rules that take the row over."""
        stands = self._standing(case)
        changed = self._changed(case, stands, given) if stands is not None else []
        if stands is not None and not changed:
            return "same", [], None
        reason = given.reason or self.reason
        inputs = {
            "role": self._role(case),
            "points": given.points,
            "vetoes": given.vetoes,
            "source": self.source[:SOURCE],
        }
        action = Action("import", None, {**inputs, "reason": reason if stands is not None else ""})
        try:
            outcome = decide(case.book, case.application, action, self.actor, now)
        except NotReady as refusal:
            return "wrong", [*self._placed(refusal.reasons), *changed], None
        except (NotAllowed, NotFound):
            return "wrong", [Reason(Words("没有这个编号，或者不归你录成绩"), "number")], None
        except MovedOn:
            return "wrong", [Reason(Words("这一件现在不能录成绩，请看它的办理经过"), "number")], None
        meant = Meant(case, action, outcome, stands is not None)
        return ("changed" if stands is not None else "new"), [*changed, *self._line(case, outcome)], meant

    def _role(self, case: Case) -> str:
        """Of several roles that bring a table the one whose sheet is still owed."""
        owing = {item.role for item in case.application.state.open_items()}
        return next((role for role in self.place.roles if role in owing), self.place.roles[0])

    def _standing(self, case: Case) -> Review | None:
        state = case.application.state
        reviews = state.reviews_of(state.entry.no) if state.entry is not None else ()
        return next((each for each in reviews if each.role == self._role(case) and each.source is not None), None)

    def _changed(self, case: Case, stands: Review, given: Given) -> list[Reason]:
        """Old -> new, criterion by criterion."""
        found = []
        for key, each in self.place.criteria.items():
            old = stands.raw.get(key)
            new = given.points.get(key)
            if old is not None and new is not None and _hundredths(new) != old:
                words = Words("%(name)s：%(old)s → %(new)s", name=each.name, old=marks.shown(old), new=str(new))
                found.append(Reason(words))
            elif each.type == "veto" and (key in stands.vetoes) != given.vetoes.get(key, key in stands.vetoes):
                found.append(Reason(Words("%(name)s：改了", name=each.name)))
        return found

    def _placed(self, reasons: Sequence[Reason]) -> list[Reason]:
        """At the column that the reader sees."""
        return [Reason(each.words, each.where.replace("vetoes.", _POINTS) if each.where else None) for each in reasons]

    def _line(self, case: Case, outcome: Outcome) -> list[Reason]:
        """Whether it reaches the line, where this table alone decides that."""
        sheet = case.book.definition.sheet_for(self.place.stage, case.application.track)
        told = next((event for event in outcome.events if event.kind == "review_submitted"), None)
        alone = sum(self.place.stage.raters.values()) == 1
        if sheet is None or sheet.pass_ is None or told is None or not alone:
            return []
        if any(each.at not in (None, self.place.stage.key) for each in sheet.criteria.values()):
            return []
        reached = told.body["total"] >= sheet.pass_ * 100 and not told.body.get("vetoes")
        said = {"total": marks.shown(told.body["total"]), "mark": f"{sheet.pass_:f}"}
        if reached:
            return [Reason(Words("%(total)s 分，到及格线 %(mark)s", **said))]
        return [Reason(Words("%(total)s 分，不到及格线 %(mark)s，要由主办确认", **said))]

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        """Each case by its own act, in the caller's transaction."""
        for line in lines:
            actions.carry_out(session, line.thing.case, line.thing.action, actor, now)
        return ()


def _titles(criterion: Criterion, *, alone: bool) -> tuple[str, ...]:
    names = [each for each in (criterion.name.zh, criterion.name.en) if each]
    return (*names, *(("成绩", "分数", "得分", "总分", "score") if alone else ()))


def _tidy(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def _hundredths(typed: Decimal | str) -> Decimal | None:
    try:
        return Decimal(str(typed)) * 100
    except ArithmeticError:
        return None


# -- the empty table ---------------------------------------------------------------------------------------------------
def table_of(actor: Actor, place: Place) -> bytes:
    """The table to fill in: those whose results are owed, with their numbers and names as text."""
    kind = ResultList(place)
    rows = [[each.number, each.name] for each in results_places.waiting(actor, place)]
    return spreadsheet.write([Table(kind.name, [column.title for column in kind.columns], rows)])


# -- looking and taking over -------------------------------------------------------------------------------------------
def preview(
    place: Place, data: bytes, actor: Actor, now: datetime, chosen: Mapping[int, str] | None = None
) -> imports.Preview:
    """What would happen; a row that replaces something is good once a reason is given."""
    return imports.preview(ResultList(place, UNSAID), data, actor, now, chosen)


def take_over(
    place: Place,
    data: bytes,
    mode: Mode,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    request_key: str | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Report:
    """Bring the good rows to their cases, up to 200 in one transaction; the same request key goes on where it stopped.

    Two at once: the second finds what the first has written. A row that stopped being good meanwhile stays behind.
    """
    source = hashlib.sha256(data).hexdigest()
    kind = ResultList(place, reason.strip()[:LONGEST_REASON] or UNSAID, source)
    sheet = imports.read(kind, data, chosen)
    if len(sheet.rows) > IN_ONE_TRANSACTION:  # what is wrong in a later part is found before the first is written
        looked = imports.preview(ResultList(place, kind.reason, source), data, actor, now, chosen)
        if mode == "all_or_nothing" and looked.bad:
            return Report(False, looked.counts, looked.bad)
        _refuse_without_reason(looked.lines)
    counts: Counter[str] = Counter()
    bad: list[Line] = []
    for start in range(0, len(sheet.rows), IN_ONE_TRANSACTION):
        try:
            part = _take_part(kind, sheet, start, mode, actor, now, request_key)
        except _NothingWritten as nothing:
            if start:
                raise Refusal(Words("有人刚改过其中的申报，请再看一遍每一行")) from None
            return Report(False, Counter(line.verdict for line in nothing.lines), nothing.bad)
        counts.update(part.counts)
        bad += part.bad
    return Report(True, counts, tuple(bad))


class _NothingWritten(Exception):
    """Undoes the transaction: there is a bad row, and all or nothing was asked."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self.lines, self.bad = lines, tuple(line for line in lines if not line.is_good)


def _refuse_without_reason(lines: Sequence[Line]) -> None:
    silent = [line for line in lines if line.verdict == "changed" and line.thing.action.inputs["reason"] == UNSAID]
    if silent:
        words = Words("有 %(n)s 人的成绩要换成新的，请写明理由；或在表里“更正理由”一列逐行写", n=len(silent))
        raise InvalidInput([Reason(words, "reason")])


def _take_part(
    kind: ResultList, sheet: Sheet, start: int, mode: Mode, actor: Actor, now: datetime, request_key: str | None
) -> Report:
    key = f"{request_key}:{start}" if request_key else None
    asked = ("results", kind.place.round_ref, kind.place.stage.key, kind.source, mode, kind.reason, start)
    with writing() as session:
        before = actions.answered_before(session, actor, key, asked, now)
        if before is not None:
            return Report(True, Counter(before["counts"]), ())
        kind.require(session, actor, tuple(sheet.columns.values()))
        lines = _judged_again(session, kind, sheet, start, now)
        good = [line for line in lines if line.verdict in ("new", "changed")]
        bad = tuple(line for line in lines if not line.is_good)
        if mode == "all_or_nothing" and bad:
            raise _NothingWritten(lines)
        _refuse_without_reason(lines)
        kind.write(session, good, actor, now)
        counts: Counter[str] = Counter(line.verdict for line in lines)
        _tell(session, kind, counts, mode, actor, now)
        actions.keep_answer(session, actor, key, {"counts": dict(counts)})
    return Report(True, counts, bad)


def _judged_again(session: Session, kind: ResultList, sheet: Sheet, start: int, now: datetime) -> list[Line]:
    part = imports.parsed_rows(kind, sheet, now)[start : start + IN_ONE_TRANSACTION]
    readable = [(raw, given) for raw, given, reasons in part if given is not None and not reasons]
    answers = iter(kind.judge(session, readable, now, lock=True))
    lines = []
    for raw, _, reasons in part:
        wrong: tuple[Verdict, list[Reason], Any] = ("wrong", reasons, None)
        verdict, why, thing = wrong if reasons else next(answers)
        lines.append(Line(raw.number, verdict, (), tuple(why), raw.cells, thing))
    return lines


def _tell(
    session: Session, kind: ResultList, counts: Mapping[str, int], mode: Mode, actor: Actor, now: datetime
) -> None:
    """Who brought which file, by its digest; each case names the digest in an event of its own."""
    body = {
        "list": "results",
        "file": kind.source,
        "mode": mode,
        "counts": dict(counts),
        "round": kind.place.round_id,
        "stage": kind.place.stage.key,
    }
    evidence.tell(session, StreamKind.INSTALLATION, 0, "list_imported", actor, now, body=body)
