"""Entries of points; trainings and who has a seat in them."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant, Json

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'awaiting'")


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _rule(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _trainings()
    op.create_table(
        "points_entry",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.String(60), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("asked", sa.String(20), nullable=True),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("training_id", KEY, nullable=True),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("settled_by", KEY, nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        _rule("points_entry", "source_known", "source IN ('record', 'claim', 'session', 'import', 'correction')"),
        _rule("points_entry", "state_known", "state IN ('awaiting', 'confirmed', 'rejected')"),
        _rule("points_entry", "settled_has_time", "(state = 'awaiting') = (settled_at IS NULL)"),
        _rule("points_entry", "numbered_from_one", "no >= 1 AND (corrects IS NULL OR corrects < no)"),
        _refers("points_entry", "application_id", "application"),
        _refers("points_entry", "training_id", "training"),
        _refers("points_entry", "recorded_by", "account"),
        _refers("points_entry", "settled_by", "account"),
        sa.PrimaryKeyConstraint("application_id", "no", name=op.f("pk_points_entry")),
    )
    op.create_index("ix_points_entry_item", "points_entry", ["item_key", "happened_on"])
    op.create_index(
        "ix_points_entry_waiting",
        "points_entry",
        ["application_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def _trainings() -> None:
    op.create_table(
        "training",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("session_key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("scheduled_by", KEY, nullable=False),
        sa.Column("scheduled_at", Instant(), nullable=False),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        _rule("training", "state_known", "state IN ('scheduled', 'closed', 'cancelled')"),
        _rule("training", "closed_has_time", "(state = 'scheduled') = (closed_at IS NULL)"),
        _rule(
            "training",
            "times_follow",
            "opens_at <= closes_at AND closes_at <= starts_at AND starts_at < ends_at",
        ),
        _rule("training", "seats_count", "seats IS NULL OR seats >= 1"),
        _refers("training", "program_id", "program"),
        _refers("training", "version_id", "program_version"),
        _refers("training", "scheduled_by", "account"),
        _refers("training", "closed_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("ref", name=op.f("uq_training_ref")),
    )
    op.create_index("ix_training_program_id", "training", ["program_id", "starts_at", "id"])
    op.create_index("ix_training_remind", "training", ["state", "starts_at"])
    op.create_table(
        "training_seat",
        sa.Column("training_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("mark", sa.String(10), nullable=True),
        sa.Column("asks", Json, nullable=False),
        _rule("training_seat", "state_known", "state IN ('signed_up', 'signed_off', 'attended', 'absent')"),
        _rule("training_seat", "mark_known", "mark IN ('present', 'absent')"),
        _refers("training_seat", "training_id", "training"),
        _refers("training_seat", "application_id", "application"),
        sa.PrimaryKeyConstraint("training_id", "application_id", name=op.f("pk_training_seat")),
    )
    op.create_index("ix_training_seat_application_id", "training_seat", ["application_id"])


def downgrade() -> None:
    op.drop_table("points_entry")
    op.drop_table("training_seat")
    op.drop_table("training")
