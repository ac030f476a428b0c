"""What was made clear once, beside the field or the rule of its program."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clarification",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.CheckConstraint("audience IN ('everybody', 'reviewers')", name=op.f("ck_clarification_audience_known")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_clarification_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_clarification_program_id_program")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["clarification.id"], name=op.f("fk_clarification_replaces_id_clarification")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_clarification_made_by_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_clarification_ended_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint("ref", name=op.f("uq_clarification_ref")),
    )
    op.create_index(
        "ix_clarification_program_id",
        "clarification",
        ["program_id", "place"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clarification_program_id", table_name="clarification")
    op.drop_table("clarification")
