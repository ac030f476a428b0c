"""What somebody who puts people forward sees first: whom to answer, the places left, the own list with its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.base import reading
from models.organizations import Organization
from models.queries import nominations as queries
from models.queries.nominations import Admission, Nominee
from models.rounds import Round, RoundNominator, RoundState
from workflow.domain import quotas
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.application import Status
from workflow.domain.program.schema import Definition, Label
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.unpublished import standing_outside
from workflow.domain.words import Words
from workflow.services import counting, prior, queues
from workflow.services.queues import Wanted
from workflow.services.queues_lines import Line
from workflow.services.rulebooks import book_of
from workflow.services.sheets import Left, left_until

PAGE = 50
STATUS: Mapping[str, tuple[str, Words]] = {
    Status.DRAFT: ("todo", Words("草稿，还没有提交")),
    Status.AWAITING_CONFIRMATION: ("hold", Words("等本人确认")),
    Status.CORRECTING: ("back", Words("退回补正中")),
    Status.HELD: ("hold", Words("停表")),
    Status.ALTERNATE: ("hold", Words("候补")),
    Status.NOT_CALLED: ("no", Words("没有递补上")),
    Status.REFUSED: ("no", Words("没有通过")),
    Status.LAPSED: ("late", Words("补正逾期")),
    Status.WITHDRAWN: ("no", Words("已撤回")),
    Status.RECOGNIZED: ("done", Words("已认定")),
    Status.ENDED: ("done", Words("已办完")),
}


_COUNTED: Mapping[str, Words] = {"year": Words("每年重新计"), "month": Words("每月重新计")}


@dataclass(frozen=True)
class Person:
    """One nominee: where it stands and until when. `own` = filled by this account and still to be changed."""

    ref: str
    number: str | None
    name: str
    round_name: str
    organization: str | None
    channel: Label
    track: Label | None
    kind: str
    words: Words | Label
    left: Left | None
    own: bool
    returned: bool = False  # it came back to be corrected, to this account


@dataclass(frozen=True)
class Places:
    round_ref: str
    round_name: str
    program: Label
    organization: str
    channel: Label
    places: int | None
    taken: int
    open: bool
    fills: bool  # this channel lets the nominating side fill the form
    closes: Left | None
    barred: Words | None = None  # why the organization may not put anybody forward now
    key: str = ""  # the channel's
    unit: str = ""  # the organization's reference
    counted: Words | None = None  # how its places are counted, where not per round

    @property
    def left(self) -> int | None:
        return None if self.places is None else self.places - self.taken


@dataclass(frozen=True)
class Home:
    to_answer: tuple[Line, ...]
    answers: int
    unconfirmed: int
    places: tuple[Places, ...]
    people: tuple[Person, ...]
    older: int | None

    @property
    def left(self) -> int | None:
        """All places that can still be used, together; None where none is counted."""
        counted = [each.left for each in self.places if each.left is not None and each.open]
        return sum(counted) if counted else None


def home(actor: Actor, now: datetime, before: str | None = None) -> Home:
    mine = queues.page(actor, now, Wanted())
    last = int(before) if before and before.isdecimal() and len(before) < 19 else None
    with reading() as session:
        scope = scope_of(actor)
        rows = queries.nominees(session, scope, last, PAGE + 1)
        admitted = queries.admissions(session, scope, now)
        books = _books(session, rows, admitted)
        return Home(
            to_answer=mine.lines,
            answers=mine.total,
            unconfirmed=queries.waiting_for_the_person(session, scope),
            places=tuple(
                _places(session, each, books[each.version_id], now)
                for each in admitted
                if _is_mine(actor, books[each.version_id].definition, each)
            ),
            people=people_of(session, rows[:PAGE], books, actor, now),
            older=rows[PAGE - 1].id if len(rows) > PAGE else None,
        )


def _books(session: Session, rows: Sequence[Nominee], admitted: Sequence[Admission]) -> dict[int, Rulebook]:
    wanted = {row.version_id for row in rows} | {each.version_id for each in admitted}
    return {number: book_of(session, number) for number in sorted(wanted)}


def _is_mine(actor: Actor, definition: Definition, admission: Admission) -> bool:
    """Only who holds the channel's nominating role there, or administers the organization, sees its places."""
    nominator = definition.channels[admission.channel].nominator
    role = nominator.role if nominator is not None else None
    return any(holding.role in (role, ADMINISTRATOR) for holding in actor.holdings)


def _places(session: Session, admission: Admission, book: Rulebook, now: datetime) -> Places:
    organization = session.get_one(Organization, admission.organization_id)
    row = session.get_one(RoundNominator, (admission.round_id, admission.organization_id, admission.channel))
    return places_of(session, session.get_one(Round, admission.round_id), organization, row, book, now)


def places_of(
    session: Session, round_: Round, organization: Organization, row: RoundNominator, book: Rulebook, now: datetime
) -> Places:
    """What one organization may do in one channel of one round, and how much of it is left."""
    definition = book.definition
    channel = definition.channels[row.channel]
    places, taken, counted = row.places, row.taken, None
    if channel.quota is not None and quotas.counted_apart(channel.quota):
        counted, places = _COUNTED.get(channel.quota.per), row.places
        left = counting.left_in_round(session, book, row.channel, round_, now).get(organization.id)
        taken = 0 if places is None or left is None else places - left
        if channel.quota.counted_per is not None:
            field = definition.form_fields()[channel.quota.counted_per]
            counted = Words("名额按“%(field)s”计", field=field.name)
    return Places(
        round_.ref,
        round_.name,
        definition.program.name,
        organization.name,
        channel.name,
        places,
        taken,
        round_.state == RoundState.OPEN.value
        and round_.opens_at <= now
        and (round_.closes_at is None or now < round_.closes_at),
        channel.filled_by in ("nominator", "either"),
        left_until(book, round_.closes_at, now),
        prior.suspended(session, round_.program_id, organization)
        or prior.refuse_nominator(session, channel, organization, now),
        channel.key,
        organization.ref,
        counted,
    )


def people_of(
    session: Session, rows: Sequence[Nominee], books: Mapping[int, Rulebook], actor: Actor, now: datetime
) -> tuple[Person, ...]:
    """A draft is called by the name that was typed in it, as nobody is known by it yet."""
    bodies = queries.typed_bodies(session, [row.id for row in rows if not row.name])
    return tuple(
        _person(
            replace(row, name=row.name or _typed_name(books[row.version_id], bodies.get(row.id, {}))),
            books[row.version_id],
            actor,
            now,
        )
        for row in rows
    )


def _typed_name(book: Rulebook, body: Mapping[str, Any]) -> str:
    fields = book.definition.form_fields()
    named = next((key for key, field in fields.items() if field.standard == "name"), "")
    return str(body.get(named) or "")


def _person(row: Nominee, book: Rulebook, actor: Actor, now: datetime) -> Person:
    definition = book.definition
    status, at = standing_outside(row.status, row.stage, row.withheld_stage)
    stage = definition.stages.get(at or "")
    kind, words = STATUS.get(status, ("now", stage.name if stage is not None else Words("办理中")))
    changing = row.status in (Status.DRAFT, Status.AWAITING_CONFIRMATION, Status.CORRECTING)
    return Person(
        row.ref,
        row.number,
        row.name,
        row.round_name,
        row.organization,
        definition.channels[row.channel].name,
        definition.tracks[row.track].name if row.track in definition.tracks else None,
        kind,
        words,
        left_until(book, row.due_at, now) if row.withheld_stage is None else None,
        changing and row.filler_id == actor.account_id,
        row.status == Status.CORRECTING and row.filler_id == actor.account_id,
    )
