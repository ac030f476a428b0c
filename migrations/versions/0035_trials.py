"""Trials of drafts: a program played with made-up people before it is published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "program_trial",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("began_by", KEY, nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'cancelled', 'failed')", name=op.f("ck_program_trial_state_known")
        ),
        sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f("ck_program_trial_done_has_result")),
        sa.CheckConstraint("size >= 1 AND acts >= 0", name=op.f("ck_program_trial_counts")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["program_draft.id"], name=op.f("fk_program_trial_draft_id_program_draft")
        ),
        sa.ForeignKeyConstraint(["began_by"], ["account.id"], name=op.f("fk_program_trial_began_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_trial")),
        sa.UniqueConstraint("ref", name=op.f("uq_program_trial_ref")),
    )
    op.create_index("ix_program_trial_draft_id", "program_trial", ["draft_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_program_trial_draft_id", table_name="program_trial")
    op.drop_table("program_trial")
