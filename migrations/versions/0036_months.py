"""A round a month: which month a round is of, and the series that the clock goes on with."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("round", sa.Column("month", sa.String(7), nullable=True))
    op.create_index("uq_round_month", "round", ["program_id", "month"], unique=True)
    op.create_table(
        "round_series",
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", KEY, nullable=True),
        sa.CheckConstraint("state IN ('running', 'stopped')", name=op.f("ck_round_series_state_known")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_round_series_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_series_round_id_round")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_round_series_changed_by_account")),
        sa.PrimaryKeyConstraint("program_id", name=op.f("pk_round_series")),
    )
    op.create_index("ix_round_series_round_id", "round_series", ["round_id"])


def downgrade() -> None:
    op.drop_index("ix_round_series_round_id", table_name="round_series")
    op.drop_table("round_series")
    op.drop_index("uq_round_month", table_name="round")
    op.drop_column("round", "month")
