"""Chains of events, anchors, remarks and request keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "anchor",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(root) = 64", name=op.f("ck_anchor_root_shape")),
        sa.CheckConstraint("streams >= 0 AND events >= 0", name=op.f("ck_anchor_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
    )
    op.create_table(
        "request_key",
        sa.Column("asker", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("asker", "key", name=op.f("pk_request_key")),
    )
    op.create_index("ix_request_key_at", "request_key", ["at"], unique=False)
    op.create_table(
        "stream",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_mac", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('application', 'application_access', 'program', 'round', 'organization', 'person', 'person_access', 'account', 'installation')",
            name=op.f("ck_stream_kind_known"),
        ),
        sa.CheckConstraint("seq >= 0 AND (seq = 0) = (head_mac IS NULL)", name=op.f("ck_stream_head")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
        sa.UniqueConstraint("kind", "subject_id", name="uq_stream_subject"),
    )
    op.create_table(
        "remark",
        sa.Column("stream_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.CheckConstraint("level IN ('L1', 'L2', 'L3', 'L4')", name=op.f("ck_remark_level_known")),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_remark_stream_id_stream")),
        sa.PrimaryKeyConstraint("stream_id", "seq", "field", name=op.f("pk_remark")),
    )
    op.create_table(
        "event",
        sa.Column("stream_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("for_id", KEY, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=True),
        sa.Column("program_version_id", KEY, nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(actor_kind = 'account') = (actor_id IS NOT NULL)", name=op.f("ck_event_account_is_named")),
        sa.CheckConstraint(
            "actor_kind IN ('account', 'system', 'link', 'anonymous')", name=op.f("ck_event_actor_kind_known")
        ),
        sa.CheckConstraint("length(mac) = 64", name=op.f("ck_event_mac_shape")),
        sa.CheckConstraint("seq >= 1 AND version >= 0", name=op.f("ck_event_numbered_from_one")),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_event_actor_id_account")),
        sa.ForeignKeyConstraint(["for_id"], ["account.id"], name=op.f("fk_event_for_id_account")),
        sa.ForeignKeyConstraint(
            ["program_version_id"], ["program_version.id"], name=op.f("fk_event_program_version_id_program_version")
        ),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_event_stream_id_stream")),
        sa.PrimaryKeyConstraint("stream_id", "seq", name=op.f("pk_event")),
    )
    op.create_index("ix_event_actor", "event", ["actor_id", "at"], unique=False)
    op.create_index("ix_event_kind", "event", ["kind", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_event_kind", table_name="event")
    op.drop_index("ix_event_actor", table_name="event")
    op.drop_table("event")
    op.drop_table("remark")
    op.drop_table("stream")
    op.drop_index("ix_request_key_at", table_name="request_key")
    op.drop_table("request_key")
    op.drop_table("anchor")
