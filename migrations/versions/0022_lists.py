"""Lists in which nominators put their people in order, with the sealed page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHOLE = "(listed_at IS NULL) = (seal IS NULL) AND (listed_at IS NULL) = (listed_by IS NULL)"


def upgrade() -> None:
    op.create_table(
        "nomination_list",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("ranking", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("listed_at", Instant(), nullable=True),
        sa.Column("listed_by", KEY, nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("seal_name", sa.String(200), nullable=True),
        sa.CheckConstraint(WHOLE, name=op.f("ck_nomination_list_handed_in_whole")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_nomination_list_round_id_round")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_nomination_list_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["listed_by"], ["account.id"], name=op.f("fk_nomination_list_listed_by_account")),
        sa.ForeignKeyConstraint(["seal"], ["stored_file.sha256"], name=op.f("fk_nomination_list_seal_stored_file")),
        sa.PrimaryKeyConstraint("round_id", "organization_id", "channel", name=op.f("pk_nomination_list")),
    )
    op.create_index("ix_nomination_list_organization_id", "nomination_list", ["organization_id"])


def downgrade() -> None:
    op.drop_index("ix_nomination_list_organization_id", table_name="nomination_list")
    op.drop_table("nomination_list")
