"""Certificates: what is asked for them, issuing, and what becomes of some: lost, left, revoked."""

from datetime import datetime

from models.base import reading
from workflow.domain.application import Duty, State
from workflow.domain.calendar import local_day
from workflow.services import actions, recognitions, recognitions_asked
from workflow.services.casework import open_case
from workflow.services.demo.town import Part, Standing


def provide(part: Part) -> None:
    """The account for the grant, which nobody asked for before."""
    for case in part.at_stage("award"):
        if any(item.role_key == "applicant" for item in part.town.items(case)):
            at = part.when(case, "provide")
            person = part.town.actor(case.plan.person.login, at)
            recognitions_asked.provide(case.ref, {"bank": _bank_account(case.plan.number)}, person, at)


def _bank_account(number: int) -> str:
    """Nineteen digits that pass the check of cards (Luhn)."""
    body = f"62220202{number:010d}"
    doubled = [int(sign) * (2 - nth % 2) for nth, sign in enumerate(reversed(body))]
    return body + str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def issue(part: Part) -> None:
    here = part.at_stage("award")
    if here:
        at = part.whenever(here, "award")
        document = f"锦人才〔{at.year}〕{10 + part.batch.number}号"
        manager = part.town.actor("manager", at)
        recognitions.issue(
            part.round_ref, [case.ref for case in here], manager, at, document=document, on=local_day(at)
        )


def afterwards(part: Part) -> None:
    for case in part.cases():
        if case.plan.stops_at("valid", "lost"):
            _reissued(part, case)
        elif case.plan.stops_at("valid", "left"):
            _left(part, case)
        elif case.plan.stops_at("valid", "revoked"):
            _revoked(part, case)


def _state(case: Standing) -> State:
    with reading() as session:
        return open_case(session, case.id).application.state


def _reissued(part: Part, case: Standing) -> None:
    known = _state(case).recognition
    if known is not None and len(known.papers) == 1:
        at = part.when(case, "reissued")
        manager = part.town.actor("manager", at)
        recognitions.reissue(case.ref, manager, at, why="lost", reason="搬家时遗失，本人书面说明")


def _left(part: Part, case: Standing) -> None:
    known = _state(case).recognition
    if known is not None and known.is_valid:
        _act(part, case, "open_exit", "manager", part.when(case, "left"), exit="left", basis="社保已转出本区，本人确认")


def _revoked(part: Part, case: Standing) -> None:
    """Opened by one, the person heard; proposed by another; confirmed by a third."""
    state = _state(case)
    if state.recognition is None or not state.recognition.is_valid:
        return
    if state.leaving is None:
        at = part.when(case, "exit")
        _act(part, case, "open_exit", "manager", at, exit="fraud", basis="举报核实：业绩证明系伪造")
        _revoked(part, _again(part, case))
    elif state.leaving.hearing_until is None:
        alleged = "申报表第 1 项业绩所附合同经核查系伪造，依据办法第十二条拟撤销认定"
        _act(part, case, "notify", "manager", part.when(case, "exit"), alleged=alleged)
        _revoked(part, _again(part, case))
    elif state.proposal is None:
        said = {"reason": "业绩材料伪造，本人在陈述期内没有陈述", "recovery": "一次性补贴 3000 元"}
        _act(part, case, "propose_revocation", "manager2", part.when(case, "proposal"), **said)
        _revoked(part, _again(part, case))
    else:
        at = part.when(case, "revoked")
        item = next(each.ref for each in part.town.items(case, Duty.CONFIRM))
        document = {"document": f"锦人才〔{at.year}〕30号"}
        actions.perform(item, "confirm_revocation", part.town.actor("manager3", at), at, inputs=document)


def _again(part: Part, case: Standing) -> Standing:
    return next(each for each in part.cases() if each.id == case.id)


def _act(part: Part, case: Standing, name: str, login: str, at: datetime, **inputs: object) -> None:
    actions.perform(case.ref, name, part.town.actor(login, at), at, inputs=inputs)
