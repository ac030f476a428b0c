"""A draft played with made-up people before it is published; what was found is kept with the text it was found in."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.accounts import Account
from models.base import reading, writing
from models.studio import ProgramTrial, TrialState
from workflow.domain.actor import Actor
from workflow.domain.dryrun import Result, try_out
from workflow.domain.dryrun.playing import CalledOff
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.words import Words
from workflow.services.programs import published_tracks
from workflow.services.rulebooks import calendar_of
from workflow.services.studio import drafts
from workflow.services.studio.checking import loaded_among
from workflow.services.studio.wording import packed, unpacked

MOST = 5_000
_EVERY = 200
"""Acts between two looks at whether somebody called it off."""


@dataclass(frozen=True)
class Trial:
    """`acts`: how far it has come. `found` is what `kept` made of the result; None until it is done."""

    ref: str
    revision: int
    size: int
    seed: str
    state: str
    acts: int
    began_at: datetime
    by: str
    found: Any | None


def start(ref: str, actor: Actor, now: datetime, *, size: int = 60, seed: str = "1") -> str:
    """A trial of the text as it stands, to be run by `run`: a page begins it, and shows how far it is."""
    account = drafts.may(actor)
    if not 1 <= size <= MOST:
        raise InvalidInput([Reason(Words("试跑的人数要在1到%(most)s之间", most=MOST), "size")])
    with reading() as session:
        row = drafts.row_of(session, ref)
        errors = loaded_among(row.text, published_tracks(session)).errors
    if errors:
        raise NotReady([Reason(Words("还有%(n)s处错误，改好才能试跑", n=len(errors)))])
    with writing() as session:
        row = drafts.row_of(session, ref)
        trial = ProgramTrial(
            ref=random.token_urlsafe(12),
            draft_id=row.id,
            revision=row.revision,
            text=row.text,
            size=size,
            seed=seed.strip()[:40] or "1",
            state=TrialState.RUNNING,
            acts=0,
            began_at=now,
            began_by=account,
        )
        session.add(trial)
        session.flush()
        return trial.ref


def run(trial_ref: str) -> None:
    """Outside of any transaction but the short ones that note how far it is; ends early where it was called off."""
    with reading() as session:
        trial = session.scalars(select(ProgramTrial).where(ProgramTrial.ref == trial_ref)).first()
        if trial is None:
            raise NotFound
        definition = loaded_among(trial.text, published_tracks(session)).definition
        calendar = calendar_of(session)
    if definition is None or trial.state != TrialState.RUNNING:
        return
    began = trial.began_at.replace(hour=1, minute=0, second=0, microsecond=0)
    noted = [0]

    def watch(acts: int) -> bool:
        if acts < noted[0] + _EVERY:
            return True
        noted[0] = acts
        return _note(trial_ref, acts)

    try:
        result = try_out(definition, calendar, size=trial.size, seed=trial.seed, now=began, watch=watch)
    except CalledOff:
        return
    except Exception:
        _end(trial_ref, TrialState.FAILED, noted[0], None)
        raise
    _end(trial_ref, TrialState.DONE, result.acts, kept(result))


def _note(trial_ref: str, acts: int) -> bool:
    with writing() as session:
        trial = session.scalars(select(ProgramTrial).where(ProgramTrial.ref == trial_ref)).one()
        trial.acts = acts
        return trial.state == TrialState.RUNNING


def _end(trial_ref: str, state: TrialState, acts: int, found: Any | None) -> None:
    with writing() as session:
        trial = session.scalars(select(ProgramTrial).where(ProgramTrial.ref == trial_ref).with_for_update()).one()
        if trial.state == TrialState.RUNNING:
            trial.state, trial.acts, trial.result = state, acts, found


def cancel(trial_ref: str, actor: Actor) -> None:
    """It stops at its next look; what it had found is not kept."""
    drafts.may(actor)
    with writing() as session:
        trial = session.scalars(select(ProgramTrial).where(ProgramTrial.ref == trial_ref).with_for_update()).first()
        if trial is None:
            raise NotFound
        if trial.state == TrialState.RUNNING:
            trial.state = TrialState.CANCELLED


def shown(trial_ref: str, actor: Actor) -> Trial:
    drafts.may(actor)
    found = _shown(ProgramTrial.ref == trial_ref)
    if not found:
        raise NotFound
    return found[0]


def listed(ref: str, actor: Actor) -> Sequence[Trial]:
    """Those of one draft, the newest first."""
    drafts.may(actor)
    with reading() as session:
        number = drafts.row_of(session, ref).id
    return _shown(ProgramTrial.draft_id == number)


def _shown(where: Any) -> list[Trial]:
    with reading() as session:
        rows = session.execute(
            select(ProgramTrial, Account.name)
            .join(Account, Account.id == ProgramTrial.began_by)
            .where(where)
            .order_by(ProgramTrial.id.desc())
            .limit(50)
        ).all()
    return [
        Trial(row.ref, row.revision, row.size, row.seed, row.state, row.acts, row.began_at, by, _read(row.result))
        for row, by in rows
    ]


# --- what is kept


def kept(result: Result) -> dict[str, Any]:
    """What a page shows of it, ready for JSON; `unpacked` gives its words back."""
    return {
        "fates": [packed_fields(fate) for fate in result.fates],
        "stages": [packed_fields(stage) for stage in result.stages],
        "work": dict(result.work),
        "busiest": dict(result.busiest),
        "messages": dict(result.messages),
        "quota": [packed_fields(used) for used in result.quota],
        "complaints": [packed_fields(complaint) for complaint in result.complaints],
        "ends": dict(result.ends()),
        "acts": result.acts,
        "digest": result.digest,
    }


def packed_fields(part: Any) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, bool) else packed(value) for name, value in vars(part).items()
    }


def _read(found: Any) -> Any:
    """The same with its words, lists and all."""
    if not isinstance(found, dict):
        return found
    return {
        name: [{word: unpacked(told) for word, told in line.items()} for line in value]
        if isinstance(value, list)
        else value
        for name, value in found.items()
    }
