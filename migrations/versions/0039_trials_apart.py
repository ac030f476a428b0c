"""Trials run in the background under a lease; what-ifs are trials too, and kept: who asked for what, and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATE, COUNTS = "ck_program_trial_state_known", "ck_program_trial_counts"
OF_ROUND = "fk_program_trial_round_id_round"
KNOWN = "state IN ('running', 'done', 'cancelled', 'failed')"
KNOWN_NOW = "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')"
COUNTED = "size >= 1 AND acts >= 0"
COUNTED_NOW = "size >= 1 AND acts >= 0 AND settled >= 0 AND tries >= 0 AND fence >= tries"
OWED = "state IN ('waiting', 'running')"
ADDED = ("kind", "settled", "ended_at", "next_at", "leased_by", "fence", "tries", "found")
CONDITIONS = {
    "ck_program_trial_kind_known": "kind IN ('play', 'what_if')",
    "ck_program_trial_owed_has_moment": f"({OWED}) = (next_at IS NOT NULL)",
    "ck_program_trial_leased_has_owner": "(state = 'running') = (leased_by IS NOT NULL)",
}


def upgrade() -> None:
    op.execute("UPDATE program_trial SET state = 'failed' WHERE state = 'running'")  # it ran within a request
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE program_trial ADD COLUMN round_id {kind} CONSTRAINT {OF_ROUND} REFERENCES round (id)")
    with op.batch_alter_table("program_trial", copy_from=_trial()) as trial:
        trial.add_column(sa.Column("kind", sa.String(10), nullable=False, server_default="play"))
        for name in ("settled", "fence", "tries"):
            trial.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in ("ended_at", "next_at"):
            trial.add_column(sa.Column(name, Instant(), nullable=True))
        trial.add_column(sa.Column("leased_by", sa.String(100), nullable=True))
        trial.add_column(sa.Column("found", sa.Integer(), nullable=True))
        trial.drop_constraint(op.f(STATE), type_="check")
        trial.create_check_constraint(op.f(STATE), KNOWN_NOW)
        trial.drop_constraint(op.f(COUNTS), type_="check")
        trial.create_check_constraint(op.f(COUNTS), COUNTED_NOW)
        for name, condition in CONDITIONS.items():
            trial.create_check_constraint(op.f(name), condition)
    owed = sa.text(OWED)
    op.create_index(
        "ix_program_trial_owed", "program_trial", ["next_at", "id"], sqlite_where=owed, postgresql_where=owed
    )


def downgrade() -> None:
    op.drop_index("ix_program_trial_owed", table_name="program_trial")
    op.execute("DELETE FROM program_trial WHERE kind <> 'play'")
    op.execute(f"UPDATE program_trial SET state = 'cancelled', next_at = NULL, leased_by = NULL WHERE {OWED}")
    with op.batch_alter_table("program_trial", copy_from=_trial(grown=True)) as trial:
        for name in CONDITIONS:
            trial.drop_constraint(op.f(name), type_="check")
        trial.drop_constraint(op.f(COUNTS), type_="check")
        trial.create_check_constraint(op.f(COUNTS), COUNTED)
        trial.drop_constraint(op.f(STATE), type_="check")
        trial.create_check_constraint(op.f(STATE), KNOWN)
        trial.drop_constraint(op.f(OF_ROUND), type_="foreignkey")
        for name in (*ADDED, "round_id"):
            trial.drop_column(name)


def _trial(grown: bool = False) -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    added = [
        sa.Column("kind", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("settled", "fence", "tries")),
        *(sa.Column(name, Instant(), nullable=True) for name in ("ended_at", "next_at")),
        sa.Column("leased_by", sa.String(100), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(condition, name=op.f(name)) for name, condition in CONDITIONS.items()),
    ]
    return sa.Table(
        "program_trial",
        sa.MetaData(),
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("began_by", KEY, nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("round_id", KEY, nullable=True),
        *(added if grown else ()),
        sa.CheckConstraint(KNOWN_NOW if grown else KNOWN, name=op.f(STATE)),
        sa.CheckConstraint(COUNTED_NOW if grown else COUNTED, name=op.f(COUNTS)),
        sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f("ck_program_trial_done_has_result")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["program_draft.id"], name=op.f("fk_program_trial_draft_id_program_draft")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f(OF_ROUND)),
        sa.ForeignKeyConstraint(["began_by"], ["account.id"], name=op.f("fk_program_trial_began_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_trial")),
        sa.UniqueConstraint("ref", name=op.f("uq_program_trial_ref")),
        sa.Index("ix_program_trial_draft_id", "draft_id", "id"),
    )
