"""Lists of department data from which cases were begun."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "data_load",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.Column("loaded_by", KEY, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("taken_back_at", Instant(), nullable=True),
        sa.Column("taken_back_by", KEY, nullable=True),
        sa.CheckConstraint("state IN ('standing', 'taken_back')", name=op.f("ck_data_load_state_known")),
        sa.CheckConstraint(
            "(state = 'taken_back') = (taken_back_at IS NOT NULL)", name=op.f("ck_data_load_taken_back_whole")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_data_load_round_id_round")),
        sa.ForeignKeyConstraint(["loaded_by"], ["account.id"], name=op.f("fk_data_load_loaded_by_account")),
        sa.ForeignKeyConstraint(["taken_back_by"], ["account.id"], name=op.f("fk_data_load_taken_back_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_load")),
        sa.UniqueConstraint("ref", name=op.f("uq_data_load_ref")),
    )
    op.create_index("ix_data_load_round_id", "data_load", ["round_id", "channel", "id"])
    op.create_table(
        "loaded_case",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("load_id", KEY, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_loaded_case_application_id_application")
        ),
        sa.ForeignKeyConstraint(["load_id"], ["data_load.id"], name=op.f("fk_loaded_case_load_id_data_load")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_loaded_case")),
    )
    op.create_index("ix_loaded_case_load_id", "loaded_case", ["load_id", "row_no"])


def downgrade() -> None:
    op.drop_index("ix_loaded_case_load_id", table_name="loaded_case")
    op.drop_table("loaded_case")
    op.drop_index("ix_data_load_round_id", table_name="data_load")
    op.drop_table("data_load")
