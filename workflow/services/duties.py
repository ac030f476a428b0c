"""One thing that fell due after a recognition, as whoever must answer it sees it; and the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading
from models.duties import DutyAnswer
from models.files import Attachment
from models.queries import cases, remarks
from workflow.domain import answers
from workflow.domain.abouts import duty_about
from workflow.domain.actor import Actor
from workflow.domain.after import points as ledger_of
from workflow.domain.after.duties import Answer, Owed
from workflow.domain.application import Duty as Asks
from workflow.domain.application import Item
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound
from workflow.domain.policy import CaseSubject, Permission, can
from workflow.domain.program.schema import Criterion, Field, FileField, JointCheckStage, Label
from workflow.domain.program.schema.after import Duty
from workflow.domain.rules import canonical
from workflow.domain.sentences import effect_words
from workflow.domain.stages import follow_up_assess, follow_up_rerun
from workflow.domain.stages.joint_check import ANSWERS
from workflow.domain.words import Words
from workflow.services import actions
from workflow.services.casework import Case, name_of, open_case
from workflow.services.recorded_duties import digest
from workflow.services.sheets import Left, left_until

EFFECTS = ("pass", "return", "defer", "send_back", "refuse")


@dataclass(frozen=True)
class Given:
    """One answer that can be read: what was typed, marked or concluded, by whom."""

    side: Label  # in which role it was answered
    by: str
    at: datetime
    values: tuple[tuple[Label, Field, Any], ...] = ()
    marks: tuple[tuple[Label, int], ...] = ()
    effect: Label | Words | None = None
    note: str = ""
    current: bool = True


@dataclass(frozen=True)
class Task:
    """`kind`: tick, record, sheet, check, joint. `open`: it can be answered by this reader now."""

    item: str
    version: int
    case: str
    name: str
    number: str
    program: Label
    round_ref: str
    duty: Duty
    no: int
    kind: str
    role: str
    role_name: Label
    stage: Label
    day: date
    left: Left | None
    agrees: bool
    open: bool
    reads_case: bool
    label: Label | Words
    fields: Mapping[str, Field] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    levels: Mapping[str, Any] = field(default_factory=dict)
    balance: str | None = None  # of points, beside the criteria that want it there
    effects: tuple[tuple[str, Label | Words], ...] = ()
    rules: tuple[tuple[str, Label, str], ...] = ()
    departments: tuple[tuple[str, Label, str, Words | None], ...] = ()  # role, name, answer, its words
    form: tuple[tuple[str, Label], ...] = ()  # what may be flagged where it is returned
    answered: tuple[Label, ...] = ()  # others who have answered already
    waiting: tuple[Label, ...] = ()
    given: tuple[Given, ...] = ()
    rejected: str = ""  # why the last answer was not confirmed


# -- looking -----------------------------------------------------------------------------------------------------------
def task(item_ref: str, actor: Actor, now: datetime) -> Task:
    """NotFound for whoever it does not ask."""
    with reading() as session:
        case, item, duty, owed = _asked(session, item_ref, actor)
        return _task(session, case, item, duty, owed, item_ref, actor, now)


def _asked(session: Session, item_ref: str, actor: Actor) -> tuple[Case, Item, Duty, Owed]:
    found = cases.application_of_item(session, item_ref)
    if found is None:
        raise NotFound
    case = open_case(session, found[0])
    definition, application = case.book.definition, case.application
    item = application.state.item(found[1])
    duty = duty_about(definition, item.about if item is not None else None)
    if item is None or duty is None or item.duty not in (Asks.ANSWER, Asks.AGREE):
        raise NotFound
    if not can(actor, Permission.ITEM_ACT, CaseSubject(definition, application, item)):
        raise NotFound
    owed = next((each for each in application.state.after.duties if each.about == item.about), None)
    if owed is None or isinstance(definition.stages.get(item.stage), JointCheckStage):
        raise NotFound
    return case, item, duty, owed


def kind_of(case: Case, duty: Duty) -> str:
    stage = follow_up_rerun.stage_run(case.book, duty)
    if stage is not None:
        return "joint" if isinstance(stage, JointCheckStage) else "check"
    return "sheet" if duty.sheet is not None else "record" if duty.record else "tick"


def _task(
    session: Session, case: Case, item: Item, duty: Duty, owed: Owed, ref: str, actor: Actor, now: datetime
) -> Task:
    book, application = case.book, case.application
    definition, agrees = book.definition, item.duty is Asks.AGREE
    sheet, stage = follow_up_assess.sheet_of(book, duty), follow_up_rerun.stage_run(book, duty)
    given = {answer.role for answer in owed.standing()}
    mine = [answer for answer in owed.answers if agrees or answer.role == item.role]
    reads = can(actor, Permission.APPLICATION_READ, CaseSubject(definition, application))
    return Task(
        item=ref,
        version=item.version,
        case=case.row.ref,
        name=name_of(session, case),
        number=case.row.number or "",
        program=definition.program.name,
        round_ref=case.round.ref,
        duty=duty,
        no=owed.no,
        kind=kind_of(case, duty),
        role=item.role,
        role_name=role_name(case, item.role),
        stage=definition.stages[item.stage].name,
        day=owed.day,
        left=left_until(book, book.due(application, item, now), now),
        agrees=agrees,
        open=item.is_open and owed.is_open,
        reads_case=reads,
        label=duty.words.get("confirm_duty" if agrees else "answer") or Words("确认" if agrees else "交回"),
        fields={} if agrees else duty.record,
        criteria=follow_up_assess.asked_of(sheet, item.role) if sheet is not None and not agrees else {},
        levels=definition.scoring.levels if sheet is not None else {},
        balance=_balance(case, now) if sheet is not None else None,
        effects=_effects(case, duty) if stage is not None and not agrees else (),
        rules=_rules(case, owed, duty) if not agrees else (),
        departments=_departments(case, owed, duty),
        form=tuple((key, each.name) for key, each in definition.form_fields().items())
        if stage is not None and "return" in stage.may
        else (),
        answered=tuple(role_name(case, role) for role in owed.roles if role in given and role != item.role),
        waiting=tuple(role_name(case, role) for role in owed.waiting() if role != item.role),
        given=givens(session, case, owed, mine),
        rejected=_why_rejected(session, case, owed),
    )


def _balance(case: Case, now: datetime) -> str | None:
    points, state = case.book.definition.points, case.application.state
    if points is None:
        return None
    return canonical(ledger_of.balance(points, state.after.points, local_day(now), case.book.calendar))


def role_name(case: Case, role: str) -> Label:
    known = case.book.definition.roles.get(role)
    if known is not None:
        return known.name
    return Label(zh="帮带人", en="mentor") if role == "mentor" else Label(zh="本人", en="the person")


def _effects(case: Case, duty: Duty) -> tuple[tuple[str, Label | Words], ...]:
    stage = follow_up_rerun.stage_run(case.book, duty)
    may = stage.may if stage is not None else ()
    return tuple(
        (effect, duty.words.get(effect) or effect_words(case.book.definition, duty.runs, effect))
        for effect in EFFECTS
        if effect in may
    )


def _rules(case: Case, owed: Owed, duty: Duty) -> tuple[tuple[str, Label, str], ...]:
    stage = follow_up_rerun.stage_run(case.book, duty)
    if stage is None:
        return ()
    rules = case.book.definition.eligibility.rules
    found = follow_up_rerun.judged(case.book, case.application, stage, owed)
    return tuple((key, rules[key].name, said) for key, said in found.items())


def _departments(case: Case, owed: Owed, duty: Duty) -> tuple[tuple[str, Label, str, Words | None], ...]:
    """What each department said; the words of an objection are read where they are kept, for a reason."""
    stage = follow_up_rerun.stage_run(case.book, duty)
    if not isinstance(stage, JointCheckStage):
        return ()
    mine = {item.no for item in case.application.state.items if item.about == owed.about}
    said = {
        each.role: each.answer for each in case.application.state.departments if each.current and each.item_no in mine
    }
    return tuple(
        (role, role_name(case, role), said.get(role, ""), ANSWERS.get(said.get(role, ""))) for role in stage.by
    )


# -- what was answered -------------------------------------------------------------------------------------------------
def givens(session: Session, case: Case, owed: Owed, wanted: list[Answer] | None = None) -> tuple[Given, ...]:
    """Answers to one occurrence, the oldest first."""
    chosen = list(owed.answers) if wanted is None else wanted
    if not chosen:
        return ()
    duty = case.book.definition.duties[owed.duty]
    rows = select(DutyAnswer).where(
        DutyAnswer.application_id == case.row.id, DutyAnswer.item_no.in_([each.item for each in chosen])
    )
    typed = {row.item_no: answers.decode(duty.record, row.record) for row in session.scalars(rows)}
    names = _names(session, [each.by for each in chosen])
    notes = notes_of(session, case.row.id, "duty_answered", "item")
    sheet = follow_up_assess.sheet_of(case.book, duty)
    return tuple(
        Given(
            side=role_name(case, each.role),
            by=names.get(each.by or 0, ""),
            at=each.at,
            values=tuple(
                (duty.record[key].name, duty.record[key], value) for key, value in typed.get(each.item, {}).items()
            ),
            marks=tuple((sheet.criteria[key].name, value) for key, value in each.raw.items()) if sheet else (),
            effect=duty.words.get(each.effect) or effect_words(case.book.definition, duty.runs, each.effect)
            if each.effect
            else None,
            note=" ".join(text for name, text in notes.get(each.item, {}).items() if name in ("note", "reason")),
            current=each.current,
        )
        for each in chosen
    )


def _names(session: Session, accounts: list[int | None]) -> dict[int, str]:
    wanted = {number for number in accounts if number is not None}
    if not wanted:
        return {}
    rows: Any = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all()
    return dict(rows)


def notes_of(session: Session, application_id: int, kind: str, by: str) -> dict[Any, dict[str, str]]:
    """The words typed beside events of one kind, by a value of their body."""
    found: dict[Any, dict[str, str]] = {}
    for each in remarks.told(session, application_id, [kind]):
        if each.field is not None:
            found.setdefault(each.body.get(by), {})[each.field] = each.words
    return found


def _why_rejected(session: Session, case: Case, owed: Owed) -> str:
    if owed.standing() or not owed.answers:
        return ""
    said = notes_of(session, case.row.id, "duty_rejected", "duty").get(owed.duty, {})
    return said.get("reason", "")


def file_names(session: Session, refs: list[str]) -> dict[str, str]:
    return {row.ref: row.name for row in session.scalars(select(Attachment).where(Attachment.ref.in_(refs)))}


def names_of_files(given: tuple[Given, ...]) -> dict[str, str]:
    """Reference -> name of the files in these answers."""
    refs = [
        ref for each in given for _, item, value in each.values if isinstance(item, FileField) for ref in value or ()
    ]
    if not refs:
        return {}
    with reading() as session:
        return file_names(session, refs)


# -- answering ---------------------------------------------------------------------------------------------------------
def answer(
    item_ref: str,
    actor: Actor,
    now: datetime,
    *,
    seen: int | None = None,
    request_key: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> actions.Acted:
    """Hand back what was asked. Typed values stand beside the case; its event holds their digest."""
    given = dict(inputs or {})
    with reading() as session:
        _, _, duty, _ = _asked(session, item_ref, actor)
        given["digest"] = digest(duty.record, given.get("record") or {}) or ""
    return actions.perform(item_ref, "answer_duty", actor, now, seen=seen, request_key=request_key, inputs=given)
