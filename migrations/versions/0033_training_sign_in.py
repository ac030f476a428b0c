"""When somebody signed in to a training by themselves, at the door."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("training_seat", sa.Column("signed_in_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("training_seat", "signed_in_at")
