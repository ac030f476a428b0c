"""Issuing recognitions from a list that is compared with what the public was shown, and replacing certificates.

Numbers are counted in one row per series, locked within the transaction that writes them: two processes issuing at once
never take the same number, and a transaction that fails takes none.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import CertificateCounter, Issuing
from models.base import reading, writing
from models.programs import ProgramVersion
from models.queries import awards as queries
from models.queries.awards import Candidate
from models.rounds import Round
from workflow.domain import certificates as numbering
from workflow.domain import pool_award, quotas
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotAllowed, NotFound, NotReady, Reason
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.pool_award import Line, Shown
from workflow.domain.program.schema import AwardStage, Definition
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.stages import award, follow_up_renewal
from workflow.domain.stages.base import Work
from workflow.domain.words import Words
from workflow.services import actions, certificates, own_rounds
from workflow.services.actions import Done, PoolDone
from workflow.services.casework import Case, open_case, open_cases
from workflow.services.casework_gathering import round_facts
from workflow.services.recording import record
from workflow.services.rulebooks import definition_of

AT_ONCE = 25
"""How many are issued in one transaction: others who issue wait for its numbers."""


@dataclass(frozen=True)
class Row:
    """One line of the list against the notice."""

    candidate: Candidate
    line: Line
    provided: bool
    reasons: tuple[Reason, ...]  # what still stands in the way, the document apart
    own: bool = False  # the reader issues it

    @property
    def ready(self) -> bool:
        return self.line is Line.HERE and not self.reasons


@dataclass(frozen=True)
class AwardList:
    round_ref: str
    round_name: str
    definition: Definition
    stage: AwardStage
    rows: tuple[Row, ...]
    next_numbers: tuple[str, ...]  # what the first of each series would get
    document: str  # as the round has it

    def standing(self, line: Line) -> int:
        return sum(row.line == line for row in self.rows)

    @property
    def differs(self) -> tuple[Row, ...]:
        """Shown to the public and not to be issued now."""
        return tuple(row for row in self.rows if row.candidate.shown and row.line is not Line.ISSUED and not row.ready)

    @property
    def unshown(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.candidate.shown and row.line is Line.HERE)


# -- the list ----------------------------------------------------------------------------------------------------------
def stage_of(definition: Definition) -> AwardStage:
    found = next((stage for stage in definition.stages.values() if isinstance(stage, AwardStage)), None)
    if found is None:
        raise NotFound
    return found


def listed(round_ref: str, actor: Actor, now: datetime) -> AwardList:
    """Who was shown, who is ready, who is not and why. Only for who runs the round."""
    with reading() as session:
        round_, definition, stage = _opened(session, round_ref, actor)
        found = queries.candidates(session, scope_of(actor), round_.id, [stage.key])
        looked = [_row(session, each, stage.key, round_.key, actor, now) for each in found]
        series = sorted({of_series for row, of_series in looked if row.ready and of_series is not None})
        return AwardList(
            round_.ref,
            round_.name,
            definition,
            stage,
            tuple(row for row, _ in looked),
            tuple(_following(session, round_.program_id, each) for each in series),
            str(round_.headings.get("award_document") or ""),
        )


def _opened(session: Session, round_ref: str, actor: Actor) -> tuple[Round, Definition, AwardStage]:
    """For who runs the round, and for who holds the award's own role in it."""
    row = session.scalars(select(Round).where(Round.ref == round_ref)).first()
    if row is None:
        raise NotFound
    definition = definition_of(session.get_one(ProgramVersion, row.version_id))
    stage = stage_of(definition)
    holds = any(
        held.role in stage.by and held.program_id in (None, row.program_id) and held.round_id in (None, row.id)
        for held in actor.holdings
    )
    if not holds:
        own_rounds.mine(session, actor, row)
    return row, definition, stage


def line_of(candidate: Candidate, stage: str) -> Line:
    if candidate.certificate is not None:
        return Line.ISSUED
    if candidate.stage == stage and candidate.status == "open":
        return Line.HERE
    return Line.FELL_OUT if candidate.closed else Line.FROZEN


def _row(
    session: Session, candidate: Candidate, stage: str, round_key: str, actor: Actor, now: datetime
) -> tuple[Row, str | None]:
    """With the series in which it would be numbered if it were issued today."""
    line = line_of(candidate, stage)
    if line is not Line.HERE:
        return Row(candidate, line, False, ()), None
    case = open_case(session, candidate.id)
    item = pool_award.own_item(case.book, case.application, stage, actor)
    if item is None:
        return Row(candidate, line, False, (Reason(Words("这一件不在你手上")),)), None
    inputs = {
        "unprintable": certificates.unprintable(session, case),
        "barred": _barred(session, case),
        "on": local_day(now),
    }
    work = Work(case.book, case.application, Action("issue", item.no, inputs), actor, now)
    reasons = tuple(each for each in award.issue_missing(work) if each.where not in ("document", "on"))
    provided = not any(each.where == "asks" for each in reasons)
    return Row(candidate, line, provided, reasons, True), award.series_of(work, round_key)


def _barred(session: Session, case: Case) -> list[Reason]:
    """Why the recognition that it renews does not let it be issued."""
    renews = case.application.state.renews
    return follow_up_renewal.bars_issue(open_case(session, renews).application.state) if renews is not None else []


def _following(session: Session, program_id: int, series: str) -> str:
    standing = session.get(CertificateCounter, (program_id, series))
    return numbering.number(series, standing.next_value if standing is not None else 1)


# -- issuing -----------------------------------------------------------------------------------------------------------
def issue(
    round_ref: str,
    refs: Sequence[str],
    actor: Actor,
    now: datetime,
    *,
    document: str,
    on: date | None,
    difference: str = "",
    request_key: str | None = None,
) -> PoolDone:
    """Issue these, up to 25 in one transaction; the same request key takes a longer list up where it stopped.

    Raises NotReady before anything is written when the list differs from the notice and nobody says why.
    """
    given: dict[str, Any] = {"document": document.strip(), "on": on, "difference": difference.strip()}
    chosen = list(dict.fromkeys(refs))
    given |= _against_notice(round_ref, chosen, actor)
    done: list[str] = []
    aside: dict[str, tuple[Reason, ...]] = {}
    for start in range(0, len(chosen), AT_ONCE):
        key = f"{request_key}:{start}" if request_key else None
        part = _issue_chunk(round_ref, chosen[start : start + AT_ONCE], given, actor, now, key)
        done += part.done
        aside |= part.left_aside
    return PoolDone(tuple(done), aside)


def _against_notice(round_ref: str, refs: Sequence[str], actor: Actor) -> dict[str, Any]:
    with reading() as session:
        round_, _, stage = _opened(session, round_ref, actor)
        found = queries.candidates(session, scope_of(actor), round_.id, [stage.key])
        shown = tuple(Shown(each.id, line_of(each, stage.key)) for each in found if each.shown)
        chosen = {each.id for each in found if each.ref in set(refs)}
    if not chosen:
        raise NotReady([Reason(Words("名单里还没有选人"), "list")])
    return {"shown": shown, "list": frozenset(chosen), "round": round_.key, "stage": stage.key}


def _issue_chunk(
    round_ref: str, refs: list[str], given: Mapping[str, Any], actor: Actor, now: datetime, request_key: str | None
) -> PoolDone:
    said = {name: given[name] for name in ("document", "on", "difference")}
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (round_ref, refs, "issue", said), now)
        if before is not None:
            return PoolDone(tuple(before["done"]), dict.fromkeys(before["left_aside"], ()))
        ids = sorted(
            session.scalars(
                select(ApplicationRow.id).join(Round).where(ApplicationRow.ref.in_(refs), Round.ref == round_ref)
            )
        )
        cases = {case.row.id: case for case in open_cases(session, ids, lock=True)}
        seen = {
            id_: case
            for id_, case in cases.items()
            if can(actor, Permission.APPLICATION_READ, CaseSubject(case.book.definition, case.application))
        }
        done, aside = _issue_by_book(session, seen, given, actor, now)
        if done:
            _note_issuing(session, seen[done[0]].row.round_id, given, len(done), actor, now)
        missing = {ref: (Reason(NotFound().words),) for ref in refs if ref not in {c.row.ref for c in seen.values()}}
        left = {seen[id_].row.ref: reasons for id_, reasons in aside.items()}
        result = PoolDone(tuple(seen[id_].row.ref for id_ in done), {**missing, **left})
        keep = {"done": list(result.done), "left_aside": list(result.left_aside)}
        actions.keep_answer(session, actor, request_key, keep)
    return result


def _issue_by_book(
    session: Session, cases: Mapping[int, Case], given: Mapping[str, Any], actor: Actor, now: datetime
) -> tuple[list[int], dict[int, tuple[Reason, ...]]]:
    """Cases of one list may be pinned to different versions; each is issued under its own, from the same counts."""
    done: list[int] = []
    aside: dict[int, tuple[Reason, ...]] = {}
    inputs = dict(given) | {
        "elsewhere": _elsewhere(session, cases),
        "unprintable": {id_: certificates.unprintable(session, case) for id_, case in cases.items()},
        "barred": {id_: _barred(session, case) for id_, case in cases.items()},
    }
    for version in sorted({case.book.version_id for case in cases.values()}):
        group = [case for case in cases.values() if case.book.version_id == version]
        pool: list[Application] = [case.application for case in group]
        book, program = group[0].book, group[0].row.program_id
        wanted = pool_award.series_wanted(book, given["stage"], pool, Action("issue", None, inputs), actor, now)
        _wait_patiently(session)
        counters = {each: _counter(session, program, each) for each in wanted}
        following = {each: row.next_value for each, row in counters.items()}
        room = places_left(session, book, group[0].round, given["on"])
        action = Action("issue", None, {**inputs, "following": following, "left": room})
        outcomes, left, after = pool_award.issue(book, given["stage"], pool, action, actor, now)
        for series, row in counters.items():
            row.next_value = after.get(series, row.next_value)
        for id_, outcome in outcomes.items():
            record(session, cases[id_], outcome, now)
        done += outcomes
        aside |= left
    return done, aside


def places_left(session: Session, book: Rulebook, round_: Round, on: date | None) -> dict[str, int]:
    """Of the whole quota, by group, beside what stands recognized in its period."""
    caps = quotas.whole(book, round_facts(round_, book.definition).settings)
    if not caps or on is None:
        return {}
    taken: Counter[str] = Counter()
    per = book.definition.quota.per
    within = round_.id if per == "round" else None
    for track, channel, count in queries.standing(session, round_.program_id, within, on, per):
        for name in ("", *quotas.groups_of(track, channel, None)):
            taken[name] += count
    return {name: most - taken[name] for name, most in caps.items()}


def _wait_patiently(session: Session) -> None:
    """Others who issue hold a series for as long as their list takes to be written: longer than the usual wait."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = '60s'"))
        session.execute(text("SET LOCAL statement_timeout = '60s'"))


def _counter(session: Session, program_id: int, series: str) -> CertificateCounter:
    """The row of a series, made if need be; others who issue in it wait until the commit."""
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"program_id": program_id, "series": series, "next_value": 1}
    session.execute(on.insert(CertificateCounter).values(values).on_conflict_do_nothing())
    return session.scalars(
        select(CertificateCounter)
        .where(CertificateCounter.program_id == program_id, CertificateCounter.series == series)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _elsewhere(session: Session, cases: Mapping[int, Case]) -> dict[int, dict[str, list[Decimal]]]:
    """What the same people hold of the same benefits in other valid recognitions."""
    benefits = {key for case in cases.values() for key in certificates.award_of(case).benefits}
    people = {case.row.person_id: id_ for id_, case in cases.items() if case.row.person_id is not None}
    found: dict[int, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for person, application, benefit, amount in queries.held_elsewhere(session, sorted(people), sorted(benefits)):
        if amount is not None and application != people[person]:
            found[people[person]][benefit].append(Decimal(amount))
    return {case: dict(held) for case, held in found.items()}


def _note_issuing(
    session: Session, round_id: int, given: Mapping[str, Any], count: int, actor: Actor, now: datetime
) -> None:
    session.add(
        Issuing(
            ref=secrets.token_urlsafe(12),
            round_id=round_id,
            stage_key=given["stage"],
            document=given["document"],
            document_on=given["on"],
            difference=given["difference"],
            cases=count,
            issued_by=actor.account_id,
            issued_at=now,
        )
    )


# -- replacing a certificate -------------------------------------------------------------------------------------------
def reissue(
    ref: str,
    actor: Actor,
    now: datetime,
    *,
    why: str,
    reason: str,
    seen: int | None = None,
    request_key: str | None = None,
) -> Done:
    """Lost, or the name was put right: a new certificate under the same number; the old one says that it is replaced.

    The name is the person's as it is known now, so that a correction is made there first.
    """
    with reading() as session:
        case = open_case(session, _application(session, ref))
        if not can(actor, Permission.APPLICATION_RUN, CaseSubject(case.book.definition, case.application)):
            raise NotAllowed(Words("换发由主办来办"))
        lacking = certificates.unprintable(session, case)
    inputs = {"why": why, "reason": reason, "unprintable": lacking}
    return actions.perform(ref, "reissue", actor, now, seen=seen, request_key=request_key, inputs=inputs)


def _application(session: Session, ref: str) -> int:
    found = session.scalar(select(ApplicationRow.id).where(ApplicationRow.ref == ref))
    if found is None:
        raise NotFound
    return found
