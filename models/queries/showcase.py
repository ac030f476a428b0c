"""What the public sees of programs and rounds. No Scope: only what is published for everybody is read here."""

from datetime import datetime

from sqlalchemy import Select, or_, select

from models.programs import Program, ProgramVersion
from models.rounds import Round, RoundState


def public_rounds() -> Select[Round, ProgramVersion]:
    return (
        select(Round, ProgramVersion)
        .join(ProgramVersion, ProgramVersion.id == Round.version_id)
        .join(Program, Program.id == Round.program_id)
        .where(Program.visibility == "public")
    )


def open_rounds(now: datetime) -> Select[Round, ProgramVersion]:
    """Those one can apply in now, the nearest deadline first and what stays open last."""
    return (
        public_rounds()
        .where(Round.state == RoundState.OPEN, Round.opens_at <= now)
        .where(or_(Round.closes_at.is_(None), Round.closes_at > now))
        .order_by(Round.closes_at.is_(None), Round.closes_at, Round.id)
        .limit(100)
    )


def coming_rounds(now: datetime) -> Select[Round, ProgramVersion]:
    return (
        public_rounds()
        .where(Round.state != RoundState.CLOSED, Round.opens_at > now)
        .order_by(Round.opens_at, Round.id)
        .limit(20)
    )
