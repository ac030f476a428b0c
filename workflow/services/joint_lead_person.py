"""One person in a joint check, for its lead and whoever may know what departments said; the words of an objection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.base import reading, writing
from models.evidence import StreamKind
from models.queries import joint_matrix as queries
from models.queries.joint_matrix import Given, Open
from models.rounds import Round
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound, Reason
from workflow.domain.policy import reads_joint, reads_joint_detail
from workflow.domain.program.schema import JointCheckStage, Label
from workflow.domain.scope import scope_of
from workflow.domain.transitions import offers
from workflow.domain.words import Words
from workflow.services import evidence, recorded_joint
from workflow.services.casework import Case, find, open_case
from workflow.services.joint_lead import Cell, blind_in, rows_of


@dataclass(frozen=True)
class Answered:
    """One answer, with what its reader may know of it."""

    given: Given
    name: Label
    grounds: bool  # whether category and number are shown
    opens: bool  # whether the words may be opened, with a reason


@dataclass(frozen=True)
class OnePerson:
    ref: str
    version: int
    name: str
    number: str | None
    round_ref: str
    round_name: str
    program: Label
    stage: JointCheckStage
    track: Label | None
    status: str
    cells: tuple[Cell, ...]
    names: Mapping[str, Label]
    answers: tuple[Answered, ...]  # of this stay, also those that no longer count; oldest first
    why: Mapping[str, str]
    item: Open | None
    may: frozenset[str]  # what the reader may do: pass, refuse, defer, ask_again

    def answer_of(self, role: str) -> Answered | None:
        return next((each for each in self.answers if each.given.department == role and each.given.current), None)


def person(ref: str, actor: Actor, now: datetime) -> OnePerson:
    with reading() as session:
        case = open_case(session, find(session, ref).id)
        stage, entry_no = _standing(case, actor)
        round_ = session.get_one(Round, case.row.round_id)
        found = queries.lines_of(
            session, scope_of(actor), blind_in(case.book), round_.id, stage.key, "", 1, only=case.row.id
        )
        if not found:
            raise NotFound
        line = found[0]
        (row,) = rows_of(session, [line], case.book, stage, now)
        detail = reads_joint_detail(actor, case.book.definition, case.application, stage)
        given = queries.given_in(session, [case.row.id], everything=True)
        names = {role: case.book.definition.roles[role].name for role in stage.by}
        offered = {offer.name for offer in offers(case.book, case.application, actor, now)}
        track = case.book.definition.tracks.get(case.row.track or "")
        return OnePerson(
            case.row.ref,
            case.application.state.version,
            line.name,
            line.number,
            round_.ref,
            round_.name,
            case.book.definition.program.name,
            stage,
            track.name if track is not None else None,
            case.row.status,
            tuple(cell for cell in row.cells if cell is not None),
            names,
            tuple(
                Answered(each, names[each.department], detail, detail and each.has_detail)
                for each in given
                if each.entry_no == entry_no and each.department in names
            ),
            {
                role: said
                for (_, entry, role), said in queries.asked_why(session, [case.row.id]).items()
                if entry == entry_no
            },
            row.item,
            frozenset(offered & {"pass", "refuse", "defer", "ask_again"}),
        )


def _standing(case: Case, actor: Actor) -> tuple[JointCheckStage, int]:
    """The check in which the case stands, for whoever may know what departments said."""
    entry = case.application.state.entry
    stage = case.book.definition.stages.get(entry.stage) if entry is not None else None
    if entry is None or not isinstance(stage, JointCheckStage):
        raise NotFound
    if not reads_joint(actor, case.book.definition, case.application, stage):
        raise NotFound
    return stage, entry.no


def open_detail(ref: str, role: str, attempt: int, reason: str, actor: Actor, now: datetime) -> str:
    """The words of one objection. Who looked, and why, is told before they are shown, in one transaction."""
    with writing() as session:
        case = open_case(session, find(session, ref).id)
        stage, entry_no = _standing(case, actor)
        if not reads_joint_detail(actor, case.book.definition, case.application, stage):
            raise NotAllowed(Words("异议的详情只给方案指定的角色看"))
        if not reason.strip():
            raise InvalidInput([Reason(Words("请写明为什么要看详情，会记入查看记录"), f"why-{role}-{attempt}")])
        row = queries.answer_at(session, case.row.id, entry_no, role, attempt)
        words = recorded_joint.opened(session, case.row, row) if row is not None else None
        if words is None:
            raise NotFound
        evidence.tell(
            session,
            StreamKind.APPLICATION_ACCESS,
            case.row.id,
            "joint_detail_read",
            actor,
            now,
            body={"stage": stage.key, "entry": entry_no, "role": role, "attempt": attempt},
            remarks={"reason": reason.strip()[:500]},
        )
        return words
