"""The auditor's reading of the chains: what happened, in order, whether it holds, and who looked at what and why.

Ids become references and names here; the words people wrote stay closed, but for the reasons of the office's own acts
and of looking at something sensitive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.base import reading
from models.evidence import StreamKind
from models.programs import ProgramVersion
from models.queries import records as queries
from models.queries.records import ACCESS, Named, Record, Wanted
from workflow.domain.actor import Actor
from workflow.domain.errors import NotAllowed, NotFound
from workflow.domain.policy import Permission, can
from workflow.domain.program.schema import Definition
from workflow.domain.words import Words
from workflow.services import evidence
from workflow.services import replay as replaying
from workflow.services.evidence import Broken
from workflow.services.replay import Difference
from workflow.services.rulebooks import definition_of

WORDS_ARE_CLOSED = frozenset({StreamKind.APPLICATION.value, StreamKind.PERSON.value})
"""Chains whose words are about a person: the auditor sees that there are some, not what they say."""


@dataclass(frozen=True)
class Names:
    """What the ids of a page stand for."""

    accounts: Mapping[int, Named] = field(default_factory=dict)
    subjects: Mapping[tuple[str, int], Named] = field(default_factory=dict)
    organizations: Mapping[int, Named] = field(default_factory=dict)
    definitions: Mapping[int, Definition] = field(default_factory=dict)  # by version

    def words_of(self, record: Record) -> Definition | None:
        """The program in whose words an event is told: the one it was decided under, or its round's."""
        subject = self.subjects.get((record.stream, record.subject))
        return self.definitions.get(record.program_version_id or (subject.version_id if subject else None) or 0)


@dataclass(frozen=True)
class Page:
    records: tuple[Record, ...]
    names: Names
    more: bool


@dataclass(frozen=True)
class Chain:
    """One chain with everything the strip above it says."""

    kind: str
    about: Named
    events: int
    broken: Broken | None
    anchored_at: datetime | None
    version: int | None
    counts: Mapping[str, int]
    hands: tuple[tuple[str, Named | None, int], ...]
    page: Page


def require(actor: Actor) -> None:
    if not can(actor, Permission.AUDIT_READ):
        raise NotAllowed(Words("只有审计管理员可以看办理记录"))


# -- lists -------------------------------------------------------------------------------------------------------------
def newest(
    actor: Actor,
    wanted: Wanted,
    before: tuple[datetime, str] | None = None,
    who: str | None = None,
    limit: int = 50,
) -> Page:
    """Of all chains, the newest first. `who`: acts of one account, by its reference."""
    require(actor)
    with reading() as session:
        if who:
            wanted = replace(wanted, actor_id=subject_of(session, StreamKind.ACCOUNT.value, who))
        return page_of(session, queries.newest(session, wanted, before, limit + 1), limit)


def access(actor: Actor, before: tuple[datetime, str] | None = None, who: str | None = None, limit: int = 50) -> Page:
    """Who looked at which sensitive value, when and why."""
    return newest(actor, Wanted(streams=ACCESS), before, who, limit)


def chain(actor: Actor, kind: str, ref: str, kinds: Sequence[str], before: int | None, limit: int = 50) -> Chain:
    require(actor)
    with reading() as session:
        subject = subject_of(session, kind, ref)
        stream = queries.stream_of(session, kind, subject)
        names = subjects_named(session, {(kind, subject)})
        about = names[kind, subject]
        if stream is None:
            return Chain(kind, about, 0, None, None, None, {}, (), Page((), Names(), False))
        found = queries.of_chain(session, Wanted(stream_id=stream.id, kinds=kinds), before, limit + 1)
        page = page_of(session, found, limit)
        hands = queries.hands_on(session, stream.id)
        people = queries.accounts_named(session, [account for _, account, _ in hands])
        anchor = queries.last_anchor(session)
        return Chain(
            kind,
            about,
            stream.seq,
            evidence.first_break(session, stream),
            anchor.at if anchor else None,
            _version(session, page.records),
            queries.counts_of(session, stream.id),
            tuple((who, people.get(account or 0), count) for who, account, count in hands),
            page,
        )


def subject_of(session: Session, kind: str, ref: str) -> int:
    """The number of what a chain is about; a chain that nobody could have is not there."""
    if kind == StreamKind.INSTALLATION.value and ref == HOUSE:
        return 0
    found = queries.subject_id_of(session, kind, ref)
    if found is None:
        raise NotFound
    return found


HOUSE = "house"
"""What stands in an address for the installation itself."""


def _version(session: Session, records: Sequence[Record]) -> int | None:
    pinned = next((record.program_version_id for record in records if record.program_version_id), None)
    version = session.get(ProgramVersion, pinned) if pinned else None
    return version.number if version else None


def page_of(session: Session, found: Sequence[Record], limit: int) -> Page:
    shown = found[:limit]
    open_words = [(each.stream_id, each.seq) for each in shown if each.stream not in WORDS_ARE_CLOSED]
    said = queries.said(session, open_words)
    lines = tuple(replace(each, said=said.get((each.stream_id, each.seq), {})) for each in shown)
    return Page(lines, _names(session, lines), len(found) > limit)


def _names(session: Session, lines: Sequence[Record]) -> Names:
    people = {number for each in lines for number in (each.actor_id, each.for_id, *_mentioned(each, _ACCOUNTS))}
    units = {number for each in lines for number in _mentioned(each, _UNITS)}
    subjects = subjects_named(session, {(each.stream, each.subject) for each in lines})
    versions = {each.program_version_id for each in lines} | {each.version_id for each in subjects.values()}
    return Names(
        queries.accounts_named(session, people),
        subjects,
        queries.organizations_named(session, units),
        _definitions(session, versions),
    )


def _definitions(session: Session, versions: set[int | None]) -> dict[int, Definition]:
    wanted = [each for each in versions if each is not None]
    rows = session.scalars(select(ProgramVersion).where(ProgramVersion.id.in_(wanted)))
    return {row.id: definition_of(row) for row in rows}


_ACCOUNTS = ("account", "substitute", "to")
_UNITS = ("organization", "through")


def _mentioned(record: Record, keys: Sequence[str]) -> list[int]:
    return [value for key in keys if isinstance(value := record.body.get(key), int) and not isinstance(value, bool)]


def subjects_named(session: Session, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Named]:
    """All tables are asked, also for none, so that a page costs the same whatever stands on it."""
    named: dict[tuple[str, int], Named] = {(StreamKind.INSTALLATION.value, 0): Named(HOUSE, "")}
    for kinds, read in (
        (("application", "application_access"), queries.cases_named),
        (("account",), queries.accounts_named),
        (("round",), queries.rounds_named),
        (("program",), queries.programs_named),
        (("notice",), queries.notices_named),
        (("organization",), queries.organizations_named),
        (("person", "person_access"), queries.people_named),
    ):
        known = read(session, [number for kind, number in wanted if kind in kinds])
        named |= {(kind, number): known[number] for kind, number in wanted if kind in kinds and number in known}
    return named


def found(actor: Actor, typed: str) -> list[tuple[str, Named]]:
    require(actor)
    if not typed.strip():
        return []
    with reading() as session:
        return queries.found(session, typed)


def account_name(actor: Actor, ref: str) -> Named:
    require(actor)
    with reading() as session:
        number = subject_of(session, StreamKind.ACCOUNT.value, ref)
        account = session.get_one(Account, number)
        return Named(account.ref, "" if account.person_id is not None else account.name)


# -- does it hold ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Verified:
    chains: int
    events: int
    broken: tuple[Broken, ...]
    anchored: bool


def verify(actor: Actor, anchors: Path | None) -> Verified:
    """Every chain from end to end, and against the last anchor where one was taken."""
    require(actor)
    broken = tuple(evidence.verify(anchors))
    chains, events = evidence.counts()
    return Verified(chains, events, broken, anchors is not None and anchors.exists())


def replay(actor: Actor, now: datetime) -> tuple[int, list[Difference]]:
    """Every case folded again from its events and compared with the tables."""
    require(actor)
    return replaying.replay(now)
