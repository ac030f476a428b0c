"""Public notices, their lines, and objections; a notice has a chain of its own."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _let_streams_be([*_kinds_of_streams(), "notice"])
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("program_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("preamble", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("length", sa.String(length=10), nullable=False),
        sa.Column("count_from", sa.String(length=10), nullable=False),
        sa.Column("visible_from", Instant(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", KEY, nullable=True),
        sa.Column("taken_down_at", Instant(), nullable=True),
        sa.Column("taken_down_by", KEY, nullable=True),
        sa.CheckConstraint("audience IN ('public', 'internal', 'organization')", name=op.f("ck_notice_audience_known")),
        sa.CheckConstraint("count_from IN ('next_day', 'first_day')", name=op.f("ck_notice_count_from_known")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_notice_ends_after_it_begins")),
        sa.CheckConstraint("lines >= 1", name=op.f("ck_notice_has_lines")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_notice_digest_shape")),
        sa.CheckConstraint(
            "(taken_down_at IS NULL) = (taken_down_by IS NULL)", name=op.f("ck_notice_taken_down_by_somebody")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_notice_program_id_program")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_notice_published_by_account")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_notice_round_id_round")),
        sa.ForeignKeyConstraint(["taken_down_by"], ["account.id"], name=op.f("fk_notice_taken_down_by_account")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["program_version.id"], name=op.f("fk_notice_version_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("ref", name=op.f("uq_notice_ref")),
    )
    op.create_index("ix_notice_round_id", "notice", ["round_id", "stage_key"], unique=False)
    op.create_index("ix_notice_last_day", "notice", ["last_day"], unique=False)
    op.create_table(
        "notice_line",
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("shown", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "state IN ('standing', 'ended', 'taken_down', 'left')", name=op.f("ck_notice_line_state_known")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_notice_line_digest_shape")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_notice_line_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_notice_line_application_id_application")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_line_notice_id_notice")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notice_line_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("notice_id", "no", name=op.f("pk_notice_line")),
    )
    op.create_index("ix_notice_line_application_id", "notice_line", ["application_id"], unique=False)
    op.create_index(
        "uq_notice_line_standing",
        "notice_line",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("state = 'standing'"),
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_table(
        "objection",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("application_id", KEY, nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=True),
        sa.Column("entered_by", KEY, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", KEY, nullable=True),
        sa.Column("evidence_name", sa.String(length=255), nullable=True),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'partly', 'upheld', 'rejected', 'kept', 'dropped', 'moot')",
            name=op.f("ck_objection_state_known"),
        ),
        sa.CheckConstraint("via IN ('page', 'phone', 'letter', 'visit')", name=op.f("ck_objection_via_known")),
        sa.CheckConstraint("(via = 'page') = (entered_by IS NULL)", name=op.f("ck_objection_typed_by_hand")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (state IN ('open', 'partly', 'moot'))", name=op.f("ck_objection_settled_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_objection_application_id_application")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_objection_entered_by_account")),
        sa.ForeignKeyConstraint(
            ["evidence_sha256"], ["stored_file.sha256"], name=op.f("fk_objection_evidence_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_objection_notice_id_notice")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_objection_settled_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("ref", name=op.f("uq_objection_ref")),
    )
    op.create_index("ix_objection_notice_id", "objection", ["notice_id", "line_no"], unique=False)
    op.create_index("ix_objection_application_id", "objection", ["application_id"], unique=False)
    op.create_index("ix_objection_address_digest", "objection", ["address_digest", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("objection")
    op.drop_table("notice_line")
    op.drop_table("notice")
    _let_streams_be([kind for kind in _kinds_of_streams() if kind != "notice"])


def _kinds_of_streams() -> list[str]:
    """What the table takes now: migrations before this one may have added kinds of their own."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("stream")
    known = next(check["sqltext"] for check in checks if check["name"] == "ck_stream_kind_known")
    return re.findall(r"'(\w+)'", known)


def _let_streams_be(kinds: list[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in dict.fromkeys(kinds))
    with op.batch_alter_table("stream", copy_from=_stream()) as stream:
        stream.drop_constraint(op.f("ck_stream_kind_known"), type_="check")
        stream.create_check_constraint(op.f("ck_stream_kind_known"), f"kind IN ({listed})")


def _stream() -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    return sa.Table(
        "stream",
        sa.MetaData(),
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_mac", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind <> ''", name="ck_stream_kind_known"),
        sa.CheckConstraint("seq >= 0 AND (seq = 0) = (head_mac IS NULL)", name="ck_stream_head"),
        sa.PrimaryKeyConstraint("id", name="pk_stream"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_stream_subject"),
    )
