"""The corrections of a round by their duty, so that no other index of open items serves them as well."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CORRECT = sa.text("state = 'open' AND duty = 'correct'")


def upgrade() -> None:
    op.drop_index("ix_work_item_correct", table_name="work_item")
    op.create_index(
        "ix_work_item_corrections", "work_item", ["duty", "due_at", "id"],
        sqlite_where=CORRECT, postgresql_where=CORRECT,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_work_item_corrections", table_name="work_item")
    op.create_index(
        "ix_work_item_correct", "work_item", ["due_at", "id"], sqlite_where=CORRECT, postgresql_where=CORRECT
    )
