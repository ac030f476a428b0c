"""Facts of a program that hold for every case of one organization."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "program_fact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_program_fact_source_named")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_fact_program_id_program")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_program_fact_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_program_fact_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_fact")),
    )
    op.create_index("ix_program_fact_place", "program_fact", ["program_id", "organization_id", "name", "as_of"])


def downgrade() -> None:
    op.drop_index("ix_program_fact_place", table_name="program_fact")
    op.drop_table("program_fact")
