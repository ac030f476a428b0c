"""What came of lists of department data: the cases each began, whom one still waits for, and taking a list back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading, writing
from models.evidence import StreamKind
from models.loads import DataLoad, LoadedCase, LoadState
from models.rounds import Round
from workflow.domain import months
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Status
from workflow.domain.errors import InvalidInput, MovedOn, NotFound, NotReady, Reason
from workflow.domain.policy import holds_in_round
from workflow.domain.program.schema import Channel, Definition, Label
from workflow.domain.transitions import is_offered
from workflow.domain.words import Words
from workflow.services import actions, award_links, evidence, worksheets
from workflow.services.casework import Case, name_of, open_cases
from workflow.services.imports_found import opened
from workflow.services.own_rounds import mine

LONGEST = 500


@dataclass(frozen=True)
class Load:
    ref: str
    at: datetime
    by: str
    sha256: str
    rows: int
    begun: int
    state: str
    reason: str
    taken_back_at: datetime | None


@dataclass(frozen=True)
class Begun:
    """One case. `drafted`: only who began it can complete it. `waits`: at the award, for the person's own word."""

    ref: str
    row_no: int
    number: str | None
    name: str
    status: str
    stage: Label | None
    source: str
    drafted: bool
    mine: bool
    waits: bool
    heard: bool


@dataclass(frozen=True)
class Channeled:
    """One channel of a round with its lists, the newest first."""

    round_ref: str
    round_name: str
    channel: Channel
    is_open: bool
    loads: tuple[Load, ...]


@dataclass(frozen=True)
class Loaded:
    about: Channeled
    load: Load
    cases: tuple[Begun, ...]
    can_end: int  # of these the office may still take back


def _channels_of(definition: Definition, actor: Actor, row: Round) -> tuple[Channel, ...]:
    if not holds_in_round(actor, row.program_id, row.id, (definition.run_by,)):
        return ()
    taken = months.taken(definition, row.closes_at)
    return tuple(c for c in definition.channels.values() if c.intake.from_facts and c.key in taken)


def offered(actor: Actor, ref: str) -> tuple[Channel, ...]:
    """The channels of a round into which the reader loads people found in data."""
    with reading() as session:
        row, definition = mine(session, actor, session.scalar(select(Round).where(Round.ref == ref)))
        return _channels_of(definition, actor, row)


def channel(actor: Actor, now: datetime, ref: str, key: str) -> Channeled:
    with reading() as session:
        return _channel(session, actor, now, ref, key)


def _channel(session: Session, actor: Actor, now: datetime, ref: str, key: str) -> Channeled:
    row, book = opened(session, actor, ref, key)
    rows = session.execute(
        select(DataLoad, Account.name)
        .join(Account, Account.id == DataLoad.loaded_by)
        .where(DataLoad.round_id == row.id, DataLoad.channel == key)
        .order_by(DataLoad.id.desc())
    )
    is_open = row.state == "open" and row.opens_at <= now and (row.closes_at is None or now < row.closes_at)
    return Channeled(
        row.ref, row.name, book.definition.channels[key], is_open, tuple(_line(load, name) for load, name in rows)
    )


def _line(load: DataLoad, by: str) -> Load:
    return Load(
        load.ref, load.loaded_at, by, load.sha256, load.rows, load.begun, load.state, load.reason, load.taken_back_at
    )


def loaded(actor: Actor, now: datetime, ref: str, key: str, load_ref: str) -> Loaded:
    with reading() as session:
        about = _channel(session, actor, now, ref, key)
        load, cases = _cases(session, about, load_ref)
        numbers = _rows_of(session, load)
        lines = tuple(_begun(session, numbers[case.row.id], case, actor, now) for case in cases)
        ends = sum(is_offered(case.book, case.application, "take_back", actor, now) for case in cases)
        found = next(each for each in about.loads if each.ref == load.ref)
        return Loaded(about, found, tuple(sorted(lines, key=lambda one: one.row_no)), ends)


def _cases(session: Session, about: Channeled, load_ref: str, *, lock: bool = False) -> tuple[DataLoad, list[Case]]:
    if load_ref not in {each.ref for each in about.loads}:
        raise NotFound
    wanted = select(DataLoad).where(DataLoad.ref == load_ref)
    load = session.scalars(wanted.with_for_update() if lock else wanted).one()
    return load, open_cases(session, list(_rows_of(session, load)), lock=lock)


def _rows_of(session: Session, load: DataLoad) -> dict[int, LoadedCase]:
    rows = session.scalars(select(LoadedCase).where(LoadedCase.load_id == load.id))
    return {each.application_id: each for each in rows}


def _begun(session: Session, row: LoadedCase, case: Case, actor: Actor, now: datetime) -> Begun:
    state = case.application.state
    stage = case.book.definition.stages.get(state.stage or "")
    waits, heard = award_links.standing(case, now)
    return Begun(
        case.row.ref,
        row.row_no,
        case.row.number,
        name_of(session, case) or _typed_name(session, case),
        state.status.value,
        stage.name if stage is not None else None,
        row.source,
        state.status is Status.DRAFT,
        case.row.filler_id == actor.account_id,
        waits,
        heard,
    )


def _typed_name(session: Session, case: Case) -> str:
    """Of a draft, whose answers count for nothing yet."""
    draft = worksheets.draft_of(session, case.row.id)
    fields = case.book.definition.form_fields()
    named = next((key for key, field in fields.items() if field.standard == "name"), "")
    return str(draft.body.get(named) or "") if draft is not None else ""


# -- taking a list back ------------------------------------------------------------------------------------------------
def take_back(
    actor: Actor, now: datetime, ref: str, key: str, load_ref: str, reason: str, *, request_key: str | None = None
) -> tuple[int, int]:
    """End what the list began, as far as no person has spoken: how many were ended, and how many go on."""
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (ref, key, load_ref, "take_back", reason), now)
        if before is not None:
            return before["ended"], before["left"]
        about = _channel(session, actor, now, ref, key)
        load, cases = _cases(session, about, load_ref, lock=True)
        if load.state != LoadState.STANDING.value:
            raise MovedOn
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明理由"), "reason")])
        ending = [case for case in cases if is_offered(case.book, case.application, "take_back", actor, now)]
        if not ending:
            raise NotReady([Reason(Words("这份名单起草的申报都已由本人确认或已办结，不能再撤回"))])
        said = reason.strip()[:LONGEST]
        for case in ending:
            actions.carry_out(session, case, Action("take_back", None, {"reason": said}), actor, now)
        load.state, load.reason = LoadState.TAKEN_BACK.value, said
        load.taken_back_at, load.taken_back_by = now, actor.account_id
        left = len(cases) - len(ending)
        body = {"load": load.id, "ended": len(ending), "left": left}
        evidence.tell(
            session,
            StreamKind.ROUND,
            load.round_id,
            "load_taken_back",
            actor,
            now,
            body=body,
            remarks={"reason": said},
        )
        actions.keep_answer(session, actor, request_key, {"ended": len(ending), "left": left})
        return len(ending), left
