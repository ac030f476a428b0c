"""Answers of the departments of a joint check."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "joint_answer",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=True),
        sa.Column("basis_no", sa.String(length=120), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(length=20), nullable=True),
        sa.Column("reused_from", KEY, nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("destroyed_at", Instant(), nullable=True),
        sa.CheckConstraint("answer IN ('clear', 'issue', 'unknown')", name=op.f("ck_joint_answer_answer_known")),
        sa.CheckConstraint(
            "answer <> 'issue' OR (category IS NOT NULL AND length(basis_no) > 0)",
            name=op.f("ck_joint_answer_issue_has_grounds"),
        ),
        sa.CheckConstraint(
            "answer = 'issue' OR (category IS NULL AND basis_no IS NULL AND detail IS NULL)",
            name=op.f("ck_joint_answer_only_issue_has_grounds"),
        ),
        sa.CheckConstraint(
            "(reused_from IS NULL) = (answered_by IS NOT NULL)", name=op.f("ck_joint_answer_reused_names_its_case")
        ),
        sa.CheckConstraint(
            "(reused_from IS NULL) = (answered_on IS NULL)", name=op.f("ck_joint_answer_reused_has_its_day")
        ),
        sa.CheckConstraint("(detail IS NULL) OR (key_id IS NOT NULL)", name=op.f("ck_joint_answer_detail_has_key")),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR detail IS NULL", name=op.f("ck_joint_answer_destroyed_has_no_detail")
        ),
        sa.CheckConstraint("attempt >= 1 AND entry_no >= 1", name=op.f("ck_joint_answer_numbered_from_one")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_joint_answer_answered_by_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_joint_answer_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["reused_from"], ["application.id"], name=op.f("fk_joint_answer_reused_from_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "entry_no", "role_key", "attempt", name=op.f("pk_joint_answer")),
    )
    op.create_index(
        "uq_joint_answer_current",
        "joint_answer",
        ["application_id", "entry_no", "role_key"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )


def downgrade() -> None:
    op.drop_index("uq_joint_answer_current", table_name="joint_answer")
    op.drop_table("joint_answer")
