"""Money that benefits pay: one row for each time it falls due, folded from the events of its case."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.checks import known, rule

_DUE = text("state = 'due'")


class PaymentRow(Base):
    """Amounts are decimal strings. `name` tells the payments of one benefit apart: its turn, or its nominal day."""

    __tablename__ = "payment"
    __table_args__ = (
        known("state", ("due", "made", "stopped")),
        rule("made_has_day", "(state = 'made') = (paid_on IS NOT NULL)"),
        rule("counts", "no >= 1 AND nth >= 1"),
        Index("uq_payment_name", "application_id", "benefit", "name", unique=True),
        Index("ix_payment_due", "due_on", "application_id", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("application.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    benefit: Mapped[str] = mapped_column(String(60))
    nth: Mapped[int]
    name: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    amount: Mapped[str] = mapped_column(String(40))
    item_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    paid: Mapped[str] = mapped_column(String(40))
    paid_on: Mapped[date | None]
    voucher: Mapped[str | None] = mapped_column(String(100))
    received: Mapped[bool | None]
