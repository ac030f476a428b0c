"""Pools, work items and conflicts."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pool",
        sa.Column("id", KEY, nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("track", sa.String(length=60), nullable=True),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_pool_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_pool_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_pool_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool")),
        sa.UniqueConstraint("identity", name=op.f("uq_pool_identity")),
    )
    op.create_index("ix_pool_role", "pool", ["role_key", "program_id", "organization_id"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("ground", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.CheckConstraint("(state = 'lifted') = (lifted_at IS NOT NULL)", name=op.f("ck_conflict_lifted_has_time")),
        sa.CheckConstraint("state IN ('standing', 'lifted')", name=op.f("ck_conflict_state_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_conflict_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_conflict_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index("ix_conflict_application_id", "conflict", ["application_id"], unique=False)
    op.create_index("uq_conflict_ground", "conflict", ["account_id", "application_id", "ground"], unique=True)
    op.create_table(
        "work_item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("track", sa.String(length=60), nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("pool_id", KEY, nullable=True),
        sa.Column("holder_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hint", sa.String(length=30), nullable=True),
        sa.Column("conflict_bars", sa.Boolean(), nullable=False),
        sa.Column("proposer_id", KEY, nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("result", sa.String(length=30), nullable=True),
        sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f("ck_work_item_done_has_result")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_work_item_closed_has_time")),
        sa.CheckConstraint(
            "duty IN ('act', 'confirm', 'correct', 'reopen', 'appeal')", name=op.f("ck_work_item_duty_known")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_work_item_state_known")),
        sa.CheckConstraint("pool_id IS NOT NULL OR holder_id IS NOT NULL", name=op.f("ck_work_item_somebody_owes_it")),
        sa.CheckConstraint("version >= 1 AND no >= 1", name=op.f("ck_work_item_version_counts")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_work_item_application_id_application")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_work_item_closed_by_account")),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name=op.f("fk_work_item_holder_id_account")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_work_item_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_work_item_pool_id_pool")),
        sa.ForeignKeyConstraint(["proposer_id"], ["account.id"], name=op.f("fk_work_item_proposer_id_account")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_work_item_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("ref", name=op.f("uq_work_item_ref")),
    )
    op.create_index(
        "ix_work_item_done",
        "work_item",
        ["closed_by", "closed_at"],
        unique=False,
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    )
    op.create_index(
        "ix_work_item_due",
        "work_item",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_work_item_holder",
        "work_item",
        ["holder_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_work_item_pool",
        "work_item",
        ["pool_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_work_item_round",
        "work_item",
        ["round_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("uq_work_item_no", "work_item", ["application_id", "no"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_work_item_no", table_name="work_item")
    op.drop_index(
        "ix_work_item_round",
        table_name="work_item",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_work_item_pool",
        table_name="work_item",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_work_item_holder",
        table_name="work_item",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_work_item_due",
        table_name="work_item",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_work_item_done",
        table_name="work_item",
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    )
    op.drop_table("work_item")
    op.drop_index("uq_conflict_ground", table_name="conflict")
    op.drop_index("ix_conflict_application_id", table_name="conflict")
    op.drop_table("conflict")
    op.drop_index("ix_pool_role", table_name="pool")
    op.drop_table("pool")
