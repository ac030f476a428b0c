"""Versions made of another one and those changes of a later one that reach a running case."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # one statement for both databases: SQLite cannot add a constraint to a table that stands
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    named = op.f("fk_program_version_towards_id_program_version")
    op.execute(
        f"ALTER TABLE program_version ADD COLUMN towards_id {kind} CONSTRAINT {named} REFERENCES program_version (id)"
    )


def downgrade() -> None:
    op.drop_column("program_version", "towards_id")
