"""What somebody types for an act: everything that it asks, so that only the rules stand in the way.

An act that is not named here is given the words that any act could ask; a new one needs a line only for its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflow.domain import answers, marks, scoring
from workflow.domain.actor import SYSTEM
from workflow.domain.answers import Questions
from workflow.domain.application import Action, Application, Item
from workflow.domain.calendar import local_day
from workflow.domain.dryrun.chance import Chance
from workflow.domain.dryrun.filling import Filler, fill
from workflow.domain.dryrun.identities import credit_code
from workflow.domain.dryrun.world import World
from workflow.domain.program.schema import CheckStage, Criterion, JointCheckStage, ScoreStage, Sheet
from workflow.domain.stages import check_verdicts, follow_up_assess, follow_up_growth, follow_up_rerun, intake
from workflow.domain.stages.base import Work

WORDS = "试跑：照章填写"
ANY: Mapping[str, str] = dict.fromkeys(
    (
        "reason",
        "note",
        "basis",
        "late_reason",
        "early",
        "statement",
        "report",
        "document",
        "evidence",
        "alleged",
        "recovery",
        "voucher",
        "measures",
        "words",
    ),
    WORDS,
)
DIGEST = "0" * 64


@dataclass(frozen=True)
class Desk:
    """One act about to be done. `word`: what the plan of the case says about this place, if anything."""

    world: World
    case: Application
    at: datetime
    item: Item | None = None
    word: str | None = None

    @property
    def today(self) -> date:
        return local_day(self.at)

    def chance(self, *parts: object) -> Chance:
        stay = self.case.state.entry
        return self.world.chance(self.case.id, stay.no if stay is not None else 0, *parts)


def inputs_of(act: str, desk: Desk) -> dict[str, Any]:
    own = _OWN.get(act)
    return {**ANY, **(own(desk) if own is not None else {})}


# -- fields ------------------------------------------------------------------------------------------------------------
def recorded(desk: Desk, questions: Questions) -> dict[str, Any]:
    """A record filled in; options and yes or no by chance, so that each of them comes up."""
    if not questions.fields:
        return {}
    made = desk.world.made[desk.case.id]
    chance = desk.chance("record", desk.item.no if desk.item is not None else 0)
    filler = Filler(made.who, desk.world.town, chance, desk.today, desk.case.id)
    values, _ = fill(questions, filler, desk.world.book.inputs(desk.case))
    return values


def record_of(desk: Desk, stage: str) -> dict[str, Any]:
    return recorded(desk, answers.stage_questions(desk.world.definition, stage))


# -- from the first to the first stage ---------------------------------------------------------------------------------
def _submission(desk: Desk) -> dict[str, Any]:
    code, no = desk.world.definition.program.code, desk.case.id
    return {
        "revision": desk.case.state.revision + 1,
        "digest": DIGEST,
        "number": f"{code}{desk.today:%y}-{desk.case.round.id}-{no:04d}",
        "receipt": f"R-{desk.today:%Y%m%d}-{no}",
    }


def _correction(desk: Desk) -> dict[str, Any]:
    roots = {flag.partition(".")[0] for flag in desk.case.state.flags}
    return {**_signed(desk), "unchanged": dict.fromkeys(sorted(roots), WORDS)}


def _signed(desk: Desk) -> dict[str, Any]:
    return {**_submission(desk), "seal": intake.seal_of(DIGEST), "files": [{"ref": "signed", "sha256": DIGEST}]}


# -- checks ------------------------------------------------------------------------------------------------------------
def _stage(desk: Desk) -> Any:
    key = desk.item.stage if desk.item is not None else desk.case.state.stage
    return desk.world.book.stage(key or "")


def _passing(desk: Desk) -> dict[str, Any]:
    stage = _stage(desk)
    given: dict[str, Any] = {"record": record_of(desk, stage.key)}
    if isinstance(stage, CheckStage):
        wanted = check_verdicts.to_verify(desk.world.definition, stage, desk.case.values, desk.case.files)
        given["verdicts"] = {key: {"verdict": "ok"} for key in wanted}
        given["rule_verdicts"] = {key: {"verdict": "meets"} for key in looked_at(desk, stage)}
    if isinstance(stage, JointCheckStage):
        given["verified"] = dict.fromkeys(stage.by, WORDS)
    return given


def looked_at(desk: Desk, stage: CheckStage) -> list[str]:
    """Conditions that only a person can answer."""
    return [key for key, judged in judged_by(desk, stage).items() if judged == "look"]


def judged_by(desk: Desk, stage: CheckStage) -> dict[str, str]:
    if stage.rules == "none":
        return {}
    found = desk.world.book.judge(desk.case)
    return {
        key: each.result
        for key, each in found.items()
        if each.rule.rule is not None and (stage.rules == "all" or key in stage.rules)
    }


def _refusing(desk: Desk) -> dict[str, Any]:
    grounds = getattr(_stage(desk), "refuse_only_for", ())
    return {"ground": str(grounds[0])} if grounds else {}


def _returning(desk: Desk) -> dict[str, Any]:
    """One thing that was handed in is to be put right."""
    fields = desk.world.definition.form_fields()
    given = [key for key in (*desk.case.files, *desk.case.values) if key in fields and fields[key].type != "consent"]
    return {"flags": {given[0]: WORDS}} if given else {}


# -- departments -------------------------------------------------------------------------------------------------------
def _answering(desk: Desk) -> dict[str, Any]:
    """The first department objects, or knows nothing, where that is what the case is there for."""
    stage, item = _stage(desk), desk.item
    first = isinstance(stage, JointCheckStage) and item is not None and item.role == stage.by[0]
    objects = desk.word == "refuse" or (desk.word is None and desk.chance("objects").happens(2))
    said = "issue" if first and objects else "unknown" if first and desk.word == "unknown" else "clear"
    return {"answer": said, "category": "other", "digest": DIGEST}


def _asking_again(desk: Desk) -> dict[str, Any]:
    stage = _stage(desk)
    return {"role": stage.by[0] if isinstance(stage, JointCheckStage) else ""}


# -- marks -------------------------------------------------------------------------------------------------------------
def quality(desk: Desk) -> int:
    """How good a case is, out of 100: who goes straight is good, the crowd is mixed."""
    if desk.world.made[desk.case.id].goes_straight:
        return 86 + desk.case.id % 8
    return desk.world.chance(desk.case.id, "quality").between(62, 94)


def marked(desk: Desk, asked: Mapping[str, Criterion]) -> dict[str, Any]:
    low = desk.word == "refuse"
    seat = desk.item.no if desk.item is not None else 0
    given: dict[str, Any] = {"points": {}, "levels": {}, "reasons": {}, "vetoes": {}}
    for key, criterion in asked.items():
        if criterion.type == "veto":
            given["vetoes"][key] = desk.word == "veto"
            continue
        wanted = 20 if low else quality(desk) + desk.chance("mark", seat, key).between(-4, 4)
        points = _points(criterion, min(max(wanted, 0), 100))
        given["points"][key] = points
        given["reasons"][key] = WORDS
        level = marks.level_of(desk.world.definition.scoring, points) if criterion.type == "levels" else None
        if level is not None:
            given["levels"][key] = level
    return given


def _points(criterion: Criterion, wanted: int) -> Decimal:
    if criterion.type == "levels":
        return Decimal(wanted)
    if criterion.bands:
        reached = [mark for mark, points in criterion.bands.items() if points <= wanted]
        return max(reached, default=min(criterion.bands))
    return Decimal(wanted) if criterion.max is None else Decimal(int(criterion.max * wanted / 100))


def _review(desk: Desk) -> dict[str, Any]:
    stage, role = _stage(desk), desk.item.role if desk.item is not None else ""
    sheet: Sheet | None = desk.world.definition.sheet_for(stage, desk.case.track)
    return marked(desk, scoring.asked_of(sheet, stage.key, role)) if sheet is not None else {}


def _closing(desk: Desk) -> dict[str, Any]:
    entry, stage = desk.case.state.entry, _stage(desk)
    if entry is None or not isinstance(stage, ScoreStage):
        return {}
    return {"effect": scoring.derive(desk.world.book, desk.case, entry, analyzed=False).effect}


def _reopening_a_sheet(desk: Desk) -> dict[str, Any]:
    entry = desk.case.state.entry
    given = desk.case.state.reviews_of(entry.no) if entry is not None else ()
    return {"review": given[0].item_no} if given else {}


# -- notices and appeals -----------------------------------------------------------------------------------------------
def _settling(desk: Desk) -> dict[str, Any]:
    word = desk.word or "rejected"
    conclusion = word if word in ("upheld", "rejected") else "partly" if word.startswith("partly") else "rejected"
    return {"conclusion": conclusion, "report_digest": DIGEST}


def _weighing(desk: Desk) -> dict[str, Any]:
    return {"decision": "dropped" if desk.word == "partly_dropped" else "kept"}


def _appealing(desk: Desk) -> dict[str, Any]:
    return {"conclusion": "upheld" if desk.word == "appeal_upheld" else "rejected"}


# -- the award and after -----------------------------------------------------------------------------------------------
def _providing(desk: Desk) -> dict[str, Any]:
    return {"fields": sorted(_stage(desk).asks), "confirmed": True}


def _placing(desk: Desk) -> dict[str, Any]:
    code = credit_code(70_000 + desk.case.id % desk.world.town.size)
    return {"code": code, "organization": desk.world.town.organization(code)}


def _mentoring(desk: Desk) -> dict[str, Any]:
    """Who mentors fewest of those who may, by the first line that applies."""
    world, item = desk.world, desk.item
    if item is None:
        return {}
    work = Work(world.book, desk.case, Action("assign_mentor", item.no), SYSTEM, desk.at)
    line = follow_up_growth.mentor_line(work)
    loads = Counter(each.state.after.mentor for each in world.cases.values())
    able = world.office(desk.case, line.role) if line is not None else []
    able = [actor for actor in able if actor.account_id != desk.case.state.after.mentor]
    chosen = min(able, key=lambda actor: (loads[actor.account_id], actor.account_id or 0), default=None)
    return {"to": chosen, "mentored": loads[chosen.account_id] if chosen is not None else 0}


def _duty(desk: Desk) -> dict[str, Any]:
    """An answer to a duty: its record, its marks, or what a stage run anew comes to."""
    world, item = desk.world, desk.item
    owed = next((each for each in desk.case.state.after.duties if item is not None and each.about == item.about), None)
    if owed is None or item is None:
        return {}
    duty = world.definition.duties[owed.duty]
    given: dict[str, Any] = {"record": recorded(desk, answers.field_questions(world.definition, duty.record))}
    sheet = follow_up_assess.sheet_of(world.book, duty)
    if sheet is not None:
        given |= marked(desk, follow_up_assess.asked_of(sheet, item.role))
    stage = follow_up_rerun.stage_run(world.book, duty)
    if stage is not None:
        judged = follow_up_rerun.judged(world.book, desk.case, stage, owed)
        given["effect"] = "pass" if "pass" in stage.may else stage.may[0]
        given["rule_verdicts"] = {key: {"verdict": "meets"} for key, said in judged.items() if said == "look"}
        given["verified"] = dict.fromkeys(stage.by, WORDS)
    return given


def _paying(desk: Desk) -> dict[str, Any]:
    about = desk.item.about if desk.item is not None else None
    payment = next((each for each in desk.case.state.after.payments if each.about == about), None)
    return {"on": desk.today, "amount": Decimal(payment.amount)} if payment is not None else {}


def _acknowledging(desk: Desk) -> dict[str, Any]:
    waiting = [each for each in desk.case.state.after.payments if each.state == "made" and each.received is None]
    return {"no": waiting[0].no, "received": True} if waiting else {}


def _points_item(desk: Desk) -> dict[str, Any]:
    questions = answers.entry_questions(desk.world.definition, desk.word or "")
    return {"points": desk.word, "asks": recorded(desk, questions), "evidence": ["file-1"], "on": desk.today}


def _exit(desk: Desk) -> dict[str, Any]:
    leaving = desk.case.state.leaving
    return {"exit": (leaving.exit if leaving is not None else "") or desk.word or ""}


_OWN: Mapping[str, Callable[[Desk], dict[str, Any]]] = {
    "submit": _submission,
    "confirm_submission": _submission,
    "confirm_signed": _signed,
    "correct": _correction,
    "pass": _passing,
    "refuse": _refusing,
    "return": _returning,
    "answer": _answering,
    "ask_again": _asking_again,
    "review": _review,
    "import": _review,
    "close": _closing,
    "reopen_review": _reopening_a_sheet,
    "settle": _settling,
    "weigh": _weighing,
    "settle_appeal": _appealing,
    "settle_points_appeal": _appealing,
    "provide": _providing,
    "place": _placing,
    "assign_mentor": _mentoring,
    "answer_duty": _duty,
    "pay": _paying,
    "acknowledge": _acknowledging,
    "enter_points": _points_item,
    "claim": _points_item,
    "open_exit": _exit,
    "remove": _exit,
    "reissue": lambda desk: {"why": "lost"},
}
