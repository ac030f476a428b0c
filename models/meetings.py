"""Meetings: what is called, who sits, what the secretary enters; and what a meeting made of each case."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class MeetingState(StrEnum):
    CALLED = "called"
    FINAL = "final"  # 定稿
    CANCELLED = "cancelled"


_OPEN = text("state = 'called'")


class Meeting(Base):
    """One sitting over one list: a stage of one round, and of one organization where its members are found through
    one. `version` counts entries: a page older than it makes nothing final."""

    __tablename__ = "meeting"
    __table_args__ = (
        known("state", MeetingState),
        rule("closed_has_time", "(state = 'called') = (closed_at IS NULL)"),
        rule("version_counts", "version >= 1"),
        Index("uq_meeting_called", "identity", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_meeting_round_id", "round_id", "stage_key", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    identity: Mapped[str] = mapped_column(String(120))  # round:stage:organization: one is called at a time
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(120))
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(20), default=MeetingState.CALLED.value)
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))  # the uploaded minutes
    minutes_name: Mapped[str | None] = mapped_column(String(200))
    record: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # files: [digest, name] of each
    called_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    called_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]


class MeetingSeat(Base):
    """A member as they stood in the roll when the meeting was called. `present` None: not taken yet."""

    __tablename__ = "meeting_seat"

    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), primary_key=True)
    no: Mapped[int]
    present: Mapped[bool | None]


class AgendaLine(Base):
    """What the meeting entered for one case; a line is made when there is something to enter."""

    __tablename__ = "agenda_line"
    __table_args__ = (
        known("decision", ("", "pass", "refuse", "defer")),
        rule("tally_whole", "(favor IS NULL) = (against IS NULL) AND (favor IS NULL) = (abstained IS NULL)"),
        rule("tally_counts", "favor IS NULL OR (favor >= 0 AND against >= 0 AND abstained >= 0)"),
        Index("ix_agenda_line_application_id", "application_id"),
    )

    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    favor: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]
    votes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of an open ballot: account -> for, against…
    recused: Mapped[list[Any]] = mapped_column(default=list)  # accounts that left the room
    left_out: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(10), default="")
    settled: Mapped[int | None]  # place among equals, as the meeting settled it
    reason: Mapped[str] = mapped_column(Text, default="")
    tie_reason: Mapped[str] = mapped_column(Text, default="")


class BallotCast(Base):
    """That a member has voted on a case; of a secret ballot never how."""

    __tablename__ = "ballot_cast"

    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    cast_at: Mapped[datetime]


class BallotBox(Base):
    """The votes of a secret ballot on one case before they are counted: numbers only, so that none can be told apart
    from another."""

    __tablename__ = "ballot_box"
    __table_args__ = (rule("votes_count", "favor >= 0 AND against >= 0 AND abstained >= 0"),)

    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    favor: Mapped[int] = mapped_column(default=0)
    against: Mapped[int] = mapped_column(default=0)
    abstained: Mapped[int] = mapped_column(default=0)


class MeetingDraft(Base):
    """What one secretary has typed and not entered yet: no fact, but never lost."""

    __tablename__ = "meeting_draft"

    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field -> what was typed
    saved_at: Mapped[datetime]


class Ballot(Base):
    """What meetings made of a case, folded from its events: written by one service, compared by `audit replay`."""

    __tablename__ = "ballot"
    __table_args__ = (
        known("result", ("passed", "alternate", "refused", "deferred")),
        rule("alternate_is_numbered", "(result = 'alternate') = (alternate IS NOT NULL)"),
        Index("ix_ballot_meeting_id", "meeting_id", "rank"),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)  # counts within the case
    meeting_id: Mapped[int] = mapped_column(Key, ForeignKey("meeting.id"))
    entry_no: Mapped[int]
    result: Mapped[str] = mapped_column(String(12))
    how: Mapped[str] = mapped_column(String(12))
    rank: Mapped[int]
    members: Mapped[int]
    present: Mapped[int]
    favor: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]
    alternate: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(60))
    called: Mapped[str | None] = mapped_column(String(12))
