"""The clock: when to look at a last day again, what messages are about, and the envelopes that carry them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NEVER = "9999-12-31T00:00:00.000000Z"
STATES = "'waiting', 'packed', 'dropped', 'failed', 'cancelled'"
RECIPIENT = "recipient_id IS NOT NULL OR address IS NOT NULL"


def where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("round", sa.Column("remind_at", Instant(), nullable=True))
    op.add_column("work_item", sa.Column("remind_at", Instant(), nullable=False, server_default=NEVER))
    op.execute("UPDATE work_item SET remind_at = opened_at WHERE state = 'open'")
    op.create_index("ix_work_item_remind", "work_item", ["remind_at", "id"], **where("state = 'open'"))
    with op.batch_alter_table("message", copy_from=_message()) as message:
        message.add_column(sa.Column("work_item_id", KEY, nullable=True))
        message.add_column(sa.Column("about_at", Instant(), nullable=True))
        message.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        message.add_column(sa.Column("leaves_at", Instant(), nullable=True))
        message.add_column(sa.Column("read_at", Instant(), nullable=True))
        message.add_column(sa.Column("trouble", sa.String(length=200), nullable=True))
        message.create_foreign_key(op.f("fk_message_work_item_id_work_item"), "work_item", ["work_item_id"], ["id"])
        message.drop_constraint(op.f("ck_message_state_known"), type_="check")
        message.create_check_constraint(op.f("ck_message_state_known"), f"state IN ({STATES})")
        message.drop_constraint(op.f("ck_message_has_recipient"), type_="check")
        message.create_check_constraint(
            op.f("ck_message_has_recipient"), f"{RECIPIENT} OR state IN ('failed', 'cancelled')"
        )
        message.create_check_constraint(
            op.f("ck_message_failed_says_why"), "state <> 'failed' OR trouble IS NOT NULL"
        )
    op.execute("UPDATE message SET state = 'packed', read_at = visible_at WHERE state = 'waiting'")
    unread = "read_at IS NULL AND address IS NULL"
    op.create_index("ix_message_unread", "message", ["recipient_id", "visible_at"], **where(unread))
    op.create_index("ix_message_leaves", "message", ["leaves_at", "id"], **where("state = 'waiting'"))
    op.create_index("ix_message_failed", "message", ["id"], **where("state = 'failed'"))
    op.create_index("ix_message_work_item_id", "message", ["work_item_id"])
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=100), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'sent', 'dropped', 'failed', 'cancelled')",
            name=op.f("ck_delivery_state_known"),
        ),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_delivery_channel_known")),
        sa.CheckConstraint("account_id IS NOT NULL OR address IS NOT NULL", name=op.f("ck_delivery_for_somebody")),
        sa.CheckConstraint("tries >= 0 AND fence >= tries", name=op.f("ck_delivery_counts")),
        sa.CheckConstraint("(state = 'leased') = (leased_by IS NOT NULL)", name=op.f("ck_delivery_leased_has_owner")),
        sa.CheckConstraint("state <> 'failed' OR trouble IS NOT NULL", name=op.f("ck_delivery_failed_says_why")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_delivery_sent_has_time")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delivery_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("ref", name=op.f("uq_delivery_ref")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index("ix_delivery_owed", "delivery", ["next_at", "id"], **where("state IN ('waiting', 'leased')"))
    op.create_index("ix_delivery_failed", "delivery", ["id"], **where("state = 'failed'"))
    op.create_index("ix_delivery_account_id", "delivery", ["account_id"])
    op.create_index("ix_delivery_sent_at", "delivery", ["sent_at"])
    op.create_table(
        "delivery_item",
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_item_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_item_message_id_message")),
        sa.PrimaryKeyConstraint("delivery_id", "message_id", name=op.f("pk_delivery_item")),
    )
    op.create_index("ix_delivery_item_message_id", "delivery_item", ["message_id"])


def downgrade() -> None:
    op.drop_index("ix_delivery_item_message_id", table_name="delivery_item")
    op.drop_table("delivery_item")
    for name in ("sent_at", "account_id", "failed", "owed"):
        op.drop_index(f"ix_delivery_{name}", table_name="delivery")
    op.drop_table("delivery")
    for name in ("work_item_id", "failed", "leaves", "unread"):
        op.drop_index(f"ix_message_{name}", table_name="message")
    op.execute("DELETE FROM message WHERE recipient_id IS NULL AND address IS NULL")
    op.execute("UPDATE message SET state = 'waiting' WHERE state = 'packed'")
    op.execute("UPDATE message SET state = 'cancelled' WHERE state IN ('dropped', 'failed')")
    with op.batch_alter_table("message", copy_from=_message(grown=True)) as message:
        message.drop_constraint(op.f("ck_message_failed_says_why"), type_="check")
        message.drop_constraint(op.f("ck_message_has_recipient"), type_="check")
        message.create_check_constraint(op.f("ck_message_has_recipient"), RECIPIENT)
        message.drop_constraint(op.f("ck_message_state_known"), type_="check")
        message.create_check_constraint(op.f("ck_message_state_known"), "state IN ('waiting', 'cancelled')")
        message.drop_constraint(op.f("fk_message_work_item_id_work_item"), type_="foreignkey")
        for name in ("trouble", "read_at", "leaves_at", "urgent", "about_at", "work_item_id"):
            message.drop_column(name)
    op.drop_index("ix_work_item_remind", table_name="work_item")
    op.drop_column("work_item", "remind_at")
    op.drop_column("round", "remind_at")


def _message(grown: bool = False) -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    states = STATES if grown else "'waiting', 'cancelled'"
    recipient = f"{RECIPIENT} OR state IN ('failed', 'cancelled')" if grown else RECIPIENT
    more = (
        sa.Column("work_item_id", KEY, nullable=True),
        sa.Column("about_at", Instant(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("leaves_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_message_work_item_id_work_item")),
        sa.CheckConstraint("state <> 'failed' OR trouble IS NOT NULL", name=op.f("ck_message_failed_says_why")),
    )
    return sa.Table(
        "message",
        sa.MetaData(),
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
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_message_state_known")),
        sa.CheckConstraint(recipient, name=op.f("ck_message_has_recipient")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_message_application_id_application")
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["account.id"], name=op.f("fk_message_recipient_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("once", name=op.f("uq_message_once")),
        sa.UniqueConstraint("ref", name=op.f("uq_message_ref")),
        sa.Index("ix_message_application_id", "application_id"),
        sa.Index("ix_message_recipient_id", "recipient_id", "visible_at"),
        sa.Index("ix_message_visible_at", "visible_at", "id"),
        *(more if grown else ()),
    )
