"""Two records of one human: the one that was left leads to the one that was kept."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # one statement for both databases: SQLite cannot add a constraint to a table that stands
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    named = op.f("fk_person_merged_into_id_person")
    op.execute(f"ALTER TABLE person ADD COLUMN merged_into_id {kind} CONSTRAINT {named} REFERENCES person (id)")


def downgrade() -> None:
    op.drop_column("person", "merged_into_id")
