"""Writing many organizations at once, without an object and a savepoint for each."""

import secrets as random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from models.base import Base
from models.names import organization_tokens, sort_key
from models.organizations import OrganizationState


@dataclass(frozen=True)
class Bare:
    """One organization to be written among many; checked already. `above` is the path of its parent."""

    name: str
    kind: str
    credit_code: str | None
    region_code: str | None
    above: str = "/"


def insert_many(session: Session, wanted: Sequence[Bare], now: datetime) -> list[tuple[int, str]]:
    """Many at once, standing, without an object for each; (id, path) in the same order."""
    if not wanted:
        return []
    connection, table = session.connection(), Base.metadata.tables["organization"]
    rows = [_bare_row(each, now) for each in wanted]
    made: dict[str, int] = dict(connection.execute(insert(table).returning(table.c.ref, table.c.id), rows).all())
    placed = [(made[row["ref"]], f"{each.above}{made[row['ref']]}/") for row, each in zip(rows, wanted, strict=True)]
    connection.execute(
        update(table).where(table.c.id == bindparam("number")).values(path=bindparam("place")),
        [{"number": number, "place": path} for number, path in placed],
    )
    connection.execute(
        insert(Base.metadata.tables["organization_line"]), [pair for _, path in placed for pair in _pairs(path)]
    )
    tokens = [
        {"token": token, "organization_id": number}
        for (number, _), each in zip(placed, wanted, strict=True)
        for token in sorted(organization_tokens(each.name, each.credit_code))
    ]
    connection.execute(insert(Base.metadata.tables["organization_token"]), tokens)
    return placed


def _bare_row(each: Bare, now: datetime) -> dict[str, Any]:
    ref = random.token_urlsafe(12)
    above = each.above.strip("/")
    return {
        "ref": ref,
        "parent_id": int(above.rpartition("/")[2]) if above else None,
        "kind": each.kind,
        "name": each.name,
        "name_sort": sort_key(each.name),
        "credit_code": each.credit_code,
        "region_code": each.region_code,
        "path": f"/+{ref}/",
        "state": OrganizationState.STANDING.value,
        "created_at": now,
    }


def _pairs(path: str) -> Iterator[dict[str, int]]:
    line = [int(part) for part in path.strip("/").split("/")]
    for depth, ancestor in enumerate(reversed(line)):
        yield {"ancestor_id": ancestor, "descendant_id": line[-1], "depth": depth}
