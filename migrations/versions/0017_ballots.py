"""Members of a committee cast their own ballots: who has voted, and a box that holds numbers only."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ballot_cast",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("cast_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ballot_cast_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ballot_cast_application_id_application")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ballot_cast_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "account_id", "application_id", name=op.f("pk_ballot_cast")),
    )
    op.create_table(
        "ballot_box",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("favor", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.CheckConstraint("favor >= 0 AND against >= 0 AND abstained >= 0", name=op.f("ck_ballot_box_votes_count")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ballot_box_application_id_application")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ballot_box_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "application_id", name=op.f("pk_ballot_box")),
    )


def downgrade() -> None:
    op.drop_table("ballot_box")
    op.drop_table("ballot_cast")
