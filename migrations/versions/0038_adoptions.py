"""A version and the cases that run: what was decided of it, and how far it has come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "adoption",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("reverts", sa.String(24), nullable=True),
        sa.Column("paths", JSON, nullable=False),
        sa.Column("rounds", JSON, nullable=False),
        sa.Column("cases", JSON, nullable=False),
        sa.Column("judged", JSON, nullable=False),
        sa.Column("measured", JSON, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("began_by", KEY, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("turned", sa.Integer(), nullable=False),
        sa.Column("last_id", KEY, nullable=False),
        sa.Column("aside", JSON, nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(100), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_adoption_state_known")),
        sa.CheckConstraint("(state = 'done') = (ended_at IS NOT NULL)", name=op.f("ck_adoption_done_has_time")),
        sa.CheckConstraint(
            "seen >= 0 AND moved >= 0 AND moved <= seen AND turned >= 0 AND fence >= 0",
            name=op.f("ck_adoption_counts"),
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_adoption_program_id_program")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_adoption_version_id_program_version")
        ),
        sa.ForeignKeyConstraint(["began_by"], ["account.id"], name=op.f("fk_adoption_began_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("key", name=op.f("uq_adoption_key")),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "uq_adoption_running",
        "adoption",
        ["program_id"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
    op.create_index("ix_adoption_version_id", "adoption", ["version_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_adoption_version_id", table_name="adoption")
    op.drop_index("uq_adoption_running", table_name="adoption")
    op.drop_table("adoption")
