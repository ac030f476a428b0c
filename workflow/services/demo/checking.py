"""The checks at the beginning: employers, the intake office, the personnel office with its four eyes."""

from collections.abc import Mapping
from datetime import datetime

from workflow.domain.actor import Actor
from workflow.domain.application import Duty
from workflow.services import actions, drafts, files, reading, record_files, submissions
from workflow.services.demo import cast
from workflow.services.demo.papers import paper
from workflow.services.demo.town import Part, Standing

_FLAGGED = {"employment_proof": {"verdict": "flag", "comment": "起止日期看不清，请在亮处重拍，四角要拍全"}}
_TOLD = {"results.1.effect": "请写明数据从哪里来，例如车间工时表、后台截图"}
_OPINIONS = (
    "该同志在岗，业绩属实，同意推荐。",
    "技术骨干，带教两名新人，同意推荐。",
    "材料经核对属实，同意推荐。",
)


# -- the employer ------------------------------------------------------------------------------------------------------
def employers(part: Part) -> None:
    for case in part.at_stage("employer_confirm"):
        at = part.when(case, "employer_confirm")
        boss = part.town.actor(case.plan.at.login, at)
        if case.plan.stops_at("employer_confirm", "refuse"):
            _act(part, case, "refuse", boss, at, reason="已于上月离职，不再由本单位推荐")
        elif case.plan.goes_past("employer_confirm"):
            _endorse(part, case, boss, at)


def _endorse(part: Part, case: Standing, boss: Actor, at: datetime) -> None:
    item = part.town.items(case)[0]
    stamped = paper(
        "单位推荐表", f"被推荐人：{case.plan.person.name}", f"单位：{case.plan.at.name}", "单位意见：同意推荐"
    )
    seal = record_files.attach(item.ref, "seal", "推荐表（盖章）.pdf", stamped, boss, at)
    opinion = _OPINIONS[case.plan.number % len(_OPINIONS)]
    _act(part, case, "pass", boss, at, record={"opinion": opinion, "seal": (seal,)})


# -- the intake office -------------------------------------------------------------------------------------------------
def intake(part: Part) -> None:
    for case in part.at_stage("formal"):
        at = part.when(case, "formal")
        clerk = part.town.actor(cast.BY_ROLE["intake"][case.plan.number % 2], at)
        if case.plan.stops_at("formal", "refuse"):
            _act(part, case, "refuse", clerk, at, reason="不在本区参保，也不在本区用人单位工作，不属于申报范围")
        elif case.plan.stops_at("formal", "returned", "corrected"):
            _return(part, case, clerk, at)
        elif case.plan.goes_past("formal"):
            _act(part, case, "pass", clerk, at, verdicts=_all_well(case, clerk, at))


def _all_well(case: Standing, clerk: Actor, at: datetime) -> dict[str, Mapping[str, str]]:
    seen = reading.sheet(case.ref, clerk, at)
    return {place.path: {"verdict": "ok"} for place in seen.places if place.needed}


def _return(part: Part, case: Standing, clerk: Actor, at: datetime) -> None:
    """Once: what has come back corrected waits for the office."""
    if any(item.hint == "corrected" for item in part.town.items(case)):
        return
    verdicts = {**_all_well(case, clerk, at), **_FLAGGED}
    _act(part, case, "return", clerk, at, verdicts=verdicts, flags=_TOLD)


def corrections(part: Part) -> None:
    """Some have put it right already."""
    for case in part.cases():
        if case.status == "correcting" and case.plan.stops_at("formal", "corrected"):
            at = part.when(case, "formal")
            person = part.town.actor(case.plan.person.login, at)
            effect = "单件工时从 11.2 分钟降到 8.9 分钟，见车间 6 月工时表"
            drafts.save(case.ref, {"results": [{"effect": effect}]}, None, person, at, section="work")
            again = paper(
                "工作证明", f"姓名：{case.plan.person.name}", f"单位：{case.plan.at.name}", "重拍，四角齐全。"
            )
            files.attach(case.ref, "employment_proof", "工作证明-重拍.pdf", again, person, at)
            submissions.hand_back(case.ref, {}, person, at)


# -- the personnel office ----------------------------------------------------------------------------------------------
def eligibility(part: Part) -> None:
    """One proposes, another confirms."""
    for case in part.at_stage("eligibility"):
        at = part.when(case, "eligibility")
        first, second = (part.town.actor(login, at) for login in cast.BY_ROLE["hr_officer"])
        item = part.town.items(case)[0]
        if item.duty == Duty.ACT and (case.plan.goes_past("eligibility") or case.plan.how):
            _propose(part, case, first, at)
            item = part.town.items(case)[0]
        if item.duty == Duty.CONFIRM and not case.plan.stops_at("eligibility", "proposed"):
            actions.perform(item.ref, "confirm", second, at)


def _propose(part: Part, case: Standing, officer: Actor, at: datetime) -> None:
    if case.plan.stops_at("eligibility", "refuse"):
        _act(part, case, "refuse", officer, at, reason="结业证书学时与培训机构台账不一致，指定培训学时不足 40 学时")
        return
    looked = {"E5": {"verdict": "meets", "comment": "现场演示了 3D 建模，符合"}} if _wants_look(case) else {}
    _act(part, case, "pass", officer, at, rule_verdicts=looked)


def _wants_look(case: Standing) -> bool:
    plan = case.plan
    return plan.track == "pattern" and plan.number % 12 == 9


def _act(part: Part, case: Standing, name: str, actor: Actor, at: datetime, **inputs: object) -> None:
    actions.perform(part.town.items(case)[0].ref, name, actor, at, inputs=inputs)
