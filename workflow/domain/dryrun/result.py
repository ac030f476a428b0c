"""What a dry run found: who ends where and why, how long it took, who had how much to do, and what is wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from workflow.domain import quotas
from workflow.domain.after.payments import paid_sum
from workflow.domain.application import RUNNING, UNSUBMITTED, Application, State, Status
from workflow.domain.dryrun.cases import CROWD, Maker, places_of_nominator
from workflow.domain.dryrun.playing import Play
from workflow.domain.dryrun.world import World
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Definition, Label, VoteStage
from workflow.domain.words import Words

Name = Words | Label
STATUS: Mapping[str, Words] = {
    "draft": Words("没有交上"),
    "awaiting_confirmation": Words("等待确认"),
    "open": Words("办理中"),
    "correcting": Words("补正中"),
    "held": Words("停表"),
    "alternate": Words("候补"),
    "not_called": Words("候补未递补"),
    "refused": Words("未通过"),
    "lapsed": Words("视为放弃"),
    "withdrawn": Words("已撤回"),
    "recognized": Words("已认定"),
    "ended": Words("已办结"),
}


@dataclass(frozen=True)
class Fate:
    """Where one case ended. `days` from submission to the last decision before or with the recognition."""

    case: int
    channel: str
    track: str
    made_for: Words
    crowd: bool
    status: str
    stage: str | None
    why: tuple[Name | str, ...]
    days: int | None


@dataclass(frozen=True)
class Passing:
    """One stage: how many entered it, how many left it but for a refusal, and the days that half of them took."""

    stage: str
    name: Name
    entered: int
    passed: int
    days: int | None


@dataclass(frozen=True)
class QuotaUse:
    name: Name
    taken: int
    places: int | None


@dataclass(frozen=True)
class Complaint:
    """`code`: unreached, impossible, never_fails, undecided, nobody, stuck, duty, payment, sum."""

    code: str
    words: Words


@dataclass(frozen=True)
class Result:
    fates: tuple[Fate, ...]
    stages: tuple[Passing, ...]
    work: Mapping[str, int]  # items by role
    busiest: Mapping[str, int]  # facts told by the busiest holder of each role
    messages: Mapping[str, int]  # by kind, of the first fourteen days
    quota: tuple[QuotaUse, ...]
    complaints: tuple[Complaint, ...]
    acts: int
    digest: str  # of every fact in order: equal for equal runs

    def ends(self) -> Counter[str]:
        return Counter(fate.status for fate in self.fates)


def result_of(maker: Maker, play: Play) -> Result:
    world = play.world
    tally = world.tally
    stages = tuple(
        Passing(key, stage.name, tally.entered[key], tally.passed[key], _middle(tally.days.get(key, [])))
        for key, stage in world.definition.stages.items()
    )
    busiest: Counter[str] = Counter()
    for account, number in tally.answered.items():
        role = world.town.role_of(account)
        if role is not None:
            busiest[role] = max(busiest[role], number)
    return Result(
        fates=tuple(_fate(world, case, play.why.get(case.id, ())) for case in world.cases.values()),
        stages=stages,
        work=dict(tally.items.most_common()),
        busiest=dict(busiest),
        messages=dict(sorted(tally.messages.items())),
        quota=tuple(_quota(world, play)),
        complaints=tuple(_complaints(maker, play)),
        acts=tally.acts,
        digest=tally.digest,
    )


def _middle(days: list[int]) -> int | None:
    return int(median(days)) if days else None


# -- one case ----------------------------------------------------------------------------------------------------------
def _fate(world: World, case: Application, why: tuple[Reason, ...]) -> Fate:
    state, made = case.state, world.made[case.id]
    last = state.entries[-1].stage if state.entries else None
    return Fate(
        case=case.id,
        channel=case.channel,
        track=case.track,
        made_for=made.made_for,
        crowd=made.kind == CROWD,
        status=state.status.value,
        stage=state.stage or last,
        why=_why(world.definition, state, why),
        days=_days(world.definition, state),
    )


def _why(definition: Definition, state: State, why: tuple[Reason, ...]) -> tuple[Name | str, ...]:
    """Of who is stuck what the rules said; else what its last stay or its recognition came to."""
    if state.status in UNSUBMITTED or state.status in RUNNING:
        return tuple(reason.words for reason in why)
    known = state.recognition
    if known is not None and known.exit in definition.exits:
        return (definition.exits[known.exit or ""].name,)
    left = [entry for entry in state.entries if entry.effect == "refuse"]
    if state.status is Status.REFUSED and left:
        return (definition.stages[left[-1].stage].name,)
    return ()


def _days(definition: Definition, state: State) -> int | None:
    """Until the recognition, or until the end of who was not recognized."""
    if state.submitted_at is None:
        return None
    award = [e for e in state.entries if definition.stages[e.stage].kind == "award" and e.left_at is not None]
    ended = award[0].left_at if award else state.closed_at
    return (ended - state.submitted_at).days if ended is not None else None


# -- places ------------------------------------------------------------------------------------------------------------
def _quota(world: World, play: Play) -> Iterator[QuotaUse]:
    definition = world.definition
    for stage in definition.stages.values():
        if isinstance(stage, VoteStage) and quotas.ranked(definition, stage):
            rounds = sorted({case.round.id for case in world.cases.values() if world.tally.entered[stage.key]})
            for round_id in rounds:
                pool = [c for c in world.in_round(round_id) if stage.key in world.book.route(c.channel)]
                if pool:
                    places = play.pools.meetings.whole_places(stage, pool, world.began)
                    taken = sum(any(v.result == "passed" for v in case.state.votes) for case in pool)
                    yield QuotaUse(stage.name, taken, places.total)
    for key, channel in definition.channels.items():
        if channel.quota is not None:
            organizations = {
                each.counted_id or each.nominator_id: places_of_nominator(world.book, each) or 0
                for each in world.cases.values()
                if each.channel == key
            }
            given = sum(number for (of, _, _), number in world.taken.items() if of == key)
            yield QuotaUse(channel.name, given, sum(organizations.values()))


# -- what is wrong -----------------------------------------------------------------------------------------------------
def _complaints(maker: Maker, play: Play) -> Iterator[Complaint]:
    world = play.world
    yield from _unreached(world)
    yield from _impossible(world)
    yield from _rules(maker, world)
    for role, stage in sorted(world.tally.holderless):
        names = {"role": _role(world, role), "stage": world.definition.stages[stage].name}
        yield Complaint("nobody", Words("“%(stage)s”：角色“%(role)s”找不到人", **names))
    yield from _stuck(play)
    yield from _after(world)


def _role(world: World, role: str) -> Any:
    known = world.definition.roles.get(role)
    return known.name if known is not None else role


def _unreached(world: World) -> Iterator[Complaint]:
    on_routes = {key for _, route in world.definition.routes() for key in route}
    for key, stage in world.definition.stages.items():
        if key in on_routes and not world.tally.entered[key]:
            yield Complaint("unreached", Words("环节“%(stage)s”没有人走到", stage=stage.name))


def _impossible(world: World) -> Iterator[Complaint]:
    """An action that a stage allows and that nobody could ever take."""
    results = {"pass": "passed", "refuse": "refused", "defer": "deferred"}
    voted = {
        (entry.stage, vote.result)
        for case in world.cases.values()
        for vote in case.state.votes
        for entry in case.state.entries
        if entry.no == vote.entry_no
    }
    for key, stage in world.definition.stages.items():
        for effect in stage.may if world.tally.entered[key] else ():
            taken = effect in world.tally.offered[key] | world.tally.done[key]
            if isinstance(stage, VoteStage):
                taken = (key, results[effect]) in voted
            if not taken:
                label = stage.words.get(effect) or effect
                words = Words("“%(stage)s”的“%(effect)s”一次也办不成", stage=stage.name, effect=label)
                yield Complaint("impossible", words)


def _rules(maker: Maker, world: World) -> Iterator[Complaint]:
    for key, rule in world.definition.eligibility.rules.items():
        judged = world.tally.judged[key]
        if rule.rule is not None and set(judged) == {"meets"}:
            yield Complaint("never_fails", Words("条件 %(key)s “%(name)s”没有人不符合", key=key, name=rule.name))
    for key, name in maker.undecided:
        words = Words("%(key)s：%(name)s 怎么填都不影响结果", key=key, name=name)
        yield Complaint("undecided", words)


def _stuck(play: Play) -> Iterator[Complaint]:
    for case in play.world.cases.values():
        state, made = case.state, play.world.made[case.id]
        waits = state.status is Status.AWAITING_CONFIRMATION or (state.status is Status.DRAFT and made.kind != CROWD)
        if made.flaws and state.status is Status.DRAFT:
            continue  # what the form does not take is no fault of the route
        if state.status in RUNNING or waits:
            stage = play.world.definition.stages.get(state.stage or "")
            why = [reason.words for reason in play.why.get(case.id, ())][:3]
            names = {"no": case.id, "stage": stage.name if stage is not None else STATUS[state.status.value]}
            yield Complaint("stuck", Words("第 %(no)s 件卡在“%(stage)s”：%(why)s", **names, why=why))


def _after(world: World) -> Iterator[Complaint]:
    """Of those followed to their end: duties that never opened, payments that never came, sums that differ."""
    followed = [c for c in world.cases.values() if world.made[c.id].lives_on and c.state.recognition is not None]
    if not followed:
        return
    opened = {owed.duty for case in followed for owed in case.state.after.duties}
    opened |= {"renewal"} if world.tally.kinds["duty_opened"] and "renewal" in world.definition.duties else set()
    for key, duty in world.definition.duties.items():
        if key not in opened and duty.per == "case":
            yield Complaint("duty", Words("任务“%(duty)s”一次也没有出现", duty=duty.name))
    granted = {(c.id, g.benefit): Decimal(g.amount) for c in followed for g in _granted(c) if g.amount is not None}
    paying = {benefit for (_, benefit), amount in granted.items() if amount > 0}
    due = {payment.benefit for case in followed for payment in case.state.after.payments}
    for key in sorted(paying - due):
        name = world.definition.benefits[key].name
        yield Complaint("payment", Words("待遇“%(benefit)s”的钱一次也没有到期", benefit=name))
    yield from _sums(world, granted)


def _granted(case: Application) -> Any:
    return case.state.recognition.benefits if case.state.recognition is not None else ()


def _sums(world: World, granted: Mapping[tuple[int, str], Decimal]) -> Iterator[Complaint]:
    """Who was valid to the end has got the whole amount, no more and no less."""
    for (id_, key), amount in granted.items():
        case, benefit = world.cases[id_], world.definition.benefits[key]
        known = case.state.recognition
        if known is None or known.standing.value in ("revoked", "superseded") or known.exit is not None:
            continue
        paid = paid_sum(case.state.after.payments, key)
        if benefit.rhythm is None and key not in case.state.after.stopped and paid != amount:
            names = {"no": id_, "benefit": benefit.name, "paid": f"{paid:f}", "amount": f"{amount:f}"}
            yield Complaint("sum", Words("第 %(no)s 件“%(benefit)s”一共付了 %(paid)s，应为 %(amount)s", **names))
