"""Meetings, who sat in them, and what they decided."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def known_kinds() -> list[str]:
    """The chains that there are so far, as the table's own condition lists them."""
    rules = sa.inspect(op.get_bind()).get_check_constraints("stream")
    listed = next(rule["sqltext"] for rule in rules if rule["name"] == "ck_stream_kind_known")
    return re.findall(r"'(\w+)'", listed)


def let_chains_be_of(kinds: list[str]) -> None:
    """Whose chains there may be. SQLite rebuilds the table, so that the table is written out here."""
    condition = "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_stream_kind_known"), "stream", type_="check")
        op.create_check_constraint(op.f("ck_stream_kind_known"), "stream", condition)
        return
    stream = sa.Table(
        "stream",
        sa.MetaData(),
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_mac", sa.String(length=64), nullable=True),
        sa.CheckConstraint(condition, name=op.f("ck_stream_kind_known")),
        sa.CheckConstraint("seq >= 0 AND (seq = 0) = (head_mac IS NULL)", name=op.f("ck_stream_head")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
        sa.UniqueConstraint("kind", "subject_id", name="uq_stream_subject"),
    )
    with op.batch_alter_table("stream", copy_from=stream, recreate="always"):
        pass


def upgrade() -> None:
    let_chains_be_of([*known_kinds(), "meeting"])
    op.create_table(
        "meeting",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("identity", sa.String(length=120), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("held_at", Instant(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.String(length=64), nullable=True),
        sa.Column("minutes_name", sa.String(length=200), nullable=True),
        sa.Column("called_by", KEY, nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("(state = 'called') = (closed_at IS NULL)", name=op.f("ck_meeting_closed_has_time")),
        sa.CheckConstraint("state IN ('called', 'final', 'cancelled')", name=op.f("ck_meeting_state_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_meeting_version_counts")),
        sa.ForeignKeyConstraint(["called_by"], ["account.id"], name=op.f("fk_meeting_called_by_account")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_meeting_closed_by_account")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_meeting_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["minutes"], ["stored_file.sha256"], name=op.f("fk_meeting_minutes_stored_file")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_meeting_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_meeting_round_id_round")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_meeting_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("ref", name=op.f("uq_meeting_ref")),
    )
    op.create_index("ix_meeting_round_id", "meeting", ["round_id", "stage_key", "id"], unique=False)
    op.create_index(
        "uq_meeting_called",
        "meeting",
        ["identity"],
        unique=True,
        sqlite_where=sa.text("state = 'called'"),
        postgresql_where=sa.text("state = 'called'"),
    )
    op.create_table(
        "meeting_seat",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_seat_account_id_account")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_seat_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "account_id", name=op.f("pk_meeting_seat")),
    )
    op.create_table(
        "agenda_line",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("favor", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("votes", JSON, nullable=False),
        sa.Column("recused", JSON, nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tie_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('', 'pass', 'refuse', 'defer')", name=op.f("ck_agenda_line_decision_known")
        ),
        sa.CheckConstraint(
            "(favor IS NULL) = (against IS NULL) AND (favor IS NULL) = (abstained IS NULL)",
            name=op.f("ck_agenda_line_tally_whole"),
        ),
        sa.CheckConstraint(
            "favor IS NULL OR (favor >= 0 AND against >= 0 AND abstained >= 0)",
            name=op.f("ck_agenda_line_tally_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_agenda_line_application_id_application")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_line_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "application_id", name=op.f("pk_agenda_line")),
    )
    op.create_index("ix_agenda_line_application_id", "agenda_line", ["application_id"], unique=False)
    op.create_table(
        "meeting_draft",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_draft_account_id_account")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_draft_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "account_id", name=op.f("pk_meeting_draft")),
    )
    op.create_table(
        "ballot",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("favor", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("alternate", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=60), nullable=True),
        sa.Column("called", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "result IN ('passed', 'alternate', 'refused', 'deferred')", name=op.f("ck_ballot_result_known")
        ),
        sa.CheckConstraint(
            "(result = 'alternate') = (alternate IS NOT NULL)", name=op.f("ck_ballot_alternate_is_numbered")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ballot_application_id_application")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ballot_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("application_id", "no", name=op.f("pk_ballot")),
    )
    op.create_index("ix_ballot_meeting_id", "ballot", ["meeting_id", "rank"], unique=False)


def downgrade() -> None:
    let_chains_be_of([kind for kind in known_kinds() if kind != "meeting"])
    for table in ("ballot", "meeting_draft", "agenda_line", "meeting_seat", "meeting"):
        op.drop_table(table)
