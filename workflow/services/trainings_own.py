"""Trainings as somebody recognized meets them: what is offered, signing up and off."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.base import reading, writing
from models.people import Person
from models.trainings import Training, TrainingSeat
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.errors import NotFound
from workflow.services import actions
from workflow.services.casework import find, open_case
from workflow.services.trainings import Listed, lines


def offered(actor: Actor, now: datetime) -> list[Listed]:
    """Trainings of the programs in which the reader is recognized, or somebody whose case the reader has filled, with
    how each case stands in them."""
    if actor.account_id is None:
        return []
    mine = ApplicationRow.filler_id == actor.account_id
    if actor.person_id is not None:
        mine = mine | (ApplicationRow.person_id == actor.person_id)
    with reading() as session:
        recognized = session.execute(
            select(
                ApplicationRow.id, ApplicationRow.ref, ApplicationRow.program_id, ApplicationRow.person_id, Person.name
            )
            .join(RecognitionRow, RecognitionRow.application_id == ApplicationRow.id)
            .outerjoin(Person, Person.id == ApplicationRow.person_id)
            .where(mine, RecognitionRow.standing == "valid")
            .order_by(ApplicationRow.id)
        ).all()
        rows = session.scalars(
            select(Training)
            .where(Training.program_id.in_({each.program_id for each in recognized}))
            .order_by(Training.starts_at.desc())
            .limit(200)
        ).all()
        seats: Any = session.execute(
            select(TrainingSeat.training_id, TrainingSeat.application_id, TrainingSeat.state).where(
                TrainingSeat.application_id.in_([each.id for each in recognized])
            )
        )
        stands = {(training, application): state for training, application, state in seats}
        found = [
            replace(
                each,
                seat=stands.get((each.row.id, case.id)),
                application=case.ref,
                whose="" if case.person_id == actor.person_id else case.name or "",
            )
            for each in lines(session, rows, now)
            for case in recognized
            if case.program_id == each.row.program_id
        ]
        return [each for each in found if each.seat is not None or _is_open_to_all(each)]


def _is_open_to_all(listed: Listed) -> bool:
    """Somebody who comes without having signed up finds it here, to sign in."""
    return listed.phase in ("coming", "open", "shut") or (listed.phase == "running" and listed.session.sign_in)


def sign(name: str, ref: str, application: str, actor: Actor, now: datetime, *, reason: str = "") -> None:
    """`sign_up` or `sign_off`. The training is held, so that the last seat is given once."""
    with writing() as session:
        row = session.scalars(select(Training).where(Training.ref == ref).with_for_update()).first()
        if row is None:
            raise NotFound
        case = open_case(session, find(session, application).id, lock=True)
        if case.row.program_id != row.program_id:
            raise NotFound
        (listed,) = lines(session, [row], now)
        inputs = {
            "training": row.id,
            "session": row.session_key,
            "closed": listed.phase != "open",
            "full": listed.free == 0,
            "started": listed.phase not in ("coming", "open", "shut"),
            "reason": reason,
        }
        actions.carry_out(session, case, Action(name, None, inputs), actor, now)
