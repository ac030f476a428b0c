"""What a meeting writes down for every case that it decides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("meeting", sa.Column("record", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("meeting", "record")
