"""What the queue asks: is something of a row flagged, which corrections are owed, did I ever hold a blind sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CORRECT = sa.text("state = 'open' AND duty = 'correct'")
FLAG = sa.text("verdict = 'flag'")


def upgrade() -> None:
    op.create_index(
        "ix_work_item_correct", "work_item", ["due_at", "id"], sqlite_where=CORRECT, postgresql_where=CORRECT
    )
    op.create_index("ix_work_item_held", "work_item", ["holder_id", "role_key"])
    op.create_index(
        "ix_verdict_flag", "verdict", ["application_id", "entry_no"], sqlite_where=FLAG, postgresql_where=FLAG
    )


def downgrade() -> None:
    op.drop_index("ix_verdict_flag", table_name="verdict")
    op.drop_index("ix_work_item_held", table_name="work_item")
    op.drop_index("ix_work_item_correct", table_name="work_item")
