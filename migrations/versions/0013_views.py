"""Named filters of the queue; and the list of all records, newest first, without walking every event."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_view_has_name")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("ref", name=op.f("uq_saved_view_ref")),
    )
    op.create_index("uq_saved_view_name", "saved_view", ["account_id", "name"], unique=True)
    op.create_index("ix_event_at", "event", ["at", "mac"])


def downgrade() -> None:
    op.drop_index("ix_event_at", table_name="event")
    op.drop_table("saved_view")
