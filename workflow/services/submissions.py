"""From a draft to an application on record, and from a correction back to whoever returned it. All or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.applications import Answers
from models.base import writing
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Duty, Status
from workflow.domain.errors import MovedOn, NotReady, Reason
from workflow.domain.program.schema import Definition, Field, TableField
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
    outbox,
    prior,
    sealing,
    signed_files,
    teams,
    validity,
    worksheets,
)
from workflow.services import submissions_behalf as behalf
from workflow.services import submissions_numbers as numbers
from workflow.services import submissions_record as record
from workflow.services.casework import Case, open_case

CONFIRM: codes.Purpose = "confirm"
LINK_LIFE = timedelta(days=14)


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
        done = hand_in(session, case, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done


def hand_in(session: Session, case: Case, actor: Actor, now: datetime) -> Submitted:
    """The same within the caller's transaction."""
    draft = drafts.open_draft(session, case, actor, now)
    record.drop_blank_rows(session, case, draft, now)
    sheet = worksheets.read(session, case, now)
    missing_track = [] if case.row.track in case.book.definition.tracks else [Reason(Words("请选类别"), "track")]
    problems = (*missing_track, *sheet.reasons, *teams.doubled(session, case, sheet.kept, now))
    for_another = worksheets.filled_for_another(case)
    if not problems:
        if case.book.definition.program.subject == "organization":
            behalf.found_organization(session, case, sheet, actor)
        else:
            actor = behalf.found_person(session, case, sheet, actor, for_another, now)
        problems = (
            *behalf.take_nominator(session, case, sheet, for_another),
            *behalf.beyond_own_line(session, case, sheet.kept, actor, for_another),
            *validity.bans(session, case, now),
            *prior.refused(session, case.row, now),
            *behalf.judges_its_own(session, case, sheet),
        )
    if problems:
        raise NotReady(problems)
    behalf.take_line(session, case, sheet.kept)
    case.row.counted_id = counting.whose(session, case.book.definition, case.row, sheet.kept)
    digest = record.put_on_record(session, case, draft, sheet, now)
    return _carry_out(session, case, "submit", draft.revision, digest, actor, now)


def _carry_out(
    session: Session,
    case: Case,
    name: str,
    revision: int,
    digest: str,
    actor: Actor,
    now: datetime,
    proof: Mapping[str, Any] | None = None,
) -> Submitted:
    session.flush()
    fresh = open_case(session, case.row.id, lock=True, revision=revision)
    answers = fingerprints.of_answers(session, case.row.id, revision)
    inputs: dict[str, Any] = {"revision": revision, "digest": digest, "answers": answers, **(proof or {})}
    awaited = intake.awaited(Work(fresh.book, fresh.application, Action(name), actor, now))
    if not awaited:
        inputs |= {"number": numbers.take_number(session, fresh), "receipt": numbers.take_receipt(session, now)}
        fresh.row.precheck = record.precheck(fresh, replace(fresh.application.state, submitted_at=now))
        session.flush()
    done = actions.carry_out(session, fresh, Action(name, None, inputs), actor, now)
    if awaited:
        conflicts.note(session, fresh, now)
    if name == "submit":
        for of in asked_by_link(fresh.book.definition, fresh.row.channel, awaited):
            send_link(session, fresh, now, of)
    return Submitted(case.row.ref, done.status, inputs.get("number"), inputs.get("receipt"))


def asked_by_link(definition: Definition, channel: str, awaited: Iterable[int]) -> list[int]:
    """Whoever says yes by a link: not the person who signs on paper."""
    on_paper = intake.signs_on_paper(definition, channel)
    return [of for of in sorted(awaited) if of or not on_paper]


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


def confirm(
    session: Session, application_id: int, actor: Actor, now: datetime, proof: Mapping[str, Any] | None = None
) -> Submitted:
    """The person says yes: within the caller's transaction, which has used up the link. `proof`: the signed form that
    somebody else brings."""
    case = open_case(session, application_id, lock=True)
    against = tuple(prior.refused(session, case.row, now))
    if against:
        raise NotReady(against)
    revision = case.application.state.revision
    digest = session.get_one(Answers, (application_id, revision)).digest or ""
    name = "confirm_signed" if proof is not None else "confirm_submission"
    return _carry_out(session, case, name, revision, digest, actor, now, proof)


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
    """Give a correction back to whoever returned it, or hand in what a new version of the rules asks
    anew. `unchanged`: why a flagged item stays as it was, by its field."""
    said = {key: text.strip() for key, text in unchanged.items() if text.strip()}
    with writing() as session:
        before = actions.answered_before(session, actor, request_key, (ref, "correct", said), now)
        if before is not None:
            return Submitted(**before)
        case = drafts.to_change(session, ref, actor)
        item = next((each for each in case.application.state.open_items() if each.duty is Duty.CORRECT), None)
        if item is None and case.application.state.asks:
            done = _hand_back(session, case, None, said, actor, now)
            actions.keep_answer(session, actor, request_key, vars(done))
            return done
        if item is None:
            raise NotReady([Reason(Words("现在没有要补正的内容"))])
        if seen is not None and item.version != seen:
            raise MovedOn(actions.changes_since(session, case.row.id, None))
        done = _hand_back(session, case, item.no, said, actor, now)
        actions.keep_answer(session, actor, request_key, vars(done))
        return done


def _hand_back(
    session: Session, case: Case, item: int | None, unchanged: Mapping[str, str], actor: Actor, now: datetime
) -> Submitted:
    draft = drafts.open_draft(session, case, actor, now)
    record.drop_blank_rows(session, case, draft, now)
    sheet = worksheets.read(session, case, now)
    old = sealing.opened(session, case.row, case.application.state.revision)
    if not case.application.state.place_taken:  # a place that is held stays where it was taken
        case.row.counted_id = counting.whose(session, case.book.definition, case.row, sheet.kept)
    digest = record.put_on_record(session, case, draft, sheet, now)
    fresh = open_case(session, case.row.id, lock=True, revision=draft.revision)
    facing = replace(
        fresh.application,
        problems=sheet.reasons,
        changed=record.changed_paths(
            case.application, fresh.application, old, answers.sealed(sheet.asked_fields, sheet.kept)
        ),
    )
    print_ = fingerprints.of_answers(session, case.row.id, draft.revision)
    inputs = {
        "revision": draft.revision,
        "digest": digest,
        "answers": print_,
        "unchanged": dict(unchanged),
        "files": signed_files.named(signed_files.of(session, case.row.id, intake.seal_of(digest))),
    }
    done = actions.carry_out(
        session, replace(fresh, application=facing), Action("correct" if item else "supply", item, inputs), actor, now
    )
    return Submitted(case.row.ref, done.status, case.row.number, case.row.receipt)
