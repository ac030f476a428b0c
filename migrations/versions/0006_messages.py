"""Messages, staged lists, and the clock's own memory."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("scanned_at", Instant(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "staged_list",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("staged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staged_list_account_id_account")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_staged_list")),
    )
    op.create_index("ix_staged_list_staged_at", "staged_list", ["staged_at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("recipient_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("application_id", KEY, nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("visible_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_message_language_known")),
        sa.CheckConstraint("state IN ('waiting', 'cancelled')", name=op.f("ck_message_state_known")),
        sa.CheckConstraint("recipient_id IS NOT NULL OR address IS NOT NULL", name=op.f("ck_message_has_recipient")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_message_application_id_application")
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["account.id"], name=op.f("fk_message_recipient_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("once", name=op.f("uq_message_once")),
        sa.UniqueConstraint("ref", name=op.f("uq_message_ref")),
    )
    op.create_index("ix_message_application_id", "message", ["application_id"], unique=False)
    op.create_index("ix_message_recipient_id", "message", ["recipient_id", "visible_at"], unique=False)
    op.create_index("ix_message_visible_at", "message", ["visible_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_message_visible_at", table_name="message")
    op.drop_index("ix_message_recipient_id", table_name="message")
    op.drop_index("ix_message_application_id", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_staged_list_staged_at", table_name="staged_list")
    op.drop_table("staged_list")
    op.drop_table("heartbeat")
