"""One person's time after the recognition, on one page: tasks, mentor, placement, what falls due and when next.

The office sees all of it, the person and the mentor too; whoever was only asked something, such as the unit of a
placement, sees what it was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading
from models.organizations import Organization
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.after.duties import Owed
from workflow.domain.after.growth import Growth
from workflow.domain.application import Item
from workflow.domain.calendar import local_day
from workflow.domain.duty_days import Coming, coming, last_day, stage_of, stay_end
from workflow.domain.errors import NotFound
from workflow.domain.policy import (
    CaseSubject,
    Permission,
    can,
    is_filler,
    is_mentor,
    is_person,
    runs,
    sees_blind,
)
from workflow.domain.policy.departments import sees_as_department
from workflow.domain.program.schema import FollowUpStage, Label
from workflow.domain.stages.follow_up_payments import usable
from workflow.domain.transitions import Offer, offers
from workflow.domain.words import Words
from workflow.services.casework import Case, find, name_of, open_case
from workflow.services.duties import Given, file_names, givens, notes_of, role_name

YEAR = timedelta(days=365)
STATES: Mapping[str, tuple[str, Words]] = {
    "done": ("done", Words("办完")),
    "waived": ("hold", Words("已免去")),
    "not_answered": ("unknown", Words("到期未办")),
    "not_owed": ("todo", Words("当时没有人能办")),
    "over": ("hold", Words("认定已结束，不再办")),
    "open": ("now", Words("在办")),
    "late": ("late", Words("逾期")),
    "hold": ("hold", Words("停表")),
}


@dataclass(frozen=True)
class TaskLine:
    no: int
    name: Label
    done_at: datetime | None
    by: str
    evidence: str
    files: tuple[tuple[str, str], ...] = ()  # (reference, name)


@dataclass(frozen=True)
class Occurrence:
    """`mine`: the item by which the reader answers or confirms it."""

    owed: Owed
    name: Label
    due: date | None
    state: str  # of STATES
    waiting: tuple[Label, ...]
    mine: str | None
    given: tuple[Given, ...]

    @property
    def shape(self) -> tuple[str, Words]:
        return STATES[self.state]


@dataclass(frozen=True)
class Next:
    """What has not opened yet, as the program and the calendar say today."""

    name: Label
    opens: date
    day: date
    sides: tuple[Label, ...]  # the roles that answer
    provisional: bool


@dataclass(frozen=True)
class FollowUp:
    ref: str
    version: int
    name: str
    number: str
    program: Label
    round_ref: str
    round_name: str
    stage: Label | None
    note: Label | None  # what the program says to whoever acts here
    status: str
    entered: date | None
    ends: date | None
    valid_until: date | None
    tasks: tuple[TaskLine, ...]
    mentor: str | None
    placed: str | None
    now: tuple[Occurrence, ...]
    before: tuple[Occurrence, ...]
    next: tuple[Next, ...]
    unjudged: tuple[Label, ...]
    offers: tuple[Offer, ...]
    items: Mapping[int, tuple[str, int]]  # number -> (reference, version)
    office: bool
    own: bool
    usable: tuple[tuple[str, Label], ...] = ()  # benefits that are used, not paid, and stand open today
    used: tuple[tuple[Label, date], ...] = ()  # the newest first

    def offered(self, name: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.name == name), None)

    @property
    def results(self) -> tuple[Occurrence, ...]:
        """Assessments with their totals, the oldest first."""
        return tuple(each for each in reversed(self.before) if each.owed.total is not None)


def look(ref: str, actor: Actor, now: datetime) -> FollowUp:
    """NotFound for whoever may not see the case, or knows it only as a blind judge or a department."""
    with reading() as session:
        return _seen(session, opened(session, ref, actor), actor, now)


def opened(session: Session, ref: str, actor: Actor) -> Case:
    case = open_case(session, find(session, ref).id)
    definition, application = case.book.definition, case.application
    if application.state.recognition is None:
        raise NotFound
    if not can(actor, Permission.APPLICATION_READ, CaseSubject(definition, application)):
        raise NotFound
    if sees_blind(actor, definition, application) or sees_as_department(actor, definition, application):
        raise NotFound
    return case


def _seen(session: Session, case: Case, actor: Actor, now: datetime) -> FollowUp:
    definition, application, state = case.book.definition, case.application, case.application.state
    stage, entry, known = stage_of(definition, state), state.entry, state.recognition
    growth = state.after.growth_at(entry.no if entry is not None else 0)
    office, own = runs(actor, definition, application), is_person(actor, application) or is_filler(actor, application)
    refs = _items(session, case)
    found = [_occurrence(session, case, each, actor, refs, now) for each in state.after.duties]
    holder = stage is not None and any(item.mine for item in found)
    sees_all = office or own or is_mentor(actor, application) or _of_the_stay(case, actor)
    found = [each for each in found if sees_all or each.mine or _has_answered(each, actor)]
    return FollowUp(
        ref=case.row.ref,
        version=state.version,
        name=name_of(session, case),
        number=case.row.number or "",
        program=definition.program.name,
        round_ref=case.round.ref,
        round_name=case.round.name,
        stage=stage.name if stage is not None else None,
        note=stage.note if stage is not None and (holder or (sees_all and not own)) else None,
        status=state.status.value,
        entered=local_day(entry.entered_at) if entry is not None else None,
        ends=stay_end(definition, case.book.calendar, state, entry, now) if entry is not None else None,
        valid_until=known.until if known is not None else None,
        tasks=_tasks(session, case, stage, growth) if sees_all else (),
        mentor=_name(session, state.after.mentor),
        placed=_placed(session, growth),
        now=tuple(each for each in found if each.owed.is_open),
        before=tuple(reversed([each for each in found if not each.owed.is_open])),
        next=_next(case, now) if sees_all or holder else (),
        unjudged=tuple(_unjudged(case)) if office else (),
        offers=tuple(offers(case.book, application, actor, now)),
        items=refs,
        office=office,
        own=own,
        usable=tuple((key, definition.benefits[key].name) for key in usable(case.book, application, local_day(now)))
        if sees_all
        else (),
        used=tuple((definition.benefits[each.benefit].name, each.on) for each in reversed(state.after.uses))
        if sees_all
        else (),
    )


def _of_the_stay(case: Case, actor: Actor) -> bool:
    """Whose the stay is: the holders of the follow-up."""
    subject = CaseSubject(case.book.definition, case.application)
    return any(
        can(actor, Permission.ITEM_ACT, CaseSubject(subject.definition, subject.application, item))
        for item in case.application.state.open_items()
        if item.about is None
    )


def _has_answered(each: Occurrence, actor: Actor) -> bool:
    return any(answer.by == actor.account_id for answer in each.owed.answers)


def _items(session: Session, case: Case) -> dict[int, tuple[str, int]]:
    rows = session.execute(
        select(WorkItem.no, WorkItem.ref, WorkItem.version).where(WorkItem.application_id == case.row.id)
    )
    return {no: (ref, version) for no, ref, version in rows}


def _occurrence(
    session: Session, case: Case, owed: Owed, actor: Actor, refs: Mapping[int, tuple[str, int]], now: datetime
) -> Occurrence:
    definition, application = case.book.definition, case.application
    due = last_day(definition, case.book.calendar, application.state, owed, now)
    open_ = [item for item in application.state.open_items() if item.about == owed.about]
    mine = next((refs[item.no][0] for item in open_ if _answers(case, item, actor)), None)
    state = owed.state
    if owed.is_open and due is None:
        state = "hold"
    elif owed.is_open and due is not None and due < local_day(now):
        state = "late"
    return Occurrence(
        owed=owed,
        name=definition.duties[owed.duty].name,
        due=due,
        state=state,
        waiting=tuple(role_name(case, item.role) for item in open_),
        mine=mine,
        given=givens(session, case, owed),
    )


def _answers(case: Case, item: Item, actor: Actor) -> bool:
    return can(actor, Permission.ITEM_ACT, CaseSubject(case.book.definition, case.application, item))


def _tasks(session: Session, case: Case, stage: FollowUpStage | None, growth: Growth) -> tuple[TaskLine, ...]:
    if stage is None:
        return ()
    said = notes_of(session, case.row.id, "task_done", "task")
    done = {task.no: task for task in growth.tasks}
    lines = []
    for no, name in enumerate(stage.tasks, start=1):
        task = done.get(no)
        by = _name(session, task.by) if task is not None else None
        evidence = said.get(no, {}).get("evidence", "") if task is not None else ""
        files = tuple(file_names(session, list(task.files)).items()) if task is not None and task.files else ()
        lines.append(TaskLine(no, name, task.at if task is not None else None, by or "", evidence, files))
    return tuple(lines)


def _name(session: Session, account_id: int | None) -> str | None:
    return session.scalar(select(Account.name).where(Account.id == account_id)) if account_id is not None else None


def _placed(session: Session, growth: Growth) -> str | None:
    if growth.placed is None:
        return None
    return session.scalar(select(Organization.name).where(Organization.id == growth.placed.organization))


def _unjudged(case: Case) -> list[Label]:
    duties = case.book.definition.duties
    keys = [each.partition(":")[2] for each in sorted(case.application.state.after.unjudged)]
    return [duties[key].name for key in keys if key in duties]


def _next(case: Case, now: datetime) -> tuple[Next, ...]:
    """The next twelve months, as the case stands."""
    until = local_day(now) + YEAR
    found = coming(case.book.definition, case.book.calendar, case.application.state, now, until)
    return tuple(_coming(case, each) for each in sorted(found, key=lambda one: (one.opens, one.day, one.duty.key)))


def _coming(case: Case, each: Coming) -> Next:
    roles = tuple(role_name(case, role) for role in each.duty.by)
    return Next(each.duty.name, each.opens, each.day, roles, each.provisional)
