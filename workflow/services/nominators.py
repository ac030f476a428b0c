"""Who may put people forward in a round, with which facts, and how many places that gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.base import reading, writing
from models.evidence import StreamKind
from models.organizations import Organization
from models.queries import organizations
from models.rounds import NominationList, Round, RoundNominator, RoundState
from workflow.domain import answers, months, rules
from workflow.domain.actor import Actor
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.program.schema import Channel, Definition
from workflow.domain.words import Words
from workflow.services import evidence, prior
from workflow.services.own_rounds import locked, mine


@dataclass(frozen=True)
class NominatorLine:
    organization_ref: str
    organization: str
    channel: str
    facts: Mapping[str, Mapping[str, Any]]  # name -> value, as_of, source
    places: int | None
    taken: int
    listed_at: datetime | None = None  # when it handed in its ranked list


def admit(
    actor: Actor,
    now: datetime,
    ref: str,
    channel: str,
    organization_refs: Sequence[str],
    facts: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[NominatorLine]:
    """Let organizations put people forward. Their facts come from what is recorded of them; places follow the quota.

    Admitted again: facts and places are computed anew, never below what is taken. `facts` (name -> value, as_of,
    source) stand in for what is not recorded, for all the organizations named.
    """
    with writing() as session:
        row, definition = locked(session, actor, ref)
        way = definition.channels.get(channel)
        if way is None or way.nominator is None:
            raise InvalidInput([Reason(Words("这个渠道没有推荐方"), "channel")])
        elsewhere = months.refused(definition, channel, row.closes_at)
        if elsewhere is not None:
            raise InvalidInput([Reason(elsewhere, "channel")])
        if row.state == RoundState.CLOSED:
            raise NotReady([Reason(Words("批次已经关闭"))])
        chosen = organizations.by_refs(session, organization_refs)
        if len(chosen) != len(set(organization_refs)) or not chosen:
            raise InvalidInput([Reason(Words("没有这个单位，或者它还没有通过核对"), "organization")])
        admitted: list[NominatorLine] = []
        reasons: list[Reason] = []
        for each in chosen:
            try:
                admitted.append(_admit(session, actor, now, row, definition, way, each, facts or {}))
            except InvalidInput as refused:
                reasons += refused.reasons
        if reasons:
            raise InvalidInput(reasons)  # of all of them at once, and none was admitted
        return admitted


def _admit(
    session: Session,
    actor: Actor,
    now: datetime,
    row: Round,
    definition: Definition,
    way: Channel,
    organization: Organization,
    told: Mapping[str, Mapping[str, Any]],
) -> NominatorLine:
    against = prior.refuse_nominator(session, way, organization, now)
    if against is not None:
        raise InvalidInput([Reason(against, "organization")])
    granted = prior.granted(session, way, organization.id, now)
    known = {**organizations.facts_at(session, organization.id, local_day(now)), **told, **granted}
    wanted = way.nominator.facts if way.nominator else {}
    facts = {name: dict(known[name]) for name in (*wanted, *granted) if name in known}
    missing = [wanted[name].name for name in wanted if name not in known]
    if missing:
        words = Words("“%(organization)s”还缺%(facts)s", organization=organization.name, facts=missing)
        raise InvalidInput([Reason(words, "facts")])
    places = _places(definition, way, facts, row)
    found = session.get(RoundNominator, (row.id, organization.id, way.key), with_for_update=True)
    if found is None:
        found = RoundNominator(
            round_id=row.id, organization_id=organization.id, channel=way.key, taken=0, admitted_at=now
        )
        session.add(found)
    found.facts, found.places = facts, None if places is None else max(places, found.taken)
    session.flush()
    body = {
        "organization": organization.id,
        "channel": way.key,
        "facts": {name: str(fact["value"]) for name, fact in facts.items()},
        "places": found.places,
    }
    evidence.tell(session, StreamKind.ROUND, row.id, "nominator_admitted", actor, now, body=body)
    return NominatorLine(organization.ref, organization.name, way.key, facts, found.places, found.taken)


def admit_again(
    session: Session, actor: Actor, now: datetime, row: Round, definition: Definition, before: RoundNominator
) -> bool:
    """Into the next round of a series, with what is recorded of it by now, else with what was said last time. False
    where it may not, or what the channel asks by now is not known."""
    way = definition.channels.get(before.channel)
    organization = session.get_one(Organization, before.organization_id)
    if way is None or way.nominator is None or months.refused(definition, way.key, row.closes_at) is not None:
        return False
    recorded = organizations.facts_at(session, organization.id, local_day(now))
    told = {name: fact for name, fact in before.facts.items() if name not in recorded}
    try:
        _admit(session, actor, now, row, definition, way, organization, told)
    except InvalidInput:
        return False
    return True


def _places(definition: Definition, way: Channel, facts: Mapping[str, Mapping[str, Any]], row: Round) -> int | None:
    """The quota rounded down, never below zero; None where there is none, or where it is counted elsewhere."""
    if way.quota is None or way.quota.counted_per is not None:
        return None
    if isinstance(way.quota.places, Decimal):
        return max(0, int(way.quota.places))
    inputs = {f"nominator.{name}": Decimal(str(fact["value"])) for name, fact in facts.items()}
    settings = answers.decode(definition.round, row.settings)
    inputs |= {f"round.{name}": value for name, value in settings.items()}
    rule = rules.compile(way.quota.places, rules.scope_for(definition, rules.Place.QUOTA), "number")
    value = rule.value(inputs)
    if not isinstance(value, Decimal):
        raise InvalidInput([Reason(Words("名额算不出来：批次的数字还没有填齐"), "facts")])
    return max(0, int(value.to_integral_value(ROUND_FLOOR)))


def authorized(actor: Actor, now: datetime, ref: str) -> dict[str, list[tuple[str, str]]]:
    """By channel that asks its nominators to hold something: who holds it and is not admitted yet, by (ref, name)."""
    with reading() as session:
        row, definition = mine(session, actor, session.scalars(select(Round).where(Round.ref == ref)).first())
        admitted = {(each.channel, each.organization_ref) for each in listed(session, row.id)}
        return {
            way.key: [(each.ref, each.name) for each in holders if (way.key, each.ref) not in admitted]
            for way in definition.channels.values()
            if (holders := prior.holders(session, way, now))
        }


def is_listed(session: Session, round_id: int, organization_id: int, channel: str) -> bool:
    """Whether this nominator has handed in its list: then nobody is added."""
    row = session.get(NominationList, (round_id, organization_id, channel))
    return row is not None and row.listed_at is not None


def listed(session: Session, round_id: int) -> list[NominatorLine]:
    handed_in = and_(
        NominationList.round_id == RoundNominator.round_id,
        NominationList.organization_id == RoundNominator.organization_id,
        NominationList.channel == RoundNominator.channel,
    )
    rows = session.execute(
        select(RoundNominator, Organization, NominationList.listed_at)
        .join(Organization, Organization.id == RoundNominator.organization_id)
        .outerjoin(NominationList, handed_in)
        .where(RoundNominator.round_id == round_id)
        .order_by(Organization.name_sort, Organization.id)
    )
    return [
        NominatorLine(unit.ref, unit.name, each.channel, each.facts, each.places, each.taken, listed_at)
        for each, unit, listed_at in rows
    ]
