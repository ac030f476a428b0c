"""Named conditions that tie a row's state to its data. The naming convention adds `ck_<table>_` in front."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint


def known(column: str, values: Iterable[str] | type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def rule(name: str, condition: str) -> CheckConstraint:
    return CheckConstraint(condition, name=name)
