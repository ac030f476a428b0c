"""Programs, rounds, the calendar, and who holds which role."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday')", name=op.f("ck_calendar_day_kind_known")),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "program",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("visibility IN ('public', 'internal')", name=op.f("ck_program_visibility_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
        sa.UniqueConstraint("key", name=op.f("uq_program_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_program_ref")),
    )
    op.create_table(
        "sequence",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_value", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_value >= 1", name=op.f("ck_sequence_counts")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequence")),
    )
    op.create_table(
        "program_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", KEY, nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_program_version_digest_shape")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_program_version_numbered_from_one")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_version_program_id_program")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_program_version_published_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_version")),
        sa.UniqueConstraint("program_id", "number", name="uq_program_version_number"),
    )
    op.create_table(
        "round",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("headings", JSON, nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_round_closed_has_time")),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name=op.f("ck_round_state_known")),
        sa.CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name=op.f("ck_round_closes_after_opening")),
        sa.CheckConstraint("next_number >= 1", name=op.f("ck_round_numbers_count")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_round_program_id_program")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_round_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("program_id", "key", name="uq_round_key"),
        sa.UniqueConstraint("ref", name=op.f("uq_round_ref")),
    )
    op.create_index("ix_round_state", "round", ["state", "opens_at"], unique=False)
    op.create_index("ix_round_version_id", "round", ["version_id"], unique=False)
    op.create_table(
        "role_binding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("role_key", sa.String(length=60), nullable=False),
        sa.Column("program_id", KEY, nullable=True),
        sa.Column("round_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("track", sa.String(length=60), nullable=True),
        sa.Column("through_organization_id", KEY, nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(role_key = 'administrator') = (program_id IS NULL)", name=op.f("ck_role_binding_role_names_program")
        ),
        sa.CheckConstraint(
            "role_key <> 'administrator' OR organization_id IS NOT NULL",
            name=op.f("ck_role_binding_administrator_names_organization"),
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_role_binding_ends_after_start")),
        sa.CheckConstraint(
            "round_id IS NULL OR program_id IS NOT NULL", name=op.f("ck_role_binding_round_names_program")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_binding_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_role_binding_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_role_binding_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_role_binding_round_id_round")),
        sa.ForeignKeyConstraint(
            ["through_organization_id"],
            ["organization.id"],
            name=op.f("fk_role_binding_through_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_binding")),
        sa.UniqueConstraint("ref", name=op.f("uq_role_binding_ref")),
    )
    op.create_index("ix_role_binding_account_id", "role_binding", ["account_id"], unique=False)
    op.create_index("ix_role_binding_organization_id", "role_binding", ["organization_id", "role_key"], unique=False)
    op.create_index("ix_role_binding_program_id", "role_binding", ["program_id", "role_key"], unique=False)
    op.create_index("ix_role_binding_round_id", "role_binding", ["round_id", "role_key"], unique=False)
    op.create_index(
        "ix_role_binding_through_organization_id", "role_binding", ["through_organization_id"], unique=False
    )
    op.create_index(
        "uq_role_binding_standing",
        "role_binding",
        ["identity"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "round_nominator",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("admitted_at", Instant(), nullable=False),
        sa.CheckConstraint("places IS NULL OR places >= 0", name=op.f("ck_round_nominator_places_count")),
        sa.CheckConstraint(
            "taken >= 0 AND (places IS NULL OR taken <= places)", name=op.f("ck_round_nominator_within_places")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_round_nominator_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_nominator_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "organization_id", "channel", name=op.f("pk_round_nominator")),
    )
    op.create_index("ix_round_nominator_organization_id", "round_nominator", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_round_nominator_organization_id", table_name="round_nominator")
    op.drop_table("round_nominator")
    op.drop_index(
        "uq_role_binding_standing",
        table_name="role_binding",
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.drop_index("ix_role_binding_through_organization_id", table_name="role_binding")
    op.drop_index("ix_role_binding_round_id", table_name="role_binding")
    op.drop_index("ix_role_binding_program_id", table_name="role_binding")
    op.drop_index("ix_role_binding_organization_id", table_name="role_binding")
    op.drop_index("ix_role_binding_account_id", table_name="role_binding")
    op.drop_table("role_binding")
    op.drop_index("ix_round_version_id", table_name="round")
    op.drop_index("ix_round_state", table_name="round")
    op.drop_table("round")
    op.drop_table("program_version")
    op.drop_table("sequence")
    op.drop_table("program")
    op.drop_table("calendar_day")
