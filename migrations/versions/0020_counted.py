"""Places that are counted apart: per organization of a field, or anew each year or month."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "place_count",
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= places", name=op.f("ck_place_count_within_places")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_place_count_program_id_program")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_place_count_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("program_id", "channel", "organization_id", "period", name=op.f("pk_place_count")),
    )
    op.create_index("ix_place_count_organization_id", "place_count", ["organization_id"])
    # one statement for both databases: SQLite cannot add a constraint to a table that stands
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    named = op.f("fk_application_counted_id_organization")
    op.execute(f"ALTER TABLE application ADD COLUMN counted_id {kind} CONSTRAINT {named} REFERENCES organization (id)")
    op.create_index("ix_application_counted_id", "application", ["counted_id", "round_id"])


def downgrade() -> None:
    op.drop_index("ix_application_counted_id", table_name="application")
    op.drop_column("application", "counted_id")
    op.drop_index("ix_place_count_organization_id", table_name="place_count")
    op.drop_table("place_count")
