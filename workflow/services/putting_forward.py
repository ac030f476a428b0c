"""Organizations put people forward by themselves: the lists of one's own line, what is short in it, one person more."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import reading
from models.people import Person as PersonRow
from models.queries import lines as queries
from models.queries.lines import Put
from models.rounds import Round
from workflow.domain.actor import ADMINISTRATOR, Actor
from workflow.domain.application import Status
from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.identifiers import facts_of_id
from workflow.domain.policy import Permission, RoundSubject, can
from workflow.domain.program.schema import Channel, Definition, Label, RegionField
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services import drafts, people, places, starting
from workflow.services.nominating import STATUS
from workflow.services.rulebooks import book_of, definition_of
from workflow.services.sheets import Left, left_until

MOST = 500
_KINDS = {"village": "village", "town": "township", "county": "district"}


@dataclass(frozen=True)
class Desk:
    """A round in which the reader's organizations put people forward, or which the reader runs."""

    round_ref: str
    round_name: str
    program: Label


@dataclass(frozen=True)
class Opening:
    """What one more person may be put forward into."""

    desk: Desk
    definition: Definition
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Person:
    ref: str
    number: str | None
    name: str
    place: str
    channel: Label
    kind: str
    words: Words | Label
    left: Left | None
    own: bool  # a draft or a correction of this account


@dataclass(frozen=True)
class Short:
    """One place with how many it has; fewer than `at_least` is a shortage, which bars nobody."""

    name: str
    above: str
    recognized: int
    running: int
    at_least: int

    @property
    def lacks(self) -> int:
        return max(0, self.at_least - self.recognized)

    @property
    def lacks_with_running(self) -> int:
        return max(0, self.at_least - self.recognized - self.running)


@dataclass(frozen=True)
class Lists:
    desk: Desk
    definition: Definition
    by_track: tuple[tuple[Label, tuple[Person, ...]], ...]
    place: Label | None  # the field that names the places
    short: tuple[Short, ...]
    channels: tuple[Channel, ...]  # in which the reader may put somebody forward
    people: int

    @property
    def lacking(self) -> int:
        return sum(bool(each.lacks) for each in self.short)


# -- where -------------------------------------------------------------------------------------------------------------
def desks(actor: Actor, now: datetime) -> tuple[Desk, ...]:
    with reading() as session:
        programs = {holding.program_id for holding in actor.holdings}
        return tuple(
            Desk(round_.ref, round_.name, definition.program.name)
            for round_, version in queries.running_rounds(session, programs, now)
            for definition in [definition_of(version)]
            if channels_of(definition, actor, round_)
        )


def channels_of(definition: Definition, actor: Actor, round_: Round) -> tuple[Channel, ...]:
    """Those that an office found through an organization fills, if the reader holds it."""
    return tuple(
        channel
        for channel in definition.channels.values()
        if channel.nominator is None and _paths(definition, channel.filled_by, actor, round_)
    )


def _paths(definition: Definition, role: str, actor: Actor, round_: Round) -> set[str]:
    """The organizations through which the actor holds a role of this round."""
    known = definition.roles.get(role)
    if known is None or known.of is None:
        return set()
    return {
        holding.organization_path
        for holding in actor.holdings
        if holding.role in (role, ADMINISTRATOR)
        and holding.organization_path is not None
        and holding.program_id in (None, round_.program_id)
        and holding.round_id in (None, round_.id)
    }


def _opened(session: Session, actor: Actor, ref: str, now: datetime) -> tuple[Round, Definition, set[str] | None]:
    """The round with the paths of the reader's organizations; None for who runs it."""
    programs = {holding.program_id for holding in actor.holdings}
    for round_, version in queries.running_rounds(session, programs, now):
        definition = definition_of(version)
        if round_.ref != ref or not _put_by_offices(definition):
            continue
        if can(actor, Permission.ROUND_RUN, RoundSubject(round_.program_id, round_.id, definition.run_by)):
            return round_, definition, None
        roles = {channel.filled_by for channel in channels_of(definition, actor, round_)}
        if roles:
            return round_, definition, set[str]().union(*(_paths(definition, role, actor, round_) for role in roles))
    raise NotFound


def _put_by_offices(definition: Definition) -> bool:
    return any(
        channel.nominator is None and (role := definition.roles.get(channel.filled_by)) is not None and role.of
        for channel in definition.channels.values()
    )


# -- the lists ---------------------------------------------------------------------------------------------------------
def lists(actor: Actor, ref: str, now: datetime) -> Lists:
    """One list for each track; of other organizations' people nothing, not even how many."""
    with reading() as session:
        round_, definition, paths = _opened(session, actor, ref, now)
        book, field = book_of(session, round_.version_id), _place_field(definition)
        names = places.registered(session)
        rows = queries.people(session, scope_of(actor), round_.id, paths or {"/"}, field or "", MOST)
        by_track = tuple(
            (track.name, tuple(_person(row, book, names, actor, now) for row in rows if row.track == track.key))
            for track in definition.tracks.values()
        )
        return Lists(
            Desk(round_.ref, round_.name, definition.program.name),
            definition,
            by_track,
            definition.form_fields()[field].name if field else None,
            _short(session, actor, round_, definition, paths),
            channels_of(definition, actor, round_),
            len(rows),
        )


def _place_field(definition: Definition) -> str | None:
    """Of what is counted per place, else by which the filling office is found."""
    if definition.quota.each is not None:
        return definition.quota.each.field
    roles = (definition.roles.get(channel.filled_by) for channel in definition.channels.values())
    return next((role.of for role in roles if role is not None and role.of in definition.form_fields()), None)


def _person(row: Put, book: Rulebook, names: Mapping[str, str], actor: Actor, now: datetime) -> Person:
    stage = book.definition.stages.get(row.stage or "")
    kind, words = STATUS.get(row.status, ("now", stage.name if stage is not None else Words("办理中")))
    changing = row.status in (Status.DRAFT, Status.CORRECTING) and row.filler_id == actor.account_id
    return Person(
        row.ref,
        row.number,
        row.name,
        names.get(row.place, ""),
        book.definition.channels[row.channel].name,
        kind,
        words,
        left_until(book, row.due_at, now),
        changing,
    )


def _short(
    session: Session, actor: Actor, round_: Round, definition: Definition, paths: set[str] | None
) -> tuple[Short, ...]:
    """Every registered place with what it has: one without anybody is the shortest of all."""
    each = definition.quota.each
    field = definition.form_fields().get(each.field) if each is not None else None
    if each is None or not isinstance(field, RegionField):
        return ()
    recognized, running = Counter[str](), Counter[str]()
    for code, status, number in queries.counts(session, scope_of(actor), round_.id, each.field):
        (recognized if status in (Status.RECOGNIZED, Status.ENDED) else running)[code] += number
    found = [
        Short(name, above, recognized[code], running[code], int(each.at_least))
        for code, name, above in queries.places(session, paths, _KINDS[field.depth])
    ]
    return tuple(sorted(found, key=lambda one: (-one.lacks, -one.lacks_with_running)))


def opening(actor: Actor, ref: str, now: datetime) -> Opening:
    with reading() as session:
        round_, definition, _ = _opened(session, actor, ref, now)
        channels = channels_of(definition, actor, round_)
        if not channels:
            raise NotFound
        return Opening(Desk(round_.ref, round_.name, definition.program.name), definition, channels)


# -- one more ----------------------------------------------------------------------------------------------------------
def begin(ref: str, channel: str, track: str, name: str, number: str, actor: Actor, now: datetime) -> str:
    """A draft about somebody found by their number, or newly entered; who is there already is not entered twice."""
    with reading() as session:
        round_, definition, _ = _opened(session, actor, ref, now)
        if channel not in {each.key for each in channels_of(definition, actor, round_)}:
            raise NotFound
        if track not in definition.tracks:
            raise InvalidInput([Reason(Words("请选类别"), "track")])
        who = people.checked(name, "", number, now)
        known = people.find(session, who.id_type, who.number)
        if known is not None:
            _refuse_known(session, round_, definition, known, who.name, actor)
    made = starting.start(ref, channel, track, actor, now, for_another=True)
    facts = facts_of_id(who.number)
    gender = {"male": "男", "female": "女"}[facts.gender] if facts is not None else ""
    typed = {"name": who.name, "id_no": who.number, "gender": gender}
    for section, fields in definition.form.items():
        standing = {key: typed[item.standard] for key, item in fields.fields.items() if item.standard in typed}
        if standing:
            drafts.save(made, standing, None, actor, now, section=section)
    return made


def _refuse_known(
    session: Session, round_: Round, definition: Definition, known: PersonRow, name: str, actor: Actor
) -> None:
    """Under another name, or in it already: said before the long form; where, only to whom it is no secret."""
    if known.name != name:
        raise InvalidInput([Reason(people.OTHER_NAME, "id_no")])
    rule = definition.program.one_per_person
    if rule == "no":
        return
    other = queries.standing(session, known.id, round_.program_id, round_.id if rule == "round" else None)
    if other is None:
        return
    if queries.sees(session, scope_of(actor), other.id):
        words = Words("这个人已经推荐过，编号 %(number)s，不用再报", number=other.number or "")
    else:
        words = Words("这个人现在不能报，请和主办单位核对")
    raise InvalidInput([Reason(words, "id_no")])
