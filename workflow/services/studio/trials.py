"""Trials of drafts as rows: asked for on a page, run by a worker under a lease, shown, called off.

The row alone says what is to be done and how far it is; a message on the broker is a wake-up. A worker that is killed
leaves a lease that ends, and the next look takes the trial anew; one that wakes up late finds another fence and writes
nothing. One runs at a time in the whole house: it takes a processor for itself.
"""

import secrets as random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, func, select, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading, writing
from models.rounds import Round
from models.studio import ProgramDraft, ProgramTrial, TrialKind, TrialState
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.services.deliveries import myself
from workflow.services.studio import drafts

LEASE = timedelta(seconds=90)
NOTE_EVERY = timedelta(seconds=1)
MOST_TRIES = 3
_SHOWN = 50
_OWED = (TrialState.WAITING.value, TrialState.RUNNING.value)


@dataclass(frozen=True)
class Trial:
    """`size`: people or applications, of whom `settled` are through. `before`: how many wait in front of it."""

    ref: str
    kind: str
    draft_ref: str
    round_name: str | None
    revision: int
    size: int
    seed: str
    state: str
    acts: int
    settled: int
    began_at: datetime
    ended_at: datetime | None
    by: str
    found: int | None
    before: int = 0
    result: dict[str, Any] | None = None

    @property
    def is_owed(self) -> bool:
        return self.state in _OWED


# -- asking ------------------------------------------------------------------------------------------------------------
def ask(
    session: Session,
    draft: ProgramDraft,
    actor: Actor,
    now: datetime,
    kind: TrialKind,
    *,
    size: int,
    seed: str = "",
    round_id: int | None = None,
) -> ProgramTrial:
    """Of the text as it stands now."""
    trial = ProgramTrial(
        ref=random.token_urlsafe(12),
        draft_id=draft.id,
        kind=kind,
        round_id=round_id,
        revision=draft.revision,
        text=draft.text,
        size=size,
        seed=seed,
        state=TrialState.WAITING,
        began_at=now,
        began_by=drafts.may(actor),
        next_at=now,
    )
    session.add(trial)
    session.flush()
    return trial


def told(trial: ProgramTrial) -> dict[str, Any]:
    """What the installation's chain keeps of who asked for what."""
    return {
        "draft": trial.draft_id,
        "revision": trial.revision,
        "trial": trial.id,
        "size": trial.size,
        "round": trial.round_id,
    }


def cancel(ref: str, actor: Actor, now: datetime) -> None:
    """It stops at its next look; what it had found is not kept."""
    drafts.may(actor)
    with writing() as session:
        trial = session.scalars(select(ProgramTrial).where(ProgramTrial.ref == ref).with_for_update()).first()
        if trial is None:
            raise NotFound
        if trial.state in _OWED:
            _close(trial, TrialState.CANCELLED, now)


def _close(trial: ProgramTrial, state: TrialState, now: datetime) -> None:
    trial.state, trial.ended_at, trial.next_at, trial.leased_by = state, now, None, None


# -- looking -----------------------------------------------------------------------------------------------------------
def shown(ref: str, actor: Actor) -> Trial:
    drafts.may(actor)
    with reading() as session:
        row = session.execute(_lines(ProgramTrial.result).where(ProgramTrial.ref == ref)).first()
        if row is None:
            raise NotFound
        ahead = select(func.count()).where(ProgramTrial.state.in_(_OWED), ProgramTrial.id < row.id)
        before = session.scalar(ahead) or 0 if row.state == TrialState.WAITING else 0
        return _trial(row, before, row.result)


def listed(draft: str, actor: Actor, kind: TrialKind) -> Sequence[Trial]:
    """Those of one draft, the newest first."""
    drafts.may(actor)
    with reading() as session:
        number = drafts.row_of(session, draft).id
        wanted = _lines().where(ProgramTrial.draft_id == number, ProgramTrial.kind == kind)
        return [_trial(row) for row in session.execute(wanted.order_by(ProgramTrial.id.desc()).limit(_SHOWN))]


def _lines(*more: Any) -> Select[Any]:
    """Without what was found, which may be long."""
    own = [column for column in ProgramTrial.__table__.c if column.key not in ("text", "result")]
    of = (ProgramDraft.ref.label("draft_ref"), Round.name.label("round_name"), Account.name)
    return (
        select(*own, *of, *more)
        .join(ProgramDraft, ProgramDraft.id == ProgramTrial.draft_id)
        .join(Account, Account.id == ProgramTrial.began_by)
        .outerjoin(Round, Round.id == ProgramTrial.round_id)
    )


def _trial(row: Row[Any], before: int = 0, result: dict[str, Any] | None = None) -> Trial:
    return Trial(
        row.ref,
        row.kind,
        row.draft_ref,
        row.round_name,
        row.revision,
        row.size,
        row.seed,
        row.state,
        row.acts,
        row.settled,
        row.began_at,
        row.ended_at,
        row.name,
        row.found,
        before,
        result,
    )


# -- running -----------------------------------------------------------------------------------------------------------
class Taken:
    """A trial in our hands for as long as the lease lasts, and what it asks for."""

    def __init__(self, row: ProgramTrial, at: Callable[[], datetime], key: str) -> None:
        self.id, self.fence, self.kind = row.id, row.fence, row.kind
        self.text, self.program_key = row.text, key
        self.size, self.seed, self.round_id, self.began_at = row.size, row.seed, row.round_id, row.began_at
        self.at = at
        self._noted = at()

    def watch(self, acts: int, settled: int) -> bool:
        """Notes now and then how far it is, which renews the lease; False where it was called off or taken away."""
        now = self.at()
        if now - self._noted < NOTE_EVERY:
            return True
        self._noted = now
        return self._ours(acts=acts, settled=settled, next_at=now + LEASE)

    def done(self, result: dict[str, Any], found: int, acts: int, settled: int) -> bool:
        return self._ours(state=TrialState.DONE, result=result, found=found, acts=acts, settled=settled, **self._over())

    def failed(self) -> bool:
        return self._ours(state=TrialState.FAILED, **self._over())

    def _over(self) -> dict[str, Any]:
        return {"ended_at": self.at(), "next_at": None, "leased_by": None}

    def _ours(self, **values: Any) -> bool:
        """Only while nobody has called it off or taken it since."""
        with writing() as session:
            changed = session.scalars(
                update(ProgramTrial)
                .where(
                    ProgramTrial.id == self.id,
                    ProgramTrial.state == TrialState.RUNNING,
                    ProgramTrial.fence == self.fence,
                )
                .values(values)
                .returning(ProgramTrial.id)
            ).all()
            return bool(changed)


def take(at: Callable[[], datetime]) -> Taken | None:
    """The one that has waited longest, or one whose lease has ended; none while another runs."""
    now = at()
    due = (ProgramTrial.state.in_(_OWED), ProgramTrial.next_at <= now)
    runs = (ProgramTrial.state == TrialState.RUNNING, ProgramTrial.next_at > now)
    with reading() as session:
        if not session.scalar(select(exists().where(*due))) or session.scalar(select(exists().where(*runs))):
            return None
    with writing() as session:
        found = select(ProgramTrial).where(*due).order_by(ProgramTrial.next_at, ProgramTrial.id).limit(1)
        row = session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return None
        if row.tries >= MOST_TRIES:  # whoever ran it was killed each time
            _close(row, TrialState.FAILED, now)
            return None
        row.state, row.leased_by, row.next_at = TrialState.RUNNING, myself(), now + LEASE
        row.tries, row.fence = row.tries + 1, row.fence + 1
        return Taken(row, at, session.get_one(ProgramDraft, row.draft_id).key)
