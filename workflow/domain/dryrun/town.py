"""The simulated office: organizations that answers may name, and as many people for every role as the program needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any

from workflow.domain.actor import ADMINISTRATOR, Actor, Holding
from workflow.domain.application import Application, Item
from workflow.domain.dryrun.identities import COUNTY, credit_code
from workflow.domain.policy import is_of
from workflow.domain.program.schema import (
    CheckStage,
    Definition,
    Field,
    OrganizationField,
    RegionField,
    ScoreStage,
    VoteStage,
)

PROGRAM = 1
ORGANIZATION_FIELD, REGION_FIELD = "organization", "region"
_FIRST_OFFICIAL, _FIRST_PERSON = 1_000, 1_000_000
_MEMBERS = 7
"""How many sit in a meeting: an odd number of which two thirds and a majority are different."""
_ENOUGH = 4
"""Who proposes, who confirms, who hears the appeal, and one who has been busy with the case before."""


def person_account(case: int) -> int:
    return _FIRST_PERSON + case


@dataclass
class Town:
    """`size` organizations of each kind. Accounts are numbered in the order in which somebody is first looked for."""

    definition: Definition
    size: int
    _accounts: dict[tuple[str, int | None, int], Actor] = field(default_factory=dict)
    _by_number: dict[int, tuple[str, Actor]] = field(default_factory=dict)

    # -- organizations -------------------------------------------------------------------------------------------------
    def code(self, item: Field, nth: int) -> str:
        """What an answer of this field holds for the `nth` organization or place."""
        if isinstance(item, RegionField):
            if item.depth == "county":
                return COUNTY
            town = f"{COUNTY}{nth % self.size + 1:03d}"
            return town if item.depth == "town" else f"{town}{nth // self.size % 9 + 200:03d}"
        return credit_code(self._first(item.key) + nth % self.size)

    def _first(self, key: str) -> int:
        """Organizations of one field are others than those of the next: an employer is no association."""
        keys = [name for name, each in self._fields.items() if isinstance(each, OrganizationField)]
        return 100 + (keys.index(key) if key in keys else len(keys)) * self.size

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        definition = self.definition
        own = {key: each for stage in definition.stages.values() for key, each in stage.record.items()}
        return {**own, **definition.form_fields()}

    def nominator(self, nth: int) -> int:
        """The `nth` organization that puts people forward where the form names none."""
        return 50_000 + nth % self.size

    def applicant(self, nth: int) -> tuple[int, str]:
        """An organization that applies itself: its number and its code."""
        return 60_000 + nth, credit_code(60_000 + nth)

    def organization(self, code: Any) -> int | None:
        """The organization that an answer names; a village leads to its town."""
        if not isinstance(code, str) or not code:
            return None
        if code.isdecimal() and len(code) in (6, 9, 12):
            return 1_000_000_000 + int(code[:9])
        return int(code[8:17])

    def path(self, organization: int) -> str:
        return f"/1/{organization}/"

    # -- people --------------------------------------------------------------------------------------------------------
    def needed(self, role: str) -> int:
        """Enough for what the program asks of this role at one time, and some who have not been busy with the case."""
        known = self.definition.roles.get(role)
        most = known.seats if known is not None else 1
        for stage in self.definition.stages.values():
            if isinstance(stage, VoteStage) and role in stage.by:
                most = max(most, _MEMBERS)
            elif isinstance(stage, ScoreStage) and role in stage.raters:
                most = max(most, ceil(stage.raters[role] * 1.5) + 1)
            elif isinstance(stage, CheckStage) and role in stage.by:
                most = max(most, stage.signers)
        return max(most, _ENOUGH)

    def holders(self, role: str, organization: int | None) -> list[Actor]:
        """Everybody who holds the role, of one organization where it is found through one."""
        where = organization if is_of(self.definition, role) else None
        if is_of(self.definition, role) and organization is None:
            return []
        return [self._official(role, where, nth) for nth in range(self.needed(role))]

    def _official(self, role: str, organization: int | None, nth: int) -> Actor:
        known = self._accounts.get((role, organization, nth))
        if known is None:
            account = _FIRST_OFFICIAL + len(self._accounts)
            path = self.path(organization) if organization is not None else None
            held = Holding(role, program_id=PROGRAM, organization_id=organization, organization_path=path)
            known = Actor("account", account, holdings=(held,))
            self._accounts[role, organization, nth] = known
            self._by_number[account] = role, known
        return known

    def speaker(self, organization: int) -> Actor:
        """Who administers an organization that applies itself."""
        return self._official(ADMINISTRATOR, organization, 0)

    @property
    def accounts(self) -> list[int]:
        """Of everybody who was looked for."""
        return list(self._by_number)

    def official(self, account: int | None) -> Actor | None:
        return self._by_number[account][1] if account in self._by_number else None

    def role_of(self, account: int | None) -> str | None:
        return self._by_number[account][0] if account in self._by_number else None

    def person(self, case: Application) -> Actor:
        """Whoever answers on the person's side: the person, who speaks for the organization, or whoever fills."""
        if case.subject_organization_id is not None:
            return self.speaker(case.subject_organization_id)
        if case.account_id is not None:
            return Actor("account", case.account_id, person_id=case.person_id)
        return self.official(case.filler_id) or Actor("account", case.filler_id)

    def hands(self, case: Application, item: Item) -> Iterator[Actor]:
        """Who could answer an item, the likeliest first; whether they may is asked of the rules."""
        if item.role == "applicant":
            yield self.person(case)
            filler = self.official(case.filler_id)
            if filler is not None:
                yield filler
            return
        if item.holder_id is not None:
            holder = self.official(item.holder_id)
            if holder is not None:
                yield holder
        everybody = self.holders(item.role, item.organization_id)
        start = (case.id + item.entry_no) % len(everybody) if everybody else 0
        yield from (*everybody[start:], *everybody[:start])
