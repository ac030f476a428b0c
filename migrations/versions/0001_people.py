"""Organizations, people, accounts and everything around the door."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "login_attempt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("login_digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_address", "login_attempt", ["address", "at"], unique=False)
    op.create_index("ix_login_attempt_pair", "login_attempt", ["login_digest", "address", "at"], unique=False)
    op.create_table(
        "organization",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_organization_closed_has_time")
        ),
        sa.CheckConstraint(
            "kind IN ('employer', 'trainer', 'association', 'department', 'district', 'township', 'village', 'other')",
            name=op.f("ck_organization_kind_known"),
        ),
        sa.CheckConstraint("path LIKE '/%/'", name=op.f("ck_organization_path_shape")),
        sa.CheckConstraint("state IN ('proposed', 'standing', 'closed')", name=op.f("ck_organization_state_known")),
        sa.CheckConstraint(
            "credit_code IS NULL OR length(credit_code) = 18", name=op.f("ck_organization_credit_code_shape")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organization_credit_code")),
        sa.UniqueConstraint("path", name=op.f("uq_organization_path")),
        sa.UniqueConstraint("ref", name=op.f("uq_organization_ref")),
    )
    op.create_index("ix_organization_parent_id", "organization", ["parent_id"], unique=False)
    op.create_index("ix_organization_region_code", "organization", ["region_code"], unique=False)
    op.create_table(
        "organization_line",
        sa.Column("ancestor_id", KEY, nullable=False),
        sa.Column("descendant_id", KEY, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(depth = 0) = (ancestor_id = descendant_id) AND depth >= 0",
            name=op.f("ck_organization_line_depth_zero_is_itself"),
        ),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["organization.id"], name=op.f("fk_organization_line_ancestor_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["organization.id"], name=op.f("fk_organization_line_descendant_id_organization")
        ),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", name=op.f("pk_organization_line")),
    )
    op.create_index("ix_organization_line_descendant_id", "organization_line", ["descendant_id"], unique=False)
    op.create_table(
        "organization_token",
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_token_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("token", "organization_id", name=op.f("pk_organization_token")),
    )
    op.create_index("ix_organization_token_organization_id", "organization_token", ["organization_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_sort", sa.String(length=300), nullable=False),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("trade", sa.String(length=60), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint("gender IN ('male', 'female')", name=op.f("ck_person_gender_known")),
        sa.CheckConstraint(
            "erased_at IS NULL OR (phone IS NULL AND email IS NULL)", name=op.f("ck_person_erased_has_no_contact")
        ),
        sa.CheckConstraint("erased_at IS NULL OR wrapped_key IS NULL", name=op.f("ck_person_erased_has_no_key")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_person_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_ref")),
    )
    op.create_index("ix_person_name_sort", "person", ["name_sort", "id"], unique=False)
    op.create_index("ix_person_organization_id", "person", ["organization_id"], unique=False)
    op.create_index("ix_person_phone", "person", ["phone"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_at", Instant(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state <> 'active' OR password_hash IS NOT NULL", name=op.f("ck_account_active_has_password")
        ),
        sa.CheckConstraint(
            "state <> 'invited' OR password_hash IS NULL", name=op.f("ck_account_invited_has_no_password")
        ),
        sa.CheckConstraint("state IN ('invited', 'active', 'disabled')", name=op.f("ck_account_state_known")),
        sa.CheckConstraint("email IS NULL OR email = lower(email)", name=op.f("ck_account_email_lower")),
        sa.CheckConstraint(
            "login IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL", name=op.f("ck_account_can_be_addressed")
        ),
        sa.CheckConstraint("login IS NULL OR login = lower(login)", name=op.f("ck_account_login_lower")),
        sa.CheckConstraint("session_epoch >= 0", name=op.f("ck_account_epoch_counts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_account_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
        sa.UniqueConstraint("ref", name=op.f("uq_account_ref")),
    )
    op.create_index("ix_account_organization_id", "account", ["organization_id"], unique=False)
    op.create_table(
        "person_identity",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.String(length=64), nullable=False),
        sa.Column("blind_key", sa.String(length=20), nullable=False),
        sa.Column("mask", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "id_type IN ('resident', 'residence_permit', 'hk_macao_pass', 'taiwan_pass', 'permanent_residence', 'passport')",
            name=op.f("ck_person_identity_id_type_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "id_type", name=op.f("pk_person_identity")),
    )
    op.create_index(
        "uq_person_identity_number", "person_identity", ["id_type", "blind_key", "blind_index"], unique=True
    )
    op.create_table(
        "person_token",
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_token_person_id_person")),
        sa.PrimaryKeyConstraint("token", "person_id", name=op.f("pk_person_token")),
    )
    op.create_index("ix_person_token_person_id", "person_token", ["person_id"], unique=False)
    op.create_table(
        "credential_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("subject_ref", sa.String(length=24), nullable=True),
        sa.Column("asked_from", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('register', 'reset', 'invite', 'confirm')", name=op.f("ck_credential_code_purpose_known")
        ),
        sa.CheckConstraint(
            "account_id IS NOT NULL OR address IS NOT NULL OR subject_ref IS NOT NULL",
            name=op.f("ck_credential_code_for_somebody"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_credential_code_attempts_count")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_credential_code_expires_later")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_credential_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_credential_code_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_credential_code_ref")),
    )
    op.create_index("ix_credential_code_account_id", "credential_code", ["account_id"], unique=False)
    op.create_index("ix_credential_code_address", "credential_code", ["purpose", "address", "created_at"], unique=False)
    op.create_index("ix_credential_code_asked_from", "credential_code", ["asked_from", "created_at"], unique=False)
    op.create_index("ix_credential_code_subject_ref", "credential_code", ["subject_ref"], unique=False)
    op.create_table(
        "former_password",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_former_password_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    op.create_index("ix_former_password_account_id", "former_password", ["account_id", "id"], unique=False)
    op.create_table(
        "office_holder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "office IN ('accounts', 'permissions', 'audit', 'programs')", name=op.f("ck_office_holder_office_known")
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_office_holder_ends_after_start")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_office_holder_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_holder")),
    )
    op.create_index(
        "uq_office_holder_one_each",
        "office_holder",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "organization_fact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_organization_fact_source_named")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_organization_fact_not_negative")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_fact_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_organization_fact_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_fact")),
    )
    op.create_index(
        "ix_organization_fact_organization_id", "organization_fact", ["organization_id", "name", "as_of"], unique=False
    )
    op.create_table(
        "organization_proposal",
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL AND decided_by IS NULL)",
            name=op.f("ck_organization_proposal_decided_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(reason) > 0", name=op.f("ck_organization_proposal_refused_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused')", name=op.f("ck_organization_proposal_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_organization_proposal_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_proposal_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_organization_proposal_proposed_by_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_proposal")),
    )
    op.create_index("ix_organization_proposal_state", "organization_proposal", ["state", "proposed_at"], unique=False)
    op.create_table(
        "substitution",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("absent_id", KEY, nullable=False),
        sa.Column("substitute_id", KEY, nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.CheckConstraint("absent_id <> substitute_id", name=op.f("ck_substitution_not_oneself")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_substitution_ends_after_start")),
        sa.ForeignKeyConstraint(["absent_id"], ["account.id"], name=op.f("fk_substitution_absent_id_account")),
        sa.ForeignKeyConstraint(["substitute_id"], ["account.id"], name=op.f("fk_substitution_substitute_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint("ref", name=op.f("uq_substitution_ref")),
    )
    op.create_index("ix_substitution_absent_id", "substitution", ["absent_id"], unique=False)
    op.create_index("ix_substitution_substitute_id", "substitution", ["substitute_id"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_web_session_ended_says_why")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_web_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_web_session_ref")),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id", "last_seen_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_web_session_account_id", table_name="web_session")
    op.drop_table("web_session")
    op.drop_index("ix_substitution_substitute_id", table_name="substitution")
    op.drop_index("ix_substitution_absent_id", table_name="substitution")
    op.drop_table("substitution")
    op.drop_index("ix_organization_proposal_state", table_name="organization_proposal")
    op.drop_table("organization_proposal")
    op.drop_index("ix_organization_fact_organization_id", table_name="organization_fact")
    op.drop_table("organization_fact")
    op.drop_index(
        "uq_office_holder_one_each",
        table_name="office_holder",
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.drop_table("office_holder")
    op.drop_index("ix_former_password_account_id", table_name="former_password")
    op.drop_table("former_password")
    op.drop_index("ix_credential_code_subject_ref", table_name="credential_code")
    op.drop_index("ix_credential_code_asked_from", table_name="credential_code")
    op.drop_index("ix_credential_code_address", table_name="credential_code")
    op.drop_index("ix_credential_code_account_id", table_name="credential_code")
    op.drop_table("credential_code")
    op.drop_index("ix_person_token_person_id", table_name="person_token")
    op.drop_table("person_token")
    op.drop_index("uq_person_identity_number", table_name="person_identity")
    op.drop_table("person_identity")
    op.drop_index("ix_account_organization_id", table_name="account")
    op.drop_table("account")
    op.drop_index("ix_person_phone", table_name="person")
    op.drop_index("ix_person_organization_id", table_name="person")
    op.drop_index("ix_person_name_sort", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_organization_token_organization_id", table_name="organization_token")
    op.drop_table("organization_token")
    op.drop_index("ix_organization_line_descendant_id", table_name="organization_line")
    op.drop_table("organization_line")
    op.drop_index("ix_organization_region_code", table_name="organization")
    op.drop_index("ix_organization_parent_id", table_name="organization")
    op.drop_table("organization")
    op.drop_index("ix_login_attempt_pair", table_name="login_attempt")
    op.drop_index("ix_login_attempt_address", table_name="login_attempt")
    op.drop_table("login_attempt")
