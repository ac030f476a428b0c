"""What raters and members of a committee say about a case before the first look at it."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("state = 'standing'")


def upgrade() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('standing', 'withdrawn')", name=op.f("ck_declaration_state_known")),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_declaration_withdrawn_has_time")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_declaration_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_declaration_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
    )
    op.create_index("ix_declaration_application_id", "declaration", ["application_id"])
    op.create_index(
        "uq_declaration_standing",
        "declaration",
        ["account_id", "application_id", "stage_key"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("declaration")
