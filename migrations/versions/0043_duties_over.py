"""What was still owed when a recognition ended is over, and stands open no longer."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATE = "ck_duty_state_known"
BEFORE = ("open", "done", "waived", "not_answered", "not_owed")
OPEN = {"sqlite_where": sa.text("state = 'open'"), "postgresql_where": sa.text("state = 'open'")}
ENDED = "(SELECT application.closed_at FROM application WHERE application.id = duty.application_id)"
OF_ENDED = "duty.application_id IN (SELECT id FROM application WHERE status = 'ended')"


def upgrade() -> None:
    _know((*BEFORE, "over"), BEFORE)
    op.execute(f"UPDATE duty SET state = 'over', closed_at = {ENDED} WHERE state = 'open' AND {OF_ENDED}")


def downgrade() -> None:
    op.execute("UPDATE duty SET state = 'open', closed_at = NULL WHERE state = 'over'")
    _know(BEFORE, (*BEFORE, "over"))


def _know(states: tuple[str, ...], before: tuple[str, ...]) -> None:
    with op.batch_alter_table("duty", copy_from=_duty(before)) as duty:
        duty.drop_constraint(op.f(STATE), type_="check")
        duty.create_check_constraint(op.f(STATE), _among(states))


def _among(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


def _duty(states: tuple[str, ...]) -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    return sa.Table(
        "duty",
        sa.MetaData(),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("duty_key", sa.String(60), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("nominal", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("result", sa.String(30), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.CheckConstraint(_among(states), name=op.f(STATE)),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_duty_closed_has_time")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_duty_numbered_from_one")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_duty_application_id_application")),
        sa.PrimaryKeyConstraint("application_id", "duty_key", "no", name=op.f("pk_duty")),
        sa.Index("uq_duty_nominal", "application_id", "duty_key", "nominal", "entry_no", unique=True),
        sa.Index("ix_duty_day", "day", "state"),
        sa.Index("ix_duty_open", "due_on", "application_id", **OPEN),
    )
