"""Who an application is about, who puts it forward, and in whose line it stands: settled when it is handed in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.organizations import Organization
from models.rounds import RoundNominator
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotReady, Reason
from workflow.domain.policy import reaches, speaks_for
from workflow.domain.program.schema import OrganizationField, ScoreStage, VoteStage
from workflow.domain.words import Words
from workflow.services import (
    nominators,
    people,
)
from workflow.services.casework import Case
from workflow.services.places import looked_up, organization_named
from workflow.services.worksheets import Worksheet

_LISTED = Words("这家单位的推荐名单已经提交，不能再加人")


def found_person(
    session: Session, case: Case, sheet: Worksheet, actor: Actor, for_another: bool, now: datetime
) -> Actor:
    """The person of the number that was typed: the account's own, or the one who will have to confirm."""
    identity = sheet.identity
    if identity is None:
        if not for_another:
            case.row.person_id = actor.person_id
        if case.row.person_id is None:
            raise NotReady([Reason(Words("表里没有能认出本人的证件号码，请和主办单位联系"))])
        return actor
    try:
        person = people.ensure(session, identity, now)
        if not for_another and actor.account_id is not None:
            people.attach_account(session, actor.account_id, person, actor, now)
    except InvalidInput as refused:
        raise NotReady(refused.reasons) from None
    case.row.person_id = person.id
    session.flush()
    return actor if for_another else replace(actor, person_id=person.id)


def found_organization(session: Session, case: Case, sheet: Worksheet, actor: Actor) -> None:
    """The organization of the code that was typed. Only its own administrator applies for it."""
    fields = case.book.definition.form_fields()
    at = next((key for key, field in fields.items() if field.standard == "credit_code"), None)
    code = str(sheet.values.get(at or "") or "")
    found = case.row.subject_organization_id if at is None else looked_up(session, (), {code}).named.get(code)
    if found is None:
        words = Words("这个统一社会信用代码的单位还没有登记，请核对；没有错的话，请主办单位先登记")
        raise NotReady([Reason(words, at)])
    if not speaks_for(actor, found):
        raise NotReady([Reason(Words("你不是这家单位的管理员，不能替它申报：请核对统一社会信用代码"), at)])
    case.row.subject_organization_id = found
    session.flush()


def take_nominator(session: Session, case: Case, sheet: Worksheet, for_another: bool) -> tuple[Reason, ...]:
    """Where the person fills, the nominating organization is the one that the form names; it must be admitted."""
    definition = case.book.definition
    channel = definition.channels[case.row.channel]
    if channel.nominator is None:
        return ()
    if for_another:
        mine = case.row.nominator_id
        is_listed = mine is not None and nominators.is_listed(session, case.row.round_id, mine, channel.key)
        return (Reason(_LISTED),) if is_listed else ()
    field = definition.roles[channel.nominator.role].of or ""
    found = organization_named(session, sheet.values.get(field))
    admitted = found is not None and session.get(RoundNominator, (case.row.round_id, found, channel.key)) is not None
    if not admitted:
        words = Words("填的单位没有参加这一批的“%(channel)s”，请改选渠道，或和单位联系", channel=channel.name)
        return (Reason(words, field),)
    if found is not None and nominators.is_listed(session, case.row.round_id, found, channel.key):
        return (Reason(_LISTED, field),)
    case.row.nominator_id = found
    return ()


def beyond_own_line(
    session: Session, case: Case, values: Mapping[str, Any], actor: Actor, for_another: bool
) -> tuple[Reason, ...]:
    """An office that is found through the form puts forward only where it is found so."""
    definition = case.book.definition
    channel = definition.channels[case.row.channel]
    role = definition.roles.get(channel.filled_by)
    if not for_another or channel.nominator is not None or role is None or role.of not in definition.form_fields():
        return ()
    organization = session.get(Organization, organization_named(session, values.get(role.of)) or 0)
    if organization is not None and reaches(actor, role.key, case.application, organization.path):
        return ()
    return (Reason(Words("这里不归你的单位管，请选本单位范围内的"), role.of),)


def judges_its_own(session: Session, case: Case, sheet: Worksheet) -> Iterator[Reason]:
    """Where another organization than the nominating one is to score or to vote, it must be another one indeed."""
    definition = case.book.definition
    nominator = definition.channels[case.row.channel].nominator
    if nominator is None:
        return
    own = definition.roles[nominator.role].of
    judging = {
        role
        for stage in definition.stages_of(case.row.channel)
        if isinstance(stage, ScoreStage | VoteStage)
        for role in stage.by
    }
    fields = definition.form_fields()
    for of in sorted({definition.roles[role].of or "" for role in judging if role in definition.roles} - {own, ""}):
        field, mine = fields.get(of), case.row.nominator_id
        named = organization_named(session, sheet.values.get(of)) if isinstance(field, OrganizationField) else None
        if field is not None and named is not None and named == mine:
            yield Reason(Words("推荐和评议不能是同一家单位：请改选“%(field)s”", field=field.name), of)


def take_line(session: Session, case: Case, values: Mapping[str, Any]) -> None:
    """The organization by which those who see only their own line find the case."""
    definition = case.book.definition
    source = definition.program.line
    of_roles = [role.of for role in definition.roles.values() if role.of in definition.form_fields()]
    if source in (None, "nominator") and case.row.nominator_id is not None:
        found: int | None = case.row.nominator_id
    else:
        named = source if source not in (None, "nominator") else (of_roles[0] if of_roles else None)
        found = organization_named(session, values.get(named or ""))
    if found is not None:
        organization = session.get_one(Organization, found)
        case.row.line_organization_id, case.row.line_path = organization.id, organization.path
