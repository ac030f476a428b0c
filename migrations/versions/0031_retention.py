"""What has been kept as long as it must: the list, the destructions, and what became empty."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "'draft', 'refused', 'withdrawn', 'lapsed', 'recognized', 'id_image', 'bank_account', 'joint_check_detail', 'audit'"
)
EMPTIED = (
    ("application", "emptied_at"),
    ("attachment", "destroyed_at"),
    ("notice_line", "erased_at"),
    ("objection", "erased_at"),
)


def upgrade() -> None:
    for table, column in EMPTIED:
        op.add_column(table, sa.Column(column, Instant(), nullable=True))
    op.create_table(
        "destruction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("asked_seq", sa.Integer(), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'declined', 'done')", name=op.f("ck_destruction_state_known")),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_destruction_decided_has_time")),
        sa.CheckConstraint("state <> 'done' OR asked_by <> decided_by", name=op.f("ck_destruction_done_by_two")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_destruction_digest_shape")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_destruction_round_id_round")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_destruction_asked_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_destruction_decided_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
        sa.UniqueConstraint("ref", name=op.f("uq_destruction_ref")),
    )
    op.create_index("ix_destruction_round_id", "destruction", ["round_id", "id"])
    asked = sa.text("state = 'asked'")
    op.create_index(
        "uq_destruction_asked", "destruction", ["round_id"], unique=True, sqlite_where=asked, postgresql_where=asked
    )
    op.create_table(
        "retention_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("listed_at", Instant(), nullable=False),
        sa.Column("destruction_id", KEY, nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.Column("destroyed_at", Instant(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_retention_line_kind_known")),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR destruction_id IS NOT NULL", name=op.f("ck_retention_line_destroyed_by_a_list")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_retention_line_application_id_application")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_retention_line_round_id_round")),
        sa.ForeignKeyConstraint(
            ["destruction_id"], ["destruction.id"], name=op.f("fk_retention_line_destruction_id_destruction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_line")),
    )
    listed = sa.text("destroyed_at IS NULL")
    op.create_index(
        "uq_retention_line_listed",
        "retention_line",
        ["application_id", "kind"],
        unique=True,
        sqlite_where=listed,
        postgresql_where=listed,
    )
    op.create_index("ix_retention_line_round_id", "retention_line", ["round_id", "kind", "kept_until"])
    op.create_index("ix_retention_line_destruction_id", "retention_line", ["destruction_id"])


def downgrade() -> None:
    op.drop_table("retention_line")
    op.drop_table("destruction")
    for table, column in reversed(EMPTIED):
        op.drop_column(table, column)
