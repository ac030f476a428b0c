"""Which window typed an answer of a draft last: a page that was reloaded is not another one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("answers", sa.Column("windows", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("answers", "windows")
