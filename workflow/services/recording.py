"""`record` writes an outcome: the only writer of a case's state. Every row here can be folded from the events again."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import chain
from models.applications import ApplicationRow, StageEntry, VerdictRow
from models.evidence import StreamKind
from models.rounds import RoundNominator
from models.work import RECUSED, Conflict
from workflow.domain import answers, quotas
from workflow.domain.actor import SYSTEM
from workflow.domain.application import (
    RUNNING,
    UNSUBMITTED,
    Action,
    Application,
    Entry,
    Item,
    Outcome,
    State,
    Status,
    Verdict,
)
from workflow.domain.calendar import local_day
from workflow.domain.conflicts import SELF_DECLARED
from workflow.domain.errors import MovedOn, NotReady, Reason
from workflow.domain.notices import owed
from workflow.domain.program.schema import Definition
from workflow.domain.stages import follow_up_renewal
from workflow.domain.transitions import decide
from workflow.domain.unpublished import withheld
from workflow.domain.words import Words
from workflow.services import beside, counting, measured, outbox
from workflow.services.casework import Case, open_case, stays_of
from workflow.services.recording_items import write_items

UNDO_WINDOW = timedelta(seconds=10)


def record(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    """Write the facts, then bring the tables to the state they lead to. Part of the caller's transaction."""
    before, after = case.application.state, outcome.state
    standing = session.get_one(ApplicationRow, case.row.id)
    if (standing.version, standing.event_seq) != (before.version, before.seq):
        raise MovedOn
    if any(event.kind in measured.JUDGING for event in outcome.events):
        measured.refuse(session, case.round.id)
    last = chain.append(session, StreamKind.APPLICATION, case.row.id, outcome.events, case.row.version_id)
    if last != after.seq:
        raise MovedOn
    now_so = replace(case.application, state=after)
    _write_entries(session, case, now_so, now)
    write_items(session, case, before, now_so, now)
    _write_verdicts(session, case, before, after, outcome)
    _write_record(session, case, before, outcome)
    _note_conflicts(session, case.row.id, outcome, now)
    _note_recused(session, case.row.id, before.recused, after.recused, now)
    _move_place(session, case, before, after)
    write_row(session, case, now_so, now)
    for write in beside.WRITERS:
        write(session, case, outcome, now)
    _tell_people(session, case, outcome, now)
    session.flush()
    _tell_renewed(session, case, outcome, now)


def _tell_renewed(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    """What became of a case reaches the one that it renews, unless that one has ended meanwhile."""
    old, after = outcome.state.renews, outcome.state
    act = follow_up_renewal.reached(case.book.definition, case.application.state, after)
    if old is None or act is None:
        return
    renewed, known = open_case(session, old, lock=True), after.recognition
    given = {"case": case.row.id, "on": known.on if known is not None else None}
    with suppress(MovedOn):
        record(session, renewed, decide(renewed.book, renewed.application, Action(act, None, given), SYSTEM, now), now)


def _tell_people(session: Session, case: Case, outcome: Outcome, now: datetime) -> None:
    """What is owed is written now and seen after the undo window; an undo takes back what the undone act had caused."""
    first = case.application.state.seq + 1
    for seq, event in enumerate(outcome.events, start=first):
        if event.kind == "undone":
            undone = sum(1 for _ in case.application.state.last_kinds)
            outbox.cancel(session, case.row.id, first - undone)
        told = replace(case.application, state=outcome.state)
        for telling in owed(case.book.definition, told, event):
            for account in telling.to:
                outbox.post(
                    session,
                    telling.kind,
                    now,
                    recipient_id=account,
                    params={**telling.params, "application": case.row.ref, "round": case.round.ref},
                    application_id=case.row.id,
                    event_seq=seq,
                    once=f"{case.row.id}:{seq}:{telling.kind}:{account}",
                    after=UNDO_WINDOW,
                )


# -- the row of the case -----------------------------------------------------------------------------------------------
def row_values(case: Case, application: Application, now: datetime) -> dict[str, Any]:
    """The columns of `application` that events decide. `audit replay` compares exactly these."""
    state = application.state
    entry = state.entry
    dues = [case.book.due(application, item, now) for item in state.open_items() if _presses(item)]
    hidden = withheld(case.book.definition, state)
    return {
        "status": state.status.value,
        "stage_key": state.stage,
        "stage_pos": entry.position if entry is not None else None,
        "furthest_pos": state.furthest_position(),
        "entry_no": entry.no if entry is not None else None,
        "version": state.version,
        "event_seq": state.seq,
        "answers_rev": state.revision,
        "mentor_id": state.after.mentor,
        "renews_id": state.renews,
        "number": state.number,
        "receipt": state.receipt,
        "place_taken": state.place_taken,
        "withheld_stage": hidden.stage if hidden is not None else None,
        "submitted_at": state.submitted_at,
        "closed_at": state.closed_at,
        "due_at": min((due for due in dues if due is not None), default=None),
    }


def is_apart(definition: Definition, channel: str) -> bool:
    """The person hears nothing and has no account here: one that they have for other things leads nowhere."""
    return not definition.program.tell_person and definition.channels[channel].account == "none"


def _presses(item: Item) -> bool:
    """What the office owes after a recognition, such as a payment, is no last day of the case for its person."""
    return item.about is None or item.role == "applicant"


def pinned_values(case: Case) -> dict[str, Any]:
    """What the pinned version says of who may see the case, where lists can ask for it."""
    nominator = case.book.definition.channels[case.row.channel].nominator
    return {
        "run_by": case.book.run_by,
        "nominated_by": nominator.role if nominator is not None else None,
        "apart": is_apart(case.book.definition, case.row.channel),
    }


def write_row(session: Session, case: Case, application: Application, now: datetime) -> None:
    values = {**row_values(case, application, now), **pinned_values(case)}
    values["unique_slot"] = unique_slot(case, application)
    already = _already(case)  # asked before: a row of a failed transaction answers nothing
    try:
        _assign(session.get_one(ApplicationRow, case.row.id), values)
        session.flush()
    except IntegrityError as error:
        if "unique_slot" in str(error.orig):
            raise NotReady([Reason(already)]) from None
        raise


def _already(case: Case) -> Words:
    """Where only those inside know who is in it, another office is not told that somebody is."""
    if case.book.definition.program.visibility == "internal":
        return Words("这个人现在不能报，请和主办单位核对")
    if case.row.person_id is None:
        return Words("这家单位在这个项目里已有一份申报，不能重复申报")
    return Words("同一个人在这个项目里已有一份申报，不能重复申报")


def unique_slot(case: Case, application: Application) -> str | None:
    """One unique word for `one_per_person`: in the round, the year, while running, or in the program for ever."""
    rule = case.book.definition.program.one_per_person
    subject = case.row.person_id or case.row.subject_organization_id
    state = application.state
    if rule == "no" or subject is None or state.status in UNSUBMITTED:
        return None
    if state.renews is not None:  # barred by none of these; but of two on record only one renews
        return f"n:{state.renews}" if follow_up_renewal.in_hand(case.book.definition, state) else None
    who = f"{'p' if case.row.person_id else 'o'}:{subject}"
    gone = state.closed_at is not None and state.status in (Status.WITHDRAWN, Status.LAPSED)
    runs = state.status in RUNNING and state.recognition is None
    if gone or (rule == "running" and not runs):
        return None
    return slot(rule, who, case.row.program_id, case.row.round_id, state.submitted_at)


def slot(rule: str, who: str, program_id: int, round_id: int, submitted: datetime | None) -> str:
    """The word itself: of somebody who is about to be on record, it says whether they are already."""
    if rule == "round":
        return f"r:{round_id}:{who}"
    year = f"{local_day(submitted).year}:" if rule == "year" and submitted is not None else ""
    return f"{rule[0]}:{year}g{program_id}:{who}"


# -- stays -------------------------------------------------------------------------------------------------------------
def entry_values(case: Case, application: Application, entry: Entry, now: datetime) -> dict[str, Any]:
    owed = [item for item in application.state.open_items() if item.entry_no == entry.no and item.about is None]
    due = case.book.due(application, owed[0], now) if owed and entry.left_at is None else None
    return {
        "round_id": case.row.round_id,
        "stage_key": entry.stage,
        "position": entry.position,
        "kind": case.book.stage(entry.stage).kind,
        "entered_at": entry.entered_at,
        "left_at": entry.left_at,
        "effect": entry.effect,
        "due_at": due,
        "pauses": [
            [pause.since.isoformat(), pause.until.isoformat() if pause.until else None, pause.why]
            for pause in entry.pauses
        ],
    }


def _write_entries(session: Session, case: Case, application: Application, now: datetime) -> None:
    known = stays_of(session, case.row.id)
    for entry in sorted(application.state.entries, key=lambda each: (each.left_at is None, each.no)):
        values = entry_values(case, application, entry, now)
        row = known.get(entry.no)
        if row is None:
            known[entry.no] = StageEntry(application_id=case.row.id, entry_no=entry.no, **values)
            session.add(known[entry.no])
        else:
            _assign(row, values)
        session.flush()


def _assign(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


# -- verdicts, records, conflicts, places ------------------------------------------------------------------------------
def _write_verdicts(session: Session, case: Case, before: State, after: State, outcome: Outcome) -> None:
    """The newest verdict on each thing, with its comment beside; those that fell away are no longer listed."""
    if before.verdicts == after.verdicts:
        return
    comments = {
        event.body["key"]: event.remarks.get("comment", "")
        for event in outcome.events
        if event.kind in ("item_judged", "rule_judged")
    }
    old, new = _newest(before), _newest(after)
    for place in old.keys() - new.keys():
        session.execute(delete(VerdictRow).where(*_at(case.row.id, old[place])))
    for place, verdict in new.items():
        if old.get(place) != verdict:
            session.merge(
                VerdictRow(
                    application_id=case.row.id,
                    entry_no=verdict.entry_no,
                    kind=verdict.kind,
                    key=verdict.key,
                    answers_rev=verdict.revision,
                    verdict=verdict.verdict,
                    comment=comments.get(verdict.key, ""),
                    given_by=verdict.by,
                    given_at=verdict.at,
                )
            )


def _newest(state: State) -> dict[tuple[int, str, str, int], Verdict]:
    return {(v.entry_no, v.kind, v.key, v.revision): v for v in state.verdicts}


def _at(application_id: int, verdict: Verdict) -> tuple[Any, ...]:
    return (
        VerdictRow.application_id == application_id,
        VerdictRow.entry_no == verdict.entry_no,
        VerdictRow.kind == verdict.kind,
        VerdictRow.key == verdict.key,
        VerdictRow.answers_rev == verdict.revision,
    )


def _write_record(session: Session, case: Case, before: State, outcome: Outcome) -> None:
    entry = before.entry
    if not outcome.records or entry is None:
        return
    fields = case.book.stage(entry.stage).record
    row = session.get_one(StageEntry, (case.row.id, entry.no))
    row.record = {**row.record, **answers.encode(fields, outcome.records)}


def _note_conflicts(session: Session, application_id: int, outcome: Outcome, now: datetime) -> None:
    for account, ground in outcome.conflicts:
        row = _conflict(session, application_id, account, ground)
        if row is None:
            row = Conflict(account_id=account, application_id=application_id, ground=ground)
            session.add(row)
        row.source, row.noted_at, row.state, row.lifted_at = "declared", now, "standing", None


def _conflict(session: Session, application_id: int, account: int, ground: str) -> Conflict | None:
    return session.scalar(
        select(Conflict).where(
            Conflict.application_id == application_id, Conflict.account_id == account, Conflict.ground == ground
        )
    )


def _note_recused(
    session: Session, application_id: int, before: frozenset[int], after: frozenset[int], now: datetime
) -> None:
    """Who is out of the case, as rows that lists can leave out; of who is let back in no own word stands any more."""
    for account in sorted(before ^ after):
        row = _conflict(session, application_id, account, RECUSED)
        if row is None:
            row = Conflict(
                account_id=account, application_id=application_id, ground=RECUSED, source=RECUSED, noted_at=now
            )
            session.add(row)
        row.state, row.lifted_at = ("standing", None) if account in after else ("lifted", now)
        said = None if account in after else _conflict(session, application_id, account, SELF_DECLARED)
        if said is not None:
            said.state, said.lifted_at = "lifted", now


def _move_place(session: Session, case: Case, before: State, after: State) -> None:
    """Take or give back one of the nominator's places; the table's own condition keeps a race from overdrawing it."""
    row = case.row
    quota = case.book.definition.channels[row.channel].quota
    if quota is not None and quotas.counted_apart(quota):
        counting.move(session, case.row, case.application.counted, before, after)
        return
    step = int(after.place_taken) - int(before.place_taken)
    if step == 0 or row.nominator_id is None:
        return
    try:
        session.execute(
            update(RoundNominator)
            .where(
                RoundNominator.round_id == row.round_id,
                RoundNominator.organization_id == row.nominator_id,
                RoundNominator.channel == row.channel,
            )
            .values(taken=RoundNominator.taken + step)
        )
    except IntegrityError:
        raise NotReady([Reason(Words("本单位的推荐名额已用完，不能再同意推荐"))]) from None
