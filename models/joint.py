"""What departments answered in a joint check. The code stays; what is written beside an objection is sealed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule


class JointAnswer(Base):
    """One answer of one department at one stay. Derived from the events; the words of an objection stand only here."""

    __tablename__ = "joint_answer"
    __table_args__ = (
        known("answer", ("clear", "issue", "unknown")),
        rule("issue_has_grounds", "answer <> 'issue' OR (category IS NOT NULL AND length(basis_no) > 0)"),
        rule(
            "only_issue_has_grounds", "answer = 'issue' OR (category IS NULL AND basis_no IS NULL AND detail IS NULL)"
        ),
        rule("reused_names_its_case", "(reused_from IS NULL) = (answered_by IS NOT NULL)"),
        rule("reused_has_its_day", "(reused_from IS NULL) = (answered_on IS NULL)"),
        rule("detail_has_key", "(detail IS NULL) OR (key_id IS NOT NULL)"),
        rule("destroyed_has_no_detail", "destroyed_at IS NULL OR detail IS NULL"),
        rule("numbered_from_one", "attempt >= 1 AND entry_no >= 1"),
        Index(
            "uq_joint_answer_current",
            "application_id",
            "entry_no",
            "role_key",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    role_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    item_no: Mapped[int]
    answer: Mapped[str] = mapped_column(String(10))
    category: Mapped[str | None] = mapped_column(String(30))
    basis_no: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str | None] = mapped_column(String(20))  # `person`: under the person's own key; else a master key
    reused_from: Mapped[int | None] = mapped_column(Key, ForeignKey("application.id"))
    answered_on: Mapped[date | None]  # of a reused answer: when it was given there
    answered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    answered_at: Mapped[datetime]
    is_current: Mapped[bool] = mapped_column(default=True)
    destroyed_at: Mapped[datetime | None]  # the detail; code and number stay
