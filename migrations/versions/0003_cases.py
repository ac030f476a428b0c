"""Applications with their answers, stays, verdicts, files and sealed values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("purged_at", Instant(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_digest_shape")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_not_empty")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "application",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("subject_organization_id", KEY, nullable=True),
        sa.Column("filler_id", KEY, nullable=True),
        sa.Column("nominator_id", KEY, nullable=True),
        sa.Column("line_organization_id", KEY, nullable=True),
        sa.Column("line_path", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("track", sa.String(length=60), nullable=True),
        sa.Column("run_by", sa.String(length=60), nullable=True),
        sa.Column("nominated_by", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("receipt", sa.String(length=60), nullable=True),
        sa.Column("unique_slot", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=True),
        sa.Column("stage_pos", sa.Integer(), nullable=True),
        sa.Column("furthest_pos", sa.Integer(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("answers_rev", sa.Integer(), nullable=False),
        sa.Column("place_taken", sa.Boolean(), nullable=False),
        sa.Column("precheck", sa.String(length=10), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('ended', 'lapsed', 'not_called', 'refused', 'withdrawn')) = (closed_at IS NOT NULL)",
            name=op.f("ck_application_closed_has_time"),
        ),
        sa.CheckConstraint("line_path IS NULL OR line_path LIKE '/%/'", name=op.f("ck_application_line_path_shape")),
        sa.CheckConstraint(
            "status IN ('draft', 'awaiting_confirmation', 'open', 'correcting', 'held', 'alternate', 'not_called', 'refused', 'lapsed', 'withdrawn', 'recognized', 'ended')",
            name=op.f("ck_application_status_known"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'awaiting_confirmation', 'withdrawn', 'lapsed') OR number IS NOT NULL",
            name=op.f("ck_application_submitted_has_number"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('draft', 'awaiting_confirmation') OR number IS NULL",
            name=op.f("ck_application_unsubmitted_has_no_number"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('draft', 'awaiting_confirmation', 'refused', 'lapsed', 'withdrawn', 'not_called', 'ended') OR stage_key IS NULL",
            name=op.f("ck_application_stageless"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('open', 'correcting', 'held') OR stage_key IS NOT NULL",
            name=op.f("ck_application_running_has_stage"),
        ),
        sa.CheckConstraint("(number IS NULL) = (submitted_at IS NULL)", name=op.f("ck_application_number_has_time")),
        sa.CheckConstraint("(stage_key IS NULL) = (stage_pos IS NULL)", name=op.f("ck_application_stage_has_position")),
        sa.CheckConstraint(
            "furthest_pos >= 0 AND (stage_pos IS NULL OR furthest_pos >= stage_pos)",
            name=op.f("ck_application_furthest_position"),
        ),
        sa.CheckConstraint(
            "number IS NULL OR person_id IS NOT NULL OR subject_organization_id IS NOT NULL",
            name=op.f("ck_application_numbered_has_subject"),
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR subject_organization_id IS NULL", name=op.f("ck_application_one_subject")
        ),
        sa.CheckConstraint("version >= 0 AND event_seq >= version", name=op.f("ck_application_version_counts")),
        sa.ForeignKeyConstraint(["filler_id"], ["account.id"], name=op.f("fk_application_filler_id_account")),
        sa.ForeignKeyConstraint(
            ["line_organization_id"], ["organization.id"], name=op.f("fk_application_line_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["nominator_id"], ["organization.id"], name=op.f("fk_application_nominator_id_organization")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_person_id_person")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_application_program_id_program")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_application_round_id_round")),
        sa.ForeignKeyConstraint(
            ["subject_organization_id"],
            ["organization.id"],
            name=op.f("fk_application_subject_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_application_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("number", name=op.f("uq_application_number")),
        sa.UniqueConstraint("receipt", name=op.f("uq_application_receipt")),
        sa.UniqueConstraint("ref", name=op.f("uq_application_ref")),
        sa.UniqueConstraint("unique_slot", name=op.f("uq_application_unique_slot")),
    )
    op.create_index("ix_application_filler_id", "application", ["filler_id"], unique=False)
    op.create_index(
        "ix_application_funnel", "application", ["round_id", "status", "stage_pos", "furthest_pos"], unique=False
    )
    op.create_index("ix_application_line", "application", ["round_id", "line_path", "id"], unique=False)
    op.create_index("ix_application_nominator_id", "application", ["nominator_id", "round_id"], unique=False)
    op.create_index("ix_application_person_id", "application", ["person_id"], unique=False)
    op.create_index("ix_application_round_id", "application", ["round_id", "id"], unique=False)
    op.create_index("ix_application_subject_organization_id", "application", ["subject_organization_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("saved_by", KEY, nullable=True),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitted') = (digest IS NOT NULL)", name=op.f("ck_answers_submitted_has_digest")
        ),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_answers_submitted_has_time")
        ),
        sa.CheckConstraint("state IN ('draft', 'submitted')", name=op.f("ck_answers_state_known")),
        sa.CheckConstraint("revision >= 1 AND saves >= 0", name=op.f("ck_answers_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_answers_application_id_application")
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_answers_saved_by_account")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_answers_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("application_id", "revision", name=op.f("pk_answers")),
    )
    op.create_index(
        "uq_answers_one_draft",
        "answers",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "application_facet",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("field_key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("round_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_facet_application_id_application")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_application_facet_round_id_round")),
        sa.PrimaryKeyConstraint("application_id", "field_key", "value", name=op.f("pk_application_facet")),
    )
    op.create_index(
        "ix_application_facet_number",
        "application_facet",
        ["round_id", "field_key", "number", "application_id"],
        unique=False,
    )
    op.create_index(
        "ix_application_facet_value",
        "application_facet",
        ["round_id", "field_key", "value", "application_id"],
        unique=False,
    )
    op.create_table(
        "attachment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("field_key", sa.String(length=120), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("uploaded_by", KEY, nullable=True),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=True),
        sa.CheckConstraint("purpose IN ('original', 'blind_copy', 'record')", name=op.f("ck_attachment_purpose_known")),
        sa.CheckConstraint("row_no >= 0 AND position >= 0", name=op.f("ck_attachment_in_place")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_attachment_application_id_application")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_attachment_sha256_stored_file")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_attachment_uploaded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("ref", name=op.f("uq_attachment_ref")),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"], unique=False)
    op.create_index(
        "uq_attachment_place",
        "attachment",
        ["application_id", "field_key", "row_no", "purpose", "position"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "case_fact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_case_fact_source_named")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_case_fact_application_id_application")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_case_fact_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_fact")),
    )
    op.create_index("ix_case_fact_application_id", "case_fact", ["application_id", "name", "as_of"], unique=False)
    op.create_table(
        "sealed_value",
        sa.Column("id", KEY, nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field_key", sa.String(length=120), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("blind_index", sa.String(length=64), nullable=True),
        sa.Column("mask", sa.String(length=60), nullable=False),
        sa.Column("retention", sa.String(length=30), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("destroyed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (ciphertext IS NOT NULL)", name=op.f("ck_sealed_value_destroyed_has_no_text")
        ),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR blind_index IS NULL", name=op.f("ck_sealed_value_destroyed_is_not_found")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_sealed_value_application_id_application")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sealed_value_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_value")),
        sa.UniqueConstraint("application_id", "revision", "field_key", "row_no", name="uq_sealed_value_place"),
    )
    op.create_index("ix_sealed_value_blind_index", "sealed_value", ["blind_index"], unique=False)
    op.create_index("ix_sealed_value_person_id", "sealed_value", ["person_id"], unique=False)
    op.create_table(
        "stage_entry",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("pauses", JSON, nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.Column("effect", sa.String(length=30), nullable=True),
        sa.Column("record", JSON, nullable=False),
        sa.CheckConstraint("(left_at IS NULL) = (effect IS NULL)", name=op.f("ck_stage_entry_left_has_effect")),
        sa.CheckConstraint("entry_no >= 1", name=op.f("ck_stage_entry_numbered_from_one")),
        sa.CheckConstraint("left_at IS NULL OR left_at >= entered_at", name=op.f("ck_stage_entry_left_after_entering")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_stage_entry_application_id_application")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_stage_entry_round_id_round")),
        sa.PrimaryKeyConstraint("application_id", "entry_no", name=op.f("pk_stage_entry")),
    )
    op.create_index(
        "ix_stage_entry_here",
        "stage_entry",
        ["round_id", "stage_key"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_stage_entry_current",
        "stage_entry",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "verdict",
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("answers_rev", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_by", KEY, nullable=True),
        sa.Column("given_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('file', 'field', 'rule')", name=op.f("ck_verdict_kind_known")),
        sa.CheckConstraint("verdict <> 'flag' OR length(comment) > 0", name=op.f("ck_verdict_flag_has_comment")),
        sa.CheckConstraint("verdict IN ('ok', 'flag', 'meets', 'fails')", name=op.f("ck_verdict_verdict_known")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_verdict_application_id_application")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_verdict_given_by_account")),
        sa.PrimaryKeyConstraint("application_id", "entry_no", "kind", "key", "answers_rev", name=op.f("pk_verdict")),
    )


def downgrade() -> None:
    op.drop_table("verdict")
    op.drop_index(
        "uq_stage_entry_current",
        table_name="stage_entry",
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_index(
        "ix_stage_entry_here",
        table_name="stage_entry",
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_table("stage_entry")
    op.drop_index("ix_sealed_value_person_id", table_name="sealed_value")
    op.drop_index("ix_sealed_value_blind_index", table_name="sealed_value")
    op.drop_table("sealed_value")
    op.drop_index("ix_case_fact_application_id", table_name="case_fact")
    op.drop_table("case_fact")
    op.drop_index(
        "uq_attachment_place",
        table_name="attachment",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_index("ix_attachment_sha256", table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_application_facet_value", table_name="application_facet")
    op.drop_index("ix_application_facet_number", table_name="application_facet")
    op.drop_table("application_facet")
    op.drop_index(
        "uq_answers_one_draft",
        table_name="answers",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_table("answers")
    op.drop_index("ix_application_subject_organization_id", table_name="application")
    op.drop_index("ix_application_round_id", table_name="application")
    op.drop_index("ix_application_person_id", table_name="application")
    op.drop_index("ix_application_nominator_id", table_name="application")
    op.drop_index("ix_application_line", table_name="application")
    op.drop_index("ix_application_funnel", table_name="application")
    op.drop_index("ix_application_filler_id", table_name="application")
    op.drop_table("application")
    op.drop_table("stored_file")
