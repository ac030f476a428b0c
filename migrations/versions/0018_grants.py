"""The numbers that a recognition gives its holder, which other programs may read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("recognition", sa.Column("grants", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("recognition", "grants")
