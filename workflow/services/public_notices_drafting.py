"""A public notice before it is public: who stands before it, every line and both days exactly as they will be shown."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import reading
from models.queries import notices as queries
from models.queries.notices import Waiting
from models.rounds import Round
from workflow.domain import answers, pool_notice, public_notice, rules
from workflow.domain.actor import Actor
from workflow.domain.application import Action, Application, RoundFacts
from workflow.domain.calendar import local_day
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.program.schema import Definition, NoticeStage, OrganizationField, RegionField
from workflow.domain.public_notice import Candidate, Column, Line, Period, Sources
from workflow.domain.rulebook import Rulebook
from workflow.domain.scope import scope_of
from workflow.domain.words import Words
from workflow.services.casework import Case, open_cases
from workflow.services.casework_gathering import round_facts
from workflow.services.own_rounds import mine
from workflow.services.rulebooks import book_of

MOST = 200
"""Lines of one notice: they are published in one transaction."""
AHEAD = timedelta(days=60)
LONGEST = {"title": 200, "number": 100, "preamble": 2000, "contact": 1000, "reason": 2000}


@dataclass(frozen=True)
class Draft:
    """What the office typed. `chosen` None: everybody who stands there. `seen`: the stamp of the preview looked at."""

    chosen: tuple[str, ...] | None = None
    title: str = ""
    number: str = ""
    preamble: str = ""
    contact: str = ""
    starts_at: datetime | None = None  # None: at once
    reason: str = ""
    apart: bool = False
    seen: str = ""


@dataclass(frozen=True)
class Preview:
    round_ref: str
    round_name: str
    stage: NoticeStage
    definition: Definition
    audience: str
    waiting: tuple[Waiting, ...]
    chosen: frozenset[str]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    refs: Mapping[int, str]  # case -> its reference
    period: Period
    issuer: str
    draft: Draft  # with every default filled in
    on_their_way: int
    reasons: tuple[Reason, ...]
    stamp: str
    usual: Mapping[str, str] = field(default_factory=dict)


# -- what stands before it ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Before:
    """One notice stage of a round, with how many cases wait there for their line."""

    stage: NoticeStage
    waiting: tuple[Waiting, ...]
    on_their_way: int

    @property
    def count(self) -> int:
        return len(self.waiting)


def stages_of(definition: Definition) -> list[NoticeStage]:
    keys = {key for channel in definition.channels for key in definition.route_of(channel)}
    return [each for key, each in definition.stages.items() if key in keys and isinstance(each, NoticeStage)]


def before_notices(session: Session, actor: Actor, round_: Round, definition: Definition) -> list[Before]:
    scope = scope_of(actor)
    standing = queries.on_their_way(session, scope, round_.id)
    return [
        Before(
            stage, tuple(queries.waiting(session, scope, round_.id, stage.key)), _coming(definition, stage, standing)
        )
        for stage in stages_of(definition)
    ]


def on_their_way_to(session: Session, actor: Actor, round_: Round, definition: Definition, stage: NoticeStage) -> int:
    return _coming(definition, stage, queries.on_their_way(session, scope_of(actor), round_.id))


def _coming(definition: Definition, stage: NoticeStage, standing: Mapping[tuple[str, int], int]) -> int:
    """Running cases of channels with a common closing day that have not come this far."""
    count = 0
    for (channel, position), cases in standing.items():
        route = definition.route_of(channel)
        batch = definition.channels[channel].intake.mode != "rolling"
        if batch and stage.key in route and position < route.index(stage.key) + 1:
            count += cases
    return count


# -- the preview -------------------------------------------------------------------------------------------------------
def preview(actor: Actor, round_ref: str, stage: str, draft: Draft, now: datetime) -> Preview:
    with reading() as session:
        round_, book, kind = found(session, actor, round_ref, stage)
        scope = scope_of(actor)
        rows = queries.waiting(session, scope, round_.id, stage)
        chosen = [row for row in rows if draft.chosen is None or row.ref in draft.chosen]
        cases = light_cases(session, round_, book, chosen)
        coming = on_their_way_to(session, actor, round_, book.definition, kind)
        return composed(session, round_, book, kind, draft, now, rows, cases, coming)


def found(session: Session, actor: Actor, round_ref: str, stage: str) -> tuple[Round, Rulebook, NoticeStage]:
    round_, definition = mine(session, actor, session.scalars(select(Round).where(Round.ref == round_ref)).first())
    kind = definition.stages.get(stage)
    if not isinstance(kind, NoticeStage):
        raise NotFound
    return round_, book_of(session, round_.version_id), kind


def composed(
    session: Session,
    round_: Round,
    book: Rulebook,
    kind: NoticeStage,
    draft: Draft,
    now: datetime,
    rows: Sequence[Waiting],
    cases: Sequence[Application],
    coming: int,
) -> Preview:
    """The same for the page that shows it and for the act that publishes it: what was seen is what is published."""
    definition = book.definition
    shown = public_notice.columns(definition, kind)
    born = {row.id: row.born for row in rows}
    sources = _sources(session, round_, definition, kind, cases)
    candidates = [Candidate(case.id, _values(book, case, shown, sources), born.get(case.id)) for case in cases]
    lines = public_notice.lines(shown, candidates)
    usual = usual_words(round_, definition, kind, lines)
    filled = replace(
        draft,
        title=draft.title or usual["title"],
        preamble=draft.preamble or usual["preamble"],
        contact=draft.contact or usual["contact"],
    )
    said = public_notice.period_of(book.calendar, definition, kind, local_day(starts(draft, now)))
    chosen = frozenset(row.ref for row in rows if row.id in {case.id for case in cases})
    left = len(rows) - len(chosen) + coming
    action = Action("publish", None, {"lines": lines, "apart": draft.apart, "left": left, "reason": draft.reason})
    reasons = [*pool_notice.missing(book, kind, cases, action, now), *_wrong_words(filled, now)]
    if len(lines) > MOST:
        words = Words("一张公示单最多列 %(n)s 人，请分几张公示，例如按类别", n=MOST)
        reasons.append(Reason(words, "chosen"))
    return Preview(
        round_.ref,
        round_.name,
        kind,
        definition,
        audience_of(definition, kind),
        tuple(rows),
        chosen,
        shown,
        lines,
        {row.id: row.ref for row in rows},
        said,
        str(definition.program.owner),
        filled,
        coming,
        tuple(reasons),
        stamp_of(lines, said, filled),
        usual,
    )


def starts(draft: Draft, now: datetime) -> datetime:
    return draft.starts_at or now


def audience_of(definition: Definition, stage: NoticeStage) -> str:
    """A program that is not public itself publishes no list to everybody."""
    return "internal" if stage.to == "public" and definition.program.visibility == "internal" else stage.to


def _wrong_words(draft: Draft, now: datetime) -> Iterable[Reason]:
    if not draft.contact.strip():
        yield Reason(Words("请写明异议向谁反映：受理电话、地址，监督电话"), "contact")
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            yield Reason(Words("太长了：最多 %(n)s 个字", n=most), name)
    if draft.starts_at is not None and draft.starts_at < now - timedelta(minutes=2):
        yield Reason(Words("开始公示的时间已经过去；不填就是马上公示"), "starts_at")
    if draft.starts_at is not None and draft.starts_at > now + AHEAD:
        yield Reason(Words("开始公示的时间最多在 %(n)s 天以后", n=AHEAD.days), "starts_at")


def usual_words(round_: Round, definition: Definition, stage: NoticeStage, lines: Sequence[Line]) -> dict[str, str]:
    """What a notice says unless somebody writes it better."""
    program = definition.program
    title = str(round_.headings.get("notice_heading") or f"{round_.name}{program.name}名单{stage.name}")
    policy = f"根据《{str(program.policy).strip('《》')}》，" if program.policy else ""
    contact = f"受理方式：{stage.objection.via}" if stage.objection.via else ""
    return {
        "title": title,
        "preamble": f"{policy}经申报、审查和评审，现将{program.name}下列 {len(lines)} 人予以公示。",
        "contact": contact,
    }


def stamp_of(lines: Sequence[Line], said: Period, draft: Draft) -> str:
    """Recognizes what was looked at: the list, its days and its words. The hour may pass, the day may not."""
    words = [draft.title, draft.number, draft.preamble, draft.contact]
    body = [[[line.no, line.application_id, *line.shown] for line in lines], str(said.first), str(said.last), words]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


# -- what lines are made of --------------------------------------------------------------------------------------------
def light_cases(session: Session, round_: Round, book: Rulebook, rows: Sequence[Waiting]) -> list[Application]:
    """Enough of each case to say its line, in one statement for all; deciding opens them whole."""
    records = queries.records_of(session, [row.id for row in rows])
    facts = round_facts(round_, book.definition)
    books = {number: book_of(session, number) for number in sorted({row.version_id for row in rows})}
    return [_light(books[row.version_id], row, facts, records.get(row.id, {})) for row in rows]


def _light(book: Rulebook, row: Waiting, facts: RoundFacts, records: Mapping[str, Any]) -> Application:
    definition = book.definition
    return Application(
        id=row.id,
        program_id=0,
        version_id=row.version_id,
        round=facts,
        channel=row.channel,
        track=row.track,
        values=answers.decode(definition.form_fields(), row.body),
        records={
            key: answers.decode(definition.stages[key].record, body)
            for key, body in records.items()
            if key in definition.stages
        },
    )


def full_cases(session: Session, rows: Sequence[Waiting]) -> list[Case]:
    """Whole and locked, in one order for everybody, so that two acts on one list never wait in a ring."""
    opened = {case.row.id: case for case in open_cases(session, [row.id for row in rows], lock=True)}
    return [opened[row.id] for row in rows]


def _sources(
    session: Session, round_: Round, definition: Definition, stage: NoticeStage, cases: Sequence[Application]
) -> Sources:
    fields = definition.form_fields()
    codes: set[str] = set()
    for key in stage.show:
        if isinstance(fields.get(key), OrganizationField | RegionField):
            codes |= {str(case.values.get(key) or "") for case in cases}
        elif key.startswith("records."):
            _, at, name = key.split(".", 2)
            if isinstance(definition.stages[at].record.get(name), OrganizationField | RegionField):
                codes |= {str(case.records.get(at, {}).get(name) or "") for case in cases}
    return Sources(round_.name, queries.places_named(session, codes))


def _values(book: Rulebook, case: Application, shown: Sequence[Column], sources: Sources) -> tuple[str, ...]:
    own = replace(sources, level=level_of(book, case)) if any(column.key == "level" for column in shown) else sources
    return tuple(public_notice.value_of(book.definition, case, column.key, own) for column in shown)


def level_of(book: Rulebook, case: Application) -> str:
    """As the award will say it, or the grade that the last vote gave."""
    source = public_notice.level_source(book.definition, case.channel)
    if source is not None:
        told = book.rule(source, rules.Place.LEVEL, "text").value(book.inputs(case))
        return told if isinstance(told, str) else ""
    grades = [record["grade"] for record in case.records.values() if record.get("grade")]
    return str(grades[-1]) if grades else ""


def refuse_what_is_missing(shown: Preview) -> None:
    """Everything at once; a list that changed since it was looked at is looked at again."""
    reasons = list(shown.reasons)
    if shown.draft.seen and shown.draft.seen != shown.stamp:
        words = Words("名单、文字或起止日期和你看过的不一样了，请再看一遍下面的样子，再发布")
        reasons.append(Reason(words, "seen"))
    if not shown.draft.seen:
        reasons.append(Reason(Words("请先看一遍公示的样子，再发布"), "seen"))
    typed = [reason for reason in reasons if reason.where in LONGEST or reason.where == "starts_at"]
    if typed and len(typed) == len(reasons):
        raise InvalidInput(reasons)
    if reasons:
        raise NotReady(reasons)
