"""Renewals: which case a case is to take the place of, and why a certificate was printed after an appeal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.base import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHY = ("issued", "lost", "corrected", "renewed")


def upgrade() -> None:
    # one statement for both databases: SQLite cannot add a constraint to a table that stands
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    named = op.f("fk_application_renews_id_application")
    op.execute(f"ALTER TABLE application ADD COLUMN renews_id {kind} CONSTRAINT {named} REFERENCES application (id)")
    op.create_index("ix_application_renews_id", "application", ["renews_id"])
    _let_certificates_say((*WHY, "restored"), WHY)


def downgrade() -> None:
    op.drop_index("ix_application_renews_id", table_name="application")
    op.drop_column("application", "renews_id")
    _let_certificates_say(WHY, (*WHY, "restored"))


def _listed(whys: tuple[str, ...]) -> str:
    return "why IN (" + ", ".join(f"'{why}'" for why in whys) + ")"


def _let_certificates_say(whys: tuple[str, ...], before: tuple[str, ...]) -> None:
    named = op.f("ck_certificate_why_known")
    with op.batch_alter_table("certificate", copy_from=_certificate(_listed(before))) as certificate:
        certificate.drop_constraint(named, type_="check")
        certificate.create_check_constraint(named, _listed(whys))


def _certificate(why: str) -> sa.Table:
    """The table as it stands: SQLite rebuilds it and would forget its conditions."""
    return sa.Table(
        "certificate",
        sa.MetaData(),
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
        sa.CheckConstraint(why, name=op.f("ck_certificate_why_known")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_certificate_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognition.id"], name=op.f("fk_certificate_recognition_id_recognition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("ref", name=op.f("uq_certificate_ref")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
        sa.Index("uq_certificate_no", "recognition_id", "no", unique=True),
    )
