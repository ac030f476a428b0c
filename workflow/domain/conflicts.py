"""Who is too near to a case to judge it (LANGUAGE.md part 6). Pure: facts about one official, facts about one case.

Conflicts take people out of pools. Holders found through `of:` act by office; whether they are taken out, too, is asked
when they act (`policy.is_barred`), because it depends on the role and not on the person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.domain.program.schema import Definition, ScoreStage, TableField, VoteStage

# Mail hosts that everybody uses say nothing about where somebody works.
PUBLIC_MAIL = frozenset(
    {
        "163.com",
        "126.com",
        "qq.com",
        "foxmail.com",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "aliyun.com",
        "yeah.net",
        "139.com",
        "189.cn",
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "icloud.com",
    }
)


SELF_DECLARED = "self_declared"
"""The ground that stands on somebody's own word; who runs the program may lift it, nobody else."""


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who could be asked to judge. `organizations`: where they work, and all above it in the line.
    `roles`: what they hold in the program."""

    account_id: int
    name: str
    person_id: int | None = None
    organizations: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Nearness:
    """What of a case can make somebody too near. `fields`: organization of each organization field of the form."""

    person_id: int | None = None
    nominator_id: int | None = None
    subject_id: int | None = None  # the organization, where one applies itself
    fields: Mapping[str, int | None] = field(default_factory=dict)
    email: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    objected: frozenset[str] = frozenset()  # names of judges whom the applicant does not want


def grounds(definition: Definition, near: Nearness, official: Official) -> tuple[str, ...]:
    """Every ground on which this official must not judge this case, in a fixed order; none means free."""
    wanted = definition.fairness.conflicts
    found = [
        ("oneself", near.person_id is not None and official.person_id == near.person_id),
        ("employer", _works_at(official, near.subject_id) or _works_at(official, near.fields.get("employer"))),
        ("nominator", _works_at(official, near.nominator_id)),
        *((f"same:{key}", _works_at(official, near.fields.get(key))) for key in wanted.same if key != "employer"),
        ("declared", wanted.kin and official.name in set(_declared(definition, near.values))),
        ("mail", _same_house(official.email, near.email)),
        ("objected", official.name in near.objected and bool(official.roles & judging_roles(definition))),
    ]
    return tuple(dict.fromkeys(ground for ground, holds in found if holds))


def judging_roles(definition: Definition) -> frozenset[str]:
    """The roles that rate or vote: those whom an applicant may object to."""
    judging = (stage for stage in definition.stages.values() if isinstance(stage, ScoreStage | VoteStage))
    return frozenset(role for stage in judging for role in stage.by)


def _works_at(official: Official, organization: int | None) -> bool:
    return organization is not None and organization in official.organizations


def _declared(definition: Definition, values: Mapping[str, Any]) -> Iterable[str]:
    """Names that the applicant wrote into tables made for declaring relations."""
    for key, table in definition.form_fields().items():
        if isinstance(table, TableField) and table.declares_conflicts:
            for row in values.get(key) or ():
                name = str(row.get("name") or "").strip()
                if name:
                    yield name


def _same_house(one: str | None, other: str | None) -> bool:
    hosts = {(address or "").rpartition("@")[2].lower() for address in (one, other)}
    return len(hosts) == 1 and "" not in hosts and not hosts & PUBLIC_MAIL
