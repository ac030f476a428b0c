"""Reviews, their points, results and draws of raters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("application", sa.Column("withheld_stage", sa.String(length=60), nullable=True))
    op.create_table(
        "review",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("sheet_key", sa.String(length=60), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'reopened', 'replaced')", name=op.f("ck_review_state_known")),
        sa.CheckConstraint("total >= 0 AND total <= 10000", name=op.f("ck_review_total_in_range")),
        sa.CheckConstraint("entry_no >= 1 AND item_no >= 1 AND attempt >= 1", name=op.f("ck_review_numbered_from_one")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_review_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "item_no", "attempt", name=op.f("pk_review")),
    )
    op.create_index("ix_review_account_id", "review", ["account_id", "submitted_at"], unique=False)
    op.create_table(
        "review_score",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("veto", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(points IS NULL) <> (veto IS NULL)", name=op.f("ck_review_score_points_or_veto")),
        sa.CheckConstraint("points IS NULL OR points >= 0", name=op.f("ck_review_score_not_negative")),
        sa.ForeignKeyConstraint(
            ["application_id", "item_no", "attempt"],
            ["review.application_id", "review.item_no", "review.attempt"],
            name=op.f("fk_review_score_application_id_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", "item_no", "attempt", "criterion", name=op.f("pk_review_score")),
    )
    op.create_table(
        "review_draft",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.CheckConstraint("saves >= 1", name=op.f("ck_review_draft_saves_count")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_review_draft_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_draft_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "entry_no", "account_id", name=op.f("pk_review_draft")),
    )
    op.create_table(
        "score_result",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("sheet_key", sa.String(length=60), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("effect", sa.String(length=20), nullable=False),
        sa.Column("derivation", JSON, nullable=False),
        sa.Column("scored_at", Instant(), nullable=False),
        sa.CheckConstraint("effect IN ('pass', 'refuse')", name=op.f("ck_score_result_effect_known")),
        sa.CheckConstraint("total >= 0 AND total <= 10000", name=op.f("ck_score_result_total_in_range")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_score_result_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "entry_no", name=op.f("pk_score_result")),
    )
    op.create_index("ix_score_result_stage", "score_result", ["stage_key", "application_id"], unique=False)
    op.create_table(
        "draw",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("drawn_by", KEY, nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.CheckConstraint("length(inputs_digest) = 64", name=op.f("ck_draw_digest_shape")),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_draw_drawn_by_account")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_draw_round_id_round")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_draw_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("ref", name=op.f("uq_draw_ref")),
    )
    op.create_index("ix_draw_round_id", "draw", ["round_id", "stage_key", "id"], unique=False)
    op.create_table(
        "draw_seat",
        sa.Column("draw_id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_draw_seat_numbered_from_one")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draw_seat_account_id_account")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_draw_seat_application_id_application")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_seat_draw_id_draw")),
        sa.PrimaryKeyConstraint("draw_id", "application_id", "role_key", "place", name=op.f("pk_draw_seat")),
    )
    op.create_index("ix_draw_seat_account_id", "draw_seat", ["account_id"], unique=False)
    op.create_index("uq_draw_seat_person", "draw_seat", ["draw_id", "application_id", "account_id"], unique=True)


def downgrade() -> None:
    for table in ("draw_seat", "draw", "score_result", "review_draft", "review_score", "review"):
        op.drop_table(table)
    op.drop_column("application", "withheld_stage")
