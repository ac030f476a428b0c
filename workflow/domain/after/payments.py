"""What a benefit pays: one `Payment` for each time that money falls due. Amounts are decimal strings, never floats."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DUE, MADE, STOPPED = "due", "made", "stopped"


def about(no: int) -> str:
    """How the item that asks for it names a payment."""
    return f"pay:{no}"


@dataclass(frozen=True)
class Payment:
    """`nth` counts the payments of one benefit in the order in which they fall due; `name` tells occurrences apart."""

    no: int
    benefit: str
    nth: int
    name: str
    on: date  # from when it is due
    amount: str  # as computed
    item: int
    state: str = DUE
    paid: str = "0"  # what was paid, with every correction
    paid_on: date | None = None
    voucher: str | None = None
    received: bool | None = None  # what the person said of it

    @property
    def about(self) -> str:
        return about(self.no)


@dataclass(frozen=True, slots=True)
class Use:
    """A benefit that is not paid was made use of on a day."""

    benefit: str
    on: date


def paid_sum(payments: Iterable[Payment], benefit: str) -> Decimal:
    """`paid.<benefit>`."""
    return sum((Decimal(each.paid) for each in payments if each.benefit == benefit), Decimal(0))


def paid_times(payments: Iterable[Payment], benefit: str) -> Decimal:
    """`payments.<benefit>`."""
    return Decimal(sum(each.benefit == benefit and each.state == MADE for each in payments))
