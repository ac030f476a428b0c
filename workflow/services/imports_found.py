"""People found in department data (`intake: {from: facts}`): one row, one case begun by the office, and handed in where
the data bring all that the form asks. What the data say of a person is recorded with its day and its source before the
rules look; whom they clearly do not fit nobody begins a case for.
"""

import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import secrets
from models.applications import ApplicationRow
from models.base import reading
from models.evidence import StreamKind
from models.loads import DataLoad, LoadedCase
from models.people import Person
from models.rounds import Round
from models.sealed import SealedValue
from workflow.domain import answers
from workflow.domain.actor import Actor
from workflow.domain.application import Application, State
from workflow.domain.calendar import local_day
from workflow.domain.errors import NotFound, NotReady, Reason
from workflow.domain.known import Known
from workflow.domain.months import refused as elsewhere
from workflow.domain.policy import holds_in_round
from workflow.domain.program.schema.fields import Fact
from workflow.domain.rulebook import Rulebook
from workflow.domain.words import Words
from workflow.services import (
    drafts,
    evidence,
    imports_facts,
    known_facts,
    people,
    places,
    prior,
    sealing,
    starting,
    submissions,
    worksheets,
)
from workflow.services import imports_cells as cells
from workflow.services.casework import open_case
from workflow.services.casework_gathering import round_facts
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.imports_nominations import ASKED, GONE, Nomination, Nominations
from workflow.services.own_rounds import mine
from workflow.services.recording import slot
from workflow.services.rulebooks import book_of

MOST = 500
"""Cases that one file begins: they are written in one transaction, for which everybody else waits."""
_FACT = "fact."


@dataclass(frozen=True)
class Found(Nomination):
    """`facts`: what was typed of each; `known`: what it means."""

    facts: Mapping[str, str]
    known: Mapping[str, Any]
    as_of: date
    source: str
    codes: Mapping[str, str] | None = None  # of organizations and places, by field


class FoundPeople(Nominations):
    """Of one channel of a round. Only who runs the program loads them."""

    asked: ClassVar[frozenset[str]] = ASKED | {"region"}
    looked_up: ClassVar[frozenset[str]] = frozenset({"organization", "region"})

    def __init__(self, actor: Actor, round_ref: str, channel: str) -> None:
        self.name = "部门数据找人"
        self.actor, self.round_ref, self.channel = actor, round_ref, channel
        with reading() as session:
            row, self.book = opened(session, actor, round_ref, channel)
            recorded = imports_facts.columns_of(session, actor, row)
        self.ask(self.book.definition, channel)
        self.recorded: dict[str, Fact] = {key: fact for key, fact in recorded.items() if fact.per == "case"}
        self.columns += (
            *(Column(_FACT + key, (fact.field.name.zh,)) for key, fact in self.recorded.items()),
            Column("as_of", ("数据日期", "日期"), required=True),
            Column("source", ("数据来源", "来源", "source"), required=True),
        )
        self._begun: list[LoadedCase] = []

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        opened(session, actor, self.round_ref, self.channel)

    # -- reading -------------------------------------------------------------------------------------------------------
    def parse(self, raw: Raw, now: datetime) -> tuple[Found | None, list[Reason]]:
        named, reasons = super().parse(raw, now)
        typed = {
            key: cells.as_typed(fact.field, raw.get(_FACT + key))
            for key, fact in self.recorded.items()
            if raw.get(_FACT + key)
        }
        on, source = cells.day(raw.get("as_of")), raw.get("source").strip()
        as_of = None if isinstance(on, Words) else on
        values, wrong = known_facts.read(self.recorded, typed, as_of, source, now)
        nothing = not typed  # rules may ask the form alone
        for each in wrong:
            if each.where is None and nothing:
                continue
            reasons.append(Reason(each.words, _FACT + each.where if each.where in self.recorded else each.where))
        if reasons or named is None or as_of is None:
            return None, reasons
        return Found(named.typed, named.track, named.kind, named.number, typed, values, as_of, source), []

    # -- beside the tables ---------------------------------------------------------------------------------------------
    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Nomination]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], Any]]:
        row, _ = opened(session, self.actor, self.round_ref, self.channel)
        registered = places.registered(session)
        first: dict[tuple[str, str], int] = {}
        found: list[tuple[Verdict, list[Reason], Any]] = []
        begins = 0
        for raw, each in rows:
            assert isinstance(each, Found)  # noqa: S101 - parse makes nothing else
            earlier = first.setdefault((each.kind, each.number), raw.number)
            if earlier != raw.number:
                words = Words("与第 %(n)s 行是同一个人", n=earlier)
                found.append(("conflict", [Reason(words, self._key("id_no"))], None))
                continue
            verdict = self._judged(session, row, each, registered, now)
            begins += verdict[0] == "new"
            if verdict[0] == "new" and begins > MOST:
                words = Words("一次最多起草 %(n)s 人，请把后面的另存一个文件", n=MOST)
                verdict = ("wrong", [Reason(words)], None)
            found.append(verdict)
        return found

    def _judged(
        self, session: Session, row: Round, each: Found, registered: Mapping[str, str], now: datetime
    ) -> tuple[Verdict, list[Reason], Any]:
        codes, unknown = self._codes(session, each, registered)
        if unknown:
            return "wrong", unknown, None
        person = people.find(session, each.kind, each.number)
        name = self._standard(each.typed, "name")
        if person is not None and person.name != name:
            return "wrong", [Reason(people.OTHER_NAME, self._key("id_no"))], None
        already = self._already(session, row, each, person)
        if already is not None:
            return "same", [Reason(already, self._key("id_no"))], None
        barred = [*self._barred(session, row, person, now)]
        if barred:
            return "conflict", barred, None
        fails, notes = self._by_the_rules(row, replace(each, codes=codes), now)
        if fails:
            return "conflict", fails, None
        return "new", notes, replace(each, codes=codes)

    def _codes(
        self, session: Session, each: Found, registered: Mapping[str, str]
    ) -> tuple[dict[str, str], list[Reason]]:
        """What organizations and places are called in the tables, and those that are not there."""
        reasons = list(self._unknown_units(session, each))
        units = {
            key: text.strip() for key, text in each.typed.items() if self.fields[key].type == "organization" and text
        }
        known = worksheets.organizations_in(session, {key: self.fields[key] for key in units}, units)
        codes = {key: known[text] for key, text in units.items() if text in known}
        for key, text in each.typed.items():
            if self.fields[key].type != "region" or not text.strip():
                continue
            fitting = [code for code, name in registered.items() if text.strip() in (code, name)]
            if len(fitting) == 1:
                codes[key] = fitting[0]
            else:
                words = Words("这个地方不在名单里，或者有几处同名：请填区划代码")
                reasons.append(Reason(words, key))
        return codes, reasons

    def _already(self, session: Session, row: Round, each: Found, person: Person | None) -> Words | None:
        """A case of this person is in this channel already, on record or still a draft of the office."""
        indexes = [index for _, index in secrets.every_blind(sealing.kind_of(each.number), each.number)]
        here = (
            ApplicationRow.round_id == row.id,
            ApplicationRow.channel == self.channel,
            ApplicationRow.status.not_in(GONE),
        )
        sealed = select(SealedValue.application_id).where(SealedValue.blind_index.in_(indexes))
        known = [person.id] if person is not None else []
        meant = or_(ApplicationRow.id.in_(sealed), ApplicationRow.person_id.in_(known))
        found = session.scalars(select(ApplicationRow).where(*here, meant).order_by(ApplicationRow.id)).first()
        if found is None:
            return None
        if found.number is None:
            return Words("已经起草过，还没有提交")
        return Words("已经起草过，编号 %(number)s", number=found.number)

    def _barred(self, session: Session, row: Round, person: Person | None, now: datetime) -> Iterator[Reason]:
        """Why this person cannot have a case here: the one that they have elsewhere, or what they hold."""
        if person is None:
            return
        definition = self.book.definition
        rule = definition.program.one_per_person
        if rule != "no":
            word = slot(rule, f"p:{person.id}", row.program_id, row.id, now)
            other = session.scalars(select(ApplicationRow).where(ApplicationRow.unique_slot == word)).first()
            if other is not None:
                words = Words("这个人在这个项目里已有一份申报 %(number)s", number=other.number or "")
                yield Reason(words, self._key("id_no"))
        channel = definition.channels[self.channel]
        for refused in (
            prior.refuse_applicant(session, channel, person.id, None, now),
            prior.refuse_again(session, self.book, row.program_id, person.id, None, now),
        ):
            if refused is not None:
                yield Reason(refused, self._key("id_no"))

    def _by_the_rules(self, row: Round, each: Found, now: datetime) -> tuple[list[Reason], list[Reason]]:
        """What each rule says of the row, as it would of the case: why it is not begun, else what is to be known."""
        definition = self.book.definition
        questions = answers.form_questions(definition, self.channel, None)
        values, _ = answers.parse_fields(questions.fields, {**each.typed, **(each.codes or {})})
        identity = worksheets.identity_in(questions.fields, values, local_day(now))
        born = identity.birth_date if identity is not None else None
        case = Application(
            id=0,
            program_id=row.program_id,
            version_id=row.version_id,
            round=round_facts(row, definition),
            channel=self.channel,
            track=each.track,
            state=State(submitted_at=now),
            values=values,
            known={key: (Known(value, each.as_of, each.source),) for key, value in each.known.items()},
            person={"birth_date": born} if born is not None else {},
        )
        judged = self.book.judge(case).values()
        fails = [
            Reason(Words("不符合“%(rule)s”，没有起草", rule=one.rule.name)) for one in judged if one.result == "fails"
        ]
        if fails:
            return fails, []
        met, look = sum(one.result == "meets" for one in judged), [one for one in judged if one.result == "look"]
        notes = [Reason(Words("符合 %(n)s 条", n=met))] if met else []
        notes += [Reason(Words("要人看：%(rules)s", rules=[one.rule.name for one in look]))] if look else []
        blank = replace(case, values={}, state=State())
        lacking = questions.flaws(values, self.book.inputs(blank), local_day(now))
        names = dict.fromkeys(questions.fields[flaw.where.split(".")[0]].name for flaw in lacking)
        if names:
            notes.append(Reason(Words("先存成草稿，还要补：%(fields)s", fields=list(names))))
        return [], notes

    # -- writing -------------------------------------------------------------------------------------------------------
    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        return [self._begin(session, line.thing, line.number, actor, now) for line in lines]

    def _begin(self, session: Session, each: Found, number: int, actor: Actor, now: datetime) -> int:
        row = starting.begun_for(session, self.round_ref, self.channel, each.track, actor, None, now)
        typed = {**each.typed, **{k: v for k, v in (each.codes or {}).items() if self.fields[k].type == "region"}}
        draft = drafts.fill(session, open_case(session, row.id, lock=True), typed, actor, now)
        self._seal_number(session, row, draft.revision, each, now)
        if each.known:
            case = open_case(session, row.id, lock=True)
            known_facts.write(session, case, self.recorded, each.known, each.as_of, each.source, actor, now)
        self._hand_in(session, row, actor, now)
        self._begun.append(LoadedCase(application_id=row.id, row_no=number, as_of=each.as_of, source=each.source[:200]))
        return row.id

    def _hand_in(self, session: Session, row: ApplicationRow, actor: Actor, now: datetime) -> None:
        """Where nothing is missing; what is stays a draft of whoever loaded it, to be completed."""
        case = open_case(session, row.id, lock=True)
        if worksheets.read(session, case, now).reasons:
            return
        try:
            with session.begin_nested():
                submissions.hand_in(session, case, actor, now)
        except NotReady:
            session.expire_all()

    def remember(self, session: Session, digest: str, rows: int, actor: Actor, now: datetime) -> None:
        """Who brought which file, and which row began which case."""
        if not self._begun or actor.account_id is None:
            return
        round_ = session.scalars(select(Round).where(Round.ref == self.round_ref)).one()
        load = DataLoad(
            ref=random.token_urlsafe(12),
            round_id=round_.id,
            channel=self.channel,
            sha256=digest,
            rows=rows,
            begun=len(self._begun),
            loaded_at=now,
            loaded_by=actor.account_id,
        )
        session.add(load)
        session.flush()
        for each in self._begun:
            each.load_id = load.id
            session.add(each)
        body = {"load": load.id, "channel": self.channel, "file": digest, "rows": rows, "begun": load.begun}
        evidence.tell(session, StreamKind.ROUND, round_.id, "people_found", actor, now, body=body)
        self._begun = []


def opened(session: Session, actor: Actor, round_ref: str, channel: str) -> tuple[Round, Rulebook]:
    """The round, for whoever loads data into this channel of it; for everybody else it is not there."""
    row, definition = mine(session, actor, session.scalar(select(Round).where(Round.ref == round_ref)))
    way = definition.channels.get(channel)
    if way is None or not way.intake.from_facts or elsewhere(definition, channel, row.closes_at) is not None:
        raise NotFound
    if not holds_in_round(actor, row.program_id, row.id, (definition.run_by,)):
        raise NotFound
    return row, book_of(session, row.version_id)
