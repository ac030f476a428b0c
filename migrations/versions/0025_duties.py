"""Duties: their occurrences, the answers to them, and those of a whole round."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = {"sqlite_where": sa.text("state = 'open'"), "postgresql_where": sa.text("state = 'open'")}


def upgrade() -> None:
    op.create_table(
        "duty",
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
        sa.CheckConstraint(
            "state IN ('open', 'done', 'waived', 'not_answered', 'not_owed')", name=op.f("ck_duty_state_known")
        ),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_duty_closed_has_time")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_duty_numbered_from_one")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_duty_application_id_application")),
        sa.PrimaryKeyConstraint("application_id", "duty_key", "no", name=op.f("pk_duty")),
    )
    op.create_index("uq_duty_nominal", "duty", ["application_id", "duty_key", "nominal", "entry_no"], unique=True)
    op.create_index("ix_duty_day", "duty", ["day", "state"])
    op.create_index("ix_duty_open", "duty", ["due_on", "application_id"], **OPEN)
    op.create_table(
        "duty_answer",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("duty_key", sa.String(60), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("role_key", sa.String(60), nullable=False),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("raw", JSON, nullable=False),
        sa.Column("effect", sa.String(20), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("record", JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_duty_answer_application_id_application")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_duty_answer_answered_by_account")),
        sa.PrimaryKeyConstraint("application_id", "item_no", name=op.f("pk_duty_answer")),
    )
    op.create_index("ix_duty_answer_by", "duty_answer", ["answered_by", "answered_at"])
    op.create_table(
        "round_duty",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("duty_key", sa.String(60), nullable=False),
        sa.Column("role_key", sa.String(60), nullable=False),
        sa.Column("nominal", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'waived')", name=op.f("ck_round_duty_state_known")),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f("ck_round_duty_answered_has_time")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_duty_round_id_round")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_round_duty_program_id_program")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_round_duty_answered_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_duty")),
        sa.UniqueConstraint("ref", name=op.f("uq_round_duty_ref")),
    )
    op.create_index("uq_round_duty", "round_duty", ["round_id", "duty_key", "nominal", "role_key"], unique=True)
    op.create_index("ix_round_duty_open", "round_duty", ["due_on", "id"], **OPEN)


def downgrade() -> None:
    op.drop_index("ix_round_duty_open", table_name="round_duty")
    op.drop_index("uq_round_duty", table_name="round_duty")
    op.drop_table("round_duty")
    op.drop_index("ix_duty_answer_by", table_name="duty_answer")
    op.drop_table("duty_answer")
    op.drop_index("ix_duty_open", table_name="duty")
    op.drop_index("ix_duty_day", table_name="duty")
    op.drop_index("uq_duty_nominal", table_name="duty")
    op.drop_table("duty")
