"""What nominators and applicants hold of other programs: whether it lets them in, and which numbers come with it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.applications import ApplicationRow
from models.awards import RecognitionRow
from models.organizations import Organization
from models.people import Person
from models.programs import Program
from models.queries import held as queries
from models.queries import sampling
from workflow.domain import held as rules
from workflow.domain.application import Status
from workflow.domain.calendar import local_day
from workflow.domain.errors import Reason
from workflow.domain.held import Held
from workflow.domain.program.schema import Channel, Definition, HoldingRule
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services.casework import Case, open_case
from workflow.services.programs import newest_version
from workflow.services.rulebooks import book_of, definition_of

_NOT_CHOSEN = (Status.REFUSED.value, Status.NOT_CALLED.value)


def refuse_nominator(session: Session, channel: Channel, organization: Organization, now: datetime) -> Words | None:
    """Why this organization may not put anybody forward here; None where it may."""
    nominator = channel.nominator
    if nominator is None:
        return None
    who = (None, organization.id, organization.name)
    return _against(session, nominator.must_hold, nominator.must_not_hold, who, local_day(now))


def suspended(session: Session, program_id: int, organization: Organization) -> Words | None:
    """A drawn case of it failed, and the office has not released it."""
    if organization.id not in sampling.suspended(session, program_id):
        return None
    return Words("“%(who)s”抽查不合格，暂停推荐；主办恢复以后才能再推荐", who=organization.name)


def granted(session: Session, channel: Channel, organization_id: int, now: datetime) -> dict[str, Mapping[str, Any]]:
    """The numbers that come with what the nominator holds, with their date and source: as facts of the organization."""
    rule, today = channel.nominator.must_hold if channel.nominator is not None else None, local_day(now)
    if rule is None:
        return {}
    for row in queries.held(session, rule.program, rule.track, None, organization_id):
        if _as_held(session, row).is_held(today):
            source, as_of = f"授权书 {row.number}", row.recognized_on.isoformat()
            return {
                name: {"value": _plain(number), "as_of": as_of, "source": source}
                for name, number in sorted(row.grants.items())
            }
    return {}


def _plain(number: str) -> int | str:
    """As facts are stored: whole numbers as such."""
    exact = Decimal(number)
    return int(exact) if exact == exact.to_integral_value() else number


def refuse_applicant(
    session: Session, channel: Channel, person_id: int | None, organization_id: int | None, now: datetime
) -> Words | None:
    """Why whom it is about may not come in by this channel; None where they may, or are not known yet."""
    if person_id is not None:
        name = session.get_one(Person, person_id).name
    elif organization_id is not None:
        name = session.get_one(Organization, organization_id).name
    else:
        return None
    who = (person_id, organization_id, name)
    return _against(session, channel.must_hold, channel.must_not_hold, who, local_day(now))


def refuse_again(
    session: Session, book: Rulebook, program_id: int, person_id: int | None, organization_id: int | None, now: datetime
) -> Words | None:
    """`reapply_after`: who was not chosen waits that long from the day on which it was decided."""
    wait = book.definition.program.reapply_after
    if wait is None:
        return None
    for closed_at, withheld in queries.closed_without(session, program_id, person_id, organization_id, _NOT_CHOSEN):
        if withheld is not None:
            return Words("原来的那份申报还没有公布结果，现在不能再报")
        first = book.calendar.add(local_day(closed_at), wait).date if closed_at is not None else None
        if first is not None and local_day(now) < first:
            return Words("上一次没有入选，%(day)s 起才可以再报这个项目", day=first.isoformat())
    return None


def refused(session: Session, row: ApplicationRow, now: datetime) -> Iterator[Reason]:
    """Everything of this kind that stands in the way of a case at the moment when it would count."""
    book = book_of(session, row.version_id)
    channel = book.definition.channels[row.channel]
    about = (row.person_id, row.subject_organization_id)
    nominator = session.get(Organization, row.nominator_id) if row.nominator_id is not None else None
    again, of_nominator = None, None
    if nominator is not None:
        of_nominator = suspended(session, row.program_id, nominator)
        of_nominator = of_nominator or refuse_nominator(session, channel, nominator, now)
    if row.renews_id is None:
        again = refuse_again(session, book, row.program_id, *about, now)
    else:
        renewed = open_case(session, row.renews_id)
        if about != (renewed.row.person_id, renewed.row.subject_organization_id):
            yield Reason(Words("续认要由原来的认定人来办：表里的号码和原来认定的不是同一个，请核对"))
        yield from refused_renewal(renewed, now, besides=row.id)
        channel = _without_own(channel, book.definition)
    found = (of_nominator, refuse_applicant(session, channel, *about, now), again)
    yield from (Reason(words) for words in found if words is not None)


def _without_own(channel: Channel, definition: Definition) -> Channel:
    """Who renews holds a recognition of this program, by necessity."""
    rule = channel.must_not_hold
    own = rule is not None and rule.program == definition.program.key
    return channel.model_copy(update={"must_not_hold": None}) if own else channel


def refused_renewal(old: Case, now: datetime, besides: int | None = None) -> list[Reason]:
    """Why a recognition cannot be renewed now, whatever its round says. `besides`: the case that is to renew it."""
    state, today = old.application.state, local_day(now)
    known = state.recognition
    if known is None or not known.is_valid or (known.until is not None and known.until < today):
        return [Reason(Words("原来的认定已经不再有效，不能续认；请按新的申报办理"))]
    reasons = []
    if state.leaving is not None:
        reasons.append(Reason(Words("原来的认定正在研判或撤销程序中，有了结论才能续认")))
    renewal = state.renewal
    if renewal is not None and renewal.handed_in and renewal.case != besides:
        reasons.append(Reason(Words("续认申报已经交过一份，还在办")))
    return reasons


def _against(
    session: Session,
    must: HoldingRule | None,
    must_not: HoldingRule | None,
    who: tuple[int | None, int | None, str],
    today: date,
) -> Words | None:
    person, organization, name = who
    if must is not None:
        rows = queries.held(session, must.program, must.track, person, organization)
        words = rules.lacking(name, named(session, must), [_as_held(session, row) for row in rows], today)
        if words is not None:
            return words
    if must_not is not None:
        rows = queries.held(session, must_not.program, must_not.track, person, organization)
        return rules.had(name, named(session, must_not), [_as_held(session, row) for row in rows])
    return None


def _as_held(session: Session, row: RecognitionRow) -> Held:
    leaving = row.standing == "valid" and open_case(session, row.application_id).application.state.leaving is not None
    return Held(row.number, row.valid_until, row.standing, row.ended_on, leaving)


def named(session: Session, rule: HoldingRule) -> str:
    """What must be held, as people know it: the program and its track."""
    program = session.scalar(select(Program).where(Program.key == rule.program))
    version = newest_version(session, program.id) if program is not None else None
    if version is None:
        return rule.program
    definition = definition_of(version)
    track = definition.tracks.get(rule.track or "")
    return f"{definition.program.name.zh}：{track.name.zh}" if track is not None else definition.program.name.zh


def holders(session: Session, channel: Channel, now: datetime) -> list[Organization]:
    """Organizations that hold today what the channel asks of its nominators, by name; none where it asks nothing."""
    rule = channel.nominator.must_hold if channel.nominator is not None else None
    if rule is None:
        return []
    found = queries.holding(session, rule.program, rule.track, local_day(now))
    return [each for each in found if refuse_nominator(session, channel, each, now) is None]
