"""What follows a recognition: what an item is about, who mentors a case, when the clock must look at it again."""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER = "9999-12-31T00:00:00.000000Z"
BEFORE = "'act', 'confirm', 'correct', 'reopen', 'appeal'"
DUTIES = f"{BEFORE}, 'answer', 'agree', 'pay', 'review'"
KNOWN = "ck_work_item_duty_known"


def upgrade() -> None:
    with op.batch_alter_table("work_item", copy_from=_work_item()) as item:
        item.add_column(sa.Column("about", sa.String(length=80), nullable=True))
        item.drop_constraint(op.f(KNOWN), type_="check")
        item.create_check_constraint(op.f(KNOWN), f"duty IN ({DUTIES})")
    # one statement for both databases: SQLite cannot add a constraint to a table that stands
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    named = op.f("fk_application_mentor_id_account")
    op.execute(f"ALTER TABLE application ADD COLUMN mentor_id {kind} CONSTRAINT {named} REFERENCES account (id)")
    op.create_index("ix_application_mentor_id", "application", ["mentor_id"])
    op.add_column("recognition", sa.Column("look_on", sa.Date(), nullable=True))
    op.create_index("ix_recognition_look_on", "recognition", ["standing", "look_on"])


def downgrade() -> None:
    op.drop_index("ix_recognition_look_on", table_name="recognition")
    op.drop_column("recognition", "look_on")
    op.drop_index("ix_application_mentor_id", table_name="application")
    op.drop_column("application", "mentor_id")
    with op.batch_alter_table("work_item", copy_from=_work_item(grown=True)) as item:
        item.drop_constraint(op.f(KNOWN), type_="check")
        item.create_check_constraint(op.f(KNOWN), f"duty IN ({BEFORE})")
        item.drop_column("about")


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _work_item(grown: bool = False) -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    waiting = _where("state = 'open'")
    return sa.Table(
        "work_item",
        sa.MetaData(),
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("track", sa.String(length=60), nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("pool_id", KEY, nullable=True),
        sa.Column("holder_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hint", sa.String(length=30), nullable=True),
        sa.Column("conflict_bars", sa.Boolean(), nullable=False),
        sa.Column("proposer_id", KEY, nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("remind_at", Instant(), nullable=False, server_default=NEVER),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("result", sa.String(length=30), nullable=True),
        sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f("ck_work_item_done_has_result")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_work_item_closed_has_time")),
        sa.CheckConstraint(f"duty IN ({DUTIES if grown else BEFORE})", name=op.f(KNOWN)),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_work_item_state_known")),
        sa.CheckConstraint("pool_id IS NOT NULL OR holder_id IS NOT NULL", name=op.f("ck_work_item_somebody_owes_it")),
        sa.CheckConstraint("version >= 1 AND no >= 1", name=op.f("ck_work_item_version_counts")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_work_item_application_id_application")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_work_item_closed_by_account")),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name=op.f("fk_work_item_holder_id_account")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_work_item_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_work_item_pool_id_pool")),
        sa.ForeignKeyConstraint(["proposer_id"], ["account.id"], name=op.f("fk_work_item_proposer_id_account")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_work_item_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("ref", name=op.f("uq_work_item_ref")),
        sa.Index("uq_work_item_no", "application_id", "no", unique=True),
        sa.Index("ix_work_item_pool", "pool_id", "due_at", "id", **waiting),
        sa.Index("ix_work_item_holder", "holder_id", "due_at", "id", **waiting),
        sa.Index("ix_work_item_held", "holder_id", "role_key"),
        sa.Index("ix_work_item_due", "due_at", "id", **waiting),
        sa.Index("ix_work_item_round", "round_id", "due_at", "id", **waiting),
        sa.Index("ix_work_item_remind", "remind_at", "id", **waiting),
        sa.Index("ix_work_item_correct", "due_at", "id", **_where("state = 'open' AND duty = 'correct'")),
        sa.Index("ix_work_item_done", "closed_by", "closed_at", **_where("state = 'done'")),
        *((sa.Column("about", sa.String(length=80), nullable=True),) if grown else ()),
    )
