"""From a draft to an application on record, and from a correction back to whoever returned it. All or nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import secrets
from models.applications import Answers, ApplicationFacet
from models.base import writing
from models.files import Attachment
from models.organizations import Organization
from models.people import Person
from models.rounds import Round, RoundNominator, Sequence
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, Duty, Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, MovedOn, NotReady, Reason
from workflow.domain.policy import reaches, speaks_for
from workflow.domain.program.schema import Field, OrganizationField, ScoreStage, TableField, VoteStage
from workflow.domain.stages import intake
from workflow.domain.stages.base import Work
from workflow.domain.words import Words
from workflow.services import (
    actions,
    codes,
    conflicts,
    counting,
    drafts,
    fingerprints,
    nominators,
    outbox,
    people,
    prior,
    sealing,
    tablerows,
    teams,
    validity,
    worksheets,
)
from workflow.services.casework import Case, open_case
from workflow.services.places import looked_up, organization_named
from workflow.services.worksheets import Worksheet

CONFIRM: codes.Purpose = "confirm"
LINK_LIFE = timedelta(days=14)
_WORST = ("fails", "look", "meets")
_LISTED = Words("这家单位的推荐名单已经提交，不能再加人")


@dataclass(frozen=True)
class Submitted:
    """What became of it: on record with number and receipt, or waiting for the person to confirm."""

    application: str
    status: str
    number: str | None
    receipt: str | None


# -- submitting --------------------------------------------------------------------------------------------------------
def submit(ref: str, actor: Actor, now: datetime, *, request_key: str | None = None) -> Submitted:
    """Raises NotReady with everything that is wrong, each at its path; then nothing was written."""
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (ref, "submit"), now)
        if before is not None:
            return Submitted(**before)
        case = drafts.to_change(session, ref, actor)
        if case.application.state.status is not Status.DRAFT:
            raise NotReady([Reason(Words("这份申报已经提交过了"))])
        done = _submit(session, case, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done


def _submit(session: Session, case: Case, actor: Actor, now: datetime) -> Submitted:
    draft = drafts.open_draft(session, case, actor, now)
    _drop_blank_rows(session, case, draft, now)
    sheet = worksheets.read(session, case, now)
    missing_track = [] if case.row.track in case.book.definition.tracks else [Reason(Words("请选类别"), "track")]
    problems = (*missing_track, *sheet.reasons, *teams.doubled(session, case, sheet.kept, now))
    for_another = worksheets.filled_for_another(case)
    if not problems:
        if case.book.definition.program.subject == "organization":
            _found_organization(session, case, sheet, actor)
        else:
            actor = _found_person(session, case, sheet, actor, for_another, now)
        problems = (
            *_take_nominator(session, case, sheet, for_another),
            *_beyond_own_line(session, case, sheet.kept, actor, for_another),
            *validity.bans(session, case, now),
            *prior.refused(session, case.row, now),
            *_judges_its_own(session, case, sheet),
        )
    if problems:
        raise NotReady(problems)
    _take_line(session, case, sheet.kept)
    case.row.counted_id = counting.whose(session, case.book.definition, case.row, sheet.kept)
    digest = put_on_record(session, case, draft, sheet, now)
    return _carry_out(session, case, "submit", draft.revision, digest, actor, now)


def _carry_out(
    session: Session, case: Case, name: str, revision: int, digest: str, actor: Actor, now: datetime
) -> Submitted:
    session.flush()
    fresh = open_case(session, case.row.id, lock=True, revision=revision)
    answers = fingerprints.of_answers(session, case.row.id, revision)
    inputs: dict[str, Any] = {"revision": revision, "digest": digest, "answers": answers}
    awaited = intake.awaited(Work(fresh.book, fresh.application, Action(name), actor, now))
    if not awaited:
        inputs |= {"number": _take_number(session, fresh), "receipt": _take_receipt(session, now)}
        fresh.row.precheck = _precheck(fresh, replace(fresh.application.state, submitted_at=now))
        session.flush()
    done = actions.carry_out(session, fresh, Action(name, None, inputs), actor, now)
    if awaited:
        conflicts.note(session, fresh, now)
    if name == "submit":
        for of in sorted(awaited):
            send_link(session, fresh, now, of)
    return Submitted(case.row.ref, done.status, inputs.get("number"), inputs.get("receipt"))


def send_link(session: Session, case: Case, now: datetime, of: int = 0) -> None:
    """To the mobile in the form, in the transaction in which the form was handed in; of a member, to their own."""
    token = codes.issue_link(session, CONFIRM, now, subject_ref=link_subject(case.row.ref, of), life=LINK_LIFE)
    mobile = mobile_of(case, of) if case.book.definition.program.tell_person else None
    if mobile:
        outbox.post(
            session,
            "member_link" if of else "confirm_link",
            now,
            address=mobile,
            params={"application": case.row.ref, "program": case.book.definition.program.name.zh},
            secret=token,
            application_id=case.row.id,
        )


def link_subject(ref: str, of: int) -> str:
    return f"{ref}.{of}" if of else ref


def mobile_of(case: Case, of: int = 0) -> str | None:
    """Of the person, or of a member of the team, if the form asks for one."""
    definition, values = case.book.definition, case.application.values
    fields: Mapping[str, Field] = definition.form_fields()
    if of and definition.program.team is not None:
        table = fields[definition.program.team.members]
        fields = table.columns if isinstance(table, TableField) else {}
        values = intake.members(case.application, definition)[of - 1]
    found = (values.get(key) for key, field in fields.items() if field.standard == "mobile")
    return next((str(each) for each in found if each), None)


def confirm(session: Session, application_id: int, actor: Actor, now: datetime) -> Submitted:
    """The person says yes: within the caller's transaction, which has used up the link."""
    case = open_case(session, application_id, lock=True)
    against = tuple(prior.refused(session, case.row, now))
    if against:
        raise NotReady(against)
    revision = case.application.state.revision
    digest = session.get_one(Answers, (application_id, revision)).digest or ""
    return _carry_out(session, case, "confirm_submission", revision, digest, actor, now)


def _drop_blank_rows(session: Session, case: Case, draft: Answers, now: datetime) -> None:
    """Rows in which nothing was written are no rows: those below them move up, in the draft itself."""
    sealed = sealing.opened(session, case.row, draft.revision)
    body = dict(draft.body)
    for key, field in case.book.definition.form_fields().items():
        rows = body.get(key)
        if not isinstance(field, TableField) or not rows:
            continue
        with_secret = {int(path.split(".")[1]) for path in sealed if path.startswith(f"{key}.")}
        left = [n for n, row in enumerate(rows, start=1) if n in with_secret or not answers.is_blank(row)]
        if len(left) < len(rows):
            body[key] = [rows[n - 1] for n in left]
            tablerows.renumber(session, case, draft.revision, field, left, now)
    draft.body = body
    session.flush()


# -- who and on whose behalf -------------------------------------------------------------------------------------------
def _found_person(
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


def _found_organization(session: Session, case: Case, sheet: Worksheet, actor: Actor) -> None:
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


def _take_nominator(session: Session, case: Case, sheet: Worksheet, for_another: bool) -> tuple[Reason, ...]:
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


def _beyond_own_line(
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


def _judges_its_own(session: Session, case: Case, sheet: Worksheet) -> Iterator[Reason]:
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


def _take_line(session: Session, case: Case, values: Mapping[str, Any]) -> None:
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


# -- on record ---------------------------------------------------------------------------------------------------------
def put_on_record(session: Session, case: Case, draft: Answers, sheet: Worksheet, now: datetime) -> str:
    """The draft's row becomes the revision that stands: typed values, L4 apart under the person's own key."""
    fields = worksheets.questions_of(case).fields
    kept = sheet.kept
    draft.body = answers.encode(fields, kept)
    secret = answers.sealed(fields, kept)
    person = session.get(Person, case.row.person_id) if case.row.person_id is not None else None
    sealing.replace_all(session, case.row, draft.revision, fields, secret, now, person=person)
    draft.digest = _digest(draft.body, secret)
    draft.state, draft.submitted_at = "submitted", now
    _settle_files(session, case, fields, draft.body, now)
    _write_facets(session, case, fields, kept)
    session.flush()
    return draft.digest


def _digest(body: Mapping[str, Any], secret: Mapping[str, str]) -> str:
    """Keyed, so that a number of few digits cannot be found by trying."""
    packed = json.dumps([body, secret], ensure_ascii=False, sort_keys=True)
    return secrets.digest("answers", packed)


def _settle_files(
    session: Session, case: Case, fields: Mapping[str, Field], body: Mapping[str, Any], now: datetime
) -> None:
    """Only what the answers hold stays attached, each at the place where it stands now."""
    places = {
        ref: (path, at) for path, refs in worksheets.file_refs(fields, body).items() for at, ref in enumerate(refs)
    }
    rows = session.scalars(
        select(Attachment).where(
            Attachment.application_id == case.row.id,
            Attachment.purpose == "original",
            Attachment.replaced_at.is_(None),
        )
    ).all()
    for row in rows:
        if row.ref not in places:
            row.replaced_at = now
        else:
            row.position += 1000  # out of the way of those that move to its place
    session.flush()
    for row in rows:
        if row.ref in places:
            path, row.position = places[row.ref]
            row.field_key, row.row_no = sealing.place_of(path)
    session.flush()


def _write_facets(session: Session, case: Case, fields: Mapping[str, Field], values: Mapping[str, Any]) -> None:
    session.execute(delete(ApplicationFacet).where(ApplicationFacet.application_id == case.row.id))
    for key, field in fields.items():
        value = values.get(key)
        if not field.filter or field.level not in ("L1", "L2") or answers.is_blank(value):
            continue
        for one in value if isinstance(value, list) else [value]:
            session.add(
                ApplicationFacet(
                    application_id=case.row.id,
                    field_key=key,
                    value=_facet(one)[:200],
                    number=float(one) if isinstance(one, Decimal) else None,
                    round_id=case.row.round_id,
                )
            )


def _facet(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _precheck(case: Case, state: Any) -> str | None:
    """The worst of the lights, as advice and never a verdict. What a later stage answers is not waited for."""
    judged = case.book.judge(replace(case.application, state=state))
    results = {each.result for each in judged.values() if each.rule.rule is not None}
    return next((worst for worst in _WORST if worst in results), None)


# -- numbers -----------------------------------------------------------------------------------------------------------
def _take_number(session: Session, case: Case) -> str:
    """`{code}{yy}-{round}-{seq:4}`; a round called 2026-2 is round 2 of 26."""
    taken = session.scalar(
        update(Round)
        .where(Round.id == case.round.id)
        .values(next_number=Round.next_number + 1)
        .returning(Round.next_number)
        .execution_options(synchronize_session=False)
    )
    year, _, part = case.round.key.partition("-")
    opened = local_day(case.round.opens_at)
    short = year[-2:] if year.isdecimal() and len(year) == 4 and part else f"{opened:%y}"
    code = case.book.definition.program.code.upper()
    return f"{code}{short}-{part or case.round.key}-{(taken or 2) - 1:04d}"


def _take_receipt(session: Session, now: datetime) -> str:
    """`R-2026-1112-0457`: counted by the day."""
    day = local_day(now)
    name = f"receipt:{day.isoformat()}"
    on = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = on.insert(Sequence).values(name=name, next_value=2)
    taken = session.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_={"next_value": Sequence.next_value + 1}).returning(
            Sequence.next_value
        )
    ).scalar_one()
    return f"R-{day:%Y-%m%d}-{taken - 1:04d}"


# -- correction --------------------------------------------------------------------------------------------------------
def hand_back(
    ref: str,
    unchanged: Mapping[str, str],
    actor: Actor,
    now: datetime,
    *,
    seen: int | None = None,
    request_key: str | None = None,
) -> Submitted:
    """Give a correction back to whoever returned it. `unchanged`: why a flagged item stays as it was, by its field."""
    said = {key: text.strip() for key, text in unchanged.items() if text.strip()}
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (ref, "correct", said), now)
        if before is not None:
            return Submitted(**before)
        case = drafts.to_change(session, ref, actor)
        item = next((each for each in case.application.state.open_items() if each.duty is Duty.CORRECT), None)
        if item is None:
            raise NotReady([Reason(Words("现在没有要补正的内容"))])
        if seen is not None and item.version != seen:
            raise MovedOn(actions.changes_since(session, case.row.id, None))
        done = _hand_back(session, case, item.no, said, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done


def _hand_back(
    session: Session, case: Case, item: int, unchanged: Mapping[str, str], actor: Actor, now: datetime
) -> Submitted:
    draft = drafts.open_draft(session, case, actor, now)
    _drop_blank_rows(session, case, draft, now)
    sheet = worksheets.read(session, case, now)
    old = sealing.opened(session, case.row, case.application.state.revision)
    if not case.application.state.place_taken:  # a place that is held stays where it was taken
        case.row.counted_id = counting.whose(session, case.book.definition, case.row, sheet.kept)
    digest = put_on_record(session, case, draft, sheet, now)
    fresh = open_case(session, case.row.id, lock=True, revision=draft.revision)
    facing = replace(
        fresh.application,
        problems=sheet.reasons,
        changed=changed_paths(case.application, fresh.application, old, answers.sealed(sheet.asked_fields, sheet.kept)),
    )
    print_ = fingerprints.of_answers(session, case.row.id, draft.revision)
    inputs = {"revision": draft.revision, "digest": digest, "answers": print_, "unchanged": dict(unchanged)}
    done = actions.carry_out(session, replace(fresh, application=facing), Action("correct", item, inputs), actor, now)
    return Submitted(case.row.ref, done.status, case.row.number, case.row.receipt)


def changed_paths(
    before: Application, after: Application, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[str, ...]:
    """Every path whose value is another one now, L4 values included."""
    plain = [edit.path for edit in answers.changed(before.values, after.values)]
    secret = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return tuple(dict.fromkeys([*plain, *secret]))
