"""The case: one application, its answers revision by revision, its stays in stages, and what was judged of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule
from workflow.domain.application import CLOSED, Status

_UNSUBMITTED = "('draft', 'awaiting_confirmation')"
_WITHOUT_NUMBER = "('draft', 'awaiting_confirmation', 'withdrawn', 'lapsed')"
_RUNNING = "('open', 'correcting', 'held')"
_STAGELESS = "('draft', 'awaiting_confirmation', 'refused', 'lapsed', 'withdrawn', 'not_called', 'ended')"
_FLAG = text("verdict = 'flag'")
_CLOSED = "(" + ", ".join(sorted(f"'{status}'" for status in CLOSED)) + ")"


class ApplicationRow(Base):
    """The newest state of a case, folded from its events: written by one service, compared by `audit replay`."""

    __tablename__ = "application"
    __table_args__ = (
        known("status", Status),
        rule("one_subject", "person_id IS NULL OR subject_organization_id IS NULL"),
        rule("numbered_has_subject", "number IS NULL OR person_id IS NOT NULL OR subject_organization_id IS NOT NULL"),
        rule("unsubmitted_has_no_number", f"status NOT IN {_UNSUBMITTED} OR number IS NULL"),
        rule("submitted_has_number", f"status IN {_WITHOUT_NUMBER} OR number IS NOT NULL"),
        rule("number_has_time", "(number IS NULL) = (submitted_at IS NULL)"),
        rule("running_has_stage", f"status NOT IN {_RUNNING} OR stage_key IS NOT NULL"),
        rule("stageless", f"status NOT IN {_STAGELESS} OR stage_key IS NULL"),
        rule("stage_has_position", "(stage_key IS NULL) = (stage_pos IS NULL)"),
        rule("closed_has_time", f"(status IN {_CLOSED}) = (closed_at IS NOT NULL)"),
        rule("furthest_position", "furthest_pos >= 0 AND (stage_pos IS NULL OR furthest_pos >= stage_pos)"),
        rule("line_path_shape", "line_path IS NULL OR line_path LIKE '/%/'"),
        rule("version_counts", "version >= 0 AND event_seq >= version"),
        Index("ix_application_line", "round_id", "line_path", "id"),
        Index("ix_application_round_id", "round_id", "id"),
        Index("ix_application_funnel", "round_id", "status", "stage_pos", "furthest_pos"),
        Index("ix_application_person_id", "person_id"),
        Index("ix_application_filler_id", "filler_id"),
        Index("ix_application_mentor_id", "mentor_id"),
        Index("ix_application_nominator_id", "nominator_id", "round_id"),
        Index("ix_application_counted_id", "counted_id", "round_id"),
        Index("ix_application_renews_id", "renews_id"),
        Index("ix_application_subject_organization_id", "subject_organization_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    program_id: Mapped[int] = mapped_column(Key, ForeignKey("program.id"))
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("person.id"))
    subject_organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    filler_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))  # None: drafted from facts
    mentor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))  # who mentors it in its follow-up
    nominator_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    counted_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))  # whose places, if `counted_per`
    renews_id: Mapped[int | None] = mapped_column(Key, ForeignKey("application.id"))  # whose recognition it replaces
    line_organization_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organization.id"))
    line_path: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(60))
    track: Mapped[str | None] = mapped_column(String(60))  # a draft may not have chosen yet
    run_by: Mapped[str | None] = mapped_column(String(60))  # the role that runs it, as the pinned version says
    nominated_by: Mapped[str | None] = mapped_column(String(60))  # the role of its channel's nominators, if any
    apart: Mapped[bool] = mapped_column(default=False, server_default=false())  # its person finds nothing of it
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    receipt: Mapped[str | None] = mapped_column(String(60), unique=True)
    unique_slot: Mapped[str | None] = mapped_column(String(80), unique=True)  # `r:12:p:991`: one case per person
    status: Mapped[str] = mapped_column(String(30))
    stage_key: Mapped[str | None] = mapped_column(String(60))
    stage_pos: Mapped[int | None]
    furthest_pos: Mapped[int] = mapped_column(default=0)
    entry_no: Mapped[int | None]  # the stay that runs now
    version: Mapped[int] = mapped_column(default=0)  # recorded actions
    event_seq: Mapped[int] = mapped_column(default=0)  # events of the case
    answers_rev: Mapped[int] = mapped_column(default=0)  # newest submitted revision; 0 before the first
    place_taken: Mapped[bool] = mapped_column(default=False)  # holds one of the nominator's places
    withheld_stage: Mapped[str | None] = mapped_column(String(60))  # where those outside still see it (reveal: later)
    precheck: Mapped[str | None] = mapped_column(String(10))  # meets, look, fails: the worst light at submission
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    legal_hold: Mapped[bool] = mapped_column(default=False)  # not to be destroyed, whatever its day
    emptied_at: Mapped[datetime | None]  # its data were erased or destroyed; what it was stays


class Answers(Base):
    """One revision. A draft is the newest one, changed in place, and keeps what was typed; a submitted one stands."""

    __tablename__ = "answers"
    __table_args__ = (
        known("state", ("draft", "submitted")),
        rule("submitted_has_digest", "(state = 'submitted') = (digest IS NOT NULL)"),
        rule("submitted_has_time", "(state = 'submitted') = (submitted_at IS NOT NULL)"),
        rule("numbered_from_one", "revision >= 1 AND saves >= 0"),
        Index(
            "uq_answers_one_draft",
            "application_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("program_version.id"))
    state: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)  # draft: raw strings; submitted: typed values. Never L4
    digest: Mapped[str | None] = mapped_column(String(64))
    saves: Mapped[int] = mapped_column(default=0)
    windows: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # field -> who typed it last
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]


class ApplicationFacet(Base):
    """Values of the fields by which lists are filtered. Rebuilt from the answers, L1 and L2 only."""

    __tablename__ = "application_facet"
    __table_args__ = (
        Index("ix_application_facet_value", "round_id", "field_key", "value", "application_id"),
        Index("ix_application_facet_number", "round_id", "field_key", "number", "application_id"),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    field_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    number: Mapped[float | None]
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))


class StageEntry(Base):
    """One stay in one stage. A stage passed over because of its `when` is a row that ended as it began."""

    __tablename__ = "stage_entry"
    __table_args__ = (
        rule("left_has_effect", "(left_at IS NULL) = (effect IS NULL)"),
        rule("left_after_entering", "left_at IS NULL OR left_at >= entered_at"),
        rule("numbered_from_one", "entry_no >= 1"),
        Index(
            "uq_stage_entry_current",
            "application_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "ix_stage_entry_here",
            "round_id",
            "stage_key",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(Key, ForeignKey("round.id"))
    stage_key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)  # counted without an official calendar
    pauses: Mapped[list[Any]] = mapped_column(default=list)  # [since, until, why] each
    left_at: Mapped[datetime | None]
    effect: Mapped[str | None] = mapped_column(String(30))
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)  # values of the stage's `record:` fields, never L4


class VerdictRow(Base):
    """What a reviewer says of one file, field or rule, on one revision of the answers."""

    __tablename__ = "verdict"
    __table_args__ = (
        known("kind", ("file", "field", "rule")),
        known("verdict", ("ok", "flag", "meets", "fails")),
        rule("flag_has_comment", "verdict <> 'flag' OR length(comment) > 0"),
        Index("ix_verdict_flag", "application_id", "entry_no", sqlite_where=_FLAG, postgresql_where=_FLAG),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    answers_rev: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    given_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    given_at: Mapped[datetime]


class Remark(Base):
    """What somebody typed beside an act. The event holds only its keyed digest, so that this can be erased."""

    __tablename__ = "remark"
    __table_args__ = (known("level", ("L1", "L2", "L3", "L4")),)

    stream_id: Mapped[int] = mapped_column(Key, ForeignKey("stream.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(String(120), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(2), default="L2")


class CaseFact(Base):
    """A fact known outside the form, of one case, with where it comes from. A newer one replaces it by its date."""

    __tablename__ = "case_fact"
    __table_args__ = (
        rule("source_named", "length(source) > 0"),
        Index("ix_case_fact_application_id", "application_id", "name", "as_of"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any]]  # {"value": …}: any type of the language
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
