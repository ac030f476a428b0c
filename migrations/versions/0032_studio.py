"""Programs in the making: drafts and every change of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = "state IN ('open', 'in_review', 'published', 'discarded')"


def upgrade() -> None:
    op.create_table(
        "program_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("program_id", KEY, nullable=True),
        sa.Column("based_on_id", KEY, nullable=True),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("updated_by", KEY, nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("asked_by", KEY, nullable=True),
        sa.Column("note", sa.String(1000), nullable=True),
        sa.Column("version_id", KEY, nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_program_draft_state_known")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_program_draft_revision_counts")),
        sa.CheckConstraint(
            "state <> 'in_review' OR (asked_at IS NOT NULL AND asked_by IS NOT NULL)",
            name=op.f("ck_program_draft_review_was_asked"),
        ),
        sa.CheckConstraint(
            "(state = 'published') = (version_id IS NOT NULL)", name=op.f("ck_program_draft_published_has_version")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_draft_program_id_program")),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["program_version.id"], name=op.f("fk_program_draft_based_on_id_program_version")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_program_draft_version_id_program_version")
        ),
        *(
            sa.ForeignKeyConstraint([who], ["account.id"], name=op.f(f"fk_program_draft_{who}_account"))
            for who in ("created_by", "updated_by", "asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_draft")),
        sa.UniqueConstraint("ref", name=op.f("uq_program_draft_ref")),
    )
    op.create_table(
        "program_draft_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("splices", JSON, nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_program_draft_change_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["program_draft.id"], name=op.f("fk_program_draft_change_draft_id_program_draft")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_program_draft_change_made_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_draft_change")),
        sa.UniqueConstraint("draft_id", "revision", name="uq_program_draft_change_revision"),
    )


def downgrade() -> None:
    op.drop_table("program_draft_change")
    op.drop_table("program_draft")
