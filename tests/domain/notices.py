"""A small program whose middle stage is a public notice, and a case that stands before it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.domain.cases import NOW, PATHS, Play, application, book_of, staff
from workflow.domain.actor import Actor
from workflow.domain.application import Action
from workflow.domain.collective import decide_pool
from workflow.domain.public_notice import Line
from workflow.domain.rulebook import Rulebook
from workflow.domain.transitions import decide

PROGRAM = """
language: 1
program: {key: listed, name: 公示试点, owner: 区人社局, policy: 试点办法}
tracks: {craft: 工艺, pattern: 制版}
roles:
  manager: 项目管理员
  supervisor: 监督员
  district: 区级审核员
channels:
  self: {name: 个人申报}
route: [formal, notice, filing]
form:
  all:
    name: 申报表
    purpose: 核对身份
    standard: [name, mobile]
    fields:
      employer: {name: 用人单位, type: organization}
      years: {name: 从业年限, type: number, unit: 年, required: false}
      truth: {name: 承诺, type: consent, text: 所填属实。}
eligibility:
  as_of: closes
  rules: {E1: {name: 从业满1年, rule: years >= 1, clause: 办法第一条}}
stages:
  formal: {name: 形式审查, kind: check, by: manager}
  notice: {name: 公示, kind: notice, days: 5wd, count: COUNT, show: [name, employer, track, round],
    objection: {by: supervisor, due: 10wd}}
  filing: {name: 备案, kind: check, by: district}
"""
MANAGER, MANAGER_2 = staff(50, "manager"), staff(51, "manager")
SUPERVISOR, DISTRICT = staff(60, "supervisor"), staff(70, "district")


def book(count: str = "first_day", **changed: str) -> Rulebook:
    text = PROGRAM.replace("COUNT", count)
    for old, new in changed.items():
        text = text.replace(old, new)
    return book_of(text)


class Listed(Play):
    def act_on(self, item: int, name: str, actor: Actor, **inputs: Any) -> None:
        """On one of several items that are open at once."""
        self.now += timedelta(minutes=1)
        outcome = decide(self.book, self.case, Action(name, item, inputs), actor, self.now)
        self.case = replace(self.case, state=outcome.state)


def before_notice(number: int = 1, rulebook: Rulebook | None = None, **changes: Any) -> Listed:
    """A case that passed the check and waits to be published."""
    values = {"name": f"人选{number}", "employer": "e1", "mobile": "13805710000"}
    made = application(id=number, track="craft", values=values, files={}, places={}, paths=PATHS, **changes)
    it = Listed(made, rulebook or book())
    it.submit()
    it.act("pass", MANAGER)
    return it


def published(it: Listed, first: date | None = None, notice: int = 9, now: datetime | None = None) -> Listed:
    """Its line in a notice, by the act on the list."""
    line = Line(1, it.case.id, ("人选1", "锦绣服装", "工艺", "第1批"))
    inputs = {
        "notice": notice,
        "first": first or NOW.date(),
        "lines": (line,),
        "digests": {it.case.id: "0" * 64},
        "left": 0,
    }
    it.now = now or it.now
    done = decide_pool(it.book, "notice", [it.case], Action("publish", None, inputs), MANAGER, it.now)
    it.case = replace(it.case, state=done.outcomes[it.case.id].state)
    return it
