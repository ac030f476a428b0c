"""Payments of benefits."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("state = 'due'")


def upgrade() -> None:
    op.create_table(
        "payment",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.String(60), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("paid", sa.String(40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(100), nullable=True),
        sa.Column("received", sa.Boolean(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'made', 'stopped')", name=op.f("ck_payment_state_known")),
        sa.CheckConstraint("(state = 'made') = (paid_on IS NOT NULL)", name=op.f("ck_payment_made_has_day")),
        sa.CheckConstraint("no >= 1 AND nth >= 1", name=op.f("ck_payment_counts")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_payment_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "no", name=op.f("pk_payment")),
    )
    op.create_index("uq_payment_name", "payment", ["application_id", "benefit", "name"], unique=True)
    op.create_index("ix_payment_due", "payment", ["due_on", "application_id"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_payment_due", table_name="payment")
    op.drop_index("uq_payment_name", table_name="payment")
    op.drop_table("payment")
