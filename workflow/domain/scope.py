"""What lists an actor may see, as plain values that a query can be narrowed by.

A list query takes a Scope, never an actor. It is made here and nowhere else; `models/queries/scoping.py` turns it into
a condition, and a law compares that with `policy.can(…, APPLICATION_READ, …)` on generated facts.
"""

from dataclasses import dataclass

from workflow.domain.actor import ADMINISTRATOR, Actor, Holding


@dataclass(frozen=True, slots=True)
class Scope:
    account_id: int | None = None
    person_id: int | None = None
    holdings: tuple[Holding, ...] = ()
    administers: tuple[str, ...] = ()  # line paths of organizations whose own administrator this is
    stands_in_for: frozenset[int] = frozenset()

    @property
    def sees_nothing(self) -> bool:
        return self.account_id is None and self.person_id is None

    @property
    def own(self) -> tuple[Holding, ...]:
        """What this account holds itself, not for an absent colleague."""
        return tuple(holding for holding in self.holdings if holding.for_id is None)


def scope_of(actor: Actor) -> Scope:
    """An anonymous visitor, a one-time link and the clock see no list at all."""
    if actor.kind != "account":
        return Scope()
    roles = tuple(holding for holding in actor.holdings if holding.role != ADMINISTRATOR)
    administers = tuple(
        holding.organization_path
        for holding in actor.holdings
        if holding.role == ADMINISTRATOR and holding.organization_path is not None
    )
    standing_in = frozenset(holding.for_id for holding in actor.holdings if holding.for_id is not None)
    return Scope(actor.account_id, actor.person_id, roles, administers, standing_in)
