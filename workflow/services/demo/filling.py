"""The house fills itself, step by step, through the services that everybody uses.

Each step looks at what stands there and does the rest, so that a fill which was killed goes on where it stopped. What
has begun and what is done is told in the installation's own chain: whoever audits such a house reads there that its
people are made up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.accounts import Account
from models.applications import ApplicationRow
from models.base import reading, writing
from models.evidence import EventRow, Stream, StreamKind
from models.programs import Program
from workflow.domain.actor import SYSTEM
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services.demo import applying, awarding, checking, deciding, founding, judging, story
from workflow.services.demo.cast import OFFICERS
from workflow.services.demo.story import Batch
from workflow.services.demo.town import Part, Town

BEGUN, STEPPED, FILLED = "demo_begun", "demo_step_done", "demo_filled"
Step = tuple[Words, Callable[[Town], None]]


@dataclass(frozen=True)
class Progress:
    """`began` None: nothing of it is here. `doing`: what is under way."""

    began: datetime | None
    done: int
    steps: int
    full: bool
    doing: Words | None = None

    @property
    def is_running(self) -> bool:
        return self.began is not None and not self.full

    @property
    def percent(self) -> int:
        return 100 if self.full else 100 * self.done // max(self.steps, 1)


# -- where it stands ---------------------------------------------------------------------------------------------------
def progress() -> Progress:
    names = [name for name, _ in _steps("", whole=True)]
    with reading() as session:
        told = (
            select(EventRow.kind, func.count(), func.min(EventRow.at))
            .join(Stream, Stream.id == EventRow.stream_id)
            .where(
                Stream.kind == StreamKind.INSTALLATION.value,
                Stream.subject_id == 0,
                EventRow.kind.in_((BEGUN, STEPPED, FILLED)),
            )
            .group_by(EventRow.kind)
        )
        found = {kind: (count, at) for kind, count, at in session.execute(told)}
    done = found.get(STEPPED, (0, None))[0]
    began = found.get(BEGUN, (0, None))[1]
    doing = names[done] if began is not None and done < len(names) else None
    return Progress(began, done, len(names), FILLED in found, doing)


def may_begin() -> bool:
    """In a house where nothing has happened: no program, nobody but those who were made with it."""
    with reading() as session:
        others = select(Account.id).where(Account.login.is_(None) | Account.login.not_in(OFFICERS))
        used = (others, select(Program.id), select(ApplicationRow.id))
        return all(session.scalar(each.limit(1)) is None for each in used)


def is_ours() -> bool:
    """The town is here, or it may still come."""
    return progress().began is not None or may_begin()


# -- filling -----------------------------------------------------------------------------------------------------------
def fill(text: str, now: datetime, *, whole: bool = True) -> Iterator[Progress]:
    """One step at a time, with how far it is before each and at the end. `text`: the program file.

    Does nothing in a house that is full already or in which others have begun to work.
    """
    stands = progress()
    if stands.full or (stands.began is None and not may_begin()):
        return
    if stands.began is None:
        with writing() as session:
            evidence.tell(session, StreamKind.INSTALLATION, 0, "demo_begun", SYSTEM, now)
    town = Town(stands.began or now)
    for nth, (_, step) in enumerate(_steps(text, whole=whole)):
        if nth >= stands.done:
            yield progress()
            step(town)
            with writing() as session:
                body = {"step": nth + 1}
                evidence.tell(session, StreamKind.INSTALLATION, 0, "demo_step_done", SYSTEM, town.now, body=body)
    with writing() as session:
        evidence.tell(session, StreamKind.INSTALLATION, 0, "demo_filled", SYSTEM, town.now)
    yield progress()


def _steps(text: str, *, whole: bool) -> list[Step]:
    steps: list[Step] = [
        (Words("管理岗位到位"), founding.officers),
        (Words("工作人员开通账号"), founding.staff),
        (Words("单位登记"), founding.units),
        (Words("发布方案"), lambda town: founding.program(town, text)),
    ]
    for batch in story.batches(whole=whole):
        steps += _of(batch)
    return steps


def _of(batch: Batch) -> list[Step]:
    def playing(act: Callable[[Part], None]) -> Callable[[Town], None]:
        return lambda town: act(_part(town, batch))

    played: list[tuple[Words, Callable[[Part], None]]] = [
        (Words("申报"), applying.apply),
        (Words("单位审核"), checking.employers),
        (Words("形式审查"), checking.intake),
        (Words("补正"), checking.corrections),
        (Words("资格审查"), checking.eligibility),
        (Words("理论测试"), judging.written_test),
        (Words("实操考核"), judging.practical_test),
        (Words("专家盲评"), judging.experts),
        (Words("联审"), deciding.departments),
        (Words("联审结论"), deciding.lead),
        (Words("会议审定"), deciding.meeting),
    ]
    if batch.days["meeting"] >= 0:
        played += [(Words("公布结果"), deciding.results_published), (Words("公示"), deciding.notice)]
    if "objected" in batch.days:
        played.append((Words("公示期间的异议"), deciding.objection))
    if "award" in batch.days:
        played += [
            (Words("公示期满"), deciding.notice_over),
            (Words("补齐发证资料"), awarding.provide),
            (Words("发证"), awarding.issue),
            (Words("发证以后"), awarding.afterwards),
        ]
    opened: Step = (Words("开批次"), lambda town: founding.open_round(town, batch.round))
    closed: Step = (Words("关批次"), lambda town: founding.close_round(town, batch.round))
    named: list[Step] = [(name, playing(act)) for name, act in played]
    return [opened, *named, *([closed] if "award" in batch.days else [])]


def _part(town: Town, batch: Batch) -> Part:
    found = town.round(founding.key_of(town, batch.round))
    if found is None:
        raise LookupError(batch.round)
    return Part(town, batch, found.ref, found.id)
