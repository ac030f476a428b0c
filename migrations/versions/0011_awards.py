"""Recognitions and certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("subject_organization_id", KEY, nullable=True),
        sa.Column("track", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("recognized_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("exit_key", sa.String(length=60), nullable=True),
        sa.Column("end_document", sa.String(length=100), nullable=True),
        sa.Column("ban_until", sa.Date(), nullable=True),
        sa.Column("recovery", sa.String(length=10), nullable=True),
        sa.Column("register", sa.String(length=100), nullable=True),
        sa.Column("recognized_at", Instant(), nullable=False),
        sa.CheckConstraint("(standing = 'valid') = (ended_on IS NULL)", name=op.f("ck_recognition_ended_has_day")),
        sa.CheckConstraint("recovery IN ('asked', 'done')", name=op.f("ck_recognition_recovery_known")),
        sa.CheckConstraint(
            "standing <> 'revoked' OR exit_key IS NOT NULL", name=op.f("ck_recognition_revoked_says_why")
        ),
        sa.CheckConstraint("standing <> 'valid' OR ban_until IS NULL", name=op.f("ck_recognition_valid_bans_nobody")),
        sa.CheckConstraint(
            "standing IN ('valid', 'expired', 'revoked', 'superseded')", name=op.f("ck_recognition_standing_known")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= recognized_on", name=op.f("ck_recognition_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_recognition_application_id_application")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recognition_person_id_person")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_recognition_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_recognition_round_id_round")),
        sa.ForeignKeyConstraint(
            ["subject_organization_id"],
            ["organization.id"],
            name=op.f("fk_recognition_subject_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
        sa.UniqueConstraint("application_id", name=op.f("uq_recognition_application_id")),
        sa.UniqueConstraint("program_id", "number", name="uq_recognition_number"),
        sa.UniqueConstraint("ref", name=op.f("uq_recognition_ref")),
    )
    op.create_index("ix_recognition_number", "recognition", ["number"], unique=False)
    op.create_index("ix_recognition_person_id", "recognition", ["person_id"], unique=False)
    op.create_index("ix_recognition_round_id", "recognition", ["round_id", "standing", "id"], unique=False)
    op.create_index("ix_recognition_subject_organization_id", "recognition", ["subject_organization_id"], unique=False)
    op.create_index("ix_recognition_valid_until", "recognition", ["standing", "valid_until"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("recognition_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("check_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id_mask", sa.String(length=40), nullable=True),
        sa.Column("face", JSON, nullable=False),
        sa.Column("printed_at", Instant(), nullable=False),
        sa.CheckConstraint("why IN ('issued', 'lost', 'corrected', 'renewed')", name=op.f("ck_certificate_why_known")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_certificate_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognition.id"], name=op.f("fk_certificate_recognition_id_recognition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("ref", name=op.f("uq_certificate_ref")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
    )
    op.create_index("uq_certificate_no", "certificate", ["recognition_id", "no"], unique=True)
    op.create_table(
        "entitlement",
        sa.Column("recognition_id", KEY, nullable=False),
        sa.Column("benefit", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.String(length=40), nullable=True),
        sa.Column("full_amount", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(amount IS NULL) = (full_amount IS NULL)", name=op.f("ck_entitlement_amount_is_of_something")
        ),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognition.id"], name=op.f("fk_entitlement_recognition_id_recognition")
        ),
        sa.PrimaryKeyConstraint("recognition_id", "benefit", name=op.f("pk_entitlement")),
    )
    op.create_table(
        "certificate_counter",
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("next_value", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_value >= 1", name=op.f("ck_certificate_counter_counts")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_certificate_counter_program_id_program")),
        sa.PrimaryKeyConstraint("program_id", "series", name=op.f("pk_certificate_counter")),
    )
    op.create_table(
        "issuing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("issued_by", KEY, nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.CheckConstraint("cases >= 1", name=op.f("ck_issuing_issued_somebody")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_issuing_issued_by_account")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_issuing_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing")),
        sa.UniqueConstraint("ref", name=op.f("uq_issuing_ref")),
    )
    op.create_index("ix_issuing_round_id", "issuing", ["round_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_recognition_number", table_name="recognition")
    op.drop_index("ix_recognition_person_id", table_name="recognition")
    op.drop_index("ix_recognition_round_id", table_name="recognition")
    op.drop_index("ix_recognition_subject_organization_id", table_name="recognition")
    op.drop_index("ix_recognition_valid_until", table_name="recognition")
    op.drop_index("uq_certificate_no", table_name="certificate")
    op.drop_index("ix_issuing_round_id", table_name="issuing")
    op.drop_table("issuing")
    op.drop_table("certificate_counter")
    op.drop_table("entitlement")
    op.drop_table("certificate")
    op.drop_table("recognition")
