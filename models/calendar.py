"""Official exceptions to the week: holidays and make-up days. A year without any is provisional."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.checks import known


class CalendarDay(Base):
    __tablename__ = "calendar_day"
    __table_args__ = (known("kind", ("holiday", "workday")),)

    calendar: Mapped[str] = mapped_column(String(20), primary_key=True, default="cn")
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(200))  # the notice that says so
    revision: Mapped[int] = mapped_column(default=1)  # raised with every change: what is reckoned can see it is old
